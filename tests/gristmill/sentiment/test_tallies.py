"""A task's tallies, by key."""

from __future__ import annotations

import tracemalloc

import pytest

from gristmill.posts.reader import Post
from gristmill.sentiment import tallies
from gristmill.sentiment.tallies import Tallies
from gristmill.sentiment.tally import Scored, Tally, add_states

KEY, OTHER = ("all", "", "2026-03-01"), ("platform", "own", "2026-03-01")


def post(number: int, text: str = "bread") -> Post:
    return Post(str(number), text, 1_772_348_400, "en", f"author {number}", (), "", "own")


def test_a_post_counts_in_each_of_its_keys():
    """What is sent is forgotten."""
    held = Tallies(3)
    assert not held.add_post([KEY, OTHER], Scored(post(1), 4404), 5)
    assert not held.add_post([KEY], Scored(post(2), 0), 5)
    sent = dict(held.send())
    assert {key: Tally.from_state(state).n for key, state in sent.items()} == {
        b'["all","","2026-03-01"]': 2,
        b'["platform","own","2026-03-01"]': 1,
    }
    assert list(held.send()) == []


def test_a_tally_that_comes_is_added_with_no_more_examples_than_there_may_be():
    """A row is such a tally."""
    many = Tally(9)
    for number in range(20):
        many.add_post(post(number), 5000)
    held = Tallies(2)
    held.add_tally(KEY, many, 100)
    held.add_tally(KEY, many, 100)
    ((_, state),) = held.send()
    tally = Tally.from_state(state)
    assert (tally.n, tally.most, len(list(tally.best))) == (40, 2, 2)


@pytest.mark.parametrize("kind", ["few keys", "many keys", "long texts", "many examples", "rows"])
def test_what_is_held_stays_within_its_bound(kind: str, monkeypatch: pytest.MonkeyPatch):
    """It is sent when it may be too much; nothing is lost by that."""
    monkeypatch.setattr(tallies, "HELD", 1 << 20)
    held = Tallies(40 if kind == "many examples" else 3)
    states: list[bytes] = []
    tracemalloc.start()
    try:
        for number in range(3000):
            text = "🙂" * 500 if kind in ("long texts", "many examples") else "bread"
            keys = [("author", str(number), "2026-03-01")] if kind == "many keys" else [KEY]
            if kind == "rows":
                tally = Tally(3)
                tally.add_post(post(number), number)
                full = held.add_tally(("author", str(number), ""), tally, 600)
            else:
                full = held.add_post(keys, Scored(post(number, text[:]), number), len(text))
            if full:
                # not kept here: their size is no part of what is looked at
                states.append(add_states([state for _, state in held.send()]))
        assert tracemalloc.get_traced_memory()[1] < 3 << 20
    finally:
        tracemalloc.stop()
    states.append(add_states([state for _, state in held.send()]))
    assert Tally.from_state(add_states(states)).n == 3000
