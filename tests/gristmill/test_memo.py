"""A function's answers in bounded memory."""

from __future__ import annotations

import pytest

from gristmill.memo import BoundedDict, BoundedMemo


def test_an_answer_is_computed_once_and_is_then_a_look_up():
    """What the function returns, None as well, is held by its argument."""
    asked: list[str] = []
    memo: BoundedMemo[str, None] = BoundedMemo(asked.append, 9)
    assert [memo["a"], memo["b"], memo["a"]] == [None] * 3
    assert asked == ["a", "b"]


def test_a_full_memo_forgets_all_answers_before_it_holds_one_more():
    """It never holds more than `most`; a forgotten answer is computed anew."""
    memo = BoundedMemo(str.upper, 2)
    assert [memo[key] for key in "abca"] == ["A", "B", "C", "A"]
    assert memo == {"c": "C", "a": "A"}


def test_an_answer_whose_key_is_not_to_be_kept_is_not_held():
    """Nor does it make a full memo forget: a stranger's long keys cost nothing but themselves."""
    memo = BoundedMemo(len, 1, keep=lambda key: len(key) < 3)
    assert [memo["ab"], memo["abc"]] == [2, 3]
    assert memo == {"ab": 2}


def test_what_the_function_raises_is_raised_and_nothing_is_held():
    """The next look-up asks again."""
    memo = BoundedMemo(int, 9)
    with pytest.raises(ValueError, match="invalid literal"):
        memo["x"]
    assert memo == {}


def test_the_bound_may_be_changed_at_any_time():
    """Entries beyond a new bound go when the next one comes."""
    entries: BoundedDict[int, int] = BoundedDict(3)
    for number in range(3):
        entries.remember(number, number)
    entries.most = 1
    entries.remember(3, 3)
    assert entries == {3: 3}
