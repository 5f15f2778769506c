"""The chart over time, to the character: it has no other reader than a browser."""

from __future__ import annotations

import pytest

from gristmill.report.axis import Axis, parse_window
from gristmill.report.line_chart import Frame, Scale, chart
from gristmill.report.series import Point

SEVEN = parse_window("2026-03-01T07")[0]

CHART = """\
<svg class="chart" role="img" aria-label="a label" viewBox="0 0 150 184">
<linearGradient id="c" gradientUnits="userSpaceOnUse" x1="0" x2="0" y1="8" y2="108">\
<stop class="positive" offset="0.6000"/><stop class="negative" offset="0.6000"/></linearGradient>
<pattern id="c-none" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">\
<path class="hatch" d="M0 0V5"/></pattern>
<rect fill="url(#c-none)" x="80" y="8" width="40" height="100"><title>no posts</title></rect>
<path class="grid" d="M40 108H140"/>
<text class="end" x="34" y="108" dy=".35em">−0.5</text>
<path class="zero" d="M40 68H140"/>
<text class="end" x="34" y="68" dy=".35em">0</text>
<path class="grid" d="M40 28H140"/>
<text class="end" x="34" y="28" dy=".35em">+0.5</text>
<path class="ground" d="M40 162H140"/>
<path class="grid" d="M60 8V166"/>
<text class="middle" x="60" y="179">08:00</text>
<path class="grid" d="M100 8V166"/>
<text class="middle" x="100" y="179">10:00</text>
<path class="band" d="M50 20L70 60L70 92L50 36Z"/>
<path class="mean" stroke="url(#c)" d="M50 28L70 76"/>
<circle class="dot" fill="url(#c)" cx="50" cy="28" r="2.5"/>
<circle class="dot" fill="url(#c)" cx="70" cy="76" r="2.5"/>
<path class="whisker" d="M130 52V52"/>
<circle class="alone" fill="url(#c)" cx="130" cy="52" r="3"/>
<path class="volume" d="M41 162v-40h18v40M61 162v-20h18v20M121 162v-2h18v2"/>
<text class="start peak" x="50" y="118">20</text>
<rect class="target" x="40" y="8" width="20" height="154">\
<title>1 Mar 2026, 07:00: +0.50 (+0.40 to +0.60), 20 posts</title></rect>
<rect class="target" x="60" y="8" width="20" height="154">\
<title>1 Mar 2026, 08:00: −0.10 (−0.30 to +0.10), 10 posts</title></rect>
<rect class="target" x="120" y="8" width="20" height="154"><title>1 Mar 2026, 11:00: +0.20, 1 post</title></rect>
</svg>"""


def test_a_line_stops_where_there_are_no_posts() -> None:
    """Two hours, a gap of two, and one hour by itself: a line, hatched ground, a dot with a whisker."""
    points = [
        Point(SEVEN, 20, 0.5, 0.4, 0.6),
        Point(SEVEN + 1, 10, -0.1, -0.3, 0.1),
        Point(SEVEN + 4, 1, 0.2, 0.2, 0.2),
    ]
    axis = Axis.over({SEVEN: 20, SEVEN + 4: 1}, 1)
    frame = Frame(axis, Scale.over(points), 150, 100, 40)
    assert chart(points, frame, "c", "a label") == CHART


def test_without_points_on_its_axis_a_chart_is_empty_ground() -> None:
    """As of a value whose posts all lie far off."""
    axis = Axis.over({SEVEN: 1}, 1)
    frame = Frame(axis, Scale(-0.25, 0.25), 150, 100, 40)
    drawn = chart([Point(SEVEN - 1, 1, 0.5, 0.5, 0.5)], frame, "c", "a label")
    assert '<rect fill="url(#c-none)" x="40" y="8" width="100"' in drawn
    assert "volume" not in drawn
    assert "target" not in drawn


@pytest.mark.parametrize(
    ("points", "scale", "ticks"),
    [
        ([], (-0.25, 0.25), [-0.25, 0, 0.25]),
        ([Point(0, 10, 0.3, 0.1, 0.5)], (-0.25, 0.5), [-0.25, 0, 0.25, 0.5]),
        ([Point(0, 10, 0.3, 0.1, 0.51)], (-0.25, 0.75), [-0.25, 0, 0.25, 0.5, 0.75]),
        ([Point(0, 9, -0.3, -1, 1)], (-0.5, 0.25), [-0.5, -0.25, 0, 0.25]),
        ([Point(0, 10, 0, -1, 1)], (-1, 1), [-1, -0.5, 0, 0.5, 1]),
    ],
)
def test_a_scale_holds_means_and_the_intervals_of_many_posts(
    points: list[Point], scale: tuple[float, float], ticks: list[float]
) -> None:
    """And zero; the interval of few posts has no say."""
    found = Scale.over(points)
    assert (found.low, found.high) == scale
    assert found.ticks() == ticks


@pytest.mark.parametrize(("place", "anchor"), [(0, "start"), (12, "middle"), (23, "end")])
def test_the_highest_bar_has_its_number_within_the_chart(place: int, anchor: str) -> None:
    """It leans inward near an edge; of equal bars the first has it."""
    points = [Point(SEVEN + hour, 1234 if hour >= place else 1, 0, 0, 0) for hour in range(24)]
    frame = Frame(Axis.over({point.start: 1 for point in points}, 1), Scale(-1, 1), 360, 120, 30)
    drawn = chart(points, frame, "c", "a label")
    assert f'<text class="{anchor} peak"' in drawn
    assert ">1,234</text>" in drawn


def test_one_window_has_a_bar_no_wider_than_a_bar() -> None:
    """Though the chart is wide; its label stands under its day."""
    day = parse_window("2026-03-01")[0]
    frame = Frame(Axis.over({day: 1}, 24), Scale(-1, 1), 360, 120, 30)
    drawn = chart([Point(day, 2, 0.5, 0.4, 0.6)], frame, "c", "a label")
    assert "v-30h28v30" in drawn
    assert '<text class="middle" x="195" y="189">1 Mar</text>' in drawn


def test_labels_at_the_edges_stay_within_the_chart() -> None:
    """The first leans right, the last left."""
    start = parse_window("2026-03-01T00")[0]
    points = [Point(start, 1, 0, 0, 0), Point(start + 48, 1, 0, 0, 0)]
    frame = Frame(Axis.over({point.start: 1 for point in points}, 1), Scale(-1, 1), 360, 120, 30)
    drawn = chart(points, frame, "c", "a label")
    assert '<text class="start" x="40" y="189">1 Mar</text>' in drawn
    assert '<text class="end" x="343.7" y="189">3 Mar</text>' in drawn


@pytest.mark.parametrize(("hours", "dots"), [(34, 34), (35, 0)])
def test_many_points_stand_too_near_for_dots(hours: int, dots: int) -> None:
    """Nine units of width are needed for each."""
    points = [Point(SEVEN + hour, 1, 0, 0, 0) for hour in range(hours)]
    frame = Frame(Axis.over({point.start: 1 for point in points}, 1), Scale(-1, 1), 360, 120, 30)
    assert chart(points, frame, "c", "a label").count('class="dot"') == dots
