"""The figures of a row, from counts and sums of sentiment: exact integers in, exact integers out.

Sentiment and shares are in ten-thousandths. Each figure is the exact value, rounded to the nearest integer, halves to
even. No float is used, so a figure is the same on every machine.
"""

from __future__ import annotations

from math import isqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Ten-thousandths in 1; bins of a histogram from -1 to 1, and ten-thousandths in one of them.
ONE, BINS = 10_000, 40
BIN = 2 * ONE // BINS
#: Ten-thousandths: a text from here on is positive, and from -POSITIVE down negative, as VADER's authors advise.
POSITIVE = 500
#: The bin from 0 to 0.05: nearly all of its texts have no sentiment, 0 to the last digit.
_ZERO = BINS // 2
#: Parts of a ten-thousandth in which an interval is computed.
_FINE = 10**12
#: 1.96, the normal distribution's two-sided 95 % point, squared: _Z2 / _Z2_ONE.
_Z2, _Z2_ONE = 38_416, 10_000
#: Student's two-sided 95 % points in thousandths: for 1 to 30 degrees of freedom, then for steps beyond.
_T30 = (
    "12706 4303 3182 2776 2571 2447 2365 2306 2262 2228 2201 2179 2160 2145 2131 "
    "2120 2110 2101 2093 2086 2080 2074 2069 2064 2060 2056 2052 2048 2045 2042"
)
_T = [(degrees, int(point)) for degrees, point in enumerate(_T30.split(), 1)]
_T += [(40, 2021), (60, 2000), (120, 1980), (1000, 1962), (10_000, 1960)]

#: Both ends of an interval.
Pair = tuple[int, int]


def nearest(numerator: int, denominator: int) -> int:
    """The integer nearest to a fraction, halves to the even one; the denominator is above 0."""
    whole, rest = divmod(numerator, denominator)
    return whole + (2 * rest > denominator or (2 * rest == denominator and whole % 2))


def root(numerator: int, denominator: int) -> int:
    """The integer nearest to the square root of a fraction of 0 or more, halves up."""
    return (isqrt(4 * numerator // denominator) + 1) // 2


def deviation(n: int, total: int, squares: int) -> int | None:
    """The standard deviation of a sample of n, from its sum and its sum of squares; None for one alone."""
    return None if n < 2 else root(n * squares - total * total, n * (n - 1))


def interval(n: int, total: int, squares: int) -> Pair | None:
    """The 95 % interval of the mean of n by Student's t, cut off at -1 and 1; None for one alone."""
    if n < 2:
        return None
    t = max((degrees, point) for degrees, point in _T if degrees < n)[1]
    spread = n * squares - total * total
    margin = root(spread * (t * _FINE) ** 2, 1000**2 * n * n * (n - 1))
    return _around(nearest(total * _FINE, n), margin, -ONE)


def share_interval(some: int, n: int) -> Pair:
    """The 95 % interval of a share, `some` of n, by Wilson's score interval (JASA 22, 1927)."""
    whole = n * _Z2_ONE + _Z2
    middle = nearest((2 * some * _Z2_ONE + _Z2) * ONE * _FINE, 2 * whole)
    square = _Z2 * (4 * some * (n - some) * _Z2_ONE + n * _Z2)
    return _around(middle, root(square * (ONE * _FINE) ** 2, 4 * n * whole * whole), 0)


def _around(middle: int, margin: int, least: int) -> Pair:
    """Both ends of an interval, from _FINE parts to ten-thousandths, from `least` to ONE."""
    low, high = (nearest(end, _FINE) for end in (middle - margin, middle + margin))
    return max(low, least), min(high, ONE)


def percentile(histogram: Sequence[int], percent: int) -> int:
    """The `percent`th percentile of a histogram of BINS counts: in a bin posts lie evenly, but from 0 to 0.05 at 0."""
    rank = -(-percent * sum(histogram) // 100)
    index = 0
    while rank > histogram[index]:
        rank -= histogram[index]
        index += 1
    if index == _ZERO:
        return 0
    return BIN * index - ONE + nearest(BIN * (2 * rank - 1), 2 * histogram[index])


def format_number(ten_thousandths: int) -> str:
    """A figure as JSON, always with four decimals: 0.4404."""
    whole, rest = divmod(abs(ten_thousandths), ONE)
    return f"{'-' if ten_thousandths < 0 else ''}{whole}.{rest:04}"
