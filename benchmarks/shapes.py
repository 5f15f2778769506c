"""Posts in the shapes that platforms give them; nobody's, and none that was ever sent. Twitter's are in `tweets`.

Each function takes a Draft and gives what `json` writes as a line. Names, links and ids are made up: links lead to
domains that are reserved for examples.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from typing import Any, NamedTuple

#: Twitter's ids hold the milliseconds since this one, from 1970 on.
SNOWFLAKE_EPOCH = 1_288_834_974_657
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
BASE32 = "abcdefghijklmnopqrstuvwxyz234567"


class Draft(NamedTuple):
    """What a post says, whatever its platform; `number` is unique."""

    number: int
    text: str
    #: Milliseconds since 1970.
    time: int
    author: int
    language: str
    tags: tuple[str, ...] = ()
    #: The post that this one repeats, or talks of.
    original: Draft | None = None


def moment(draft: Draft) -> datetime:
    return EPOCH + timedelta(milliseconds=draft.time)


def iso(draft: Draft) -> str:
    return moment(draft).strftime("%Y-%m-%dT%H:%M:%S.") + f"{draft.time % 1000:03}Z"


def snowflake(draft: Draft) -> int:
    return (draft.time - SNOWFLAKE_EPOCH << 22) + draft.number % (1 << 22)


def escaped(text: str) -> str:
    """As Twitter and Reddit escape."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def code(number: int, length: int) -> str:
    """A number as so many letters and digits, none like another number's nearby."""
    number = number * 0x9E3779B97F4A7C15 % (1 << 5 * length)
    return "".join(BASE32[number >> 5 * index & 31] for index in range(length))


def jetstream(draft: Draft, operation: str, collection: str, record: dict[str, Any] | None = None) -> dict[str, Any]:
    """Any event of Bluesky's Jetstream."""
    commit: dict[str, Any] = {"rev": code(draft.number + 1, 13), "operation": operation, "collection": collection}
    commit["rkey"] = code(draft.number, 13)
    if record is not None:
        commit["record"] = {"$type": collection, "createdAt": iso(draft), **record}
        commit["cid"] = "bafyrei" + code(draft.number, 52)
    did = "did:plc:" + code(draft.author, 24)
    return {"did": did, "time_us": draft.time * 1000 + draft.number % 1000, "kind": "commit", "commit": commit}


def bluesky(draft: Draft) -> dict[str, Any]:
    record: dict[str, Any] = {"langs": [draft.language], "text": draft.text}
    if draft.tags:
        record["facets"] = [
            {
                "index": {"byteStart": 0, "byteEnd": len(tag.encode()) + 1},
                "features": [{"$type": "app.bsky.richtext.facet#tag", "tag": tag}],
            }
            for tag in draft.tags
        ]
    return jetstream(draft, "create", "app.bsky.feed.post", record)


def like(draft: Draft) -> dict[str, Any]:
    uri = f"at://did:plc:{code(draft.author + 1, 24)}/app.bsky.feed.post/{code(draft.number, 13)}"
    record = {"subject": {"cid": "bafyrei" + code(draft.number + 2, 52), "uri": uri}}
    return jetstream(draft, "create", "app.bsky.feed.like", record)


def mastodon(draft: Draft) -> dict[str, Any]:
    """A status; a boost where it has an original."""
    name = f"reader_{draft.author}"
    text = draft.text
    for tag in draft.tags:
        text = text.replace(f" #{tag}", f" \0{tag}")
    html = escaped(text).replace("\n", "<br />")
    for tag in draft.tags:
        address = f"https://town.example.org/tags/{tag}"
        link = f'<a href="{address}" class="mention hashtag" rel="tag">#<span>{tag}</span></a>'
        html = html.replace(f" \0{tag}", f" {link}")
    return {
        "id": str(snowflake(draft)),
        "created_at": iso(draft),
        "in_reply_to_id": None,
        "sensitive": False,
        "spoiler_text": "",
        "visibility": "public",
        "language": draft.language,
        "uri": f"https://town.example.org/users/{name}/statuses/{snowflake(draft)}",
        "url": f"https://town.example.org/@{name}/{snowflake(draft)}",
        "replies_count": 0,
        "reblogs_count": 0,
        "content": "" if draft.original else f"<p>{html}</p>",
        "reblog": mastodon(draft.original) if draft.original else None,
        "account": {
            "id": str(draft.author),
            "username": name,
            "acct": name,
            "uri": f"https://town.example.org/users/{name}",
            "url": f"https://town.example.org/@{name}",
            "note": "<p>Made up for a test.</p>",
            "bot": False,
        },
        "media_attachments": [],
        "mentions": [],
        "tags": [{"name": tag.lower(), "url": f"https://town.example.org/tags/{tag.lower()}"} for tag in draft.tags],
        "emojis": [],
        "poll": None,
    }


def mastodon_event(draft: Draft) -> dict[str, Any]:
    payload = json.dumps(mastodon(draft), ensure_ascii=False, separators=(",", ":"))
    return {"stream": ["public"], "event": "update", "payload": payload}


def reddit(draft: Draft, *, title: str = "") -> dict[str, Any]:
    """A comment, bare; a submission where it has a title."""
    short = code(draft.number, 7)
    thing = {
        "id": short,
        "name": f"t3_{short}" if title else f"t1_{short}",
        "author": f"reader_{draft.author}",
        "author_fullname": f"t2_{code(draft.author, 6)}",
        "subreddit": "ourtown",
        "subreddit_id": "t5_2madeup",
        "created_utc": float(draft.time // 1000),
        "edited": False,
        "score": 1,
        "stickied": False,
        "permalink": f"/r/ourtown/comments/{short}/",
    }
    if title:
        return {**thing, "title": escaped(title), "selftext": escaped(draft.text), "is_self": True, "num_comments": 0}
    html = f'<div class="md"><p>{escaped(draft.text)}</p></div>'
    thing["link_id"] = thing["parent_id"] = f"t3_{code(draft.number + 9, 7)}"
    return {**thing, "body": escaped(draft.text), "body_html": html, "replies": ""}


def own(draft: Draft) -> dict[str, Any]:
    """The short plain post."""
    return {
        "id": str(draft.number),
        "text": draft.text,
        "created_at": iso(draft)[:19] + "Z",
        "lang": draft.language,
        "user": f"reader_{draft.author}",
    }
