"""The folders of a cluster: a HADOOP_HOME as clients know it, and the Python that its nodes have."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tests.cluster import parts, settings

if TYPE_CHECKING:
    from collections.abc import Iterator

LAUNCHER = Path(__file__).with_name("hadoop")
#: The oldest Python that jobs run on: what it runs, the later ones run.
OLDEST = "3.9"


def make_home(home: Path, found: parts.Parts, files: dict[str, str]) -> None:
    """A Hadoop in `home`, by links to the parts, with `files` (their text by their name) as its settings."""
    tools, etc, commands = home / "share" / "hadoop" / "tools" / "lib", home / "etc" / "hadoop", home / "bin"
    for folder in (tools, etc, commands, *(home / "webapps" / name for name in settings.WEBAPPS)):
        folder.mkdir(parents=True)
    (home / "java").symlink_to(found.java)
    (home / "lib").symlink_to(found.jars)
    streaming = f"hadoop-streaming-{parts.VERSION}.jar"
    (tools / streaming).symlink_to(found.jars / streaming)
    shutil.copy(LAUNCHER, commands / "hadoop")
    for name in ("hdfs", "mapred", "yarn"):
        (commands / name).symlink_to("hadoop")
    for name, text in files.items():
        (etc / name).write_text(text, encoding="utf-8")


def make_node(folder: Path) -> None:
    """An environment in `folder` whose python3 has the standard library and nothing else."""
    command = [next(_pythons()), "-m", "venv", "--without-pip", str(folder)]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, capture_output=True)


def _pythons() -> Iterator[str]:
    """Pythons of this machine that run, the oldest that jobs support first."""
    name = f"python{OLDEST}"
    # pyenv has a command of that name which fails while that Python is not chosen
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv", "versions")
    for python in (shutil.which(name), *map(str, sorted(pyenv.glob(f"{OLDEST}.*/bin/{name}")))):
        if python and not subprocess.run([python, "-c", "import venv"], capture_output=True, check=False).returncode:
            yield python
    yield sys.executable
