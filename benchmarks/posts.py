"""Write made-up posts, one line each, the same for the same seed on every Python.

    python -m benchmarks.posts --sample > data/posts.jsonl
    python -m benchmarks.posts --posts 1000000 --seed 7 > posts.jsonl
    python -m benchmarks.posts --posts 100000 --shape plain > short.jsonl
    python -m benchmarks.posts --posts 100000 --shape v1 > v1.jsonl

Without --sample a post says a sentence of the town (see `town`) and some words of the corpus (see `texts`), most of
which are new, as in real posts. The sample is the town's sentences alone, in every shape, with all that comes between
posts in a stream. A v1 post has about 4 KB, a plain one about 200 bytes.
"""

from __future__ import annotations

import argparse
import sys
from bisect import bisect
from itertools import accumulate, islice
from json import JSONEncoder
from random import Random
from typing import TYPE_CHECKING, Any, Callable

from benchmarks import shapes, tweets
from benchmarks.corpus import SEED
from benchmarks.sample import sample
from benchmarks.texts import posts as texts
from benchmarks.town import Town

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.shapes import Draft

#: One post in so many repeats an earlier one, which is one of the last so many.
REPOSTS, RECENT = 5, 64
#: Lines that are written at once.
LINES = 1000

#: As Twitter v1.1 and Reddit write JSON, and as the others do.
_ascii = JSONEncoder(separators=(",", ":")).encode
_utf8 = JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode

#: (share, shape, encoder); in a repost, shapes that have one.
MIXED: tuple[tuple[float, Callable[[Draft], Any], Callable[[Any], str]], ...] = (
    (0.15, tweets.v1, _ascii),
    (0.15, tweets.v2, _utf8),
    (0.10, tweets.v2_flat, _utf8),
    (0.25, shapes.bluesky, _utf8),
    (0.10, shapes.mastodon, _utf8),
    (0.05, shapes.mastodon_event, _utf8),
    (0.10, shapes.reddit, _ascii),
    (0.10, shapes.own, _utf8),
)
SUMS = list(accumulate(share for share, _, _ in MIXED[:-1]))
REPEATING = (tweets.v1, tweets.v2, tweets.v2_flat, shapes.mastodon, shapes.mastodon_event)


def lines(count: int, seed: int, shape: str) -> Iterator[str]:
    """`count` lines, each one post."""
    rng = Random(seed)  # noqa: S311 (made-up posts, not secrets)
    town, words, recent = Town(rng), texts(seed), []
    for number in range(count):
        dice = rng.random()
        draft = town.draft(number / count)
        draft = draft._replace(text=f"{draft.text} {next(words)}")
        if recent and dice * REPOSTS < 1:
            draft = town.repeat(recent[int(len(recent) * rng.random())])
        elif len(recent) < RECENT:
            recent.append(draft)
        else:
            recent[number % RECENT] = draft
        make, encode = _shape(rng.random(), shape)
        if draft.original and make not in REPEATING:
            draft = draft._replace(original=None)
        yield encode(make(draft))


def _shape(dice: float, shape: str) -> tuple[Callable[[Draft], Any], Callable[[Any], str]]:
    if shape == "v1":
        return tweets.v1, _ascii
    if shape == "plain":
        return shapes.own, _utf8
    _, make, encode = MIXED[bisect(SUMS, dice)]
    return make, encode


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, default=1000, metavar="N", help="(default: %(default)s)")
    parser.add_argument("--seed", type=int, default=SEED, help="(default: %(default)s)")
    parser.add_argument("--shape", choices=("mixed", "plain", "v1"), default="mixed", help="(default: %(default)s)")
    parser.add_argument("--sample", action="store_true", help="write data/posts.jsonl, which has a seed of its own")
    options = parser.parse_args()
    source = sample() if options.sample else lines(options.posts, options.seed, options.shape)
    while some := list(islice(source, LINES)):
        sys.stdout.buffer.write(("\n".join(some) + "\n").encode())


if __name__ == "__main__":
    main()
