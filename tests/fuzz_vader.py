"""Made-up texts, seeded, are scored by ours and by nltk's VADER, the oracle: a difference in any bit is a failure.

    python tests/fuzz_vader.py [--texts N] [--seconds S] [--seed N]

Ends after N texts or S seconds. Its last line tells how many texts and how many differences there were; its status is 1
if there were any.
"""

from __future__ import annotations

import argparse
import string
import sys
import tempfile
import time
import zipfile
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING
from unittest import mock

import nltk
import nltk.data
from nltk.sentiment import vader as nltk_vader

from gristmill.vader import alphabet, rules, tokens
from gristmill.vader import scorer as vader
from gristmill.vader.lexicon import shipped

if TYPE_CHECKING:
    from collections.abc import Iterator

LEXICON = Path(vader.__file__).with_name("vader_lexicon") / "vader_lexicon.txt"
#: Texts that one scorer reads before the next, so that its memory is tried both empty and full.
ROUND = 2_000
SHOWN = 10
#: A million texts hold so many code points at once that each comes.
AT_ONCE, STEP = 24, 7_654_321
QUIET_HITS, LOUD_HITS = alphabet._QUIET_HITS, alphabet._LOUD_HITS

CASES = (str.lower, str.lower, str.lower, str.upper, str.capitalize, str.swapcase, str.title)
RUNS = ("", "", "", *tokens.RUNS, *tokens.RUNS, "!!!!", "????", "...", "?!", "''", "-!", "#", "@", "’")
SPACES = (" ", " ", " ", " ", "  ", "\t", "\n", "\r\n", "\u00a0", "\u2003", "\x1c", "\x85", "\u3000")
_PHRASES = (
    "never so|never this|at least|very least|the least|least|but|not but|so|this|so this|kind|of|kind kind of|sort|"
    "just|shit|the bomb|bad|ass|yeah|right|cut|mustard|kiss|death|hand|mouth|never|without|don't|can't stand|no|l|x"
)
PHRASES = sorted({*rules.IDIOMS, *rules.LOWERING_PAIRS, *_PHRASES.split("|")})
_PLAIN = (
    "mill water stone a I we the grain http://t.co/Ab1 @miller #flour 2024 x1 isn t n't it's "
    "Σ ΟΔΟΣ ß ﬁ İ ǅ 水 🙂 👩\u200d🌾 e\u0301"
)
PLAIN = _PLAIN.split()
VALENCES = (0.0, -0.0, 0.1, -0.1, 0.293, -0.293, 0.733, -0.733, 1.9, -2.5, 4.0, -4.0, 1e-9, -1e-9, 5e-324, 1e6, -1e6)


@dataclass(frozen=True)
class Words:
    """What texts are made of, by kind."""

    kinds: tuple[tuple[str, ...], ...]

    def one(self, rng: Random) -> str:
        """A word or a phrase, altered."""
        text = rng.choice(rng.choice(self.kinds))
        if rng.random() < 0.4:
            text = rng.choice(CASES)(text)
        if rng.random() < 0.3:
            text += rng.choice(RUNS)
        if rng.random() < 0.1:
            text = rng.choice(RUNS) + text
        if rng.random() < 0.02:
            place = rng.randrange(len(text) + 1)
            text = text[:place] + rng.choice([*RUNS, chr(rng.randrange(0x110000))]) + text[place:]
        return text


def words(lexicon: dict[str, float]) -> Words:
    """What texts for a lexicon are made of."""
    negations = (*tokens.NEGATIONS, "don't", "ain't", "can't", "shan't've")
    common = (PHRASES, PHRASES, PLAIN)
    kinds = (lexicon, lexicon, tokens.BOOSTERS, negations, *common)
    return Words(tuple(tuple(sorted(kind)) for kind in kinds))


def text(rng: Random, parts: Words) -> str:
    """One text: mostly a few words, now and then many, the same again and again, or noise."""
    kind = rng.random()
    if kind < 0.03:
        return "".join(
            chr(rng.choice((rng.randrange(0x110000), rng.randrange(0x250)))) for _ in range(rng.randrange(30))
        )
    if kind < 0.05:
        return "".join(rng.choice(string.printable) for _ in range(rng.randrange(60)))
    if kind < 0.15:
        few = [parts.one(rng) for _ in range(rng.randrange(1, 5))]
        chosen = [rng.choice(few) for _ in range(rng.randrange(1, 12))]
    else:
        chosen = [parts.one(rng) for _ in range(rng.randrange(60) if kind > 0.99 else rng.randrange(1, 9))]
    if kind > 0.9:
        chosen = list(map(rng.choice((str.upper, str.lower)), chosen))
    return "".join(part + rng.choice(SPACES) for part in chosen) + rng.choice(RUNS)


def every_character(rng: Random, parts: Words) -> Iterator[str]:
    """Texts that hold each code point, in and beside words, without end; those that have case come more often."""
    with_case = [char for char in map(chr, range(0x110000)) if char.lower() != char.upper() or char.isupper()]
    # a step without a common divisor comes to each of them
    codes = (place * STEP % 0x110000 for place in count(rng.randrange(0x110000)))
    while True:
        some = map(chr, islice(codes, AT_ONCE))
        yield " ".join(rng.choice((f"GOOD{c}", f"{c}good", f"so{c}nice", f"A{c}", c * 2, c * 3)) for c in some)
        yield f"{rng.choice(with_case) * rng.randrange(1, 5)} {parts.one(rng)}"


def altered(rng: Random, lexicon: dict[str, float]) -> dict[str, float]:
    """A small lexicon with words of the rules in it, and odd valences."""
    telling = sorted({*tokens.BOOSTERS, *tokens.NEGATIONS, *" ".join(PHRASES).split()})
    chosen = rng.sample(telling, rng.randrange(40)) + rng.sample(sorted(lexicon), rng.randrange(30))
    return {word: rng.choice(VALENCES) if rng.random() < 0.3 else rng.randrange(-40, 41) / 10 for word in chosen}


def oracle() -> nltk_vader.SentimentIntensityAnalyzer:
    """nltk's scorer, as it reads the lexicon itself; adding from left to right, as it does up to Python 3.11."""
    if sys.version_info >= (3, 12):
        nltk_vader.sum = rules.summed
    with tempfile.TemporaryDirectory() as folder, mock.patch.object(nltk.data, "path", [folder]):
        Path(folder, "sentiment").mkdir()
        with zipfile.ZipFile(Path(folder, "sentiment", "vader_lexicon.zip"), "w") as archive:
            archive.write(LEXICON, "vader_lexicon/vader_lexicon.txt")
        return nltk_vader.SentimentIntensityAnalyzer()


def differs(text: str, scorer: vader.Scorer, analyzer: nltk_vader.SentimentIntensityAnalyzer) -> bool:
    """Whether any of a text's scores differs from nltk's in any bit."""
    ours = scorer.score(text)
    # Python 3.9 and 3.10 know the letters' case as ours does
    theirs = analyzer.polarity_scores(tokens.cased(text) if sys.version_info >= (3, 11) else text)
    same = repr(ours._asdict()) == repr(theirs) and scorer.compound(text) == round(theirs["compound"] * 10_000)
    return not same


def rounds(rng: Random) -> Iterator[tuple[dict[str, float] | None, Iterator[str]]]:
    """Lexicons (None: the shipped one) and texts for them, without end."""
    whole = shipped()
    parts = words(whole)
    characters = every_character(rng, parts)
    while True:
        yield None, (text(rng, parts) for _ in range(ROUND))
        yield None, (next(characters) for _ in range(ROUND // 4))
        for _ in range(4):
            lexicon = altered(rng, whole)
            parts_of_it = words({**lexicon, "good": 1.9})
            yield lexicon, (text(rng, parts_of_it) for _ in range(ROUND // 4))


def run(seed: int, limit: int, seconds: float) -> tuple[int, list[str]]:
    """How many texts of `seed` were scored, and those with a difference, each with what of its lexicon it holds."""
    rng = Random(seed)
    end = time.monotonic() + seconds
    number = 0
    found: list[str] = []
    analyzer = oracle()
    whole = analyzer.lexicon
    scorer = vader.Scorer()
    for lexicon, texts in rounds(rng):
        analyzer.lexicon = whole if lexicon is None else lexicon
        with small_memory(rng, scorer):
            current = scorer if lexicon is None else vader.Scorer(lexicon)
            for text in texts:
                if number >= limit or time.monotonic() > end:
                    return number, found
                number += 1
                if differs(text, current, analyzer):
                    there = {word: value for word, value in analyzer.lexicon.items() if word in text.lower()}
                    found.append(f"text {number:,}: {text!r} with {there}")
    raise AssertionError("rounds do not end")


@contextmanager
def small_memory(rng: Random, scorer: vader.Scorer) -> Iterator[None]:
    """Now and then, room for so few words that `scorer`, and any new one, must forget some all the time."""
    if rng.random() < 0.7:
        yield
        return
    sizes = {
        "TOKENS": rng.randrange(1, 50),
        "LONGEST": rng.randrange(9),
        "_QUIET_HITS": QUIET_HITS[: rng.randrange(1, 9)],
        "_LOUD_HITS": LOUD_HITS[: rng.randrange(1, 9)],
    }
    pairs = rng.randrange(1, 9)
    with ExitStack() as patches:
        patches.enter_context(mock.patch.multiple(alphabet, **sizes))
        patches.enter_context(mock.patch.object(vader, "PAIRS", pairs))
        patches.enter_context(mock.patch.object(scorer._alphabet, "most", sizes["TOKENS"]))
        for valences in (scorer._even, scorer._emphatic):
            patches.enter_context(mock.patch.object(valences._after, "most", pairs))
        yield


def main(arguments: list[str] | None = None) -> int:
    """Run as the command line says; 1 if there are differences."""
    parser = argparse.ArgumentParser(description="Compare our VADER with nltk's on made-up texts.")
    parser.add_argument("--texts", type=int, default=sys.maxsize)
    parser.add_argument("--seconds", type=float, default=float("inf"))
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    number, found = run(options.seed, options.texts, options.seconds)
    lines = [*found[:SHOWN], f"seed {options.seed}: {number:,} texts, {len(found):,} differences"]
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
