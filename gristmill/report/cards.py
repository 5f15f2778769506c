"""The parts of the page: a card for each value, with its charts, its numbers as tables and its examples."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gristmill.report import bar_chart
from gristmill.report.axis import Axis, instant, moment, span
from gristmill.report.escaping import POST, attribute, count, interval, markup, percent, signed, spoken, tone
from gristmill.report.line_chart import Frame, Scale, chart
from gristmill.sentiment.distinct import KEPT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gristmill.report.series import Figures, Section, Shown, Value

_KINDS = {"positive": "Most positive", "negative": "Most negative", "sample": "Chosen by chance"}
#: Examples of one kind that a card shows.
MOST = 10
#: A value of no name: posts of no author, or of no language that anybody told.
NAMELESS = "(none)"
#: Dimensions in the order of the page: one of their values, and many.
DIMENSIONS = {
    "all": ("post", "all posts"),
    "topic": ("topic", "topics"),
    "hashtag": ("hashtag", "hashtags"),
    "platform": ("platform", "platforms"),
    "language": ("language", "languages"),
    "author": ("author", "authors"),
}


def name(value: str, dimension: str) -> str:
    """What a value is called on the page; not escaped."""
    if dimension == "all":
        return "all posts"
    return f"#{value}" if dimension == "hashtag" and value else value or NAMELESS


def table(caption: str, heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table of finished cells, the first of each row its head."""
    lines = [f"<table><caption>{caption}</caption><thead><tr>"]
    lines += [f'<th scope="col">{head}</th>' for head in heads]
    lines.append("</tr></thead><tbody>")
    for first, *others in rows:
        lines.append(f'<tr><th scope="row">{first}</th>{"".join(f"<td>{cell}</td>" for cell in others)}</tr>')
    lines.append("</tbody></table>")
    return "\n".join(lines)


def scrolled(inner: str, label: str) -> str:
    """What may be wider than a phone: it scrolls by itself, by keyboard too."""
    return f'<div class="scroll" role="region" tabindex="0" aria-label="{label}">{inner}</div>'


def reach(figures: Figures) -> str:
    """The interval of a mean in words."""
    if figures.n < 2:
        return "one post has no interval"
    return f"95% interval {interval(figures.low, figures.high)}"


def authors(figures: Figures) -> str:
    """How many people wrote the posts; beyond what is counted exactly, about how many."""
    return f"{'' if figures.authors < KEPT else 'about '}{count(figures.authors, 'author')}"


def ranking(section: Section) -> str:
    """The values of a section by their mean, the most positive first; each leads to its card."""
    low = min([-0.25, *(value.figures.low for value in section.values)])
    high = max([0.25, *(value.figures.high for value in section.values)])
    places = {id(value): place for place, value in enumerate(section.values)}
    rows = []
    for value in sorted(section.values, key=lambda value: (-value.figures.mean, places[id(value)])):
        figures = value.figures
        link = f'<a href="#{section.dimension}-{places[id(value)]}">{markup(name(value.name, section.dimension))}</a>'
        bar = bar_chart.row(figures, low, high)
        between = interval(figures.low, figures.high) if figures.n > 1 else "one post"
        shares = [percent(part, figures.n) for part in (figures.positive, figures.neutral, figures.negative)]
        mean = f'<b class="{figures.tone}">{signed(figures.mean)}</b>'
        rows.append([link, bar, mean, between, *shares, count(figures.n), count(figures.authors)])
    one, many = DIMENSIONS[section.dimension]
    heads = [one.capitalize(), '<span class="unseen">Mean, drawn</span>', "Mean", "95% interval"]
    heads += ["Positive", "Neutral", "Negative", "Posts", "Authors"]
    about = f"{many.capitalize()} by their mean sentiment, the most positive first"
    # the table may be wider than the screen; what it is stands still while it scrolls
    numbers = scrolled(table(about, heads, rows), about)
    return f'<div class="ranking"><p class="note" aria-hidden="true">{about}</p>{numbers}</div>'


def card(value: Value, section: Section, place: int, axis: Axis, scale: Scale) -> str:
    """A value of a section: its figures, its two charts, its numbers and its examples."""
    called = name(value.name, section.dimension)
    key = f"{section.dimension}-{place}"
    label = over_time(value, called, axis)
    lines = chart(value.points, Frame(axis, scale, 360, 120, 34), f"{key}-line", label)
    tall = 78
    head = f'<h3 id="{key}-name">{markup(called)}</h3>\n{_headline(value.figures)}'
    if section.dimension == "all":
        tall = 150
        # the section's own head says as much; the chart has room here, and a phone has not
        head = f'<h3 class="unseen" id="{key}-name">{markup(called)}</h3>'
        wide = chart(value.points, Frame(axis, scale, 760, 200, 52), f"{key}-wide-line", label)
        lines = f'<div class="narrow">{lines}</div>\n<div class="wide">{wide}</div>'
    return f"""<article class="card" id="{key}" aria-labelledby="{key}-name">
{head}
<figure><figcaption>Mean by {axis.unit}, and how many posts</figcaption>
{lines}</figure>
<figure><figcaption>How sentiment is spread</figcaption>
{bar_chart.histogram(value.histogram, tall, spread(value, called))}
{_shares(value.figures)}</figure>
{_examples(value, called, section.dimension == "all")}
{_numbers(value, called, axis)}
</article>"""


def _headline(figures: Figures) -> str:
    return (
        f'<p class="headline"><b class="big {figures.tone}">{signed(figures.mean)}</b> '
        f"<span>{figures.tone}, {reach(figures)}<br>{count(figures.n, 'post')} by {authors(figures)}</span></p>"
    )


def _shares(figures: Figures) -> str:
    parts = [("negative", figures.negative), ("neutral", figures.neutral), ("positive", figures.positive)]
    shown = "".join(f'<li class="{kind}"><b>{percent(part, figures.n)}</b> {kind}</li>' for kind, part in parts)
    return f'<ul class="shares">{shown}</ul>'


def over_time(value: Value, called: str, axis: Axis) -> str:
    """What the chart over time shows, in a sentence; escaped."""
    points = [point for point in value.points if axis.holds(point.start)]
    said = f"Mean sentiment of {spoken(called)} by {axis.unit}, {span(axis)}."
    if not points:
        return f"{said} No {axis.unit} has posts."
    most = max(points, key=lambda point: (point.mean, -point.start))
    least = min(points, key=lambda point: (point.mean, point.start))
    if len(points) == 1:
        return f"{said} One {axis.unit} has posts: {signed(most.mean)} at {moment(most.start, axis.step)}."
    said += f" Highest {signed(most.mean)} at {moment(most.start, axis.step)},"
    said += f" lowest {signed(least.mean)} at {moment(least.start, axis.step)}."
    without = axis.steps - len(points)
    return f"{said} {without:,} of {axis.steps:,} have no posts." if without else said


def spread(value: Value, called: str) -> str:
    """What the histogram shows, in a sentence; escaped."""
    figures = value.figures
    shares = [percent(part, figures.n) for part in (figures.negative, figures.neutral, figures.positive)]
    return f"Posts on {spoken(called)} by sentiment: {shares[0]} negative, {shares[1]} neutral, {shares[2]} positive."


def _numbers(value: Value, called: str, axis: Axis) -> str:
    by_time = [
        [
            moment(point.start, axis.step),
            signed(point.mean),
            interval(point.low, point.high) if point.n > 1 else "one post",
            count(point.n),
        ]
        for point in value.points
    ]
    by_score = [[bar_chart.bounds(place), count(posts)] for place, posts in enumerate(value.histogram) if posts]
    shown = attribute(called)
    first = table(f"Mean of {shown} by {axis.unit}", [axis.unit.capitalize(), "Mean", "95% interval", "Posts"], by_time)
    second = table(f"Posts on {shown} by sentiment", ["Sentiment", "Posts"], by_score)
    both = scrolled(first + second, f"Numbers of {spoken(called)}")
    return _folded("Numbers", called, both)


def _examples(value: Value, called: str, unfolded: bool) -> str:
    if not value.examples:
        return ""
    parts = []
    for kind, examples in value.examples:
        shown = "".join(map(_example, examples[:MOST]))
        rest = len(examples) - MOST
        more = f'<p class="source">{rest:,} more are in the output.</p>' if rest > 0 else ""
        parts.append(f'<div><h4>{_KINDS[kind]}</h4><ul class="posts">{shown}</ul>{more}</div>')
    return _folded("Examples", called, f'<div class="examples">{"".join(parts)}</div>', unfolded)


def _folded(about: str, called: str, inner: str, unfolded: bool = False) -> str:
    state = " open" if unfolded else ""
    summary = f'{about}<span class="unseen"> of {markup(called)}</span>'
    return f"<details{state}><summary>{summary}</summary>{inner}</details>"


def _example(example: Shown) -> str:
    score = f'<b class="{tone(example.compound)}">{signed(example.compound)}</b>'
    source = f"{markup(example.platform)}, {instant(example.time)}"
    return f'<li><p dir="auto">{attribute(example.text, POST)}</p><p class="source">{score} {source}</p></li>'
