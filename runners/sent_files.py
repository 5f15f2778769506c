"""What is sent along with a job, files, folders and archives: looked at before anything starts, packed, unpacked.

--dir FOLDER      packed -> .tar.gz -> what an archive is
--archive FILE    unpacked once a step here, once a node by YARN -> a folder in a task's working directory
"""

from __future__ import annotations

import os
import posixpath
import stat
import tarfile
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from gristmill.errors import InputError, RunError
from gristmill.input.find import local_path
from gristmill.input.folders import leads_up
from gristmill.task import archive
from gristmill.task.environment import PACKAGE
from gristmill.task.processes import DISK_FULL, one_line
from mrjob.parse import is_uri

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

#: The archives that are unpacked on a cluster's nodes, by the ends of their names: any other would lie there as it is.
SUFFIXES = (".zip", ".tar", ".tar.gz", ".tgz")

#: What reading an archive raises that is damaged, or compressed by a method that Python does not know.
_DAMAGED = (tarfile.TarError, zipfile.BadZipFile, EOFError, zlib.error, NotImplementedError)
#: The flag of a zip's member that only a password opens.
_ENCRYPTED = 1


def prepare(manager: Any, folders: Mapping[str, str], others: Iterable[str] = ()) -> None:
    """Check what this machine has of `manager`, a WorkingDirManager, and of `others`; pack `folders`, each to its path.

    Raises RunError for what cannot be sent.
    """
    packed = {*folders.values()}
    for path in filter(_is_here, sorted({*manager.paths(), *others} - packed)):
        _mode(path)
    for path in filter(_is_here, sorted(manager.paths("file"))):
        check_file(path)
    for path in filter(_is_here, sorted(manager.paths("archive") - packed)):
        check_archive(path)
    for folder, path in folders.items():
        pack_folder(folder, path)


def check_suffixes(paths: Iterable[str]) -> None:
    """RunError for an archive that a cluster's nodes, which go by the name, would not unpack."""
    for path in paths:
        if not path.endswith(SUFFIXES):
            raise RunError(f"archive {path}: a cluster unpacks what ends in {', '.join(SUFFIXES)}; pack or name it so")


def _is_here(path: str) -> bool:
    return not is_uri(local_path(path))


def check_file(path: str) -> None:
    """RunError for a path of this machine that cannot be sent as a file."""
    mode = _mode(path)
    if stat.S_ISDIR(mode):
        raise RunError(f"{path}, which the job sends to its tasks, is a folder; send it by --dirs")
    if not stat.S_ISREG(mode):
        raise RunError(f"{path}, which the job sends to its tasks, is no file; check the path")


def _mode(path: str) -> int:
    """What a path of this machine is; InputError where there is nothing."""
    try:
        return Path(local_path(path)).stat().st_mode
    except OSError as error:
        raise InputError(f"{path}, which the job sends to its tasks: {error.strerror}; check the path") from None


def check_archive(path: str) -> None:
    """RunError for an archive of this machine of which a member would lie outside the folder that it is unpacked to."""
    check_file(path)
    members = list(_members(path))
    links = {PurePosixPath(posixpath.normpath(name)) for name, target in members if target is not None}
    for name, target in members:
        if _leads_out(name) or _leads_out(target or ""):
            why = "leads out of the folder that it is unpacked to"
        elif not links.isdisjoint(PurePosixPath(posixpath.normpath(name)).parents):
            why = "lies behind a link"
        else:
            continue
        raise _refused(path, name, why)


def _members(path: str) -> Iterator[tuple[str, str | None]]:
    """The name of each member of an archive, and of a link the name of what it leads to."""
    file = local_path(path)
    try:
        if tarfile.is_tarfile(file):
            with tarfile.open(file) as tar:
                for member in tar:
                    if member.isdev():
                        raise _refused(path, member.name, "is a device or a pipe")
                    if member.issym():
                        yield member.name, posixpath.join(posixpath.dirname(member.name), member.linkname)
                    else:
                        yield member.name, member.linkname if member.islnk() else None
        else:
            with zipfile.ZipFile(file) as packed:
                for info in packed.infolist():
                    if info.flag_bits & _ENCRYPTED:
                        raise _refused(path, info.filename, "is encrypted")
                    yield info.filename, None
    except (*_DAMAGED, OSError) as error:
        raise _not_whole(path, error) from None


def _refused(path: str, member: str, why: str) -> RunError:
    return RunError(f"archive {path}: its member {member!r} {why}; pack it anew without that")


def _not_whole(path: str, error: Exception) -> RunError:
    return RunError(f"archive {path}: {error}; give a .zip, a .tar or a .tar.gz that is whole")


def _leads_out(name: str) -> bool:
    """Whether a path in an archive leads out of it."""
    return name.startswith("/") or posixpath.normpath(name).partition("/")[0] == ".."


def add_job(manager: Any, job: Any, path: Path, sent: Iterable[str], names: bytes = b"") -> str:
    """Write the archive of the job class `job` to `path`, and one of what is the user's beside it; the path.

    Both are added to `manager`, a WorkingDirManager; `sent` and `names` are as `write_archive` takes them.
    """
    package = path.with_suffix(".package.zip")
    if archive.write_package(job, package):
        manager.add("archive", str(package), PACKAGE)
    archive.write_archive(job, path, names=names, sent=sent, apart=True)
    manager.add("file", str(path))
    return str(path)


def unpack(path: str, folder: str) -> None:
    """Unpack an archive, which has been checked, into a new folder, whose files its owner may read and run.

    Raises RunError where it turns out to be damaged.
    """
    Path(folder).mkdir(parents=True)
    try:
        _extract(local_path(path), folder)
    except _DAMAGED as error:
        raise _not_whole(path, error) from None
    for parent, _, names in os.walk(folder):
        for each in (Path(parent), *(Path(parent, name) for name in names)):
            if not each.is_symlink():
                each.chmod(each.stat().st_mode | 0o500)


def _extract(file: str, folder: str) -> None:
    if tarfile.is_tarfile(file):
        # Python's own guard, where this Python has one
        guard: dict[str, Any] = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
        with tarfile.open(file) as tar:
            tar.extractall(folder, **guard)  # noqa: S202
    else:
        with zipfile.ZipFile(file) as packed:
            packed.extractall(folder)  # noqa: S202


def pack_folder(folder: str, path: str) -> None:
    """Write the .tar.gz of a folder, in which what a link leads to stands in its place; RunError where one leads up."""
    source = Path(local_path(folder))
    if not _is_here(folder):
        raise RunError(f"{folder}, which the job sends to its tasks: fetch it first, and send the copy")
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    try:
        with tarfile.open(path, "w:gz", dereference=True) as tar:
            for parent, folders, names in os.walk(source, followlinks=True):
                if leads_up(parent):
                    raise RunError(f"{parent}, which is to be sent, links to a folder that it lies in; remove it")
                folders.sort()
                for name in sorted([*folders, *names]):
                    tar.add(Path(parent, name), Path(parent, name).relative_to(source), recursive=False)
    except OSError as error:
        if error.errno in DISK_FULL:
            raise RunError(one_line(error)) from None
        name = error.filename or folder
        raise RunError(f"{name}, which is to be sent: {error.strerror}; mend it, or remove it") from None
