"""Tallies of parts add up to the tally of the whole, to the byte, and a row is a tally."""

from __future__ import annotations

import json
from random import Random
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gristmill.sentiment import rows
from gristmill.sentiment.tally import Tally

TIME = 1_772_348_400  # 2026-03-01T07:00:00Z


class Post(NamedTuple):
    """What a tally asks of a post."""

    id: str
    text: str = "bread"
    author: str = ""
    platform: str = "own"
    time: int = TIME


posts = st.builds(
    Post,
    id=st.sampled_from(["1", "2", "3", "4", "é", "\ud800", "\ud83d\ude42"]) | st.text(max_size=3),
    text=st.sampled_from(["bread", "crumb", "\udfff", "x" * 600]) | st.text(max_size=5),
    author=st.sampled_from(["", "a", "b", "\ud800"]),
    platform=st.sampled_from(["own", "reddit"]),
    time=st.integers(-62_135_596_800, 253_402_300_799),
)
scores = st.one_of(st.sampled_from([-10_000, -501, -500, -499, 0, 499, 500, 501, 10_000]), st.integers(-10_000, 10_000))
scored = st.lists(st.tuples(posts, scores), max_size=30)


def tally_of(pairs: list[tuple[Post, int]], most: int = 3) -> Tally:
    tally = Tally(most)
    for post, score in pairs:
        tally.add_post(post, score)
    return tally


def test_a_row_says_all_of_its_posts():
    """The literal bytes."""
    tally = tally_of(
        [(Post("1", "Good <b>bread</b>", "miller"), 4404), (Post("2", "bad…", "baker"), -5423), (Post("3"), 0)]
    )
    assert rows.format_row(tally) == (
        b'{"authors":{"estimate":2,"sketch":"DVCTK5D0KcMp6j78"},"ci95":[-1.0000,1.0000],"examples":{"most":3,'
        b'"negative":[{"compound":-0.5423,"id":"2","platform":"own","text":"bad\\u2026","time":"2026-03-01T07:00:00Z"}],'
        b'"positive":[{"compound":0.4404,"id":"1","platform":"own","text":"Good <b>bread</b>",'
        b'"time":"2026-03-01T07:00:00Z"}],'
        b'"sample":[{"compound":0.0000,"id":"3","platform":"own","text":"bread","time":"2026-03-01T07:00:00Z"},'
        b'{"compound":-0.5423,"id":"2","platform":"own","text":"bad\\u2026","time":"2026-03-01T07:00:00Z"},'
        b'{"compound":0.4404,"id":"1","platform":"own","text":"Good <b>bread</b>","time":"2026-03-01T07:00:00Z"}]},'
        b'"histogram":[0,0,0,0,0,0,0,0,0,1,0,0,0,0,0,0,0,0,0,0,1,0,0,0,0,0,0,0,1,0,0,0,0,0,0,0,0,0,0,0],'
        b'"mean":-0.0340,"n":3,"negative":1,"net":0.0000,"neutral":1,"p10":-0.5250,"p50":0.0000,"p90":0.4250,'
        b'"positive":1,"positive_ci95":[0.0615,0.7923],"sd":0.4922,"sum":-1019,"sum2":48804145,"v":2}'
    )


@given(pairs=scored, most=st.integers(0, 4), cuts=st.sets(st.integers(0, 30), max_size=5), order=st.randoms())
@settings(max_examples=200, deadline=None)
def test_tallies_of_parts_merge_to_that_of_the_whole(
    pairs: list[tuple[Post, int]], most: int, cuts: set[int], order: Random
):
    """Any order of posts, any parts, any grouping, by way of bytes, rows or neither."""
    whole = tally_of(pairs, most)
    order.shuffle(pairs)
    borders = sorted({0, len(pairs), *(cut for cut in cuts if cut < len(pairs))})
    tallies = [Tally(most)] + [tally_of(pairs[start:end], most) for start, end in zip(borders, borders[1:])]
    while len(tallies) > 1:
        order.shuffle(tallies)
        one, other = tallies.pop(), tallies.pop()
        one.add(on_its_way(other, order.randrange(3)))
        tallies.append(one)
    assert tallies[0].state() == whole.state()
    assert not pairs or rows.format_row(tallies[0]) == rows.format_row(whole)


def on_its_way(tally: Tally, way: int) -> Tally:
    """The tally as it is, or as its state says, or as its row says."""
    if way == 0:
        return Tally.from_state(tally.state())
    if way == 1 and tally.n:
        return rows.parse_row(rows.format_key("all", "", "2026-03-01") + b"\t" + rows.format_row(tally))[1]
    return tally


@given(pairs=scored, most=st.integers(0, 4))
@settings(max_examples=100, deadline=None)
def test_a_tally_says_what_a_plain_count_says(pairs: list[tuple[Post, int]], most: int):
    """Counts, sums, bins and examples, each by its definition."""
    tally = tally_of(pairs, most)
    values = [score for _, score in pairs]
    assert tally.n == len(values)
    assert tally.positive == sum(value >= 500 for value in values)
    assert tally.negative == sum(value <= -500 for value in values)
    assert (tally.sum, tally.sum2) == (sum(values), sum(value**2 for value in values))
    assert tally.histogram == [
        sum(min(39, (value + 10_000) // 500) == place for value in values) for place in range(40)
    ]
    people = {(post.platform, post.author) for post, _ in pairs if post.author}
    assert tally.authors.estimate() == len(people)
    for choice, sign in ((tally.best, -1), (tally.worst, 1)):
        found = [example.compound * sign for example in choice]
        of_posts = {}
        for example in sorted(tally_of(pairs, 99).chosen(), key=lambda one: sign * one.compound):
            of_posts.setdefault(example[1:3], sign * example.compound)
        assert found == sorted(score for score in of_posts.values() if score <= -500)[:most]
    assert len(list(tally.sample)) == min(most, len({example[1:3] for example in tally_of(pairs, 99).sample}))


def test_of_the_copies_of_a_post_one_is_an_example():
    """The most positive one among the positive; the sample takes the first by time, sentiment and text."""
    copies = [(Post("1", "good"), 4404), (Post("1", "great"), 6249), (Post("1", "bad"), -5423)] * 40
    tally = tally_of(copies)
    assert tally.n == 120
    assert [example.text for example in tally.best] == ["great"]
    assert [example.text for example in tally.worst] == ["bad"]
    assert [example.text for example in tally.sample] == ["bad"]


def test_tallies_with_other_numbers_of_examples_merge_to_the_less():
    """More could not be known to be the first of all."""
    few, many = tally_of([(Post("1"), 9000), (Post("2"), 8000)], 1), tally_of([(Post("3"), 7000), (Post("4"), 6000)], 5)
    for one, other in ((few, many), (many, few)):
        merged = Tally.from_state(one.state())
        merged.add(other)
        assert merged.most == 1
        assert [example.id for example in merged.best] == ["1"]


def test_a_long_text_is_cut():
    """A row has room for five hundred characters of each example."""
    tally = tally_of([(Post("1", "🙂" * 501), 600), (Post("2", "x" * 500), 700)])
    assert [example.text for example in tally.best] == ["x" * 500, "🙂" * 499 + "…"]


def test_most_posts_make_no_example():
    """What a tally holds does not grow with its posts."""
    tally = Tally(2)
    for number in range(5000):
        tally.add_post(Post(str(number), author=str(number)), number % 20_001 - 10_000)
    assert len(tally.chosen()) <= 6
    assert len(tally.state()) < 3000


ROW = (
    rows.format_key("topic", "bread", "2026-03-01T07")
    + b"\t"
    + rows.format_row(tally_of([(Post("1", "good", "a"), 4404)]))
)


def test_a_key_is_utf_8():
    """As people read it; controls are escaped, so a key is part of one line."""
    key = rows.format_key("topic", "Mühle 水车\t\r\n", "2026-03-01T07")
    assert key == '["topic","Mühle 水车\\t\\r\\n","2026-03-01T07"]'.encode()
    assert rows.parse_row(key + ROW[ROW.index(b"\t") :])[0] == ("topic", "Mühle 水车\t\r\n", "2026-03-01T07")


def test_a_row_of_version_1_is_read():
    """Its key is ASCII; halves of surrogate pairs, which no UTF-8 has, are U+FFFD then."""
    old = rb'["topic","M\u00fchle \ud83c\udf5e \ud800","2026-03-01"]' + ROW[ROW.index(b"\t") :].replace(
        b'"v":2', b'"v":1'
    )
    key, tally = rows.parse_row(old)
    assert key == ("topic", "Mühle 🍞 \ufffd", "2026-03-01")
    assert rows.format_row(tally) == ROW.partition(b"\t")[2]


def test_a_row_of_what_was_not_scored_has_its_number_alone():
    """It adds up as others do, and no figure is made of it."""
    tally = Tally()
    tally.unscored = 3
    assert rows.format_row(tally) == b'{"n":3,"v":2}'
    line = rows.format_key("unscored", "language", "2026-03") + b'\t{"n":3,"v":2}'
    assert rows.is_row(line)
    key, again = rows.parse_row(line)
    assert key == ("unscored", "language", "2026-03")
    again.add(tally)
    again.add(Tally.from_state(tally.state()))
    assert (again.n, again.unscored) == (0, 9)
    assert set(again.derive().values()) == {None}
    assert Tally.from_state(again.state()).unscored == 9
    for bad in (b'{"n":0,"v":2}', b'{"n":-1,"v":2}', b'{"v":2}', b'{"n":1,"v":3}'):
        with pytest.raises(ValueError, match=r"counts do not agree|no count|'n'|not of version 2 or before"):
            rows.parse_row(line.replace(b'{"n":3,"v":2}', bad))


def test_a_row_is_known_by_its_looks():
    """Posts as JSON, CSV and TSV are none."""
    assert rows.is_row(ROW)
    assert rows.is_row(b' [ "all", "a\\tb", "2026-03-01"] \t {"n": 1}')
    for line in (b"", b'{"id":1}\t{', b'["id","text"]\t{', b'["all","",2]', b'[{"kind":"Listing"}]', b"id\ttext\t{"):
        assert not rows.is_row(line)


def test_a_row_that_another_program_wrote_is_read():
    """White space, the order of names and the form of decimals are no matter; what is derived is left aside."""
    _, value = ROW.split(b"\t")
    fields = {**json.loads(value), "mean": 7, "more": None}
    line = b'["topic", "bread", "2026-03-01T07"]\t' + json.dumps(dict(reversed(fields.items())), indent=1).encode()
    assert rows.parse_row(line)[0] == ("topic", "bread", "2026-03-01T07")
    assert rows.format_row(rows.parse_row(line)[1]) == value


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"v":2', b'"v":3'),
        (b'"v":2', b'"v":0'),
        (b'"v":2', b'"v":"2"'),
        (b'"v":2', b'"w":2'),
        (b'"n":1,', b'"n":2,'),
        (b'"positive":1', b'"positive":0'),
        (b'"positive":1', b'"positive":true'),
        (b'"positive":1', b'"positive":1.0'),
        (b'"neutral":0', b'"neutral":-1'),
        (b'"sum":4404', b'"sum":4405'),
        (b'"sum":4404', b'"sum":"4404"'),
        (b'"sum2":19395216', b'"sum2":193952160'),
        (b'"sum2":19395216', b'"sum2":' + b"9" * 10_000),
        (b'"histogram":[0,', b'"histogram":[1,'),
        (b'"histogram":[0,', b'"histogram":['),
        (b'"histogram":[0,', b'"histogram":[NaN,'),
        (b'"sketch":"', b'"sketch":"A'),
        (b'"most":3', b'"most":-3'),
        (b'"compound":0.4404', b'"compound":1.1'),
        (b'"compound":0.4404', b'"compound":1e999'),
        (b'"compound":0.4404', b'"compound":null'),
        (b'"id":"1"', b'"id":1'),
        (b'"time":"2026', b'"time":"0000'),
        (b'"time":"2026-03-01T07', b'"time":"2026-03-01 07'),
        (b'"examples":{', b'"examples":[{'),
        (b'"examples":{', b'"examples":' + b"[" * 100_000),
        (b'"2026-03-01T07"]', b'"2026-03-01T7"]'),
        (b'"2026-03-01T07"]', b'"2026-03-01T07",1]'),
        (b'"2026-03-01T07"]', b"7]"),
        (b'"bread"', b"1"),
        (b'"topic"', b'"subject"'),
        (b"}", b""),
        (b"good", b"\xff"),
    ],
)
def test_a_row_that_breaks_a_rule_is_refused(old: bytes, new: bytes):
    """Whatever it holds, the error is the one that says so."""
    assert old in ROW
    with pytest.raises(ValueError, match=r"."):
        rows.parse_row(ROW.replace(old, new, 1))
