"""What goes from this machine to the cluster: folders of links, by names that every file system there takes.

    input/0000000/NAME, input/0000001/NAME, …    the files of the input, in their order
    manifest                                     of a job that fetches its files itself: their paths there, a line each
    files/0-NAME, archives/0-NAME, …             what a step's tasks find in their working directories

The first two are put on the cluster in one go; Hadoop's client takes the others there with each step.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import shutil
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, NamedTuple
from urllib.parse import quote

from gristmill.errors import RunError
from gristmill.input import changes
from gristmill.input.compression import suffix
from gristmill.input.find import InputFile, Inputs, local_path, read_once
from gristmill.input.globs import is_glob

from ..inputs import log_hidden, utf8_path
from .command import NoAnswer
from .hidden import bring_hidden, count_hidden
from .listing import read_paths

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ..remote_files import RemoteFiles
    from .hdfs import ClusterFiles
    from .ledger import CleanupLedger

log = logging.getLogger("mrjob.gristmill")

_URI = re.compile(r"[a-zA-Z][\w+.-]*://")


@dataclass(frozen=True)
class Upload:
    """The input of a job as the cluster has it."""

    #: The table of gristmill.input.names: the names of the files by which their user knows them.
    names: dict[str, Any]
    #: URIs of what the first step reads.
    uris: tuple[str, ...]


def is_remote(path: str) -> bool:
    """Whether an input or an uploaded file is the cluster's: a URI, but for ``file://``."""
    return bool(_URI.match(path)) and not path.startswith("file://")


class Sources(NamedTuple):
    """The input on its way to the cluster: files of this machine and paths of the cluster."""

    files: Sequence[InputFile]
    remote: Sequence[str]
    #: What a step is given of the paths of the cluster.
    read: Sequence[str]
    #: Whether the user named more than one path.
    several: bool


def bring_inputs(found: Inputs, folder: Path, files: ClusterFiles, *, by_line: bool) -> Sources:
    """The sources of an input, where hidden files of the cluster that were named are copied to `folder`.

    With -v those that are passed over are counted. `by_line`: a step reads the lines of files, and not a list of them.
    """
    given = [file.path for file in found.files if is_remote(file.path)]
    if given and log.isEnabledFor(logging.DEBUG):
        with suppress(RunError):
            log_hidden(count_hidden(given, files.command.list_all(*given)))
    copies, remote = bring_hidden(given, folder, files)
    here = [file for file in found.files if not is_remote(file.path)]
    return Sources([*here, *copies], remote, read_paths(remote, files) if by_line else remote, found.several)


def lay_out(sources: Sources, here: Path, there: str, standard_input: Callable[[], str]) -> Upload:
    """Lay links to files in the folder `here`, which `there` on the cluster will be a copy of.

    `standard_input` keeps that in a file, whose path it gives, and is called once however often "-" is among the files.
    """
    files = sources.files
    kept = standard_input() if any(file.path == "-" for file in files) else ""
    if not files and not sources.read:
        # a folder without files is input too, of no lines, and so are files of no bytes
        kept = str(here.with_name("nothing"))
        Path(kept).touch()
        files = [InputFile("-", "")]
    files = [replace(file, path=kept) if file.path == "-" else file for file in files]
    copies = here.with_name("recoded")
    link_inputs(here / "input", [utf8_path(file, copies / str(number)) for number, file in enumerate(files)])
    folder = f"/{there.rpartition('/')[2]}/input/"
    names = [file.name for file in files]
    table = {"folder": folder, "files": names, "paths": list(sources.remote), "several": sources.several}
    return Upload(table, (*([f"{there}/input/*"] if files else []), *sources.read))


def list_inputs(upload: Upload, here: Path, there: str, files: RemoteFiles) -> Upload:
    """Write the list of all files of the input into `here`; the same upload, of which a step reads that list."""
    links = [str(link.relative_to(here)) for link in sorted(here.glob("input/*/*"))]
    paths = upload.names["paths"]
    found = read_once([files.list_files(path) for path in paths], [is_glob(path) for path in paths], str)
    lines = [*(f"{there}/{name}" for name in links), *found]
    here.mkdir(exist_ok=True)
    (here / "manifest").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return Upload(upload.names, (f"{there}/manifest",))


def send(here: Path, there: str, files: RemoteFiles, ledger: CleanupLedger, inputs: Sequence[InputFile] = ()) -> None:
    """Copy the folder `here`, if there is one, to `there` on the cluster.

    Of `inputs`, to which it has links, one that changes meanwhile is an InputError, or if it only grew a warning.
    """
    if here.is_dir():
        ledger.enter(there)
        try:
            files.put(str(here), there)
        except NoAnswer:
            ledger.strike(there)
            raise
        _mend_grown(inputs, here, there, files)


def _mend_grown(files: Sequence[InputFile], here: Path, there: str, cluster: RemoteFiles) -> None:
    """Cut the files just sent that grew meanwhile to what they were, and warn; InputError for other changes."""
    grown = changes.grown(files)
    for number, file in enumerate(files):
        # what was recoded was read as far as it had been
        if file in grown and not file.encoding:
            (link,) = (here / "input" / f"{number:07d}").iterdir()
            link.unlink()
            changes.copy_noted(file, link)
            uri = f"{there}/{link.relative_to(here)}"
            cluster.remove(uri)
            cluster.put(str(link), uri)
    if grown:
        log.warning(changes.warning(grown))


def link_inputs(folder: Path, paths: Iterable[str]) -> None:
    """Links to files in folders 0000000, 0000001, … under `folder`, so that they are listed in this order."""
    for number, path in enumerate(paths):
        name, end = Path(path).name, suffix(path)
        # Hadoop takes a suffix in capitals for none
        _link(folder / f"{number:07d}" / safe_name(name[: len(name) - len(end)] + end), path)


def link_files(folder: Path, named: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """URIs for -files and -archives: each path, and # its `sent_name` in a task's working directory.

    Links to the files lie in `folder`; what lay there is removed.
    """
    shutil.rmtree(folder, ignore_errors=True)
    uris: list[str] = []
    for name, path in named:
        # a URI of the cluster is its user's, but for what no URI may hold and for the comma that ends it in a list
        uri = quote(path, safe="%:/?@!$&'()*+;=[]~")
        if not is_remote(path):
            # a number makes them differ where they are sent to; the suffix says how an archive is unpacked
            link = folder / f"{len(uris)}-{re.sub(r'[^A-Za-z0-9_.-]', '_', Path(local_path(path)).name)}"
            _link(link, local_path(path))
            uri = link.as_uri().replace(",", "%2C")
        uris.append(f"{uri}#{sent_name(name)}")
    return tuple(uris)


def sent_name(name: str) -> str:
    """The name under which YARN puts a file where a task runs: its own, or one that needs no quoting.

    YARN links a file to its name in a shell script that expands what looks like a variable or a command.
    """
    if re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.-]*", name):
        return name
    return f"gristmill-{hashlib.sha256(os.fsencode(name)).hexdigest()[:16]}"


def _link(link: Path, path: str) -> None:
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(Path(path).absolute())


def safe_name(name: str) -> str:
    """`name` as a file's name on HDFS that its listings show, its suffix kept."""
    plain = re.sub(r"[:\\\x00-\x1f\x7f]", "_", name.encode(errors="replace").decode())
    return f"0{plain}" if plain[0] in "._" else plain
