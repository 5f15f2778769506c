"""The ranking of a section's values, and a card for each: its charts, its numbers as tables, its examples."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from gristmill.report import bar_chart
from gristmill.report.axis import Axis, instant, span
from gristmill.report.escaping import MAX_TEXT, attribute, count, interval, label_text, markup, percent, signed, tone
from gristmill.report.line_chart import Frame, Scale, chart
from gristmill.sentiment.dimensions import DIMENSIONS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gristmill.report.series import Figures, Section, ShownPost, Value

_KINDS = {"positive": "Most positive", "negative": "Most negative", "sample": "Chosen by chance"}
#: The most examples of one kind on a card.
MAX_EXAMPLES = 10
#: Shown for an empty value: posts without an author, or of unknown language.
NAMELESS = "(none)"


def display_name(value: str, dimension: str) -> str:
    """The name of a value on the page; not escaped."""
    if dimension == "all":
        return "all posts"
    return f"#{value}" if dimension == "hashtag" and value else value or NAMELESS


def table(caption: str, heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table as HTML; `caption`, `heads` and cells are HTML, the first cell of a row is its head."""
    lines = [f"<table><caption>{caption}</caption><thead><tr>"]
    lines += [f'<th scope="col">{head}</th>' for head in heads]
    lines.append("</tr></thead><tbody>")
    for first, *others in rows:
        lines.append(f'<tr><th scope="row">{first}</th>{"".join(f"<td>{cell}</td>" for cell in others)}</tr>')
    lines.append("</tbody></table>")
    return "\n".join(lines)


def scroll_region(inner: str, label: str) -> str:
    """A region for HTML that may be wider than a phone: it scrolls apart from the page, and by keyboard."""
    return f'<div class="scroll" role="region" tabindex="0" aria-label="{label}">{inner}</div>'


def interval_text(figures: Figures) -> str:
    """The 95 % interval of a mean in words."""
    if figures.n < 2:
        return "one post has no interval"
    return f"95% interval {interval(figures.low, figures.high)}"


def authors(figures: Figures) -> str:
    """The number of authors; "about" marks an estimate."""
    return f"{figures.about}{count(figures.authors, 'author')}"


def ranking(section: Section) -> str:
    """The values of a section as a table, the most positive mean first; each links to its card."""
    low = min([-0.25, *(value.figures.low for value in section.values)])
    high = max([0.25, *(value.figures.high for value in section.values)])
    indexes = {id(value): index for index, value in enumerate(section.values)}
    rows = []
    for value in sorted(section.values, key=lambda value: (-value.figures.mean, indexes[id(value)])):
        figures = value.figures
        shown = markup(display_name(value.name, section.dimension))
        link = f'<a href="#{section.dimension}-{indexes[id(value)]}">{shown}</a>'
        bar = bar_chart.row(figures, low, high)
        between = interval(figures.low, figures.high) if figures.n > 1 else "one post"
        shares = [percent(posts, figures.n) for posts in (figures.positive, figures.neutral, figures.negative)]
        mean = f'<b class="{figures.tone}">{signed(figures.mean)}</b>'
        rows.append([link, bar, mean, between, *shares, count(figures.n), f"{figures.about}{count(figures.authors)}"])
    one, many, _ = DIMENSIONS[section.dimension]
    heads = [one.capitalize(), '<span class="unseen">Mean, drawn</span>', "Mean", "95% interval"]
    heads += ["Positive", "Neutral", "Negative", "Posts", "Authors"]
    about = f"{many.capitalize()} by their mean sentiment, the most positive first"
    # the table may be wider than the screen; the note above it stays while it scrolls
    numbers = scroll_region(table(about, heads, rows), about)
    return f'<div class="ranking"><p class="note" aria-hidden="true">{about}</p>{numbers}</div>'


def card(value: Value, section: Section, index: int, axis: Axis, scale: Scale) -> str:
    """The card of a section's value number `index`: its figures, its two charts, its numbers and its examples."""
    name = display_name(value.name, section.dimension)
    key = f"{section.dimension}-{index}"
    tall = 78
    head = f'<h3 id="{key}-name">{markup(name)}</h3>\n{_headline(value.figures)}'
    if section.dimension == "all":
        tall = 150
        # the section's heading names it already
        head = f'<h3 class="unseen" id="{key}-name">{markup(name)}</h3>'
    return f"""<article class="card" id="{key}" aria-labelledby="{key}-name">
{head}
{_over_time(value, name, key, axis, scale)}<figure><figcaption>How sentiment is spread</figcaption>
{bar_chart.histogram(value.histogram, tall, histogram_label(value, name))}
{_shares(value.figures)}</figure>
{_examples(value, name, section.dimension == "all")}
{_numbers(value, name, axis)}
</article>"""


def _over_time(value: Value, name: str, key: str, axis: Axis, scale: Scale) -> str:
    """The chart over time; nothing where there is one window, of all time."""
    if axis.counts == "all":
        return ""
    label = time_label(value, name, axis)
    lines = chart(value.points, Frame(axis, scale, 360, 120, 34), f"{key}-line", label)
    if key == "all-0":
        # a screen has room for the wide chart, a phone for the narrow one
        wide = chart(value.points, Frame(axis, scale, 760, 200, 52), f"{key}-wide-line", label)
        lines = f'<div class="narrow">{lines}</div>\n<div class="wide">{wide}</div>'
    return f"<figure><figcaption>Mean by {axis.unit}, and how many posts</figcaption>\n{lines}</figure>\n"


def _headline(figures: Figures) -> str:
    return (
        f'<p class="headline"><b class="big {figures.tone}">{signed(figures.mean)}</b> '
        f"<span>{figures.tone}, {interval_text(figures)}<br>{count(figures.n, 'post')} by {authors(figures)}</span></p>"
    )


def _shares(figures: Figures) -> str:
    shares = [("negative", figures.negative), ("neutral", figures.neutral), ("positive", figures.positive)]
    items = "".join(f'<li class="{kind}"><b>{percent(posts, figures.n)}</b> {kind}</li>' for kind, posts in shares)
    return f'<ul class="shares">{items}</ul>'


def time_label(value: Value, name: str, axis: Axis) -> str:
    """What the chart over time shows, in sentences for screen readers, escaped; `name` is the value's."""
    points = [point for point in value.points if axis.holds(point.start)]
    text = f"Mean sentiment of {label_text(name)} by {axis.unit}, {span(axis)}."
    if not points:
        return f"{text} No {axis.unit} has posts."
    most = max(points, key=lambda point: (point.mean, -point.start))
    least = min(points, key=lambda point: (point.mean, point.start))
    if len(points) == 1:
        return f"{text} One {axis.unit} has posts: {signed(most.mean)} at {axis.moment(most.start)}."
    text += f" Highest {signed(most.mean)} at {axis.moment(most.start)},"
    text += f" lowest {signed(least.mean)} at {axis.moment(least.start)}."
    without = axis.steps - len(points)
    return f"{text} {without:,} of {axis.steps:,} have no posts." if without else text


def histogram_label(value: Value, name: str) -> str:
    """What the histogram shows, in a sentence for screen readers, escaped; `name` is the value's."""
    figures = value.figures
    counts = (figures.negative, figures.neutral, figures.positive)
    negative, neutral, positive = (percent(posts, figures.n) for posts in counts)
    return f"Posts on {label_text(name)} by sentiment: {negative} negative, {neutral} neutral, {positive} positive."


def _numbers(value: Value, name: str, axis: Axis) -> str:
    by_time = [
        [
            axis.moment(point.start),
            signed(point.mean),
            interval(point.low, point.high) if point.n > 1 else "one post",
            count(point.n),
        ]
        for point in value.points
    ]
    by_score = [[bar_chart.bounds(index), count(posts)] for index, posts in enumerate(value.histogram) if posts]
    escaped = attribute(name)
    heads = [axis.unit.capitalize(), "Mean", "95% interval", "Posts"]
    first = "" if axis.counts == "all" else table(f"Mean of {escaped} by {axis.unit}", heads, by_time)
    second = table(f"Posts on {escaped} by sentiment", ["Sentiment", "Posts"], by_score)
    both = scroll_region(first + second, f"Numbers of {label_text(name)}")
    return _details("Numbers", name, both)


def _examples(value: Value, name: str, unfolded: bool) -> str:
    if not value.examples:
        return ""
    lists = []
    for kind, examples in value.examples:
        items = "".join(map(_example, examples[:MAX_EXAMPLES]))
        rest = len(examples) - MAX_EXAMPLES
        more = f'<p class="source">{rest:,} more are in the output.</p>' if rest > 0 else ""
        lists.append(f'<div><h4>{_KINDS[kind]}</h4><ul class="posts">{items}</ul>{more}</div>')
    return _details("Examples", name, f'<div class="examples">{"".join(lists)}</div>', unfolded)


def _details(about: str, name: str, inner: str, unfolded: bool = False) -> str:
    state = " open" if unfolded else ""
    summary = f'{about}<span class="unseen"> of {markup(name)}</span>'
    return f"<details{state}><summary>{summary}</summary>{inner}</details>"


def _example(example: ShownPost) -> str:
    score = f'<b class="{tone(example.compound)}">{signed(example.compound)}</b>'
    source = f"{markup(example.platform)}, {instant(example.time)}"
    if example.address:
        # the whole of it: what is cut leads elsewhere
        link = html.escape(example.address)
        source = f'<a href="{link}" rel="noopener noreferrer">{source}</a>'
    return f'<li><p dir="auto">{attribute(example.text, MAX_TEXT)}</p><p class="source">{score} {source}</p></li>'
