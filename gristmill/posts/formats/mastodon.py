"""Mastodon, and what speaks as it does: a status, or an event of the streaming API with its payload as text.

    {"id": ..., "uri": ..., "created_at": ..., "content": HTML, "spoiler_text": ..., "account": {...}, "tags": [...]}
    {"stream": ["public"], "event": "update", "payload": "{\\"id\\": ...}"}

The id is the `uri`, which is one for a post wherever it is seen; `id` is each server's own number for it. So it is with
accounts. A content warning is the text's first line. A boost has the text in `reblog`.
"""

from __future__ import annotations

import re
from html.entities import html5
from typing import Any

from gristmill.posts import hashtags, json_line, timestamps
from gristmill.posts.post import NoPost, Post, below, checked

_EVENTS = {"delete": "delete", "status.update": "edit", "notification": "notification"}

_tag = re.compile("(<[^<>]*>)")
_tag_name = re.compile("</?[A-Za-z0-9]+").match
#: What a tag leaves in the text; the others leave nothing.
_LEAVES = {"<br": "\n", "</p": "\n\n", "</li": "\n", "</blockquote": "\n\n", "</pre": "\n\n"}
#: What is between these is no text.
_HIDDEN = {"<script": "</script", "<style": "</style"}
_escape = re.compile("&(?:#([0-9]{1,7})|#[xX]([0-9A-Fa-f]{1,6})|([A-Za-z][A-Za-z0-9]{1,31}));")


def status(post: dict[str, Any]) -> Post:
    """The post that a status is."""
    source = below(post, "reblog") or post
    text, warning = source.get("content"), source.get("spoiler_text")
    if type(text) is str:
        text = plain(text)
        if warning and type(warning) is str:
            text = f"{warning}\n{text}"
    account = below(post, "account")
    found = hashtags.named(source.get("tags"), "name")
    return checked(
        (
            post.get("uri") or post.get("id") or "",
            text,
            timestamps.stamp(post.get("created_at")),
            source.get("language"),
            account.get("uri") or account.get("url") or account.get("acct") or account.get("id") or "",
            hashtags.in_text(text) if found is None else found,
            "" if source is post else source.get("uri") or source.get("id") or "",
            "mastodon",
        )
    )


def event(message: dict[str, Any]) -> list[Any]:
    """The status of an event, as JSON has it, in a list; NoPost where the event is of another kind."""
    kind, payload = message["event"], message["payload"]
    if kind != "update":
        raise NoPost(_EVENTS.get(kind, "event of another kind") if type(kind) is str else "event of another kind")
    return [json_line.value(payload.strip(" \t\r\n")) if type(payload) is str else payload]


def plain(html: str) -> str:
    """The text that a page would show of a fragment of HTML, links with all of their address."""
    if "<" not in html and "&" not in html:
        return html
    shown, hidden = [], ""
    for place, part in enumerate(_tag.split(html)):
        if not place % 2:
            shown.append("" if hidden else part)
            continue
        name = _tag_name(part)
        tag = name[0].lower() if name else ""
        if hidden:
            hidden = "" if tag == hidden else hidden
        elif tag in _HIDDEN:
            hidden = _HIDDEN[tag]
        else:
            shown.append(_LEAVES.get(tag, ""))
    return _escape.sub(_character, "".join(shown)).strip()


def _character(escape: re.Match[str]) -> str:
    decimal, hexadecimal, name = escape.groups()
    if name:
        return html5.get(name + ";", escape[0])
    code = int(decimal) if decimal else int(hexadecimal, 16)
    return chr(code) if 0x20 <= code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else "\ufffd"
