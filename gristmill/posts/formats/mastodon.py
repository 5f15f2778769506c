"""Mastodon, and servers of the same API: a status, an event of the streaming API, or ActivityPub's, as in an archive.

    {"id": ..., "uri": ..., "created_at": ..., "content": HTML, "spoiler_text": ..., "account": {...}, "tags": [...]}
    {"stream": ["public"], "event": "update", "payload": "{\\"id\\": ...}"}
    {"type": "Create", "actor": ..., "published": ..., "object": {"type": "Note", "id": ..., "content": HTML, ...}}

The last stand in the list `orderedItems` of an archive's outbox.json.

The id is the `uri`, which is the same on every server; `id` is a server's own number for the post. The same holds for
accounts. A content warning is the text's first line. A boost has the text in `reblog`.
"""

from __future__ import annotations

from typing import Any

from gristmill.posts import hashtags, json_line, timestamps
from gristmill.posts.html_text import html_to_text
from gristmill.posts.post import NoPost, Post, check_post, choose_language, object_at, objects_in
from gristmill.posts.skip import Skip

_ACTIVITIES = {
    "Announce": Skip.REPOST_WITHOUT_TEXT,
    "Block": Skip.BLOCK,
    "Delete": Skip.DELETE,
    "Follow": Skip.FOLLOW,
    "Like": Skip.LIKE,
    "Undo": Skip.DELETE,
    "Update": Skip.EDIT,
}
_EVENTS = {"delete": Skip.DELETE, "status.update": Skip.EDIT, "notification": Skip.NOTIFICATION}


def parse_status(post: dict[str, Any]) -> Post:
    """The post of a status; NoPost as in `check_post`."""
    source = object_at(post, "reblog") or post
    text = _text(source.get("content"), source.get("spoiler_text"))
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


def parse_activity(activity: dict[str, Any]) -> Post | list[Any]:
    """What an activity creates, in a list, or the post of a boost that holds what it repeats; NoPost for any other."""
    kind, made = activity["type"], activity["object"]
    if kind == "Create":
        return [made]
    if kind == "Announce" and type(made) is dict:
        note = parse_note(made)
        return parse_note({**made, "id": activity.get("id"), **_sender(activity)}, note.id)
    raise NoPost(_ACTIVITIES.get(kind, Skip.OTHER_EVENT) if type(kind) is str else Skip.OTHER_EVENT)


def parse_note(note: dict[str, Any], origin: str = "") -> Post:
    """The post of an object of ActivityPub, which repeats the post `origin`; NoPost as in `check_post`."""
    languages = object_at(note, "contentMap")
    tags = [tag.get("name") for tag in objects_in(note.get("tag")) if tag.get("type") == "Hashtag"]
    text = _text(note.get("content") or next(iter(languages.values()), None), note.get("summary"))
    author = note.get("attributedTo")
    return check_post(
        (
            note.get("id") or "",
            text,
            timestamps.parse_stamp(note.get("published")),
            choose_language(list(languages)),
            author.get("id") if type(author) is dict else author,
            hashtags.distinct(tags) if tags else hashtags.in_text(text),
            origin,
            "mastodon",
        )
    )


def _sender(activity: dict[str, Any]) -> dict[str, Any]:
    return {"attributedTo": activity.get("actor"), "published": activity.get("published")}


def _text(html: Any, warning: Any) -> Any:
    """The text of HTML, below a content warning if there is one; what is no text as it is."""
    if type(html) is not str:
        return html
    text = html_to_text(html)
    return f"{warning}\n{text}" if warning and type(warning) is str else text
