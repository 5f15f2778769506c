"""What a run takes to the cluster, as folders of links with names that every file system there takes; what it left."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from gristmill.input.compression import check_readable
from gristmill.input.find import InputFile, find_files

if TYPE_CHECKING:
    from collections.abc import Iterable

_URI = re.compile(r"[a-zA-Z][\w+.-]*://")


def is_remote(path: str) -> bool:
    """Whether an input or an uploaded file is the cluster's: a URI, but for ``file://``."""
    return bool(_URI.match(path)) and not path.startswith("file://")


def local_inputs(paths: Iterable[str]) -> list[InputFile]:
    """The files of this machine that `paths` name, "-" among them; InputError for what Hadoop does not read."""
    paths = list(paths)
    here = [path for path in paths if not is_remote(path)]
    files = [file for path in here for file in ([InputFile("-", "")] if path == "-" else find_files(path))]
    for name in (*(file.path for file in files), *filter(is_remote, paths)):
        check_readable(name, by="hadoop")
    return files


def link_inputs(folder: Path, paths: Iterable[str]) -> None:
    """Links to files in folders 0000000, 0000001, … under `folder`, so that they are listed in this order."""
    for number, path in enumerate(paths):
        _link(folder / f"{number:07d}" / safe_name(Path(path).name), path)


def link_files(folder: Path, named: Iterable[tuple[str, str]]) -> str:
    """What -files and -archives take: each path under its name in a task's working directory; links lie in `folder`."""
    values: list[str] = []
    for name, path in named:
        uri = path
        if not is_remote(path):
            # a number makes them differ where they are sent to; the suffix says how an archive is unpacked
            link = folder / f"{len(values)}-{safe_name(Path(path).name)}"
            _link(link, path)
            uri = link.as_uri().replace(",", "%2C")
        values.append(f"{uri}#{quote(name)}")
    return ",".join(values)


def _link(link: Path, path: str) -> None:
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(Path(path).absolute())


def safe_name(name: str) -> str:
    """`name` as a file's name on HDFS that its listings show, its suffix kept."""
    plain = re.sub(r"[:\\\x00-\x1f\x7f]", "_", name.encode(errors="replace").decode())
    return f"0{plain}" if plain[0] in "._" else plain


class Left:
    """What a run has on the cluster that is to go, noted in a file: folders, and jobs that run."""

    NAME = "left.json"

    def __init__(self) -> None:
        self.folders: list[str] = []
        self.jobs: list[str] = []
        self._file: Path | None = None

    def keep_in(self, folder: Path) -> None:
        """From now on note all in `folder`."""
        self._file = folder / self.NAME
        self._note()

    def adopt(self, folder: Path) -> None:
        """Take over what a run that was killed noted in `folder`."""
        try:
            noted = json.loads((folder / self.NAME).read_bytes())
        except (OSError, ValueError):  # killed before it noted anything
            return
        self.folders += noted["folders"]
        self.jobs += noted["jobs"]

    def add(self, folder: str = "", job: str = "") -> None:
        """Note a folder that is about to be made, or a job that runs."""
        self.folders += [folder] if folder and folder not in self.folders else []
        self.jobs += [job] if job and job not in self.jobs else []
        self._note()

    def drop(self, *gone: str) -> None:
        """Forget folders and jobs."""
        self.folders = [folder for folder in self.folders if folder not in gone]
        self.jobs = [job for job in self.jobs if job not in gone]
        self._note()

    def _note(self) -> None:
        if self._file and self._file.parent.is_dir():
            self._file.write_text(json.dumps({"folders": self.folders, "jobs": self.jobs}), encoding="utf-8")
