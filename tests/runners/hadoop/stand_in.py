"""A stand-in for Hadoop's commands, for what needs no cluster: ``python stand_in.py ROOT hadoop fs -ls /logs``.

    hadoop fs    on the folder ROOT, which is hdfs:///; relative paths are in /user/analyst
    hadoop jar   runs a streaming job's tasks here, a map a file; prints what a real client printed, and ends as it does
    yarn logs    the stderr of the task that failed

A command that holds the words in REFUSED is refused, as by a cluster that denies it. ROOT/../calls has all calls.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from itertools import accumulate
from pathlib import Path
from urllib.parse import unquote, urlsplit

HOME = "/user/analyst"
SAYS = Path(__file__).parent / "hadoop_says"
PROGRAM = "#!/bin/sh\nexec '{python}' '{file}' '{root}' {name} \"$@\"\n"
ATTEMPT = "attempt_1795619329472_0004_{}_000000_0"


def install(folder: Path) -> Path:
    """Make a HADOOP_HOME in `folder`; give its ROOT."""
    root = folder / "root"
    (root / HOME[1:]).mkdir(parents=True)
    (folder / "bin").mkdir()
    for name in ("hadoop", "mapred", "yarn"):
        program = folder / "bin" / name
        program.write_text(PROGRAM.format(python=sys.executable, file=Path(__file__), root=root, name=name))
        program.chmod(0o755)
    (folder / "hadoop-streaming.jar").touch()
    return root


def here(root: Path, path: str) -> Path:
    """The path on this machine of a path or URI of the cluster."""
    return root / (path[len("hdfs:///") :] if "://" in path else f"{HOME[1:]}/{path}")


def fs(root: Path, action: str, *rest: str) -> int:
    paths = [path for path in rest if path[0] != "-"]
    ours = [here(root, path) for path in paths]
    if action == "-put":
        (shutil.copytree if Path(paths[0]).is_dir() else shutil.copy)(paths[0], ours[1])
    elif action == "-get":
        shutil.copytree(ours[0], paths[1])
    elif action == "-copyToLocal":
        shutil.copy(ours[0], paths[1])
    elif action == "-ls":
        names = sorted(path.name for path in ours[0].iterdir())
        sys.stdout.writelines(f"{paths[0]}/{name}\n" for name in names)
    elif action == "-test":
        return 0 if ours[0].exists() else 1
    elif action == "-mv":
        ours[0].rename(ours[1])
    else:
        assert action == "-rm", action
        for path in ours:
            shutil.rmtree(path, ignore_errors=True)
    return 0


def jar(root: Path, file: str, *args: str) -> int:
    if not Path(file).is_file():
        sys.stderr.write(f"JAR does not exist or is not a normal file: {Path(file).absolute()}\n")
        return 255
    given = {name: value for name, value in zip(args, args[1:]) if name[0] == "-"}
    output = here(root, given["-output"])
    if output.exists():
        sys.stderr.write((SAYS / "refused.txt").read_text())
        return 5
    inputs = [value for name, value in zip(args, args[1:]) if name == "-input"]
    try:
        with tempfile.TemporaryDirectory() as folder:
            parts = run(root, given, inputs, Path(folder))
    except subprocess.CalledProcessError as failed:
        (root.parent / "stderr").write_bytes(failed.stderr)
        sys.stderr.write((SAYS / "failed.txt").read_text())
        return 1
    output.mkdir(parents=True)
    for number, part in enumerate(parts):
        (output / f"part-{number:05d}").write_bytes(part)
    sys.stderr.write((SAYS / "done.txt").read_text())
    return 0


def run(root: Path, given: dict[str, str], inputs: list[str], folder: Path) -> list[bytes]:
    """Run the tasks of a job in `folder`; its part files."""
    for uri in given["-files"].split(","):
        source, _, name = uri.partition("#")
        shutil.copy(unquote(urlsplit(source).path), folder / unquote(name))
    parts = []
    for file in (file for path in inputs for file in found(root, path)):
        lines = file.read_bytes().splitlines(keepends=True)
        # an input format that the job names is NLineInputFormat: each map gets a line, and the byte that it begins at
        starts = accumulate((len(line) for line in lines), initial=0)
        splits = zip(starts, lines) if "-inputformat" in given else [(0, b"".join(lines))]
        for start, data in splits:
            uri = f"hdfs:///{file.relative_to(root)}"
            split = {"mapreduce_map_input_file": uri, "mapreduce_map_input_start": str(start)}
            number = b"%d\t" % start if "-inputformat" in given else b""
            parts.append(task(given["-mapper"], number + data, folder, ATTEMPT.format("m"), **split))
    if "-reducer" not in given:
        return parts
    lines = sorted(line for part in parts for line in part.splitlines(keepends=True))
    return [task(given["-reducer"], b"".join(lines), folder, ATTEMPT.format("r"))]


def found(root: Path, path: str) -> list[Path]:
    """The files that a path or glob of the cluster names, those in its folders."""
    paths = sorted(root.glob(str(here(root, path).relative_to(root))))
    return [file for path in paths for file in (sorted(path.iterdir()) if path.is_dir() else [path])]


def task(command: str, data: bytes, folder: Path, attempt: str, **env: str) -> bytes:
    env = {**os.environ, "mapreduce_task_attempt_id": attempt, "NM_HOST": "node-7", **env}
    return subprocess.run(command.split(), cwd=folder, env=env, input=data, capture_output=True, check=True).stdout


def main(root: str, name: str, command: str, *args: str) -> int:
    with Path(root).with_name("calls").open("a") as calls:
        calls.write(f"{name} {command} {args[0]}\n" if command == "fs" else f"{name} {command}\n")
    refused = os.environ.get("REFUSED", "no such word")
    if any(refused in word for word in args):
        sys.stderr.write(f"{args[0][1:]}: Permission denied: user=analyst\n")
        return 1
    if (name, command) == ("hadoop", "fs"):
        return fs(Path(root), *args)
    if (name, command) == ("hadoop", "jar"):
        return jar(Path(root), *args)
    assert (name, command) == ("yarn", "logs"), (name, command)
    sys.stdout.write((Path(root).parent / "stderr").read_text())
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
