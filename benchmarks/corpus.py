"""Write a seeded corpus, or describe any: lines of ``docid TAB text``.

    python -m benchmarks.corpus --mb 90 corpus.tsv
    python -m benchmarks.corpus --describe corpus.tsv

Sizes, lengths, frequencies and the growth of the vocabulary are those of 26,236 real documents in English (see
test_corpus.py for the figures). The same seed gives the same bytes on every Python. Terms come out alike by our rules
for words and by the peers' plain regex: no CJK, no combining marks, and a single quotation mark only within a word.
"""

from __future__ import annotations

import argparse
import math
import sys
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from benchmarks.describe import describe
from benchmarks.lexicon import Lexicon, coined, lexicon

if TYPE_CHECKING:
    from collections.abc import Iterator

SEED = 20_251_123
#: Bytes of a document: lognormal, 350 at the median, cut off where the largest of the measured ones was.
MEDIAN, SIGMA, LARGEST = 350, 1.37, 550_000
#: One document in so many is a whole book.
BOOKS = 15_000
#: A word with the space and the punctuation after it, on average.
BYTES_A_WORD = 5.9
#: A document of m words on its subject has about 1.25 m^0.92 different ones: it says its rare words again.
FRESH, FRESH_POWER = 1.25, 0.92
#: Bytes held before they are written.
BUFFER = 1 << 20


def documents(seed: int = SEED) -> Iterator[bytes]:
    """Lines ``docid TAB text LF``, UTF-8, without end; docids have 20 bytes and come in no order."""
    words = lexicon(seed)
    rng = Random(seed + 1)  # noqa: S311 (made-up text, not secrets)
    number = 0
    while True:
        number += 1
        prefix = int(rng.random() * (1 << 32))
        yield f"{prefix:08x}-doc-{number:07d}\t{text(rng, words)}\n".encode()


def text(rng: Random, words: Lexicon) -> str:
    """One document's text."""
    chosen = _words(rng, words, max(1, round(_size(rng) / BYTES_A_WORD)))
    body = " ".join(_sentences(rng, chosen))
    # one author in four has a keyboard, or an editor, that writes the curved sort
    return body.replace("'", "’") if rng.random() < 0.25 else body


def write_corpus(path: Path, size: int, seed: int = SEED) -> None:
    """Write documents to `path` until it holds `size` bytes or a little more; nothing is there until all is."""
    unfinished = path.with_name(path.name + ".unfinished")
    with unfinished.open("wb", buffering=BUFFER) as file:
        for line in documents(seed):
            if file.tell() >= size:
                break
            file.write(line)
    unfinished.replace(path)


def _size(rng: Random) -> float:
    if rng.random() * BOOKS < 1:
        return LARGEST * (0.2 + 0.8 * rng.random())
    # Box and Muller's normal deviate: random.gauss is not promised to stay what it is
    normal = math.sqrt(-2 * math.log(1 - rng.random())) * math.cos(2 * math.pi * rng.random())
    return min(LARGEST, MEDIAN * math.exp(SIGMA * normal))


def _words(rng: Random, words: Lexicon, count: int) -> list[str]:
    drawn = rng.choices(words.common, cum_weights=words.common_sums, k=count)
    wanted = drawn.count(None)
    fresh = rng.choices(
        words.subject, cum_weights=words.subject_sums, k=min(wanted, round(FRESH * wanted**FRESH_POWER))
    )
    subject = [word or coined(rng) for word in fresh]
    subject += rng.choices(subject, k=wanted - len(subject)) if subject else []
    rng.shuffle(subject)
    take = iter(subject)
    return [word or next(take) for word in drawn]


def _sentences(rng: Random, words: list[str]) -> Iterator[str]:
    at = 0
    while at < len(words):
        dice = rng.random()
        length = 3 + int(22 * dice)
        part = words[at : at + length]
        at += length
        if len(part) > 8:
            part[4] += ","
        start = part[0]
        part[0] = start[0].upper() + start[1:]
        sentence = " ".join(part)
        if dice < 0.02:
            yield f"“{sentence}!”"
        elif dice < 0.05:
            yield f"{sentence}?"
        elif dice > 0.98:
            yield f'"{sentence}" ({words[0]}).'
        else:
            yield f"{sentence}."


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", type=Path, metavar="FILE")
    parser.add_argument("--mb", type=float, default=10, help="size in millions of bytes (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=SEED, help="(default: %(default)s)")
    parser.add_argument("--describe", action="store_true", help="print FILE's statistics, and write nothing")
    args = parser.parse_args()
    if args.describe:
        sys.stdout.write(describe(args.path).table())
    else:
        write_corpus(args.path, round(args.mb * 1e6), args.seed)


if __name__ == "__main__":
    main()
