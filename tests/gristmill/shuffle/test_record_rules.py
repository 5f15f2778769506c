"""Records that are key and value by the settings of a job; the bytes are those of Hadoop 3.4.2."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

import pytest

from gristmill.shuffle.collector import Collector, Layout
from gristmill.shuffle.merge import merge_all
from gristmill.shuffle.record_rules import LineFields, RecordRules, reduce_task
from tests.runners.helpers import pass_on

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("fields", "line", "record"),
    [
        (LineFields(), b"a\tb\tc", (b"a", b"b\tc")),
        (LineFields(), b"a", (b"a", b"")),
        (LineFields(b"::", 2), b"a::b::c::d", (b"a::b", b"c::d")),
        (LineFields(b"::", 2), b"a::b", (b"a::b", b"")),
        (LineFields(b",", 0), b"a,b", (b"a", b"b")),
        (LineFields(is_key=True), b"a\tb", (b"a\tb", None)),
    ],
)
def test_a_line_is_cut_behind_the_last_field_of_its_key(
    fields: LineFields, line: bytes, record: tuple[bytes, bytes | None]
) -> None:
    """Where there are fewer it is all key."""
    assert fields.cut(line) == record


def rules(
    map_output: LineFields, reduce_output: LineFields, reduce_input: bytes | None, *, reverse: bool = False
) -> RecordRules:
    complement = bytes(255 - byte for byte in range(256))
    order = (lambda key: key.translate(complement) + b"\xff") if reverse else bytes
    return RecordRules(map_output, reduce_output, reduce_input, b";", order, lambda key: len(key) % 2)


def test_what_a_part_file_has_is_cut_once_more() -> None:
    """A line that is all key gains a separator; in a step of maps alone it is their output that is cut."""
    made = rules(LineFields(b","), LineFields(b"|", 2), b"=")
    assert made.written(b"a|b|c\nd,e\n", by_reducer=True) == b"a|b;c\nd,e;\n"
    assert made.written(b"a|b|c\nd,e\n", by_reducer=False) == b"a|b|c;\nd;e\n"
    assert rules(LineFields(is_key=True), LineFields(), b"=").written(b"a\tb\n", by_reducer=False) == b"a\tb\n"


@pytest.mark.parametrize(
    ("map_output", "reduce_input", "lines"),
    [
        (LineFields(b","), b"=", [b"b=1", b"a=2", b"a="]),
        (LineFields(is_key=True), b"=", [b"b,1=(null)", b"a,2=(null)", b"a=(null)"]),
        (LineFields(b","), None, [b"b", b"a", b"a"]),
    ],
)
@pytest.mark.parametrize("combines", [False, True])
def test_lines_are_sorted_by_their_keys_and_come_as_a_reducer_gets_them(
    tmp_path: Path, map_output: LineFields, reduce_input: bytes | None, lines: list[bytes], combines: bool
) -> None:
    """A combiner gets them so too; what is equal keeps its order. A budget of one byte: every line is a run."""
    made = rules(map_output, LineFields(b"="), reduce_input, reverse=True)
    layout = Layout(reduce_task, 2, sort_values=False, budget=1, rules=made)
    collector = Collector(str(tmp_path / "runs"), layout, pass_on if combines else None)
    for data in (b"a,2\nb,1\n", b"a\n"):
        collector.write(data)
        collector.end_line()
    runs = collector.finish()
    merged = [
        list(layout.reducer_lines(chain.from_iterable(merge_all(part, tmp_path, sort_values=False)))) for part in runs
    ]
    again = [line + b"=" if combines and b"=" not in line else line for line in lines]
    if reduce_input is None:
        again = lines
    assert sorted(chain.from_iterable(merged)) == sorted(again)
    if map_output.separator == b"," and not map_output.is_key:
        assert merged == [[], again]
