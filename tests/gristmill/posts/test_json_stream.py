"""JSON over several lines, and in lines of any length, to values."""

from __future__ import annotations

import json
import random
import time

import pytest

from gristmill.posts import json_stream
from gristmill.posts.json_stream import JsonStream
from gristmill.posts.skip import Skip


def cut(*lines: str) -> list[object]:
    """The values that lines give, decoded, or the names of faults."""
    stream = JsonStream()
    found = [piece for line in lines for piece in stream.add_line(line)]
    found += stream.end()
    return [piece.value if isinstance(piece, Skip) else json.loads(piece.rstrip(",")) for piece in found]


VALUES = [{"a": {"b": [1, {"c": "}]"}]}}, {"d": 'e "f" \\ {'}, {"g": []}, [[1], {}]]


@pytest.mark.parametrize("indent", [None, 0, 1, 2, 4, "\t"])
def test_a_list_gives_each_of_its_values_however_it_is_laid_out(indent: int | str | None):
    """On one line or on many."""
    assert cut(*json.dumps(VALUES, indent=indent).split("\n")) == VALUES
    for value in VALUES[:3]:
        assert cut(*json.dumps(value, indent=indent).split("\n")) == [value]


@pytest.mark.parametrize("between", ["", " ", "\n", ",", ", \n", "\x1e\n", "\n\n"])
def test_values_may_stand_beside_each_other(between: str):
    """As programs write them one after the other, laid out or not."""
    text = between.join(json.dumps(value, indent=1) for value in VALUES[:3])
    assert cut(*text.split("\n")) == VALUES[:3]


@pytest.mark.parametrize("indent", [None, 2])
def test_the_list_of_an_outbox_is_read_one_by_one_and_what_stands_around_it_is_not(indent: int | None):
    """It may be longer than any line; a list of another name is a part of its object, which may have some inside."""
    outbox = {"id": "x", "orderedItems": VALUES[:3], "more": {"orderedItems": [1]}}
    assert cut(*json.dumps([outbox, 7, outbox][0], indent=indent).split("\n"), '{"h": 1}') == [*VALUES[:3], {"h": 1}]
    other = {"data": [{"i": 1}], "j": {"orderedItems": [{"k": 1}]}}
    assert cut(*json.dumps(other, indent=indent).split("\n")) == [other]


def test_a_value_that_does_not_end_is_torn_and_the_next_is_read():
    """Where its string is open, where the next line cannot follow, or at the end."""
    assert cut('{"a": "b', '{"c": 1}') == ["torn line", {"c": 1}]
    assert cut('{"a": 1,', '{"c": 1}') == cut('{"a": 1', '{"c": 1}') == ["torn line", {"c": 1}]
    assert cut('{"a": [1', '"b"]}', '{"c": 1}')[0] == "torn line"
    assert cut('{"a":', '{"c": 1}') == cut("[", '{"a":', '{"c": 1},') == ["torn line", {"c": 1}]
    assert cut('{"a":', '{"c": 1}', '{"d": 1}', '{"e') == ["torn line", {"c": 1}, {"d": 1}, "torn line"]
    assert cut('{"a":', '{"c": 1},', '"d": {}') == ["torn line"]
    assert cut('{"a": [', '{"c": 1},', '{"d": 1}]}') == [{"a": [{"c": 1}, {"d": 1}]}]
    assert cut("[", '{"a": 1},', '{"b": "c') == [{"a": 1}, "torn line"]


def test_what_is_no_object_or_list_is_a_fault():
    """Between values; a bracket that nothing opened; the values' own syntax is not looked at."""
    assert cut('[{"a": 1}, so, {"b": 1}]', "}", "so") == [{"a": 1}, "not JSON", {"b": 1}, "not JSON", "not JSON"]
    assert cut('["a", 7]') == ["not JSON"]


def test_a_value_has_a_bound_and_those_after_it_are_read(monkeypatch: pytest.MonkeyPatch):
    """No more of it is held."""
    monkeypatch.setattr(json_stream, "LONGEST", 100)
    stream = JsonStream()
    lines = ["[", "{", *['"key": "value",'] * 50, '"key": {}', "},", '{"a": 1}', "]"]
    found = []
    for line in lines:
        found += list(stream.add_line(line))
        assert sum(map(len, stream._held)) <= 120
    assert found == [Skip.LINE_TOO_LONG, '{"a": 1}']
    assert not stream.is_open()


def test_the_time_is_linear_in_the_length():
    """Of a line of a list, and of what does not end."""
    one = json.dumps({"id": 1, "text": "x" * 100})
    start = time.process_time()
    assert len(cut("[" + ",".join([one] * 20_000) + "]")) == 20_000
    for unit in ("[", "{", '"', '{"a":', '\\"', "}"):
        stream = JsonStream()
        for line in ("[" + unit * 100_000, unit * 100_000):
            list(stream.add_line(line))
    assert time.process_time() - start < 10


def test_any_layout_gives_the_same_values():
    """Line ends wherever JSON allows them."""
    random.seed(7)
    text = json.dumps(VALUES[:3] * 5)
    parts = json_stream.re.split(r'("(?:[^"\\]|\\.)*"|[\[\]{},:])', text)
    for _ in range(50):
        laid_out = "".join(part + random.choice(["", " ", "\n"]) for part in parts)
        assert cut(*laid_out.split("\n")) == VALUES[:3] * 5
