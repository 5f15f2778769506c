"""The shuffle: any lines, any cuts, any limits, in however little memory."""

from __future__ import annotations

import tracemalloc
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gristmill.shuffle.merge import Run, merge_all
from tests.runners.helpers import collect, layout, merged, pass_on

if TYPE_CHECKING:
    pass


def key_of(line: bytes) -> bytes:
    """What comes before the first TAB."""
    return line.split(b"\t")[0]


KEYS = st.binary(max_size=3) | st.sampled_from([b"a", b"a\x00", b"b", b"\x08", b"", b"\xff", b"hot", b"hot\x00"])
LINES = st.lists(
    st.builds(
        lambda key, rest: (key + rest).replace(b"\n", b""),
        KEYS,
        st.binary(max_size=6).map(b"\t".__add__) | st.just(b""),
    )
)


def cuts(data: bytes, offsets: list[int]) -> list[bytes]:
    """`data` in pieces, cut at these offsets."""
    edges = [0, *sorted(min(edge, len(data)) for edge in offsets), len(data)]
    return [data[start:end] for start, end in zip(edges, edges[1:])]


@settings(max_examples=300)
@given(
    tasks=st.lists(st.tuples(LINES, st.lists(st.integers(0, 200), max_size=8), st.booleans()), max_size=5),
    limits=st.tuples(*[st.integers(1, 60)] * 3),
    budget=st.integers(0, 1000),
    fan_in=st.integers(2, 4),
    reduces=st.integers(1, 3),
    sort_values=st.booleans(),
    combine=st.booleans(),
)
def test_merged_lines_are_a_plain_sort(
    tmp_path_factory: pytest.TempPathFactory,
    tasks: list[tuple[list[bytes], list[int], bool]],
    limits: tuple[int, int, int],
    budget: int,
    fan_in: int,
    reduces: int,
    sort_values: bool,
    combine: bool,
) -> None:
    """Whatever the lines, the pieces they are written in, the budget, the runs merged at once and the chunks read."""
    folder = tmp_path_factory.mktemp("shuffle")
    plan = layout(reduces, sort_values=sort_values, budget=budget)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in zip(("collector._PENDING", "merge._MERGE_BYTES", "merge._LEAST_CHUNK"), limits):
            patch.setattr(f"gristmill.shuffle.{name}", value)
        patch.setattr("gristmill.shuffle.merge.FAN_IN", fan_in)
        runs: list[list[Run]] = [[] for _ in range(reduces)]
        for number, (lines, offsets, ended) in enumerate(tasks):
            data = b"\n".join(lines) + b"\n" * (bool(lines) and (ended or not lines[-1]))
            for mine, more in zip(
                runs, collect(folder / str(number), cuts(data, offsets), plan, pass_on if combine else None)
            ):
                mine += more
        outcome = []
        for number, part in enumerate(runs):
            (folder / f"scratch-{number}").mkdir()
            outcome.append(merged(part, folder / f"scratch-{number}", sort_values=sort_values))
    everything = [record for lines, _, _ in tasks for line in lines for record in line.splitlines() or [b""]]
    for number, lines in enumerate(outcome):
        expected = [line for line in everything if plan.partition(key_of(line)) == number]
        assert lines == sorted(expected, key=(lambda line: (key_of(line), line)) if sort_values else key_of)


@pytest.mark.parametrize("sort_values", [False, True])
def test_a_key_with_more_lines_than_fit_in_memory_streams(tmp_path: Path, sort_values: bool) -> None:
    """24 MB of one key, in twelve runs, pass through less than 16 MB; the lines are all there."""
    line = b"key\t%07d" + b"x" * 500
    plan = layout(sort_values=sort_values, budget=2 << 20)
    tracemalloc.start()
    (runs,) = collect(tmp_path / "runs", (line % number + b"\n" for number in range(48_000)), plan)
    count = 0
    for lines in merge_all(runs, tmp_path, sort_values=sort_values):
        count += len(lines)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (len(runs), count) == (12, 48_000)
    assert peak < 16 << 20


def test_a_line_is_held_a_few_times_and_not_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read in many chunks, a line of 8 MB takes less than five times that, here in two runs."""
    monkeypatch.setattr("gristmill.shuffle.merge._MERGE_BYTES", 1 << 15)
    line = b"k\t" + b"x" * (8 << 20)
    tracemalloc.start()
    (runs,) = collect(tmp_path / "runs", [line, b"\nk\t1\n"], layout(budget=1 << 20))
    collected = tracemalloc.get_traced_memory()[1]
    tracemalloc.reset_peak()
    assert sum(map(len, merged([runs[0], Run(runs[0].path, 0, runs[0].length)], tmp_path))) == 2 * len(line) + 6
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert collected < 40 << 20
    assert peak < 80 << 20
