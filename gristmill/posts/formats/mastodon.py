"""Mastodon, and servers of the same API: a status, or an event of the streaming API with its payload as text.

    {"id": ..., "uri": ..., "created_at": ..., "content": HTML, "spoiler_text": ..., "account": {...}, "tags": [...]}
    {"stream": ["public"], "event": "update", "payload": "{\\"id\\": ...}"}

The id is the `uri`, which is the same on every server; `id` is a server's own number for the post. The same holds for
accounts. A content warning is the text's first line. A boost has the text in `reblog`.
"""

from __future__ import annotations

import re
from html.entities import html5
from typing import Any

from gristmill.posts import hashtags, json_line, timestamps
from gristmill.posts.post import NoPost, Post, check_post, object_at
from gristmill.posts.skip import Skip

_EVENTS = {"delete": Skip.DELETE, "status.update": Skip.EDIT, "notification": Skip.NOTIFICATION}

_tag = re.compile("(<[^<>]*>)")
_tag_name = re.compile("</?[A-Za-z0-9]+").match
#: What a tag becomes in the text; the others become nothing.
_BREAKS = {"<br": "\n", "</p": "\n\n", "</li": "\n", "</blockquote": "\n\n", "</pre": "\n\n"}
#: Elements whose content is no text, by their start tag: the end tag.
_HIDDEN = {"<script": "</script", "<style": "</style"}
_escape = re.compile("&(?:#([0-9]{1,7})|#[xX]([0-9A-Fa-f]{1,6})|([A-Za-z][A-Za-z0-9]{1,31}));")


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


def html_to_text(html: str) -> str:
    """The text that a browser shows of a fragment of HTML, links with all of their address."""
    if "<" not in html and "&" not in html:
        return html
    shown, hidden = [], ""
    for index, piece in enumerate(_tag.split(html)):
        if index % 2 == 0:  # between two tags
            shown.append("" if hidden else piece)
            continue
        name = _tag_name(piece)
        tag = name[0].lower() if name else ""
        if hidden:
            hidden = "" if tag == hidden else hidden
        elif tag in _HIDDEN:
            hidden = _HIDDEN[tag]
        else:
            shown.append(_BREAKS.get(tag, ""))
    return _escape.sub(_character, "".join(shown)).strip()


def _character(escape: re.Match[str]) -> str:
    """The character of an escape; the escape itself where HTML 5 has no such name, U+FFFD for a control."""
    decimal, hexadecimal, name = escape.groups()
    if name:
        return html5.get(name + ";", escape[0])
    code = int(decimal) if decimal else int(hexadecimal, 16)
    return chr(code) if 0x20 <= code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else "\ufffd"
