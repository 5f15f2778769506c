"""What the tests of the sentiment job share."""

from __future__ import annotations

from pathlib import Path

GOLDEN = Path(__file__).parents[1] / "golden" / "sentiment_agg"
#: Options by the name of their golden folder.
OPTIONS = {
    "plain": [],
    "topics": [
        "--by=topic,hashtag,author,language,platform",
        "--keywords=bread,mill,flour",
        "--window=day",
        "--examples=1",
    ],
    "once": ["--dedupe", "--originals-only", "--examples=2"],
}


def ordered(parts: list[bytes]) -> bytes:
    """The lines of all parts in the order of their bytes: what the shuffle makes of them."""
    return b"".join(sorted(line for part in parts for line in part.splitlines(True)))
