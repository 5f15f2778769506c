"""What the page says in sentences."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gristmill.report import words

if TYPE_CHECKING:
    from tests.gristmill.report.conftest import MakeReport, MakeRow


def test_a_summary_tells_how_many_posts_when_and_how_they_sound(row: MakeRow, report: MakeReport) -> None:
    """And which topic is the most positive and the most negative."""
    found = report(
        row("all", "", "2026-03-01T07", 0.5, 0.0, -0.2),
        row("all", "", "2026-03-03T07", 0.5),
        row("topic", "bread", "2026-03-01T07", *[0.5] * 3),
        row("topic", "mill", "2026-03-01T07", *[0.0] * 3),
        row("topic", "rain", "2026-03-01T07", *[-0.2] * 3),
        row("platform", "own", "2026-03-01T07", 0.5, 0.0, -0.2),
    )
    assert words.summary(found) == (
        "<b>4 posts</b> from 1 to 3 Mar 2026 sound <b>positive</b> on the whole: the mean is +0.20 on a scale from −1 "
        "to +1, 50% are positive and 25% negative. Of all 3 topics, <b><bdi>bread</bdi></b> (+0.50) is the most "
        "positive and <b><bdi>rain</bdi></b> (−0.20) the most negative."
    )


def test_a_summary_of_topics_alone_counts_mentions(row: MakeRow, report: MakeReport) -> None:
    """Since a post may have several; "most positive" is said only of what is."""
    found = report(
        row("hashtag", "a", "2026-03-01", 0.5, 0.5, 0.5),
        row("hashtag", "b", "2026-03-01", 0.2, 0.2),
        row("hashtag", "c", "2026-03-01", 0.1),
        top=2,
    )
    assert words.about(found.sections[0], found).startswith("The 2 biggest of 3 hashtags, ")
    assert words.summary(found) == (
        "<b>6 mentions</b> of 3 hashtags on 1 Mar 2026; a post may mention several. Of the 2 biggest hashtags, "
        "<b><bdi>#a</bdi></b> (+0.50) is the most positive and <b><bdi>#b</bdi></b> (+0.20) the least positive."
    )
    assert words.facts(found) == [("mentions scored", "6"), ("hashtags", "3"), ("day", "1")]
    sad = report(row("topic", "a", "2026-03-01", -0.5, -0.5), row("topic", "b", "2026-03-01", -0.2, -0.2))
    assert words.summary(sad).endswith(
        "Of the 2 topics, <b><bdi>b</bdi></b> (−0.20) is the least negative and <b><bdi>a</bdi></b> (−0.50) the most "
        "negative."
    )


def test_a_mean_that_is_shown_as_zero_is_no_most_of_anything(row: MakeRow, report: MakeReport) -> None:
    """Its sign would not be seen."""
    nearly = report(row("topic", "a", "2026-03-01", 0.5, 0.5), row("topic", "b", "2026-03-01", -0.001, -0.001))
    assert words.summary(nearly).endswith("and <b><bdi>b</bdi></b> (0.00) the least positive.")


def test_values_that_sound_alike_are_not_ranked(row: MakeRow, report: MakeReport) -> None:
    """None of them is the most of anything."""
    alike = report(row("topic", "a", "2026-03-01", 0.5), row("topic", "b", "2026-03-01", 0.5))
    assert words.summary(alike).endswith(" The 2 topics have the same mean.")


def test_no_topic_is_called_best_where_intervals_lie_within_each_other(row: MakeRow, report: MakeReport) -> None:
    """One post has no interval: it may be anywhere. Intervals that cross in part are told apart by their means."""
    day = "2026-03-01"
    near, wide = row("topic", "near", day, 0.3, 0.31, 0.32), row("topic", "wide", day, -0.5, 0.5, 0.8)
    sad = row("topic", "sad", day, -0.9, -0.91)

    def told(*rows: bytes) -> str:
        return words.extremes(report(*rows).sections[0])

    assert told(near, wide) == "Of the 2 topics none stands out: their 95% intervals overlap."
    assert told(near, row("topic", "one", day, -0.9)) == told(near, wide)
    assert told(near, row("topic", "mean", day, 0.2, 0.3, 0.7), sad) == (
        "Of all 3 topics, <b><bdi>sad</bdi></b> (−0.91) is the most negative; which is the most positive is open, as "
        "95% intervals overlap."
    )
    assert told(
        row("topic", "glad", day, 0.9, 0.91), row("topic", "a", day, 0.1, 0.1), row("topic", "b", day, 0.1, 0.12)
    ) == (
        "Of all 3 topics, <b><bdi>glad</bdi></b> (+0.91) is the most positive; which is the least positive is open, "
        "as 95% intervals overlap."
    )
    assert "is the most positive and" in told(
        row("topic", "a", day, 0.1, 0.2, 0.3), row("topic", "b", day, 0.2, 0.3, 0.4)
    )


def test_how_many_posts_were_scored_is_told(row: MakeRow, report: MakeReport) -> None:
    """Of how many, and why the others were not."""
    found = report(
        row("all", "", "2026-03-01", *[0.5] * 3989),
        b'["unscored","language","2026-03-01"]\t{"n":1000,"v":2}\n',
        b'["unscored","repost","2026-03-01"]\t{"n":10,"v":2}\n',
        b'["unscored","<b>","2026-03-01"]\t{"n":1,"v":2}\n',
    )
    assert words.about(found.sections[0], found) == "3,989 of 5,000 posts scored."
    assert words.facts(found)[0] == ("posts scored", "3,989 of 5,000")
    assert words.notes(found)[-1] == (
        "1,011 posts not scored, and in none of these figures: 1 &lt;b&gt;, 1,000 in a language that VADER does not "
        "know, 10 left out as a repost."
    )


def test_all_time_has_no_axis(row: MakeRow, report: MakeReport) -> None:
    """Nor does the summary tell when; what a folder lacks is told at the foot."""
    found = report(row("all", "", "all", 0.5))
    assert words.summary(found).startswith("<b>1 post</b> sounds <b>positive</b>: the mean is +0.50")
    assert words.facts(found)[-1] == ("authors", "1")
    assert words.points(found) == "All posts are added up, whatever their time."
    assert words.notes(replace(found, gaps=("a&b has no _SUCCESS",)))[-1] == (
        "a&amp;b has no _SUCCESS. The page is of what is there."
    )


def test_one_post_is_told_as_one(row: MakeRow, report: MakeReport) -> None:
    """With no interval."""
    found = report(row("all", "", "2026-03-01T07", 0.5))
    assert words.summary(found) == (
        "<b>1 post</b> on 1 Mar 2026 sounds <b>positive</b>: the mean is +0.50 on a scale from −1 to +1, 100% are "
        "positive and 0% negative."
    )
    assert words.facts(found) == [
        ("posts scored", "1"),
        ("mean, one post has no interval", "+0.50"),
        ("positive, 95% interval 21% to 100%", "100%"),
        ("negative", "0%"),
        ("authors", "1"),
        ("hour", "1"),
    ]


def test_facts_tell_windows_without_posts_and_what_is_an_estimate(row: MakeRow, report: MakeReport) -> None:
    """Authors from 256 on; windows far off are not among them."""
    found = report(row("all", "", "2026-03-01T07", *[0.5] * 600), row("all", "", "2026-03-01T10", 0.5))
    names = [name for name, _ in words.facts(found)]
    assert names[-2:] == ["authors, about", "hours, 2 without posts"]
    assert words.facts(found)[-1] == ("hours, 2 without posts", "4")
    full = report(row("all", "", "2026-03-01T07", 0.5), row("all", "", "2026-03-01T08", 0.5))
    assert words.facts(full)[-1] == ("hours, each with posts", "2")


def test_what_is_left_out_is_told(row: MakeRow, report: MakeReport) -> None:
    """How many, with how many posts, and how to see them."""
    rows = [row("topic", name, "2026-03-01", *[0.1] * posts) for name, posts in zip("abc", (3, 2, 1))]
    reports = [report(*rows, top=top) for top in (1, 2, 3)]
    assert [words.about(found.sections[0], found) for found in reports] == [
        "The biggest of 3 topics. The other 2 have 3 posts and are not shown; --top shows more. A post that has "
        "several topics counts in each of them.",
        "The 2 biggest of 3 topics, those with the most posts first. The other 1 has 1 post and is not shown; --top "
        "shows more. A post that has several topics counts in each of them.",
        "3 topics, those with the most posts first. A post that has several topics counts in each of them.",
    ]
    summed = report(row("platform", "own", "2026-03-01", 0.1))
    assert [words.about(section, summed) for section in summed.sections] == [
        "Every post that was scored, once.",
        "1 platform.",
    ]
    silent = report(row("author", "own:ann", "2026-03-01", 0.1), row("author", "", "2026-03-01", 0.1, 0.2))
    assert words.about(silent.sections[1], silent) == "1 author. 2 posts say no author."


def test_points_are_explained(row: MakeRow, report: MakeReport) -> None:
    """What one is, and which windows have none."""
    one = report(row("all", "", "2026-03-01", 0.5))
    assert words.points(one) == "Each point is one day."
    long = report(row("all", "", "2026-03-01T00", 0.5), row("all", "", "2026-06-01T00", 0.5))
    assert words.points(long) == "More hours than can be drawn apart are added up, exactly: each point is 12 hours."
    main = [row("all", "", f"2026-03-01T{hour:02}", *[0.5] * 20) for hour in range(24)]
    far = row("all", "", "1970-01-01T00", 0.5)
    assert words.points(report(*main, far)) == (
        "Each point is one hour. 1 hour far off, at 1 Jan 1970, 00:00, with few posts, stands in all figures and in "
        "the tables but is not drawn."
    )
    further = row("all", "", "2031-01-01T00", 0.5)
    assert words.points(report(*main, far, further)) == (
        "Each point is one hour. 2 hours far off, from 1 Jan 1970, 00:00 to 1 Jan 2031, 00:00, with few posts, stand "
        "in all figures and in the tables but are not drawn."
    )
    assert len(words.notes(one)) == 6
