"""Scored posts to rows: tallies, keys, figures, topics, examples.

from gristmill.sentiment import parse_row

(dimension, value, window), tally = parse_row(b'["all","","2026-03-01"]\\t{"n":3,...}')
tally.n, tally.positive, tally.derive()["mean"]       # posts, positive posts, ten-thousandths
"""

from gristmill.sentiment.rows import parse_row
from gristmill.sentiment.tally import Tally

__all__ = ["Tally", "parse_row"]
