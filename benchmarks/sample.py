"""The sample: the town's three days in every shape that `gristmill.posts` reads, and all that comes between posts.

Lines come in about the order of time, as a collector that reads several streams at once would write them.
"""

from __future__ import annotations

import json
from random import Random
from typing import TYPE_CHECKING, Any

from benchmarks import shapes, tweets
from benchmarks.town import Town

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.shapes import Draft

SEED = 1605
#: Rounds; each writes a dozen posts or so, and something else.
ROUNDS = 70


def sample() -> Iterator[str]:
    """The lines of data/posts.jsonl."""
    rng = Random(SEED)  # noqa: S311 (made-up posts, not secrets)
    town = Town(rng)
    for turn in range(ROUNDS):
        drafts = [town.draft((turn + index / 14) / ROUNDS) for index in range(14)]
        lines = [_ascii(made) for made in _of_ascii(town, drafts)] + [_utf8(made) for made in _of_utf8(town, drafts)]
        lines.sort(key=lambda _: rng.random())
        lines.insert(int(rng.random() * len(lines)), _between(town, turn))
        if turn % 10 == 3:
            # sent twice, as streams do after a break
            lines.append(lines[0])
        yield from lines


def _of_ascii(town: Town, drafts: list[Draft]) -> Iterator[Any]:
    """What Twitter v1.1 and Reddit send."""
    yield tweets.v1(drafts[0])
    kind = drafts[0].number // 20 % 4
    if kind == 0:
        yield tweets.v1(town.repeat(drafts[0]))
    elif kind == 1:
        quote = drafts[1]._replace(original=drafts[0])
        yield tweets.v1(quote, quotes=True)
    elif kind == 2:
        yield {"statuses": [tweets.v1(drafts[1])], "search_metadata": {"count": 1, "query": "bread"}}
    yield shapes.reddit(drafts[2])
    yield shapes.reddit(drafts[3], title="A question to the town")
    comments = [
        {"kind": "t1", "data": shapes.reddit(drafts[4])},
        {"kind": "more", "data": {"count": 3, "children": []}},
    ]
    if kind == 3:
        yield {"kind": "Listing", "data": {"after": None, "children": comments}}
    else:
        yield comments[0]


def _of_utf8(town: Town, drafts: list[Draft]) -> Iterator[Any]:
    """What the others send."""
    yield tweets.v2(drafts[5])
    yield tweets.v2_flat(drafts[6]) if drafts[6].number % 3 else tweets.v2_flat(town.repeat(drafts[6]))
    yield tweets.v2(drafts[7], town.repeat(drafts[5]))
    yield shapes.bluesky(drafts[8])
    yield shapes.bluesky(drafts[9])
    yield shapes.like(drafts[9])
    yield shapes.mastodon(drafts[10])
    yield shapes.mastodon_event(drafts[11])
    if drafts[11].number % 2:
        yield shapes.mastodon(town.repeat(drafts[10]))
    yield shapes.own(drafts[12])
    yield shapes.own(drafts[13])


def _between(town: Town, turn: int) -> str:
    """A line that is no post."""
    draft = town.draft((turn + 0.99) / ROUNDS)
    number, user = shapes.snowflake(draft), 1_000_000_000 + draft.author
    warned = draft._replace(text='<script>alert("mill")</script> is what I found in my bread recipe, funny!')
    made: tuple[Any, ...] = (
        {"delete": {"status": {"id": number, "id_str": str(number), "user_id": user, "user_id_str": str(user)}}},
        {"limit": {"track": 17 + turn, "timestamp_ms": str(draft.time)}},
        shapes.jetstream(draft, "delete", "app.bsky.feed.post"),
        shapes.jetstream(draft, "create", "app.bsky.feed.repost", {"subject": {"cid": "bafyrei", "uri": "at://"}}),
        {"stream": ["public"], "event": "delete", "payload": str(number)},
        shapes.own(warned),
        {"data": {"delete": {"tweet": {"id": str(number), "author_id": str(user)}, "event_at": shapes.iso(draft)}}},
        {"errors": [{"title": "Not Found Error", "detail": "Could not find the post.", "value": str(number)}]},
    )
    kind = turn % (len(made) + 2)
    if kind == len(made):
        return ""
    line = _utf8(made[kind % len(made)])
    return line if kind < len(made) else _utf8(shapes.own(draft))[:70]


def _ascii(made: Any) -> str:
    return json.dumps(made, separators=(",", ":"))


def _utf8(made: Any) -> str:
    return json.dumps(made, separators=(",", ":"), ensure_ascii=False)
