"""A chart over time, as SVG: the mean of each step with its 95 % interval, and under it how many posts there were.

The line has one colour above zero and another below. Where a step has no posts it stops, and the background is hatched.
Each step shows its figures under the pointer; the same figures stand in a table beside the chart.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor
from typing import TYPE_CHECKING

from gristmill.report.axis import DAY, Axis, ticks
from gristmill.report.escaping import count, interval, signed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gristmill.report.series import Point

#: The scale makes room for the intervals of steps of at least so many posts; wider ones are cut at its edge.
ENOUGH = 10
#: The widest bar, in SVG's units.
WIDEST = 28
#: Margins in SVG's units: LEFT for the labels of the scale, BOTTOM for those of time; GAP is between line and bars.
LEFT, TOP, GAP, BOTTOM, RIGHT = 40, 8, 14, 22, 10


@dataclass(frozen=True)
class Scale:
    """The least and the greatest compound that a chart shows, multiples of 1/4 from -1 to 1."""

    low: float
    high: float

    @classmethod
    def over(cls, points: Iterable[Point]) -> Scale:
        """The smallest that holds zero, every mean, and the interval of every step of ENOUGH posts."""
        low = high = 0.0
        for point in points:
            enough = point.n >= ENOUGH
            low = min(low, point.low if enough else point.mean)
            high = max(high, point.high if enough else point.mean)
        return cls(min(floor(4 * low), -1) / 4, max(ceil(4 * high), 1) / 4)

    def ticks(self) -> list[float]:
        """The compounds to label: multiples of 1/4, or of 1/2 on a scale longer than 1."""
        step = 1 if self.high - self.low <= 1 else 2
        quarters = range(round(4 * self.low), round(4 * self.high) + 1)
        return [quarter / 4 for quarter in quarters if quarter % step == 0]


@dataclass(frozen=True)
class Frame:
    """The coordinates of a chart `width` wide, its line `tall` and its bars `short`, all in SVG's units."""

    axis: Axis
    scale: Scale
    width: int
    tall: int
    short: int

    @property
    def height(self) -> int:
        """The height of the whole chart."""
        return TOP + self.tall + GAP + self.short + BOTTOM

    @property
    def floor(self) -> int:
        """The y of the line that the bars stand on."""
        return self.height - BOTTOM

    @property
    def step(self) -> float:
        """The width of a step."""
        return (self.width - LEFT - RIGHT) / self.axis.steps

    def x(self, time: int) -> float:
        """The x of a time."""
        return LEFT + self.step * (time - self.axis.first) / self.axis.step

    def middle(self, time: int) -> float:
        """The x of the middle of the step that starts at `time`."""
        return self.x(time) + self.step / 2

    def y(self, compound: float) -> float:
        """The y of a compound; one beyond the scale is at its edge."""
        inside = min(max(compound, self.scale.low), self.scale.high)
        return TOP + self.tall * (self.scale.high - inside) / (self.scale.high - self.scale.low)


def chart(points: Sequence[Point], frame: Frame, name: str, label: str) -> str:
    """The chart; `name` is its id in the page, `label` is for screen readers, already escaped."""
    points = [point for point in points if frame.axis.holds(point.start)]
    shapes = [
        f'<svg class="chart" role="img" aria-label="{label}" viewBox="0 0 {frame.width} {frame.height}">',
        _paints(frame, name),
        *_empty(points, frame, name),
        *_grid(frame),
    ]
    for run in _runs(points, frame.axis.step):
        shapes += _run(run, frame, name)
    if points:
        shapes += _volume(points, frame)
    shapes += [_target(point, frame) for point in points]
    return "\n".join([*shapes, "</svg>"])


def _paints(frame: Frame, name: str) -> str:
    """The chart's own paints: a gradient whose two colours meet at zero, and hatching."""
    zero = f"{(frame.y(0) - TOP) / frame.tall:.4f}"
    stops = f'<stop class="positive" offset="{zero}"/><stop class="negative" offset="{zero}"/>'
    area = f'gradientUnits="userSpaceOnUse" x1="0" x2="0" y1="{TOP}" y2="{TOP + frame.tall}"'
    hatch = 'width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"'
    return (
        f'<linearGradient id="{name}" {area}>{stops}</linearGradient>\n'
        f'<pattern id="{name}-none" {hatch}><path class="hatch" d="M0 0V5"/></pattern>'
    )


def _empty(points: Sequence[Point], frame: Frame, name: str) -> list[str]:
    """A hatched rectangle for each stretch without posts."""
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
    shapes = []
    for value in frame.scale.ticks():
        y = _n(frame.y(value))
        kind = "grid" if value else "zero"
        shapes.append(f'<path class="{kind}" d="M{LEFT} {y}H{right}"/>')
        shapes.append(f'<text class="end" x="{LEFT - 6}" y="{y}" dy=".35em">{_tick(value)}</text>')
    shapes.append(f'<path class="ground" d="M{LEFT} {frame.floor}H{right}"/>')
    for time, label in ticks(frame.axis, max(2, frame.width // 75)):
        # the label of a day or a month stands under it, an hour's where the hour begins
        within = (frame.axis.step >= DAY or frame.axis.counts == "months") and time % frame.axis.step == 0
        x = frame.middle(time) if within else frame.x(time)
        shapes.append(f'<path class="grid" d="M{_n(x)} {TOP}V{frame.floor + 4}"/>')
        anchor = "middle" if LEFT + 14 < x < right - 14 else "start" if x < frame.width / 2 else "end"
        shapes.append(f'<text class="{anchor}" x="{_n(x)}" y="{frame.height - 5}">{label}</text>')
    return shapes


def _tick(value: float) -> str:
    return signed(value).rstrip("0").rstrip(".") if value else "0"


def _runs(points: Sequence[Point], step: int) -> list[list[Point]]:
    """Points grouped into runs of consecutive steps."""
    runs: list[list[Point]] = []
    for point in points:
        if runs and runs[-1][-1].start + step == point.start:
            runs[-1].append(point)
        else:
            runs.append([point])
    return runs


def _run(run: Sequence[Point], frame: Frame, name: str) -> list[str]:
    """Band, line and dots of consecutive steps; of one step alone a dot and its whisker."""
    paint = f'"url(#{name})"'
    xs = [_n(frame.middle(point.start)) for point in run]
    means = [_n(frame.y(point.mean)) for point in run]
    highs = [_n(frame.y(point.high)) for point in run]
    lows = [_n(frame.y(point.low)) for point in run]
    if len(run) == 1:
        # a gradient cannot paint a straight horizontal or vertical line: its box has no area
        dot = f'<circle class="alone" fill={paint} cx="{xs[0]}" cy="{means[0]}" r="3"/>'
        return [f'<path class="whisker" d="M{xs[0]} {highs[0]}V{lows[0]}"/>', dot]
    band = [*zip(xs, highs), *zip(reversed(xs), reversed(lows))]
    shapes = [
        f'<path class="band" d="M{_path(band)}Z"/>',
        f'<path class="mean" stroke={paint} d="M{_path(zip(xs, means))}"/>',
    ]
    if frame.step >= 9:
        shapes += [f'<circle class="dot" fill={paint} cx="{x}" cy="{y}" r="2.5"/>' for x, y in zip(xs, means)]
    return shapes


def _path(coordinates: Iterable[tuple[str, str]]) -> str:
    return "L".join(f"{x} {y}" for x, y in coordinates)


def _volume(points: Sequence[Point], frame: Frame) -> list[str]:
    """A bar for the posts of each step, and over the highest its number."""
    peak = max(points, key=lambda point: point.n)
    width = min(max(frame.step * 0.8, frame.step - 2), WIDEST)
    bars = []
    for point in points:
        height = max(frame.short * point.n / peak.n, 0.75)
        x = frame.middle(point.start) - width / 2
        bars.append(f"M{_n(x)} {frame.floor}v-{_n(height)}h{_n(width)}v{_n(height)}")
    x = frame.middle(peak.start)
    share = (x - LEFT) / (frame.width - LEFT - RIGHT)
    anchor = "start" if share < 0.2 else "end" if share > 0.8 else "middle"
    label = f'<text class="{anchor} peak" x="{_n(x)}" y="{frame.floor - frame.short - 4}">{count(peak.n)}</text>'
    return [f'<path class="volume" d="{"".join(bars)}"/>', label]


def _target(point: Point, frame: Frame) -> str:
    """An invisible rectangle over a step; its title is what the pointer shows."""
    between = f" ({interval(point.low, point.high)})" if point.n > 1 else ""
    title = f"{frame.axis.moment(point.start)}: {signed(point.mean)}{between}, {count(point.n, 'post')}"
    area = f'x="{_n(frame.x(point.start))}" y="{TOP}" width="{_n(frame.step)}" height="{frame.floor - TOP}"'
    return f'<rect class="target" {area}><title>{title}</title></rect>'


def _n(number: float) -> str:
    """A coordinate to a tenth of a unit, without trailing zeros: "12.5", "12"."""
    return f"{number:.1f}".rstrip("0").rstrip(".")
