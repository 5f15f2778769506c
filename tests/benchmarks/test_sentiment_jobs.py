import pytest

from benchmarks import sentiment_jobs
from benchmarks.peers.nltk_mrjob import hour, text
from benchmarks.sentiment_jobs import our_row, scorers, their_row


def test_rows_of_both_jobs_are_brought_to_one_form():
    """The hour, and what both say of it."""
    ours = b'["all","","2026-03-01T07"]\t{"n":3,"negative":1,"neutral":0,"positive":2,"sum":-5,"v":1}\n'
    assert our_row(ours) == their_row(b'"2026-03-01T07"\t[3, 2, 1, -5]\n') == b'["2026-03-01T07", 3, 2, 1, -5]'
    assert our_row(b'["unscored","language","2026-03-01T07"]\t{"n":4,"v":2}\n') == b""


@pytest.mark.parametrize(
    ("post", "found"),
    [
        ({"text": "a &amp; b"}, "a &amp; b"),
        ({"id_str": "1", "text": "a &amp; b"}, "a & b"),
        ({"id_str": "1", "text": "a…", "extended_tweet": {"full_text": "all of it"}}, "all of it"),
        ({"id_str": "1", "text": "RT @b: a…", "retweeted_status": {"text": "a whole"}}, "a whole"),
    ],
)
def test_the_other_job_reads_the_text_that_ours_reads(post, found):
    """Or the two would not do the same."""
    assert text(post) == found


@pytest.mark.parametrize("created", ["2026-03-01T07:59:59Z", "Sun Mar 01 07:59:59 +0000 2026"])
def test_the_other_job_knows_the_hour(created):
    """As both formats write it."""
    assert hour(created) == "2026-03-01T07"


def test_without_nltk_the_scorers_are_absent(monkeypatch):
    """It says so, and goes on."""
    monkeypatch.setattr(sentiment_jobs, "find_spec", lambda _: None)
    assert scorers(sentiment_jobs.SMOKE, 0) == "absent: nltk is not installed\n"
