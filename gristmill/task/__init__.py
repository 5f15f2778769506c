"""One task: the job or a program over some lines, its process, its environment, the archive that carries the job."""
