"""The scorers that --scorer names: from a text to its sentiment in ten-thousandths, -10,000 to 10,000."""

from __future__ import annotations

import re
from typing import Callable

from gristmill.errors import RunError
from gristmill.posts.post import SCORED
from gristmill.vader.scorer import Scorer

SCORERS = ("vader", "nltk")
#: The languages that both score.
LANGUAGES = SCORED


def parse_languages(names: str) -> frozenset[str]:
    """The languages of a list with commas, und as ""; ValueError where none of them can be scored."""
    subtags = (re.split("[-_]", name.strip().lower())[0] for name in names.split(",") if name.strip())
    languages = frozenset("" if subtag == "und" else subtag for subtag in subtags)
    if languages.isdisjoint(LANGUAGES):
        raise ValueError(f"VADER knows English alone: {names!r} has neither en nor und, for posts that do not say")
    return languages


def make_scorer(name: str) -> Callable[[str], int]:
    """The scorer of this name; RunError where this machine lacks what it needs."""
    return _nltk() if name == "nltk" else Scorer().compound


def _nltk() -> Callable[[str], int]:
    """nltk's own VADER, on a machine that has it: the reference, ten times as slow."""
    try:
        from nltk.sentiment.vader import SentimentIntensityAnalyzer

        polarity = SentimentIntensityAnalyzer().polarity_scores
    except ImportError as error:
        raise RunError(f"--scorer nltk: {error}; install nltk, or leave the option out for the same scores") from None
    except LookupError:
        raise RunError(
            "--scorer nltk: its vader_lexicon is not here; run python -m nltk.downloader vader_lexicon, "
            "or leave the option out for the same scores"
        ) from None
    return lambda text: round(polarity(text)["compound"] * 10_000)
