"""What the page says in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gristmill.report import words

if TYPE_CHECKING:
    from tests.gristmill.report.conftest import MakeReport, MakeRow


def test_a_summary_tells_how_many_posts_when_and_how_they_sound(row: MakeRow, report: MakeReport) -> None:
    """And which topic is the most positive and the most negative."""
    found = report(
        row("all", "", "2026-03-01T07", 0.5, 0.0, -0.2),
        row("all", "", "2026-03-03T07", 0.5),
        row("topic", "bread", "2026-03-01T07", 0.5),
        row("topic", "mill", "2026-03-01T07", 0.0),
        row("topic", "rain", "2026-03-01T07", -0.2),
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
    assert words.summary(found) == (
        "<b>6 mentions</b> of 3 hashtags on 1 Mar 2026; a post may mention several. Of the 2 biggest hashtags, "
        "<b><bdi>#a</bdi></b> (+0.50) is the most positive and <b><bdi>#b</bdi></b> (+0.20) the least positive."
    )
    assert words.facts(found) == [("mentions scored", "6"), ("hashtags", "3"), ("day", "1")]
    sad = report(row("topic", "a", "2026-03-01", -0.5), row("topic", "b", "2026-03-01", -0.2))
    assert words.summary(sad).endswith(
        "Of the 2 topics, <b><bdi>b</bdi></b> (−0.20) is the least negative and <b><bdi>a</bdi></b> (−0.50) the most "
        "negative."
    )


def test_a_mean_that_is_shown_as_zero_is_no_most_of_anything(row: MakeRow, report: MakeReport) -> None:
    """Its sign would not be seen."""
    nearly = report(row("topic", "a", "2026-03-01", 0.5), row("topic", "b", "2026-03-01", -0.001))
    assert words.summary(nearly).endswith("and <b><bdi>b</bdi></b> (0.00) the least positive.")


def test_values_that_sound_alike_are_not_ranked(row: MakeRow, report: MakeReport) -> None:
    """None of them is the most of anything."""
    alike = report(row("topic", "a", "2026-03-01", 0.5), row("topic", "b", "2026-03-01", 0.5))
    assert words.summary(alike).endswith(" The 2 topics have the same mean.")


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
    assert [words.about(report(*rows, top=top).sections[0]) for top in (1, 2, 3)] == [
        "The biggest of 3 topics. The other 2 have 3 posts and are not shown; --top shows more. A post that has "
        "several topics counts in each of them.",
        "The 2 biggest of 3 topics, those with the most posts first. The other 1 has 1 post and is not shown; --top "
        "shows more. A post that has several topics counts in each of them.",
        "3 topics, those with the most posts first. A post that has several topics counts in each of them.",
    ]
    summed = report(row("platform", "own", "2026-03-01", 0.1))
    assert [words.about(section) for section in summed.sections] == ["Every post that was scored, once.", "1 platform."]


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
