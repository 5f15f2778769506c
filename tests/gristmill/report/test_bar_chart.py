"""The histogram and the row of a mean, to the character."""

from __future__ import annotations

from gristmill.report.bar_chart import histogram, row
from gristmill.report.series import Figures

CHART = """\
<svg class="chart" role="img" aria-label="spread" viewBox="0 0 360 140">
<path class="ground" d="M10 120H350"/>
<rect class="negative" x="36.0" y="80.0" width="7.5" height="40.0"><title>−0.85 to −0.80: 2 posts</title></rect>
<rect class="neutral" x="180.5" y="20.0" width="7.5" height="100.0"><title>0.00 to +0.05: 10 posts</title></rect>
<path class="cut" d="M179.0 29l10.5 -4m0 4l-10.5 4"/>
<text class="middle" x="184.2" y="15">10</text>
<rect class="positive" x="342.0" y="40.0" width="7.5" height="80.0"><title>+0.95 to +1.00: 4 posts</title></rect>
<path class="grid" d="M10 120v4"/>
<text class="start" x="10" y="135">−1</text>
<path class="grid" d="M95 120v4"/>
<text class="middle" x="95" y="135">−0.5</text>
<path class="grid" d="M180 120v4"/>
<text class="middle" x="180" y="135">0</text>
<path class="grid" d="M265 120v4"/>
<text class="middle" x="265" y="135">+0.5</text>
<path class="grid" d="M350 120v4"/>
<text class="end" x="350" y="135">+1</text>
</svg>"""


def bins(**posts: int) -> list[int]:
    """Forty bins, of which those named ("b3") have posts."""
    return [posts.get(f"b{place}", 0) for place in range(40)]


def test_a_bar_of_neutral_posts_that_would_dwarf_the_others_is_cut() -> None:
    """It has its number above, and the others most of the height."""
    assert histogram(bins(b3=2, b20=10, b39=4), 100, "spread") == CHART


def test_bars_of_like_height_are_drawn_as_they_are() -> None:
    """The highest takes the whole height; a bar of few posts can be seen."""
    drawn = histogram(bins(b3=2, b20=1500, b39=1000), 100, "spread")
    assert "cut" not in drawn
    assert 'y="20.0" width="7.5" height="100.0"><title>0.00 to +0.05: 1,500 posts' in drawn
    assert 'height="1.0"><title>−0.85 to −0.80: 2 posts' in drawn


def test_neutral_posts_alone_are_not_cut() -> None:
    """There is nothing that they could dwarf."""
    assert 'height="100.0"><title>0.00 to +0.05: 5 posts' in histogram(bins(b20=5), 100, "spread")
    assert "cut" not in histogram(bins(b20=5), 100, "spread")


def test_a_mean_is_a_dot_on_its_interval() -> None:
    """Hidden from those who hear the page: the numbers stand beside it."""
    figures = Figures(5, 4, 1, 0, 0.5, 0.25, 1.0, (0.2, 0.9), 5)
    assert row(figures, -0.5, 1.0) == (
        '<svg class="row" aria-hidden="true" viewBox="0 0 200 20"><path class="zero" d="M68.7 0V20"/>'
        '<path class="positive reach" d="M100.0 10H194.0"/><circle class="positive" cx="131.3" cy="10" r="4.5"/></svg>'
    )
