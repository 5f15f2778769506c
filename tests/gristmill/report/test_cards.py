"""A card holds a value's charts, the same numbers as tables, and its examples, escaped."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gristmill.report import cards
from gristmill.report.line_chart import Scale
from gristmill.sentiment import rows
from gristmill.sentiment.tally import Tally
from tests.gristmill.report.conftest import Post

if TYPE_CHECKING:
    from gristmill.report.series import Report
    from tests.gristmill.report.conftest import MakeReport, MakeRow


def card(found: Report) -> str:
    """The card of the first value of the first section."""
    section = found.sections[0]
    return cards.card(section.values[0], section, 0, found.axis, Scale(-1, 1))


def test_the_numbers_of_the_charts_stand_in_tables(row: MakeRow, report: MakeReport) -> None:
    """For those who cannot see a chart, and those who want to copy a number."""
    found = report(row("topic", "bread", "2026-03-01T07", 0.5, 0.0), row("topic", "bread", "2026-03-01T09", 1.0))
    drawn = card(found)
    assert (
        '<tr><th scope="row">1 Mar 2026, 07:00</th><td>+0.25</td><td>−1.00 to +1.00</td><td>2</td></tr>\n'
        '<tr><th scope="row">1 Mar 2026, 09:00</th><td>+1.00</td><td>one post</td><td>1</td></tr>' in drawn
    )
    assert (
        '<tr><th scope="row">0.00 to +0.05</th><td>1</td></tr>\n'
        '<tr><th scope="row">+0.50 to +0.55</th><td>1</td></tr>\n'
        '<tr><th scope="row">+0.95 to +1.00</th><td>1</td></tr>' in drawn
    )
    assert "<summary>Numbers<span" in drawn
    assert "positive, 95% interval −0.74 to +1.00<br>3 posts by 2 authors" in drawn


def test_a_chart_says_what_it_shows(row: MakeRow, report: MakeReport) -> None:
    """To those who hear it: the highest, the lowest, and how many have no posts."""
    found = report(
        row("hashtag", "<b>", "2026-03-01T07", 0.5),
        row("hashtag", "<b>", "2026-03-01T08", -0.5),
        row("hashtag", "<b>", "2026-03-01T10", -0.5, 0.5),
    )
    drawn = card(found)
    assert (
        'aria-label="Mean sentiment of #&lt;b&gt; by hour, on 1 Mar 2026. Highest +0.50 at 1 Mar 2026, 07:00, lowest '
        '−0.50 at 1 Mar 2026, 08:00. 1 of 4 have no posts."' in drawn
    )
    assert 'aria-label="Posts on #&lt;b&gt; by sentiment: 50% negative, 0% neutral, 50% positive."' in drawn
    full = report(row("all", "", "2026-03-01", 0.5), row("all", "", "2026-03-02", 0.1))
    assert 'lowest +0.10 at 2 Mar 2026."' in card(full)
    one = report(row("all", "", "2026-03-01", 0.5))
    assert 'by day, on 1 Mar 2026. One day has posts: +0.50 at 1 Mar 2026."' in card(one)


def test_steps_without_posts_are_counted_on_the_axis_alone(row: MakeRow, report: MakeReport) -> None:
    """A point far off fills none of them."""
    main = [row("all", "", f"2026-03-01T{hour:02}", *[0.5] * 20) for hour in range(0, 24, 2)]
    far = row("platform", "own", "1970-01-01T00", 0.5)
    assert "11 of 23 have no posts." in card(report(*main, row("all", "", "1970-01-01T00", 0.5)))
    found = report(*main, far)
    (value,) = found.sections[1].values
    assert cards.time_label(value, "own", found.axis).endswith("by hour, on 1 Mar 2026. No hour has posts.")


def test_all_posts_have_room_and_show_their_examples(row: MakeRow, report: MakeReport) -> None:
    """A second chart for wide screens; the others fold their examples up."""
    drawn = card(report(row("all", "", "2026-03-01", 0.5)))
    assert '<div class="narrow"><svg' in drawn
    assert '<div class="wide"><svg class="chart" role="img"' in drawn
    assert "<details open><summary>Examples<span" in drawn
    assert "<details><summary>Examples<span" in card(report(row("topic", "x", "2026-03-01", 0.5)))


def test_an_example_is_escaped_text_with_its_score_and_source(row: MakeRow, report: MakeReport) -> None:
    """Its direction is its own."""
    drawn = card(report(row("all", "", "2026-03-01", -0.5, text="<script>alert(1)</script> & \u202egnp")))
    assert (
        '<h4>Most negative</h4><ul class="posts"><li><p dir="auto">&lt;script&gt;alert(1)&lt;/script&gt; &amp; '
        '\ufffdgnp</p><p class="source"><b class="negative">−0.50</b> <bdi>own</bdi>, 1 Mar 2026, 07:00</p></li></ul>'
        in drawn
    )


def test_an_example_leads_to_its_post_where_the_platform_gives_an_address(report: MakeReport) -> None:
    """Escaped, and telling that site nothing of this page."""
    tally = Tally()
    tally.add_post(Post('https://m.example/@a/1?x="&y', "post", "a", "mastodon"), 5000)
    drawn = card(report(b'["all","","2026-03-01"]\t' + rows.format_row(tally)))
    assert (
        '<a href="https://m.example/@a/1?x=&quot;&amp;y" rel="noopener noreferrer"><bdi>mastodon</bdi>, 1 Mar 2026, '
        "07:00</a></p></li>" in drawn
    )


def test_all_time_has_no_chart_over_time(row: MakeRow, report: MakeReport) -> None:
    """Nor a table of it."""
    drawn = card(report(row("topic", "x", "all", 0.5)))
    assert "<figcaption>Mean by" not in drawn
    assert "<caption>Mean of" not in drawn
    assert drawn.count("<svg") == 1


def test_without_examples_there_is_no_place_for_them(row: MakeRow, report: MakeReport) -> None:
    """As with --examples 0."""
    assert "Examples" not in card(report(row("all", "", "2026-03-01", 0.5, most=0)))


def test_more_examples_than_a_card_shows_are_counted(row: MakeRow, report: MakeReport) -> None:
    """Ten of each kind are shown."""
    drawn = card(report(row("all", "", "2026-03-01", *[0.5] * 1012, most=1012)))
    assert drawn.count("<li><p") == 10
    assert '<p class="source">1,002 more are in the output.</p>' in drawn


def test_values_are_ranked_by_their_mean(row: MakeRow, report: MakeReport) -> None:
    """Each leads to its card, whose place is by the number of posts."""
    found = report(
        row("topic", "mill", "2026-03-01", -0.2, -0.2, -0.1),
        row("topic", "bread", "2026-03-01", 0.5),
    )
    ranked = cards.ranking(found.sections[0])
    assert '<div class="scroll" role="region" tabindex="0" aria-label="Topics by their mean sentiment' in ranked
    first, second = ranked.split("<tbody>")[1].split("</tr>")[:2]
    assert '<a href="#topic-1"><bdi>bread</bdi></a>' in first
    assert (
        '<td><b class="positive">+0.50</b></td><td>one post</td><td>100%</td><td>0%</td><td>0%</td><td>1</td>' in first
    )
    assert '<a href="#topic-0"><bdi>mill</bdi></a>' in second
    assert "<td>−0.31 to −0.02</td>" in second


@pytest.mark.parametrize(
    ("value", "dimension", "called"),
    [
        ("", "all", "all posts"),
        ("bread", "hashtag", "#bread"),
        ("", "hashtag", "(none)"),
        ("", "language", "(none)"),
        ("en", "language", "en"),
    ],
)
def test_a_value_has_a_name(value: str, dimension: str, called: str) -> None:
    """Where posts do not say, too."""
    assert cards.display_name(value, dimension) == called
