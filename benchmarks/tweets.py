"""Posts in the shapes of Twitter's API v1.1 and v2, with all their fields; see `shapes`."""

from __future__ import annotations

from typing import Any

from benchmarks.shapes import Draft, code, escaped, iso, moment, snowflake

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def v1_user(author: int) -> dict[str, Any]:
    name = f"reader_{author}"
    return {
        "id": 1_000_000_000 + author,
        "id_str": str(1_000_000_000 + author),
        "name": f"Reader {author}",
        "screen_name": name,
        "location": "by the river",
        "url": f"https://{name.replace('_', '-')}.example.org/",
        "description": "Made up for a test: bread, mills, weather, and who rows the ferry on Sundays.",
        "translator_type": "none",
        "protected": False,
        "verified": False,
        "followers_count": author % 977,
        "friends_count": author % 641,
        "listed_count": author % 7,
        "favourites_count": author * 7 % 4999,
        "statuses_count": author * 13 % 9973,
        "created_at": "Sat Mar 05 12:00:00 +0000 2011",
        "utc_offset": None,
        "time_zone": None,
        "geo_enabled": False,
        "lang": None,
        "contributors_enabled": False,
        "is_translator": False,
        "profile_background_color": "C0DEED",
        "profile_background_image_url": "http://images.example.org/themes/theme1/bg.png",
        "profile_background_image_url_https": "https://images.example.org/themes/theme1/bg.png",
        "profile_background_tile": False,
        "profile_link_color": "1DA1F2",
        "profile_sidebar_border_color": "C0DEED",
        "profile_sidebar_fill_color": "DDEEF6",
        "profile_text_color": "333333",
        "profile_use_background_image": True,
        "profile_image_url": f"http://images.example.org/profile_images/{author}/normal.jpg",
        "profile_image_url_https": f"https://images.example.org/profile_images/{author}/normal.jpg",
        "profile_banner_url": f"https://images.example.org/profile_banners/{author}/1500x500",
        "default_profile": True,
        "default_profile_image": False,
        "following": None,
        "follow_request_sent": None,
        "notifications": None,
    }


def v1(draft: Draft, *, quotes: bool = False) -> dict[str, Any]:
    """A post of a v1.1 stream: extended where it is long; a repost, or a quote, where it has an original."""
    when = moment(draft)
    stamp = f"{DAYS[when.weekday()]} {MONTHS[when.month - 1]} {when.strftime('%d %H:%M:%S +0000 %Y')}"
    whole, original = draft.text, draft.original
    if original and not quotes:
        whole = f"RT @reader_{original.author}: {original.text}"
    cut = len(whole) > 140
    post = {
        "created_at": stamp,
        "id": snowflake(draft),
        "id_str": str(snowflake(draft)),
        "text": escaped(whole[:139] + "…" if cut else whole),
        "source": '<a href="https://client.example.org" rel="nofollow">A client</a>',
        "truncated": cut and not (original and not quotes),
        "in_reply_to_status_id": None,
        "in_reply_to_status_id_str": None,
        "in_reply_to_user_id": None,
        "in_reply_to_user_id_str": None,
        "in_reply_to_screen_name": None,
        "user": v1_user(draft.author),
        "geo": None,
        "coordinates": None,
        "place": None,
        "contributors": None,
        "is_quote_status": quotes,
        "quote_count": 0,
        "reply_count": 0,
        "retweet_count": 0,
        "favorite_count": 0,
        "entities": v1_entities(draft, whole),
        "favorited": False,
        "retweeted": False,
        "filter_level": "low",
        "lang": draft.language,
        "timestamp_ms": str(draft.time),
    }
    if post["truncated"]:
        post["extended_tweet"] = {
            "full_text": escaped(whole),
            "display_text_range": [0, len(whole)],
            "entities": v1_entities(draft, whole),
        }
        post["entities"] = v1_entities(draft._replace(tags=()), whole)
    if original:
        post["quoted_status" if quotes else "retweeted_status"] = v1(original)
    return post


def v1_entities(draft: Draft, text: str) -> dict[str, Any]:
    places = [(tag, max(0, text.find(f"#{tag}"))) for tag in draft.tags]
    link = f"https://t.example.net/{code(draft.number, 10)}"
    return {
        "hashtags": [{"text": tag, "indices": [place, place + len(tag) + 1]} for tag, place in places],
        "urls": [
            {
                "url": link,
                "expanded_url": f"https://news.example.com/{draft.number}",
                "display_url": f"news.example.com/{draft.number}",
                "indices": [0, len(link)],
            }
        ],
        "user_mentions": [],
        "symbols": [],
        "media": [v1_picture(draft)] if draft.number % 3 else [],
    }


def v1_picture(draft: Draft) -> dict[str, Any]:
    address = f"images.example.org/media/{code(draft.number + 1, 15)}.jpg"
    return {
        "id": snowflake(draft) + 1,
        "id_str": str(snowflake(draft) + 1),
        "indices": [0, 23],
        "media_url": f"http://{address}",
        "media_url_https": f"https://{address}",
        "url": f"https://t.example.net/{code(draft.number + 2, 10)}",
        "display_url": f"pic.example.org/{code(draft.number + 2, 10)}",
        "expanded_url": f"https://example.org/reader_{draft.author}/status/{snowflake(draft)}/photo/1",
        "type": "photo",
        "sizes": {name: {"w": 1200, "h": 900, "resize": "fit"} for name in ("thumb", "small", "medium", "large")},
    }


def v2_post(draft: Draft) -> dict[str, Any]:
    original = draft.original
    text = f"RT @reader_{original.author}: {original.text}" if original else draft.text
    post: dict[str, Any] = {
        "id": str(snowflake(draft)),
        "author_id": str(1_000_000_000 + draft.author),
        "conversation_id": str(snowflake(original or draft)),
        "created_at": iso(draft),
        "edit_history_tweet_ids": [str(snowflake(draft))],
        "lang": draft.language,
        "public_metrics": {"retweet_count": 0, "reply_count": 0, "like_count": 0, "quote_count": 0},
        "text": escaped(text[:139] + "…" if len(text) > 140 else text),
    }
    if draft.tags:
        post["entities"] = {"hashtags": [{"start": 0, "end": len(tag) + 1, "tag": tag} for tag in draft.tags]}
    if original:
        post["referenced_tweets"] = [{"type": "retweeted", "id": str(snowflake(original))}]
    elif len(text) > 140:
        post["note_tweet"] = {"text": escaped(text)}
        if draft.tags:
            post["note_tweet"]["entities"] = post["entities"]
    return post


def v2(*drafts: Draft) -> dict[str, Any]:
    """An envelope: of a stream around one post, of a page around more."""
    posts = [v2_post(draft) for draft in drafts]
    originals = [draft.original for draft in drafts if draft.original]
    users = [{"id": post["author_id"], "name": "Reader", "username": f"reader_{post['author_id']}"} for post in posts]
    includes: dict[str, Any] = {"users": users}
    if originals:
        sent = [{**v2_post(original), "text": escaped(original.text)} for original in originals]
        includes["tweets"] = sent
    if len(posts) > 1:
        return {"data": posts, "includes": includes, "meta": {"result_count": len(posts), "next_token": "b26v89c19zqg"}}
    rules = [{"id": "1494756900413472770", "tag": "town"}]
    return {"data": posts[0], "includes": includes, "matching_rules": rules}


def v2_flat(draft: Draft) -> dict[str, Any]:
    """A post by itself, with its author and what it refers to written in it."""
    post = v2_post(draft)
    post["author"] = {"id": post["author_id"], "username": f"reader_{draft.author}", "name": "Reader"}
    if draft.original:
        original = {**v2_post(draft.original), "text": escaped(draft.original.text)}
        post["referenced_tweets"] = [{"type": "retweeted", **original}]
    return post
