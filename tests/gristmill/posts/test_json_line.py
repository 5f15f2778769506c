"""A line of JSON to its value."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from gristmill.posts import json_line
from gristmill.posts.post import NoPost

if TYPE_CHECKING:
    from collections.abc import Iterator


def read(text: str) -> object:
    """The value, or the name of the fault."""
    try:
        return json_line.parse_json(text)
    except NoPost as fault:
        return str(fault)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": [1, "b", null, true]}', {"a": [1, "b", None, True]}),
        ("{}, ", {}),
        ('{"a": 1, "a": 2}', {"a": 2}),
        ("[NaN, Infinity, -Infinity]", [None, None, None]),
        ('"\\ud83d\\ude42 \\ud800"', "🙂 \ud800"),
        ("[1e999]", [float("inf")]),
    ],
)
def test_json_is_read(text: str, value: object):
    """Of a key that comes twice the last counts; NaN is nothing; a comma may follow, as in a list of many lines."""
    assert read(text) == value


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('{"id": "1', "torn line"),
        ('{"id": {"a": 1}', "torn line"),
        ('{"id": {"a": "}"}', "torn line"),
        ('{"id": "1\\', "torn line"),
        ('{"id": "1\\"', "torn line"),
        ("[1, 2", "torn line"),
        ("{", "torn line"),
        ("{]", "not JSON"),
        ("{'id': 1}", "not JSON"),
        ('{"id": 01}', "not JSON"),
        ('{"id": "a\tb"}', "not JSON"),
        ("{} x", "not JSON"),
        ("nul", "not JSON"),
        ("", "not JSON"),
        ('"torn, and no object', "not JSON"),
    ],
)
def test_a_line_that_ends_early_is_told_from_one_that_is_no_json(text: str, fault: str):
    """The first has something open at its end."""
    assert read(text) == fault


@pytest.mark.parametrize("unit", ["[", '{"a":'])
def test_nesting_has_a_bound_that_no_python_decides(unit: str):
    """200 levels are read, 201 are not, nor are 100,000; brackets in strings are none."""
    close = {"[": "]", "{": "}"}[unit[0]]
    deep = read(unit * 200 + '"' + "[" * 500 + '"' + close * 200)
    for _ in range(200):
        (deep,) = deep if isinstance(deep, list) else deep.values()  # type: ignore[attr-defined]
    assert deep == "[" * 500
    for depth in (201, 100_000):
        assert read(unit * depth + "1" + close * depth) == read(unit * depth) == "nested too deep"


def test_many_objects_beside_each_other_are_not_deep():
    """A page of posts has thousands."""
    assert read("[" + ",".join(["{}"] * 5000) + "]") == [{}] * 5000
    assert read("[" + "{}," * 5000) == "torn line"


@contextmanager
def digits(limit: int) -> Iterator[None]:
    """Python's own bound of the digits of a number; versions before 3.9.14 and 3.10.7 have none."""
    if not hasattr(sys, "set_int_max_str_digits"):
        yield
        return
    before = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(limit)
    try:
        yield
    finally:
        sys.set_int_max_str_digits(before)


@pytest.mark.parametrize("limit", [0, 640, 4300])
@pytest.mark.parametrize("count", [41, 700, 10_000, 70_000])
def test_long_numbers_are_out_of_range_and_no_error(limit: int, count: int):
    """Whether or not Python itself would read them; numbers beside them stay."""
    for sign in ("", "-"):
        with digits(limit):
            value = read(f'{{"id": {sign}{"7" * count}, "n": 12}}')
        assert isinstance(value, dict)
        assert abs(value["id"]) > 10**30
        assert (value["id"] < 0) == (sign == "-")
        assert value["n"] == 12


def test_a_line_of_digits_takes_no_time():
    """Eight million of them; a Python without a bound would take the square."""
    start = time.process_time()
    with digits(0):
        assert read('{"id": ' + "7" * 8_000_000 + "}") != "not JSON"
    assert time.process_time() - start < 5
