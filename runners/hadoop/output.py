"""The output of a job on Hadoop, brought to this machine: part files, compressed or not -> its lines in order."""

from __future__ import annotations

import shutil
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable

from gristmill.errors import OutputError
from gristmill.input import compression, find, reading
from gristmill.input.splits import whole
from gristmill.shuffle.merge import Run, join_lines, merge_all

from .task import SPLIT

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Takes the URI and the first byte of a split; gives what sorts as the splits of the input do.
Place = Callable[[str, int], Any]


def cat(folder: Path, scratch: Path, place: Place | None) -> Iterator[bytes]:
    """The lines: of a map-only job whose parts tell their splits in the order of `place`, of others merged by key."""
    runs = [_run(_plain(path, scratch / f"part-{number}")) for number, path in enumerate(_parts(folder))]
    if place is None:
        batches = merge_all(runs, scratch, sort_values=False)
    else:
        ordered = sorted((_split(run, place) for run in runs), key=lambda found: found[0])
        batches = (lines for _, run in ordered for lines in merge_all([run], scratch, sort_values=False))
    yield from map(join_lines, batches)


def _parts(folder: Path) -> list[Path]:
    """All files below `folder` but hidden ones, as Hadoop's own input formats see it."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return [path for path in files if not any(name[0] in "._" for name in path.relative_to(folder).parts)]


def _run(path: Path) -> Run:
    return Run(str(path), 0, path.stat().st_size)


def _split(run: Run, place: Place) -> tuple[Any, Run]:
    """Where a part belongs, and what is behind the line that says so."""
    with Path(run.path).open("rb") as file:
        line = file.readline()
    _, uri, start = line[: -len(b"\n")].decode(errors="surrogateescape").split("\t")
    assert line.startswith(SPLIT)  # noqa: S101 (our own task wrote it)
    return place(uri, int(start)), Run(run.path, len(line), run.length - len(line))


def _plain(path: Path, target: Path) -> Path:
    """The file as plain text: itself, or decompressed into `target`."""
    if path.name.endswith(".deflate"):
        decompress = zlib.decompressobj()
        with path.open("rb") as source, target.open("wb") as sink:
            while data := source.read(reading.CHUNK):
                sink.write(decompress.decompress(data))
        return target
    if compression.suffix(path.name) in compression.OPENERS:
        with reading.open_split(whole(find.InputFile(str(path), ""))) as source, target.open("wb") as sink:
            shutil.copyfileobj(source, sink, reading.CHUNK)
        return target
    if compression.suffix(path.name):
        raise OutputError(
            f"{path.name}: this compression of the output is not read here; take gzip's, or name an --output-dir"
        )
    return path
