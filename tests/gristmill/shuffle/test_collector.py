"""The shuffle: lines in, and out again by partition and key."""

from __future__ import annotations

import re
import resource
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gristmill.errors import RunError
from gristmill.shuffle import collector
from gristmill.shuffle import merge as merging
from gristmill.shuffle.collector import Collector
from gristmill.shuffle.merge import Run, merge, merge_all
from tests.runners.helpers import collect, layout, merged, pass_on

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from gristmill.shuffle.collector import Combine


def shuffled(tmp_path: Path, *writes: bytes, sort_values: bool = False, combine: Combine | None = None) -> list[bytes]:
    """The lines of one task and one partition, after the shuffle."""
    (runs,) = collect(tmp_path / "runs", writes, layout(sort_values=sort_values), combine)
    return merged(runs, tmp_path, sort_values=sort_values)


def test_lines_of_a_key_keep_the_order_in_which_they_came(tmp_path: Path) -> None:
    """Keys are in order of their bytes, values are not."""
    assert shuffled(tmp_path, b"b\t2\na\t2\nb\t1\na\t10\na\t1\n") == [b"a\t2", b"a\t10", b"a\t1", b"b\t2", b"b\t1"]


def test_sorted_values_are_in_order_of_their_bytes(tmp_path: Path) -> None:
    """Within their key, so 10 comes before 2."""
    lines = shuffled(tmp_path, b"b\t2\na\t2\nb\t1\na\t10\na\t1\n", sort_values=True)
    assert lines == [b"a\t1", b"a\t10", b"a\t2", b"b\t1", b"b\t2"]


@pytest.mark.parametrize("sort_values", [False, True])
def test_a_key_that_goes_on_below_tab_comes_after_the_key_it_begins_with(tmp_path: Path, sort_values: bool) -> None:
    """As whole lines they would sort the other way round, and the lines of `a` would not meet."""
    lines = shuffled(tmp_path, b"a\x00\t1\na\t1\na\x08\t1\n\x00\t1\na\t2\n\t1\n", sort_values=sort_values)
    assert lines == [b"\t1", b"\x00\t1", b"a\t1", b"a\t2", b"a\x00\t1", b"a\x08\t1"]


def test_a_line_without_tab_is_a_key(tmp_path: Path) -> None:
    """It meets the lines that have it before their TAB; an empty line is the empty key."""
    assert shuffled(tmp_path, b"b\n\na\t1\na\n\n") == [b"", b"", b"a\t1", b"a", b"b"]


def test_a_last_line_needs_no_newline(tmp_path: Path) -> None:
    """What a program writes last may lack it."""
    assert shuffled(tmp_path, b"b\t1\na", b"\t1") == [b"a\t1", b"b\t1"]


def test_keys_are_compared_as_bytes(tmp_path: Path) -> None:
    """UTF-16, as Java's strings have it, would put U+10380 before U+FF41."""
    lines = shuffled(tmp_path, "\uff41\n\u00e9\nz\nZ\n\U00010380\n\n~\n".encode())
    assert [line.decode() for line in lines] == ["", "Z", "z", "~", "\u00e9", "\uff41", "\U00010380"]


def test_each_partition_has_its_own_runs(tmp_path: Path) -> None:
    """Hadoop sends `a` to the first of two reduces and `b` to the second; the runs lie in one file."""
    runs = collect(tmp_path / "runs", [b"b\t1\na\t1\nb\t2\n"], layout(2))
    path = str(tmp_path / "runs")
    assert runs == [[Run(path, 0, 4)], [Run(path, 4, 8)]]
    assert (tmp_path / "runs").read_bytes() == b"a\t1\nb\t1\nb\t2\n"


def test_what_exceeds_the_budget_is_spilled_to_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With no budget, each piece that was written is one."""
    monkeypatch.setattr(collector, "_PENDING", 1)
    (runs,) = collect(tmp_path / "runs", [b"b\t1\na\t1\n", b"a\t2\n", b"c\t1"], layout(budget=0))
    assert [run.length for run in runs] == [8, 4, 4]
    assert merged(runs, tmp_path) == [b"a\t1", b"a\t2", b"b\t1", b"c\t1"]


@pytest.mark.parametrize("pending", [1, 1 << 20])
def test_a_record_is_a_line_and_one_that_holds_newlines_is_several(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pending: int
) -> None:
    """As a stream would have cut it; a stream and records may be mixed, between lines."""
    monkeypatch.setattr(collector, "_PENDING", pending)
    collecting = Collector(str(tmp_path / "runs"), layout())
    for line in (b"b\t1", b"a\t1\nc\t1", b"", b"d\t\n"):
        collecting.record(line)
    collecting.write(b"a\t2\n")
    collecting.record(b"a\t3")
    (runs,) = collecting.finish()
    lines = merged(runs, tmp_path)
    assert sorted(lines) == [b"", b"", b"a\t1", b"a\t2", b"a\t3", b"b\t1", b"c\t1", b"d\t"]
    assert [line[:1] for line in lines] == [b"", b"", b"a", b"a", b"a", b"b", b"c", b"d"]


def test_a_task_that_writes_nothing_has_no_runs(tmp_path: Path) -> None:
    """No partition has."""
    assert collect(tmp_path / "runs", [], layout(3)) == [[], [], []]
    assert merged([], tmp_path) == []


def test_who_looks_on_hears_of_every_byte_of_the_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One reading of all, as long as they are merged at once."""
    monkeypatch.setattr(collector, "_PENDING", 1)
    (runs,) = collect(tmp_path / "runs", [b"b\t1\n", b"a\t1\n", b"a\t2\n"], layout(budget=0))
    counts: list[int] = []
    list(merge_all(runs, tmp_path, sort_values=False, on_read=counts.append))
    assert len(runs) == 3
    assert sum(counts) == 12


def test_more_runs_than_are_merged_at_once_are_merged_to_longer_ones_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neighbours, so that lines of a key keep their order."""
    monkeypatch.setattr(collector, "_PENDING", 1)
    monkeypatch.setattr(merging, "FAN_IN", 2)
    (runs,) = collect(tmp_path / "runs", [b"k\t%d\n" % number for number in range(5)], layout(budget=0))
    assert merged(runs, tmp_path) == [b"k\t0", b"k\t1", b"k\t2", b"k\t3", b"k\t4"]
    names = sorted(path.name for path in tmp_path.glob("merge-*"))
    assert names == ["merge-0-0", "merge-0-2", "merge-0-4", "merge-1-0", "merge-1-2"]


@pytest.mark.parametrize(("files", "runs"), [(1024, 128), (256, 128), (64, 32), (20, 10), (3, 2)])
def test_as_many_runs_are_merged_at_once_as_files_may_be_open(files: int, runs: int) -> None:
    """Half of them, since a task has other files open too."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (files, hard))
        found = merging.fan_in()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert found == runs


def test_where_any_number_of_files_may_be_open_a_merge_has_its_own_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on macOS."""
    monkeypatch.setattr(resource, "getrlimit", lambda _: (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    assert merging.fan_in() == 128


@pytest.mark.parametrize("others", [0, 1])
def test_a_run_that_is_shorter_than_it_was_is_an_error(tmp_path: Path, others: int) -> None:
    """Somebody cut its file, or the disk lost the end of it: it is neither waited for nor taken for all."""
    (tmp_path / "runs").write_bytes(b"a\t1\nb\t2\n")
    runs = [Run(str(tmp_path / "runs"), 0, 9)] + [Run(str(tmp_path / "runs"), 0, 8)] * others
    message = (
        f"temporary file {tmp_path}/runs is shorter than when it was written; keep others from it, and run the job "
    )
    with pytest.raises(RunError, match=f"^{re.escape(message)}again$"):
        merged(runs, tmp_path)


def test_runs_that_are_not_in_order_give_all_their_lines(tmp_path: Path) -> None:
    """The output of a reducer that writes other keys than it read is merged too, in no promised order."""
    contents = [b"b\t1\na\t1\nd\t1\n", b"c\t2\na\t2\n", b"a\t3\n"]
    runs = []
    for number, content in enumerate(contents):
        (tmp_path / str(number)).write_bytes(content)
        runs.append(Run(str(tmp_path / str(number)), 0, len(content)))
    lines = [b"a\t1", b"a\t2", b"a\t3", b"b\t1", b"c\t2", b"d\t1"]
    assert sorted(merged(runs, tmp_path)) == lines


def test_a_last_line_without_an_end_is_a_line(tmp_path: Path) -> None:
    """A program may leave one at the end of a part file."""
    (tmp_path / "0").write_bytes(b"a\t1\nc\t1")
    (tmp_path / "1").write_bytes(b"b\t1\n")
    runs = [Run(str(tmp_path / "0"), 0, 7), Run(str(tmp_path / "1"), 0, 4)]
    assert merged(runs, tmp_path) == [b"a\t1", b"b\t1", b"c\t1"]


def test_a_merge_that_is_left_early_closes_its_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As when the reader of the output ends before it."""
    monkeypatch.setattr(collector, "_PENDING", 1)
    monkeypatch.setattr(merging, "_MERGE_BYTES", 1)
    monkeypatch.setattr(merging, "_LEAST_CHUNK", 1)
    (runs,) = collect(tmp_path / "runs", [b"a\t1\nb\t1\n", b"a\t2\nb\t2\n"], layout(budget=0))
    before = len(list(Path("/dev/fd").iterdir()))
    batches = merge(runs, sort_values=False)
    assert next(batches)
    assert len(list(Path("/dev/fd").iterdir())) == before + 2
    batches.close()  # type: ignore[attr-defined]
    assert len(list(Path("/dev/fd").iterdir())) == before


def test_a_combiner_runs_over_the_sorted_lines_of_each_spill(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its output, cut anywhere, replaces them."""
    monkeypatch.setattr(collector, "_PENDING", 1)
    combined = []

    def add(lines: Iterable[bytes], write: Callable[[bytes], object]) -> None:
        taken = list(lines)
        combined.append(taken)
        sums: dict[bytes, int] = {}
        for line in taken:
            key, value = line.split(b"\t")
            sums[key] = sums.get(key, 0) + int(value)
        text = b"".join(b"%s\t%d\n" % item for item in sums.items())
        write(text[:1])
        write(text[1:])

    (runs,) = collect(tmp_path / "runs", [b"b\t1\na\t1\nb\t4\n", b"a\t2\na\t3\n"], layout(budget=0), add)
    assert combined == [[b"a\t1", b"b\t1", b"b\t4"], [b"a\t2", b"a\t3"]]
    assert merged(runs, tmp_path) == [b"a\t1", b"a\t5", b"b\t5"]


def test_what_a_combiner_writes_is_partitioned_and_sorted_anew(tmp_path: Path) -> None:
    """It may write other keys than it read."""

    def turn(lines: Iterable[bytes], write: Callable[[bytes], object]) -> None:
        for line in lines:
            write(b"\t".join(line.split(b"\t")[::-1]) + b"\n")

    runs = collect(tmp_path / "runs", [b"a\tb\nb\ta\n"], layout(2), turn)
    assert [merged(part, tmp_path) for part in runs] == [[b"a\tb"], [b"b\ta"]]


def test_the_last_line_that_a_combiner_writes_needs_no_newline(tmp_path: Path) -> None:
    """A program may leave it out; the line is not lost."""

    def count(lines: Iterable[bytes], write: Callable[[bytes], object]) -> None:
        write(b"n\t%d" % len(list(lines)))

    assert shuffled(tmp_path, b"b\t1\na\t1\n", combine=count) == [b"n\t2"]


def test_without_lines_no_combiner_runs(tmp_path: Path) -> None:
    """As on Hadoop."""
    collect(tmp_path / "runs", [], layout(), lambda lines, write: pytest.fail("ran"))
    collect(tmp_path / "runs", [b"a\n"], layout(budget=0), pass_on)


def test_spills_are_counted(tmp_path: Path) -> None:
    """A spill leaves a run in each partition that it has lines for; without lines there is none."""
    held = Collector(str(tmp_path / "a"), layout(2))
    held.write(b"a\nb\n")
    assert [len(runs) for runs in held.finish()] == [1, 1]
    empty = Collector(str(tmp_path / "b"), layout())
    empty.finish()
    assert (held.spills, empty.spills) == (1, 0)
