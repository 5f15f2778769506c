"""SVG of compounds: a histogram, one bar for each 0.05 from -1 to 1; and a mean with its interval, as a row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gristmill.report.escaping import count, signed
from gristmill.sentiment.statistics import BIN, BINS, ONE, POSITIVE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gristmill.report.series import Figures

WIDTH = 360
_LEFT, _RIGHT, _TOP, _BOTTOM = 10, 350, 20, 20
#: Bins of neutral posts.
_NEUTRAL = range((ONE - POSITIVE) // BIN, (ONE + POSITIVE) // BIN)
#: A neutral bar over _TOWERS times as high as the highest other is cut short, or the others could not be seen.
_TOWERS = 1.5
_ROW = 200


def histogram(bins: Sequence[int], tall: int, label: str) -> str:
    """The chart of 40 counts, its highest bar `tall` units of SVG; `label` is for screen readers, already escaped."""
    floor = _TOP + tall
    shapes = [f'<svg class="chart" role="img" aria-label="{label}" viewBox="0 0 {WIDTH} {floor + _BOTTOM}">']
    shapes.append(f'<path class="ground" d="M{_LEFT} {floor}H{_RIGHT}"/>')
    others = max(posts for index, posts in enumerate(bins) if index not in _NEUTRAL)
    highest = max(bins)
    limit = others if others and highest > _TOWERS * others else highest
    unit = tall / limit if limit == highest else 0.8 * tall / limit
    for index, posts in enumerate(bins):
        if posts:
            shapes += _bar(index, posts, tall, posts * unit)
    for value in (-1.0, -0.5, 0.0, 0.5, 1.0):
        x = f"{_LEFT + (value + 1) / 2 * (_RIGHT - _LEFT):g}"
        anchor = "start" if value == -1 else "end" if value == 1 else "middle"
        shapes.append(f'<path class="grid" d="M{x} {floor}v4"/>')
        shapes.append(f'<text class="{anchor}" x="{x}" y="{floor + _BOTTOM - 5}">{_tick(value)}</text>')
    return "\n".join([*shapes, "</svg>"])


def _bar(index: int, posts: int, tall: int, height: float) -> list[str]:
    kind = "neutral" if index in _NEUTRAL else "negative" if index < _NEUTRAL[0] else "positive"
    step = (_RIGHT - _LEFT) / BINS
    x = _LEFT + index * step
    shown = min(max(height, 1), tall)
    area = f'x="{x + 0.5:.1f}" y="{_TOP + tall - shown:.1f}" width="{step - 1:.1f}" height="{shown:.1f}"'
    shapes = [f'<rect class="{kind}" {area}><title>{bounds(index)}: {count(posts, "post")}</title></rect>']
    if height > tall + 0.01:
        # two strokes in the colour of the background mark the bar as cut
        slash = f"M{x - 1:.1f} {_TOP + 9}l{step + 2:.1f} -4m0 4l{-step - 2:.1f} 4"
        shapes.append(f'<path class="cut" d="{slash}"/>')
        shapes.append(f'<text class="middle" x="{x + step / 2:.1f}" y="{_TOP - 5}">{count(posts)}</text>')
    return shapes


def bounds(index: int) -> str:
    """The least and the greatest compound of a bin, 0 to 39.

    >>> bounds(0), bounds(20)
    ('−1.00 to −0.95', '0.00 to +0.05')
    """
    return f"{signed(index / 20 - 1)} to {signed((index + 1) / 20 - 1)}"


def _tick(value: float) -> str:
    return signed(value).replace(".00", "").replace("0.50", "0.5")


def row(figures: Figures, low: float, high: float) -> str:
    """A mean as a dot on the line of its interval, on a scale from `low` to `high`; the table has the numbers."""

    def x(value: float) -> str:
        return f"{6 + (min(max(value, low), high) - low) / (high - low) * (_ROW - 12):.1f}"

    return (
        f'<svg class="row" aria-hidden="true" viewBox="0 0 {_ROW} 20">'
        f'<path class="zero" d="M{x(0)} 0V20"/>'
        f'<path class="{figures.tone} reach" d="M{x(figures.low)} 10H{x(figures.high)}"/>'
        f'<circle class="{figures.tone}" cx="{x(figures.mean)}" cy="10" r="4.5"/></svg>'
    )
