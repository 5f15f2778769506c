"""Figures are exact to the last digit shown, at the ends and between them."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gristmill.sentiment import statistics
from gristmill.sentiment.statistics import (
    BINS,
    deviation,
    format_number,
    interval,
    nearest,
    percentile,
    root,
    share_interval,
)

scores = st.lists(st.integers(-10_000, 10_000), min_size=2, max_size=80)


def sums(values: list[int]) -> tuple[int, int, int]:
    return len(values), sum(values), sum(value * value for value in values)


@pytest.mark.parametrize(
    ("numerator", "denominator", "expected"),
    [(1, 2, 0), (3, 2, 2), (5, 2, 2), (-1, 2, 0), (-3, 2, -2), (2, 3, 1), (-2, 3, -1), (1, 3, 0), (0, 7, 0)],
)
def test_a_fraction_is_rounded_to_the_nearest_and_halves_to_even(numerator: int, denominator: int, expected: int):
    """So a figure of negated sentiments is the negated figure."""
    assert nearest(numerator, denominator) == expected


@given(numerator=st.integers(0, 10**30), denominator=st.integers(1, 10**20))
def test_a_root_is_the_nearest_integer(numerator: int, denominator: int):
    """Half less and half more, squared, stand on both sides of the fraction."""
    found = root(numerator, denominator)
    half = Fraction(1, 2)
    assert (found - half) ** 2 <= Fraction(numerator, denominator) < (found + half) ** 2 or found == 0


@pytest.mark.parametrize(
    ("values", "sd", "ends"),
    [
        ([4404], None, None),
        ([4404, 4404], 0, (4404, 4404)),
        ([1000, 3000], 1414, (-10_000, 10_000)),
        ([-8000, -7900, -8100], 100, (-8248, -7752)),
        ([10_000] * 9 + [9_000], 316, (9674, 10_000)),
    ],
)
def test_a_mean_has_the_interval_of_students_t(values: list[int], sd: int | None, ends: tuple[int, int] | None):
    """Of one post nothing is known of the spread; no interval leaves what sentiment can be."""
    assert deviation(*sums(values)) == sd
    assert interval(*sums(values)) == ends


@given(values=scores)
def test_deviation_and_interval_are_those_of_floats_to_the_last_digit(values: list[int]):
    """A float knows more digits than are shown."""
    n, total, squares = sums(values)
    mean = Fraction(total, n)
    sd = math.sqrt(float(sum((value - mean) ** 2 for value in values) / (n - 1)))
    assert deviation(n, total, squares) == pytest.approx(sd, abs=0.5001)
    t = max(row for row in statistics._T if row[0] < n)[1] / 1000
    for end, sign in zip(interval(n, total, squares), (-1, 1)):
        expected = float(mean) + sign * t * sd / math.sqrt(n)
        assert end == pytest.approx(min(10_000, max(-10_000, expected)), abs=0.5001)


def test_students_points_leave_a_fortieth_on_either_side():
    """The table is the distribution's own, to its third digit: 95 % of the density's area lies within."""
    for degrees, point in statistics._T[:33]:
        # with x = sqrt(degrees) * tan(angle) the density is a power of the cosine
        whole = math.exp(math.lgamma((degrees + 1) / 2) - math.lgamma(degrees / 2)) / math.sqrt(math.pi)
        for shift, side in ((-0.6, -1), (0.6, 1)):
            end = math.atan((point + shift) / 1000 / math.sqrt(degrees))
            steps = 2000
            area = sum(math.cos(end * (step + 0.5) / steps) ** (degrees - 1) for step in range(steps)) * end / steps
            assert (2 * whole * area - 0.95) * side > 0, degrees


@pytest.mark.parametrize(
    ("some", "n", "ends"),
    [
        (0, 1, (0, 7935)),
        (1, 1, (2065, 10_000)),
        (0, 10, (0, 2775)),
        (5, 10, (2366, 7634)),
        (10, 10, (7225, 10_000)),
        (450_000, 1_000_000, (4490, 4510)),
    ],
)
def test_a_share_has_wilsons_interval(some: int, n: int, ends: tuple[int, int]):
    """It stays within 0 and 1, and is of some width where all posts agree."""
    assert share_interval(some, n) == ends


@pytest.mark.parametrize(
    ("counts", "p10", "p50", "p90"),
    [
        ({20: 7}, 0, 0, 0),
        ({0: 10}, -9975, -9775, -9575),
        ({39: 1}, 9750, 9750, 9750),
        ({19: 1, 20: 7, 21: 2}, -250, 0, 625),
        ({10: 50, 30: 50}, -4905, -4505, 5395),
        ({4: 1, 24: 1, 36: 1}, -7750, 2250, 8250),
    ],
)
def test_percentiles_lie_evenly_in_their_bin(counts: dict[int, int], p10: int, p50: int, p90: int):
    """But texts without sentiment, which fill the bin from 0 on, are at 0."""
    histogram = [counts.get(place, 0) for place in range(BINS)]
    assert [percentile(histogram, percent) for percent in (10, 50, 90)] == [p10, p50, p90]


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0.0000"), (1, "0.0001"), (-1, "-0.0001"), (10_000, "1.0000"), (-10_000, "-1.0000")]
)
def test_a_number_has_four_decimals(value: int, text: str):
    """Nothing is left to how a language writes floats."""
    assert format_number(value) == text
