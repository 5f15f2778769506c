"""A post on its way to its copies."""

from __future__ import annotations

from gristmill.posts.reader import Post
from gristmill.sentiment import dedupe
from gristmill.sentiment.tally import Scored, Tally

POST = Post("1", "é bread", 1_772_348_400, "en", "ann", (), "", "own")
KEYS = [("all", "", "2026-03-01"), ("author", "own:ann", "2026-03-01")]


def test_what_is_packed_is_there_again():
    """Counted, it makes the same tally."""
    name, record = dedupe.pack(KEYS, Scored(POST, 4404), len(POST.text))
    assert name == b"8697c09bad57db97cf3af462478e934d"
    assert record == (
        b'9999992["b34b38fef66f","own","1",1772348400,4404,"\\u00e9 bread",'
        b'[["all","","2026-03-01"],["author","own:ann","2026-03-01"]]]'
    )
    keys, scored, size = dedupe.unpack(record)
    assert scored
    assert (keys, size) == (KEYS, 7)
    tally, again = Tally(), Tally()
    tally.add_post(POST, 4404)
    again.add_scored(scored)
    assert again.state() == tally.state()


def test_a_post_that_is_not_scored_is_packed_without_its_text():
    """It is known as that post by the same hash."""
    key = [("unscored", "language", "2026-03-01")]
    name, record = dedupe.pack_unscored(key, POST)
    assert name == dedupe.pack(KEYS, Scored(POST, 4404), 7)[0]
    assert record == b'~~~~~~~["","own","1",1772348400,null,"",[["unscored","language","2026-03-01"]]]'
    assert dedupe.unpack(record) == (key, None, 0)


def test_the_copy_with_most_text_stays():
    """Then the first in the order of bytes; whatever the order in which they come."""
    texts = ["bread", "bread and", "bread and a link that was cut…" * 30, "bread and a link that was cut!" * 30]
    records = [dedupe.pack(KEYS, Scored(POST._replace(text=text), 0), len(text))[1] for text in texts]
    for some in (records, records[::-1]):
        assert dedupe.first_record(some) == (records[3], 4)


def test_a_copy_that_is_scored_stays_before_one_that_is_not():
    """However little text it has."""
    scored = dedupe.pack(KEYS, Scored(POST._replace(text=""), 0), 0)[1]
    unscored = dedupe.pack_unscored(KEYS[:1], POST)[1]
    assert dedupe.first_record([unscored, scored]) == dedupe.first_record([scored, unscored]) == (scored, 2)


def test_a_post_has_one_name_on_each_platform():
    """The name of a row is its key, which begins with a bracket."""
    names = {dedupe.pack(KEYS, Scored(post, 0), 1)[0] for post in (POST, POST._replace(platform="reddit"), POST)}
    assert len(names) == 2
    assert all(map(dedupe.is_hash, names))
    assert not dedupe.is_hash(b'["all","","2026-03-01"]')
