"""The sentences of the page: the summary at its top, the text over each section, and the notes at its foot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gristmill.posts.skip import LeftOut
from gristmill.report.axis import span
from gristmill.report.cards import display_name, interval_text
from gristmill.report.escaping import attribute, count, markup, percent, signed
from gristmill.sentiment.dimensions import DIMENSIONS, UNKNOWN_LANGUAGE
from gristmill.sentiment.distinct import KEPT
from gristmill.sentiment.statistics import ONE, POSITIVE

if TYPE_CHECKING:
    from gristmill.report.series import Figures, Report, Section, Value

#: What a reason in a row of what was not scored is called, of one post and of several.
_REASONS = {
    UNKNOWN_LANGUAGE: "in a language that VADER does not know",
    LeftOut.OTHER_LANGUAGE.value: "in a language that was not asked for",
    LeftOut.REPOST.value: "left out as a repost",
}


def heading(section: Section) -> str:
    """The title of a section; not escaped, as it holds nothing that others wrote."""
    return DIMENSIONS[section.dimension].many.capitalize()


def summary(report: Report) -> str:
    """The summary as HTML: how many posts, when, their tone, and the most positive and the most negative value."""
    when = f" {span(report.axis)}".rstrip()
    total = report.total
    if total is None:
        section = report.sections[0]
        values = count(len(section.values) + section.others, *DIMENSIONS[section.dimension][:2])
        sentences = [f"<b>{count(mentions(section), 'mention')}</b> of {values}{when}; a post may mention several."]
    else:
        positive, negative = (percent(part, total.n) for part in (total.positive, total.negative))
        verb, whole = ("sounds", "") if total.n == 1 else ("sound", " on the whole")
        sentences = [
            f"<b>{count(total.n, 'post')}</b>{when} {verb} <b>{total.tone}</b>{whole}: the mean is "
            f"{signed(total.mean)} on a scale from −1 to +1, {positive} are positive and {negative} negative."
        ]
    sentences += (extremes(section) for section in report.sections if len(section.values) > 1)
    return " ".join(sentences[:2])


def extremes(section: Section) -> str:
    """A sentence of HTML on the most positive and the most negative value of those that are shown."""
    ranked = sorted(section.values, key=lambda value: value.figures.mean)
    least, most = ranked[0], ranked[-1]
    many = DIMENSIONS[section.dimension].many
    which = (
        f"the {len(ranked):,} biggest" if section.others else f"{'all' if len(ranked) > 2 else 'the'} {len(ranked):,}"
    )
    if least.figures.mean == most.figures.mean:
        return f"{which.capitalize()} {many} have the same mean."
    # by the sign that is shown, which 0.00 has none of
    high = "most positive" if signed(most.figures.mean)[0] == "+" else "least negative"
    low = "most negative" if signed(least.figures.mean)[0] == "−" else "least positive"
    best = [f"{_quoted(most, section)} is the {high}"] if _stands_out(most, ranked) else []
    worst = [f"{_quoted(least, section)} {'' if best else 'is '}the {low}"] if _stands_out(least, ranked) else []
    if not best + worst:
        return f"Of {which} {many} none stands out: their 95% intervals overlap."
    told = f"Of {which} {many}, {' and '.join(best + worst)}"
    if best and worst:
        return f"{told}."
    return f"{told}; which is the {low if best else high} is open, as 95% intervals overlap."


def _stands_out(value: Value, section: list[Value]) -> bool:
    """Whether no other value's interval lies within this one's, or this one's within it."""
    low, high = _reach(value.figures)
    others = (_reach(other.figures) for other in section if other is not value)
    return not any((low <= a and b <= high) or (a <= low and high <= b) for a, b in others)


def _reach(figures: Figures) -> tuple[float, float]:
    """The interval of a mean; of one post, which has none, the whole scale."""
    return (figures.low, figures.high) if figures.n > 1 else (-1.0, 1.0)


def _quoted(value: Value, section: Section) -> str:
    return f"<b>{markup(display_name(value.name, section.dimension))}</b> ({signed(value.figures.mean)})"


def facts(report: Report) -> list[tuple[str, str]]:
    """The numbers under the summary, as (what it is, number)."""
    axis, total = report.axis, report.total
    unit = axis.window_unit
    silent = axis.windows - len(report.windows) + len(report.strays)
    silence = f", {silent:,} without posts" if silent else ", each with posts" if axis.windows > 1 else ""
    times = [(f"{unit if axis.windows == 1 else f'{unit}s'}{silence}", count(axis.windows))]
    if axis.counts == "all":
        times = []
    if total is None:
        section = report.sections[0]
        values = len(section.values) + section.others
        one, many, _ = DIMENSIONS[section.dimension]
        return [
            ("mentions scored", count(mentions(section))),
            (one if values == 1 else many, count(values)),
            *times,
        ]
    shares = " to ".join(percent(round(1e6 * end), 10**6) for end in total.share)
    return [
        ("posts scored", of_all(report, total)),
        (f"mean, {interval_text(total)}", signed(total.mean)),
        (f"positive, 95% interval {shares}", percent(total.positive, total.n)),
        ("negative", percent(total.negative, total.n)),
        ("authors, about" if total.about else "authors", count(total.authors)),
        *times,
    ]


def of_all(report: Report, total: Figures) -> str:
    """How many posts were scored, of how many where that is not all: "3,989 of 5,000"."""
    unscored = sum(n for _, n in report.unscored)
    return f"{count(total.n)} of {count(total.n + unscored)}" if unscored else count(total.n)


def mentions(section: Section) -> int:
    """The posts of a section; a post that has several of its values counts once for each."""
    return section.others_posts + sum(value.figures.n for value in section.values)


def about(section: Section, report: Report) -> str:
    """The text over a section: what it shows, and how much it leaves out."""
    if section.dimension == "all":
        total = section.values[0].figures
        return f"{of_all(report, total)} posts scored." if report.unscored else "Every post that was scored, once."
    one, many, is_partition = DIMENSIONS[section.dimension]
    shown, others = len(section.values), section.others
    order = ", those with the most posts first" if shown > 1 else ""
    text = f"{count(shown, one, many)}{order}."
    if others:
        which = f"{shown:,} biggest" if shown > 1 else "biggest"
        left = f"{'has' if others == 1 else 'have'} {count(section.others_posts, 'post')}"
        text = f"The {which} of {shown + others:,} {many}{order}. The other {others:,} {left} and "
        text += f"{'is' if others == 1 else 'are'} not shown; --top shows more."
    if section.silent:
        text += f" {count(section.silent, 'post says', 'posts say')} no {one}."
    if not is_partition:
        text += f" A post that has several {many} counts in each of them."
    return text


def notes(report: Report) -> list[str]:
    """The notes at the foot: how the figures are made and how to read them."""
    return [
        "Sentiment is VADER's compound: −1 is the most negative, +1 the most positive. A post is positive from "
        f"{signed(POSITIVE / ONE)} on, negative from {signed(-POSITIVE / ONE)} down, and neutral between.",
        "A mean comes with its 95% interval by Student's t, drawn as a band; a share of positive posts with Wilson's. "
        "A band that is wide speaks of few posts; one that would leave its chart ends at the edge.",
        "Blue is above zero and orange below. A line stops where there are no posts, and the ground is hatched there. "
        "The charts of one section share their scale of sentiment; each has its own for the number of posts, and "
        "tells its highest. A bar of neutral posts that would dwarf the others is cut, with its number above.",
        f"Times are UTC. {points(report)}",
        f"Numbers of authors are exact below {KEPT}, and beyond that estimates with an error of about 6%.",
        unscored(report),
        *(f"{attribute(gap, 400)}. The page is of what is there." for gap in report.gaps),
    ]


def unscored(report: Report) -> str:
    """A note on the posts that were not scored."""
    if not report.unscored:
        return (
            "Posts that were not scored, such as those in a language that VADER does not know, are in none of these "
            "figures. The job that made them tells their number in its counters."
        )
    reasons = [f"{count(n)} {_REASONS.get(reason, attribute(reason))}" for reason, n in report.unscored]
    number = count(sum(n for _, n in report.unscored), "post")
    return f"{number} not scored, and in none of these figures: {', '.join(reasons)}."


def points(report: Report) -> str:
    """A note on the points of the lines: the time that one stands for, and the windows that are not drawn."""
    axis, strays = report.axis, report.strays
    unit = axis.window_unit
    if axis.counts == "all":
        return "All posts are added up, whatever their time."
    text = f"Each point is one {unit}."
    if axis.step != axis.window:
        text = f"More {unit}s than can be drawn apart are added up, exactly: each point is {axis.unit}."
    if strays:
        first, last = axis.moment(strays[0], axis.window), axis.moment(strays[-1], axis.window)
        one = len(strays) == 1
        which = f"at {first}" if one else f"from {first} to {last}"
        text += f" {count(len(strays), unit)} far off, {which}, with few posts, {'stands' if one else 'stand'} in all "
        text += f"figures and in the tables but {'is' if one else 'are'} not drawn."
    return text
