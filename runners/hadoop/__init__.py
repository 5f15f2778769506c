"""``-r hadoop``: a Hadoop cluster, by its command."""
