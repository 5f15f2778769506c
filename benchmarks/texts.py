"""Texts of posts, seeded: some fifteen words of the corpus (see `corpus`), one in ten in the lexicon of VADER, one in
twenty a booster, a negation or the like; names, tags and links, most of them new.
"""

from __future__ import annotations

from itertools import accumulate
from random import Random
from typing import TYPE_CHECKING

from benchmarks.corpus import documents
from gristmill.vader.lexicon import shipped
from gristmill.vader.tokens import BOOSTERS, NEGATIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MODIFIERS = (
    *BOOSTERS,
    *sorted(NEGATIONS),
    "so",
    "so",
    "very",
    "very",
    "not",
    "not",
    "but",
    "but",
    "this",
    "the",
    "don't",
    "can't",
)
ENDINGS = ("", "", "", "", "!", "!!", "?", "...", " 🙂", " 😂😂", " :)")
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"


def posts(seed: int) -> Iterator[str]:
    """Posts without end."""
    rng = Random(seed)  # noqa: S311 (made-up text, not secrets)
    felt = sorted(shipped(), key=lambda word: (not word.isalpha(), rng.random()))
    weights = list(accumulate(1 / (rank + 20) for rank in range(len(felt))))
    for line in documents(seed):
        words = line.decode().split("\t")[1].split()
        while words:
            size = 4 + int(22 * rng.random())
            yield post(rng, words[:size], lambda: rng.choices(felt, cum_weights=weights)[0])
            del words[:size]


def post(rng: Random, words: list[str], felt: Callable[[], str]) -> str:
    """A post of about as many words as are given."""
    for index in range(len(words)):
        dice = rng.random()
        if dice < 0.1:
            words[index] = felt()
        elif dice < 0.15:
            words[index] = rng.choice(MODIFIERS)
        if dice > 0.98:
            words[index] = words[index].upper()
    name = "".join(rng.choices(LETTERS, k=8))
    before = f"@{name} " if rng.random() < 0.4 else ""
    after = f" #{words[-1].strip('.,?!')}{name[:2]}" if rng.random() < 0.3 else ""
    link = f" https://t.co/{name}" if rng.random() < 0.3 else ""
    return before + " ".join(words) + rng.choice(ENDINGS) + after + link
