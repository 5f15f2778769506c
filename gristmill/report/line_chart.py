"""A chart over time, as SVG: the mean of each step with its 95 % interval, and under it how many posts there were.

Above zero the line has one colour and below another. Where a step has no posts it stops and the ground is hatched.
Every step can be pointed at, and then says its figures; the same figures stand in a table beside the chart.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor
from typing import TYPE_CHECKING

from gristmill.report.axis import DAY, Axis, moment, ticks
from gristmill.report.escaping import count, interval, signed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gristmill.report.series import Point

#: Posts that a step needs for its interval to have a say in how high the chart is; others are cut at its edge.
ENOUGH = 10
#: The widest that a bar is.
WIDEST = 28
#: Room in the chart for the labels of the scale, between its two parts, and under it for the time.
LEFT, TOP, GAP, BOTTOM, RIGHT = 40, 8, 14, 22, 10


@dataclass(frozen=True)
class Scale:
    """The compounds that a chart holds, in quarters: -1 to 1 at most."""

    low: float
    high: float

    @classmethod
    def over(cls, points: Iterable[Point]) -> Scale:
        """The least that holds zero, every mean, and the interval of every step of enough posts."""
        low = high = 0.0
        for point in points:
            sure = point.n >= ENOUGH
            low = min(low, point.low if sure else point.mean)
            high = max(high, point.high if sure else point.mean)
        return cls(min(floor(4 * low), -1) / 4, max(ceil(4 * high), 1) / 4)

    def ticks(self) -> list[float]:
        """Quarters, or halves where quarters would be many."""
        step = 1 if self.high - self.low <= 1 else 2
        quarters = range(round(4 * self.low), round(4 * self.high) + 1)
        return [quarter / 4 for quarter in quarters if quarter % step == 0]


@dataclass(frozen=True)
class Frame:
    """Where things are in a chart `width` wide whose two parts are `tall` and `short`, all in SVG's units."""

    axis: Axis
    scale: Scale
    width: int
    tall: int
    short: int

    @property
    def height(self) -> int:
        return TOP + self.tall + GAP + self.short + BOTTOM

    @property
    def floor(self) -> int:
        """The ground that the bars stand on."""
        return self.height - BOTTOM

    @property
    def step(self) -> float:
        return (self.width - LEFT - RIGHT) / self.axis.steps

    def x(self, time: int) -> float:
        return LEFT + self.step * (time - self.axis.first) / self.axis.step

    def middle(self, time: int) -> float:
        return self.x(time) + self.step / 2

    def y(self, compound: float) -> float:
        inside = min(max(compound, self.scale.low), self.scale.high)
        return TOP + self.tall * (self.scale.high - inside) / (self.scale.high - self.scale.low)


def chart(points: Sequence[Point], frame: Frame, name: str, label: str) -> str:
    """The chart; `name` is its id in the page, `label` what it is to those who do not see it, escaped."""
    points = [point for point in points if frame.axis.holds(point.start)]
    parts = [
        f'<svg class="chart" role="img" aria-label="{label}" viewBox="0 0 {frame.width} {frame.height}">',
        _paints(frame, name),
        *_empty(points, frame, name),
        *_grid(frame),
    ]
    for run in _runs(points, frame.axis.step):
        parts += _run(run, frame, name)
    if points:
        parts += _volume(points, frame)
    parts += [_target(point, frame) for point in points]
    return "\n".join([*parts, "</svg>"])


def _paints(frame: Frame, name: str) -> str:
    """Paints of the chart's own: two colours that meet at zero, and hatching."""
    zero = f"{(frame.y(0) - TOP) / frame.tall:.4f}"
    stops = f'<stop class="positive" offset="{zero}"/><stop class="negative" offset="{zero}"/>'
    place = f'gradientUnits="userSpaceOnUse" x1="0" x2="0" y1="{TOP}" y2="{TOP + frame.tall}"'
    hatch = 'width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"'
    return (
        f'<linearGradient id="{name}" {place}>{stops}</linearGradient>\n'
        f'<pattern id="{name}-none" {hatch}><path class="hatch" d="M0 0V5"/></pattern>'
    )


def _empty(points: Sequence[Point], frame: Frame, name: str) -> list[str]:
    """The stretches without posts."""
    edges = [frame.axis.first]
    for point in points:
        edges += [point.start, point.start + frame.axis.step]
    edges.append(frame.axis.end)
    return [
        f'<rect fill="url(#{name}-none)" x="{_n(frame.x(begin))}" y="{TOP}" '
        f'width="{_n(frame.x(end) - frame.x(begin))}" height="{frame.tall}"><title>no posts</title></rect>'
        for begin, end in zip(edges[::2], edges[1::2])
        if end > begin
    ]


def _grid(frame: Frame) -> list[str]:
    right = frame.width - RIGHT
    parts = []
    for value in frame.scale.ticks():
        y = _n(frame.y(value))
        kind = "grid" if value else "zero"
        parts.append(f'<path class="{kind}" d="M{LEFT} {y}H{right}"/>')
        parts.append(f'<text class="end" x="{LEFT - 6}" y="{y}" dy=".35em">{_tick(value)}</text>')
    parts.append(f'<path class="ground" d="M{LEFT} {frame.floor}H{right}"/>')
    for time, label in ticks(frame.axis, max(2, frame.width // 75)):
        # a day's label stands under its day, an hour's where the hour begins
        x = frame.middle(time) if frame.axis.step >= DAY and time % frame.axis.step == 0 else frame.x(time)
        parts.append(f'<path class="grid" d="M{_n(x)} {TOP}V{frame.floor + 4}"/>')
        anchor = "middle" if LEFT + 14 < x < right - 14 else "start" if x < frame.width / 2 else "end"
        parts.append(f'<text class="{anchor}" x="{_n(x)}" y="{frame.height - 5}">{label}</text>')
    return parts


def _tick(value: float) -> str:
    return signed(value).rstrip("0").rstrip(".") if value else "0"


def _runs(points: Sequence[Point], step: int) -> list[list[Point]]:
    """Points that follow on each other, without a step between."""
    runs: list[list[Point]] = []
    for point in points:
        if runs and runs[-1][-1].start + step == point.start:
            runs[-1].append(point)
        else:
            runs.append([point])
    return runs


def _run(run: Sequence[Point], frame: Frame, name: str) -> list[str]:
    paint = f'"url(#{name})"'
    xs = [_n(frame.middle(point.start)) for point in run]
    means = [_n(frame.y(point.mean)) for point in run]
    highs = [_n(frame.y(point.high)) for point in run]
    lows = [_n(frame.y(point.low)) for point in run]
    if len(run) == 1:
        # a horizontal or vertical line has no area for a gradient to fill, so the dot carries the colour
        dot = f'<circle class="alone" fill={paint} cx="{xs[0]}" cy="{means[0]}" r="3"/>'
        return [f'<path class="whisker" d="M{xs[0]} {highs[0]}V{lows[0]}"/>', dot]
    band = [*zip(xs, highs), *zip(reversed(xs), reversed(lows))]
    parts = [
        f'<path class="band" d="M{_path(band)}Z"/>',
        f'<path class="mean" stroke={paint} d="M{_path(zip(xs, means))}"/>',
    ]
    if frame.step >= 9:
        parts += [f'<circle class="dot" fill={paint} cx="{x}" cy="{y}" r="2.5"/>' for x, y in zip(xs, means)]
    return parts


def _path(places: Iterable[tuple[str, str]]) -> str:
    return "L".join(f"{x} {y}" for x, y in places)


def _volume(points: Sequence[Point], frame: Frame) -> list[str]:
    """A bar a step, and on the highest how many it is."""
    peak = max(points, key=lambda point: point.n)
    width = min(max(frame.step * 0.8, frame.step - 2), WIDEST)
    parts = []
    for point in points:
        height = max(frame.short * point.n / peak.n, 0.75)
        x = frame.middle(point.start) - width / 2
        parts.append(f"M{_n(x)} {frame.floor}v-{_n(height)}h{_n(width)}v{_n(height)}")
    x = frame.middle(peak.start)
    share = (x - LEFT) / (frame.width - LEFT - RIGHT)
    anchor = "start" if share < 0.2 else "end" if share > 0.8 else "middle"
    label = f'<text class="{anchor} peak" x="{_n(x)}" y="{frame.floor - frame.short - 4}">{count(peak.n)}</text>'
    return [f'<path class="volume" d="{"".join(parts)}"/>', label]


def _target(point: Point, frame: Frame) -> str:
    between = f" ({interval(point.low, point.high)})" if point.n > 1 else ""
    said = f"{moment(point.start, frame.axis.step)}: {signed(point.mean)}{between}, {count(point.n, 'post')}"
    place = f'x="{_n(frame.x(point.start))}" y="{TOP}" width="{_n(frame.step)}" height="{frame.floor - TOP}"'
    return f'<rect class="target" {place}><title>{said}</title></rect>'


def _n(number: float) -> str:
    """A number in as few characters as a tenth of a unit takes."""
    return f"{number:.1f}".rstrip("0").rstrip(".")
