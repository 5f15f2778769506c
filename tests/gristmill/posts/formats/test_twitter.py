"""Twitter's API v1.1 and v2; shapes are true, posts and people made up."""

from __future__ import annotations

from typing import Any

import pytest

from gristmill.posts.formats import twitter
from gristmill.posts.reader import Post

#: A text that is HTML-escaped as Twitter does it, and the text.
ESCAPED, TEXT = "salt &amp; butter &lt;3 &amp;amp; #Bread", "salt & butter <3 &amp; #Bread"
LONG = "The ferry is late again and nobody on the pier can say why. " * 4


def v1(**fields: Any) -> dict[str, Any]:
    """A post of a v1.1 stream."""
    return {
        "created_at": "Fri Nov 20 09:30:15 +0000 2026",
        "id": 2057000000000000100,
        "id_str": "2057000000000000123",
        "text": ESCAPED,
        "truncated": False,
        "user": {"id": 1000000009, "id_str": "1000000009", "screen_name": "reader_9", "created_at": "x", "text": "y"},
        "entities": {"hashtags": [{"text": "Bread", "indices": [30, 36]}], "urls": []},
        "lang": "en",
        "timestamp_ms": "1795167015123",
        **fields,
    }


def v2(**fields: Any) -> dict[str, Any]:
    """A post of API v2."""
    return {
        "id": "2057000000000000123",
        "author_id": "1000000009",
        "created_at": "2026-11-20T09:30:15.000Z",
        "edit_history_tweet_ids": ["2057000000000000123"],
        "lang": "en",
        "text": ESCAPED,
        **fields,
    }


POST = Post("2057000000000000123", TEXT, 1795167015, "en", "1000000009", ("bread",), "", "twitter")
#: What a repost holds beside the original: its own id and time, and a cut text.
REPOST = {"id": "77", "text": "RT @reader_9: The ferry is late again and nobody on the…"}


@pytest.mark.parametrize("post", [v1(), v2(), {"data": v2()}, {"data": v2(), "matching_rules": [{"id": "1"}]}])
def test_a_post_of_either_api_is_read(things, post: dict[str, Any]):
    """Its id is the one in text, its text is unescaped once."""
    assert things(post) == [POST]


def test_the_text_of_a_long_v1_post_is_the_whole_one(things):
    """A stream has it in extended_tweet, with the tags; a search in full_text."""
    cut = v1(text="The ferry is late…", truncated=True, entities={"hashtags": []})
    whole = {"full_text": LONG, "entities": {"hashtags": [{"text": "Ferry"}]}}
    long = POST._replace(text=LONG, hashtags=("ferry",))
    assert things({**cut, "extended_tweet": whole}) == [long]
    searched = v1(**whole)
    del searched["text"]
    assert things(searched, {"statuses": [searched], "search_metadata": {"count": 1}}) == [long] * 2


def test_the_text_of_a_v1_repost_is_the_originals_whole_one(things):
    """It has its own id, author and time; a repost of a quote too."""
    original = v1(
        user={"id_str": "5"},
        extended_tweet={"full_text": LONG, "entities": {"hashtags": [{"text": "Ferry"}]}},
        quoted_status=v1(text="no"),
    )
    repost = v1(
        **REPOST,
        id_str="77",
        retweeted_status=original,
        entities={"hashtags": []},
        created_at="Fri Nov 20 09:31:15 +0000 2026",
    )
    assert things(repost) == [
        Post("77", LONG, 1795167075, "en", "1000000009", ("ferry",), "2057000000000000123", "twitter")
    ]


def test_a_quote_is_an_original(things):
    """What it quotes is a post of its own."""
    assert things(v1(quoted_status=v1(text="no", id_str="5"), is_quote_status=True)) == [POST]
    assert things({"data": v2(referenced_tweets=[{"type": "quoted", "id": "5"}]), "includes": {"tweets": []}}) == [POST]


def test_a_v1_post_without_users_or_entities_is_read_as_far_as_it_goes(things):
    """Tags then stand in the text; numbers stand in for missing texts."""
    bare = {"id_str": None, "id": 5, "text": ESCAPED, "created_at": "Fri Nov 20 09:30:15 +0000 2026", "lang": "und"}
    assert things(bare) == [Post("5", TEXT, 1795167015, "", "", ("bread",), "", "twitter")]
    assert things(v1(user={"id": 8}), v1(user={"screen_name": "ann"}), v1(user=[])) == [
        POST._replace(author="8"),
        POST._replace(author="ann"),
        POST._replace(author=""),
    ]


@pytest.mark.parametrize(
    "page",
    [
        {"data": [v2(**REPOST, referenced_tweets=[{"type": "retweeted", "id": "9"}])]},
        {"data": v2(**REPOST, referenced_tweets=[{"type": "retweeted", "id": "9"}])},
    ],
)
@pytest.mark.parametrize(
    "original",
    [
        {"id": "9", "text": LONG, "entities": {"hashtags": [{"tag": "Ferry"}]}},
        {"id": "9", "text": "cut…", "note_tweet": {"text": LONG, "entities": {"hashtags": [{"tag": "Ferry"}]}}},
    ],
)
def test_the_text_of_a_v2_repost_is_in_what_is_sent_along(things, page: dict[str, Any], original: dict[str, Any]):
    """In includes.tweets; of a long post there in its note."""
    repost = POST._replace(id="77", text=LONG, hashtags=("ferry",), repost_of="9")
    others = [{"id": "1", "text": "no"}, original, {"id": 9}, 7]
    assert things({**page, "includes": {"users": [], "tweets": others}}) == [repost]
    flat = page["data"] if isinstance(page["data"], dict) else page["data"][0]
    assert things({**flat, "referenced_tweets": [{"type": "retweeted", **original}]}) == [repost]


def test_a_v2_repost_whose_original_was_not_sent_has_the_cut_text(things):
    """There is no other."""
    page = {"data": [v2(**REPOST, referenced_tweets=[{"type": "retweeted", "id": "9"}, {"type": "replied_to"}])]}
    cut = POST._replace(id="77", text=REPOST["text"], hashtags=(), repost_of="9")
    assert things(page, {**page, "includes": {"tweets": [{"id": "8", "text": "no"}]}}) == [cut, cut]


def test_a_long_v2_post_has_a_note(things):
    """The text beside it is cut."""
    assert things(v2(text="cut…", note_tweet={"text": LONG})) == [POST._replace(text=LONG, hashtags=())]


def test_a_flat_v2_post_has_its_author_in_it(things):
    """By id, else by name."""
    flat = v2(author={"id": "6", "username": "ann"})
    del flat["author_id"]
    assert things(flat, {**flat, "author": {"username": "ann"}}, {**flat, "author": 7}) == [
        POST._replace(author="6"),
        POST._replace(author="ann"),
        POST._replace(author=""),
    ]


def test_a_page_gives_all_its_posts_in_order_and_names_what_is_none(things):
    """The page goes on after a bad one."""
    page = {"data": [v2(id="1"), v2(id=""), 7, v2(text=None), v2(id="2")], "meta": {"result_count": 5}}
    found = [POST._replace(id="1"), "no id", "no object", "no text", POST._replace(id="2")]
    assert things(page, {**page, "includes": {"tweets": [v2()]}}) == found * 2
    assert things({"data": [], "meta": {"result_count": 0}}, {"statuses": []}) == ["empty page"] * 2


def test_a_page_cannot_be_made_to_cost_more_than_it_has(things):
    """A thousand posts that repeat one of a million characters: a line would become a thousand million."""
    posts = [v2(id=str(place), referenced_tweets=[{"type": "retweeted", "id": "9"}]) for place in range(1000)]
    sent = {"id": "9", "text": "x" * 1_000_000}
    assert things({"data": posts, "includes": {"tweets": [sent]}}) == ["line too long"]
    tags = {"id": "9", "text": "x", "entities": {"hashtags": [{"tag": "a"}] * 10_000}}
    assert things({"data": posts, "includes": {"tweets": [tags]}}) == ["line too long"]
    assert len(things({"data": posts[:30], "includes": {"tweets": [sent]}})) == 30


@pytest.mark.parametrize(
    ("message", "name"),
    [
        ({"delete": {"status": {"id": 1, "id_str": "1", "user_id": 3, "user_id_str": "3"}}}, "delete"),
        ({"limit": {"track": 1234, "timestamp_ms": "1795167015123"}}, "limit notice"),
        ({"scrub_geo": {"user_id": 1, "up_to_status_id": 2}}, "compliance event"),
        ({"status_withheld": {"id": 1, "user_id": 2, "withheld_in_countries": ["DE"]}}, "compliance event"),
        ({"user_withheld": {"id": 1, "withheld_in_countries": ["DE"]}}, "compliance event"),
        ({"disconnect": {"code": 4, "stream_name": "s", "reason": "r"}}, "disconnect notice"),
        ({"warning": {"code": "FALLING_BEHIND", "message": "m", "percent_full": 60}}, "warning notice"),
        ({"friends": [1, 2]}, "list of friends"),
        ({"friends_str": ["1"]}, "list of friends"),
        ({"data": {"delete": {"tweet": {"id": "1", "author_id": "2"}, "event_at": "x"}}}, "delete"),
        ({"data": {"user_suspend": {"user": {"id": "1"}, "event_at": "x"}}}, "compliance event"),
        ({"errors": [{"title": "Not Found Error", "detail": "d"}]}, "error message"),
        ({"title": "ConnectionException", "detail": "This stream is full", "type": "about:blank"}, "error message"),
        ({"error": "internal"}, "error message"),
        ({"meta": {"result_count": 0}}, "empty page"),
        ({"meta": {"result_count": 0, "newest_id": None}, "includes": {}, "__twarc": {}}, "empty page"),
        ({"data": None, "meta": {"result_count": 0}}, "empty page"),
        ({"meta": {"result_count": 3}}, "unknown shape"),
        ({"meta": 7}, "unknown shape"),
        ({"data": 7}, "no object"),
        ({"data": None}, "no object"),
        ({}, "unknown shape"),
        ({"hello": "world"}, "unknown shape"),
        ({"statuses": 7}, "unknown shape"),
    ],
)
def test_what_comes_between_posts_has_its_name(things, message: dict[str, Any], name: str):
    """Deletions, limits and the like are counted apart."""
    assert things(message) == [name]


def test_only_what_has_a_key_of_v2_is_a_post_of_v2(things):
    """Else a post of one's own that has an author_id would be unescaped."""
    own = {"id": "1", "text": ESCAPED, "created_at": "2026-11-20", "author_id": "2"}
    (post,) = things(own)
    assert (post.platform, post.text) == ("own", ESCAPED)
    assert {things({**own, key: None})[0].platform for key in twitter.V2_KEYS} == {"twitter"}


def test_an_archive_of_ones_own_has_a_post_in_each_entry(things):
    """Likes are others' posts, without their times."""
    entry = {"tweet": {key: value for key, value in v1().items() if key != "user"}}
    assert things(entry, [entry]) == [things(v1())[0]._replace(author="")] * 2
    assert things({"like": {"tweetId": "1", "fullText": "x"}}) == ["like"]


def test_what_snscrape_wrote_is_read(things):
    """Of a repost the original's text; older versions say content."""
    made = {
        "_type": "snscrape.modules.twitter.Tweet",
        "url": "https://x.example/ann/status/2028000000000000001",
        "date": "2026-11-20T09:30:15+00:00",
        "rawContent": "Salt &amp; butter",
        "id": 2028000000000000001,
        "user": {"_type": "snscrape.modules.twitter.User", "username": "ann", "id": 12},
        "lang": "en",
        "hashtags": ["Bread"],
        "retweetedTweet": None,
    }
    post = Post("2028000000000000001", "Salt & butter", 1795167015, "en", "12", ("bread",), "", "twitter")
    old = {**{key: value for key, value in made.items() if key != "rawContent"}, "content": "Salt &amp; butter"}
    assert things(made, old, {**made, "hashtags": None}) == [post, post, post._replace(hashtags=())]
    repost = {**made, "id": 3, "rawContent": "RT @ann: Salt &", "retweetedTweet": made}
    assert things(repost) == [post._replace(id="3", repost_of=post.id)]
    assert (
        things({"_type": "snscrape.modules.reddit.Comment", "id": "t1_a", "body": "x", "date": "2026-11-20"})[0].id
        == "t1_a"
    )
