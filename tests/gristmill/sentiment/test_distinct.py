"""The number of different names, exact while they are few, and the same whatever the order."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gristmill.sentiment.distinct import KEPT, Sketch, hash_name


def sketch_of(names: range, *, order: int = 1) -> Sketch:
    sketch = Sketch()
    shuffled = [*names, *names]
    Random(order).shuffle(shuffled)
    for name in shuffled:
        sketch.add(hash_name(f"author {name}"))
    return sketch


@pytest.mark.parametrize("count", [0, 1, 2, 200, KEPT - 1])
def test_few_names_are_counted_exactly(count: int):
    """Each once, however often it comes."""
    assert sketch_of(range(count)).estimate() == count


@pytest.mark.parametrize("count", [KEPT, 1_000, 30_000])
def test_many_names_are_told_from_the_least_hashes(count: int):
    """Within three standard errors of 6 %; the memory is that of 256."""
    sketch = sketch_of(range(count))
    assert sketch.estimate() == pytest.approx(count, rel=0.19)
    assert len(sketch.format()) == 2048


def test_the_hash_of_a_name_is_the_same_everywhere():
    """What two machines have counted can be put together."""
    assert hash_name("own\0miller").hex() == "0d50932b90f4"
    assert hash_name("\ud800") != hash_name("\ud801")


@given(cuts=st.lists(st.integers(0, 1500), max_size=6), order=st.integers(0, 99))
@settings(max_examples=40, deadline=None)
def test_sketches_of_parts_merge_to_that_of_the_whole(cuts: list[int], order: int):
    """Parts of any sizes, that overlap, in any order."""
    borders = sorted({0, *cuts, 1500})
    parts = [sketch_of(range(max(0, start - 50), end), order=order) for start, end in zip(borders, borders[1:])]
    Random(order).shuffle(parts)
    merged = Sketch()
    for part in parts:
        merged.add_all(part)
    assert merged.format() == sketch_of(range(1500)).format()


@pytest.mark.parametrize("count", [0, 1, KEPT, 5000])
def test_what_is_written_is_read_again(count: int):
    """And goes on as if it had never been written."""
    sketch = Sketch.parse(sketch_of(range(count)).format())
    assert sketch.format() == sketch_of(range(count)).format()
    for name in range(count, 6000):
        sketch.add(hash_name(f"author {name}"))
    assert sketch.format() == sketch_of(range(6000)).format()


@pytest.mark.parametrize(
    "text",
    [
        "A",
        "AAAAAAA=",
        "AAAAAAAB\n",
        "AAAAAAABAAAAAAAA",
        "AAAAAAABAAAAAAAB",
        "é",
        "*AAAAAAB",
        sketch_of(range(999)).format() * 2,
    ],
)
def test_what_is_no_sketch_is_refused(text: str):
    """Not base64, not whole hashes, not in order, or one twice."""
    with pytest.raises(ValueError, match=r"."):
        Sketch.parse(text)
