"""The output of a job on Hadoop: written under a hidden name, then renamed; or brought here as its lines in order.

--output-dir    exists? -> steps write to .NAME.gristmill.KEY -> manifest -> renamed to NAME
printed         part files, compressed or not -> this machine -> one after the other, or merged by key
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable

from gristmill.errors import output_exists
from gristmill.shuffle.merge import Run

from .. import manifest
from ..printing import in_order_of_numbers, plain, printed
from .task import SPLIT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ..remote_files import RemoteFiles
    from .ledger import CleanupLedger

#: Takes the URI and the first byte of a split; gives a key by which splits sort in the order of the input.
InputOrder = Callable[[str, int], Any]


def reserve(target: str, run: str, files: RemoteFiles, ledger: CleanupLedger) -> str:
    """The hidden folder beside `target` that the run of this name writes to; OutputError where `target` exists."""
    if files.exists(target):
        raise output_exists(target)
    folder, slash, name = target.rpartition("/")
    hidden = f"{folder}{slash}.{name}.gristmill.{run}"
    ledger.enter(hidden)
    return hidden


def publish(
    hidden: str, target: str, content: Mapping[str, Any] | None, files: RemoteFiles, ledger: CleanupLedger
) -> None:
    """Rename the hidden folder to `target`, with the manifest in it where `content` is not None.

    The rename is what makes both visible. By HTTP neither starts Java. Where ``hadoop fs`` does it, the manifest is a
    start of its own: its numbers are known when the last step has ended, and no command of ``hadoop fs`` both takes a
    file of this machine and renames a folder.
    """
    if content is not None:
        files.write(f"{hidden}/{manifest.NAME}", manifest.manifest_bytes(content))
    files.move(hidden, target)
    ledger.strike(hidden)


def fetch(source: str, scratch: Path, files: RemoteFiles) -> Path:
    """The folder `source` of the cluster as one in `scratch`, copied at the first call."""
    folder = scratch / "output"
    if not folder.exists():
        files.get(source, str(folder))
    return folder


def output_lines(folder: Path, scratch: Path, order: InputOrder | None, *, merged: bool) -> Iterator[bytes]:
    """The lines of the part files in `folder`, in chunks: merged by key, in order of numbers, or of splits by `order`.

    With an `order` they are those of a map-only job, and each begins with the line of its split.
    """
    runs = [Run.whole(plain(path, scratch / f"part-{number}")) for number, path in enumerate(_part_files(folder))]
    if order is not None:
        runs = [run for _, run in sorted((_split(run, order) for run in runs), key=lambda found: found[0])]
    return printed(runs, scratch, merged=merged and order is None)


def _part_files(folder: Path) -> list[Path]:
    """All files below `folder` but hidden ones, as Hadoop's own input formats see it."""
    files = in_order_of_numbers(path for path in folder.rglob("*") if path.is_file())
    return [path for path in files if not any(name[0] in "._" for name in path.relative_to(folder).parts)]


def _split(run: Run, order: InputOrder) -> tuple[Any, Run]:
    """The key of a part file's split, and the run behind the line that names it."""
    with Path(run.path).open("rb") as file:
        line = file.readline()
    _, uri, start = line[: -len(b"\n")].decode(errors="surrogateescape").split("\t")
    assert line.startswith(SPLIT)  # noqa: S101 (our own task wrote it)
    return order(uri, int(start)), Run(run.path, len(line), run.length - len(line))
