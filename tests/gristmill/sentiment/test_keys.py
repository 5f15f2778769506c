"""Posts to the keys of their rows."""

from __future__ import annotations

import pytest

from gristmill.posts.reader import Post
from gristmill.posts.skip import LeftOut
from gristmill.sentiment import keys as module
from gristmill.sentiment.dimensions import parse_dimensions
from gristmill.sentiment.keys import Groups
from gristmill.sentiment.topics import Topics

POST = Post("1", "Bread from the mill", 1_772_348_400, "en", "ann", ("rye", "dawn"), "", "mastodon")


def keys(post: Post, by: str, window: str = "hour") -> tuple[list[tuple[str, str, str]], list[str]]:
    counted: list[LeftOut] = []
    finder = Topics({"bread": ["bread"], "mills": ["mill"], "rye": ["rye"]})
    found = Groups(parse_dimensions(by), window, finder, counted.append).keys(post)
    return found, [reason.value for reason in counted]


@pytest.mark.parametrize(
    ("by", "values"),
    [
        ("all", [""]),
        ("author", ["mastodon:ann"]),
        ("hashtag", ["rye", "dawn"]),
        ("language", ["en"]),
        ("platform", ["mastodon"]),
        ("topic", ["bread", "mills"]),
    ],
)
def test_a_dimension_has_the_values_of_the_post(by: str, values: list[str]):
    """One key a value."""
    assert keys(POST, by) == ([(by, value, "2026-03-01T07") for value in values], [])


def test_a_post_that_does_not_say_counts_as_the_empty_value():
    """It has an author and a language, though nobody knows which; it has no hashtag."""
    post = POST._replace(author="", language="", hashtags=(), text="Rain")
    found, _ = keys(post, "author, hashtag,language,topic,author")
    assert found == [("author", "", "2026-03-01T07"), ("language", "", "2026-03-01T07")]


@pytest.mark.parametrize(
    ("time", "hour"),
    [
        (0, "1970-01-01T00"),
        (-1, "1969-12-31T23"),
        (1_772_351_999, "2026-03-01T07"),
        (1_772_352_000, "2026-03-01T08"),
        (253_402_300_799, "9999-12-31T23"),
        (-62_135_596_800, "0001-01-01T00"),
    ],
)
def test_a_window_is_an_hour_or_a_day_in_utc(time: int, hour: str):
    """All years have four digits."""
    assert keys(POST._replace(time=time), "all")[0] == [("all", "", hour)]
    assert keys(POST._replace(time=time), "all", "day")[0] == [("all", "", hour[:10])]


def test_weeks_months_and_all_time_are_windows():
    """A week is that of ISO 8601: this Sunday is the last day of the ninth."""
    found = [keys(POST, "all", window)[0][0][2] for window in ("hour", "day", "week", "month", "all")]
    assert found == ["2026-03-01T07", "2026-03-01", "2026-W09", "2026-03", "all"]


def test_a_post_that_is_not_scored_has_one_key():
    """Its reason, in its window."""
    assert Groups(["topic"], "week", None, print).unscored_key(POST, "repost") == ("unscored", "repost", "2026-W09")


def test_hours_are_forgotten_rather_than_held_without_end(monkeypatch: pytest.MonkeyPatch):
    """A window is the same, remembered or not."""
    monkeypatch.setattr(module, "_HOURS", 2)
    found = Groups(["all"], "hour", None, print)
    hours = [found.keys(POST._replace(time=3600 * hour))[0][2] for hour in (0, 1, 2, 0)]
    assert hours == ["1970-01-01T00", "1970-01-01T01", "1970-01-01T02", "1970-01-01T00"]


def test_hashtags_beyond_the_fiftieth_make_no_rows_and_are_counted():
    """A thousand tags of one post would make a thousand rows."""
    found, counted = keys(POST._replace(hashtags=tuple(map(str, range(1000)))), "hashtag")
    assert [value for _, value, _ in found] == list(map(str, range(50)))
    assert counted == ["hashtags of a post beyond its first 50"]


def test_a_dimension_of_another_name_is_refused():
    """The error says what there is."""
    with pytest.raises(ValueError, match=r"^'subject' is none of all, author, hashtag, language, platform, topic$"):
        parse_dimensions("all,subject")
