"""Mastodon, and servers of the same API: a status, or an event of the streaming API with its payload as text.

    {"id": ..., "uri": ..., "created_at": ..., "content": HTML, "spoiler_text": ..., "account": {...}, "tags": [...]}
    {"stream": ["public"], "event": "update", "payload": "{\\"id\\": ...}"}

The id is the `uri`, which is the same on every server; `id` is a server's own number for the post. The same holds for
accounts. A content warning is the text's first line. A boost has the text in `reblog`.
"""

from __future__ import annotations

from typing import Any

from gristmill.posts import hashtags, json_line, timestamps
from gristmill.posts.html_text import html_to_text
from gristmill.posts.post import NoPost, Post, check_post, object_at
from gristmill.posts.skip import Skip

_EVENTS = {"delete": Skip.DELETE, "status.update": Skip.EDIT, "notification": Skip.NOTIFICATION}


def parse_status(post: dict[str, Any]) -> Post:
    """The post of a status; NoPost as in `check_post`."""
    source = object_at(post, "reblog") or post
    text, warning = source.get("content"), source.get("spoiler_text")
    if type(text) is str:
        text = html_to_text(text)
        if warning and type(warning) is str:
            text = f"{warning}\n{text}"
    account = object_at(post, "account")
    tags = hashtags.in_objects(source.get("tags"), "name")
    return check_post(
        (
            post.get("uri") or post.get("id") or "",
            text,
            timestamps.parse_stamp(post.get("created_at")),
            source.get("language"),
            account.get("uri") or account.get("url") or account.get("acct") or account.get("id") or "",
            hashtags.in_text(text) if tags is None else tags,
            "" if source is post else source.get("uri") or source.get("id") or "",
            "mastodon",
        )
    )


def parse_event(message: dict[str, Any]) -> list[Any]:
    """The status of an event, as JSON has it, in a list; NoPost where the event has none."""
    kind, payload = message["event"], message["payload"]
    if kind != "update":
        raise NoPost(_EVENTS.get(kind, Skip.OTHER_EVENT) if type(kind) is str else Skip.OTHER_EVENT)
    return [json_line.parse_json(payload.strip(" \t\r\n")) if type(payload) is str else payload]
