"""Which jobs and options a request may name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gristmill.errors import RunError
from gristmill.tiers.jobs import JOBS, allowed_options, checked_options, checked_word, job_name, requested_job
from gristmill.tiers.models import Role

#: What a request may have, by its job.
ALLOWED = {
    "index": "docid-from encoding max-line max-postings payload skip-unreadable stem stop-words strict",
    "sentiment": "by columns dedupe encoding examples format keywords languages max-line originals-only scorer "
    "skip-unreadable strict time-format window",
}
#: What names a file of the machine that runs the job, or a command that it runs, or where it runs.
NEVER = """
setup c conf-path no-conf D jobconf file files archives dirs py-files libjars cmdenv sh-bin python-bin bootstrap
task-python-bin hadoop-bin sort-bin local-tmp-dir output-dir o step-output-dir runner r cleanup help h input
mapper reducer combiner args steps
"""


@pytest.mark.parametrize("job", JOBS)
def test_the_options_of_a_request_are_those_that_the_job_alone_has(job: str):
    """This list is what was looked at: a new option is looked at too."""
    assert sorted(allowed_options(job)) == ALLOWED[job].split()


@pytest.mark.parametrize("job", JOBS)
def test_an_option_of_every_job_is_refused(job: str):
    """With a value, without one, with hyphens, and in parts."""
    allowed = allowed_options(job)
    assert len(NEVER.split()) > 30
    for given in (form for name in NEVER.split() for form in (f"{name}=x", name, f"--{name}", f"-{name}", name[:3])):
        with pytest.raises(RunError, match=re.escape(f"option {given.partition('=')[0]!r}")):
            checked_word(given, allowed)


def test_options_become_words_that_mean_one_thing():
    """A value is never a word of its own."""
    assert checked_options("index", ["payload=tf", "strict", "stop-words=english"]) == [
        *["--payload=tf", "--strict", "--stop-words=english"]
    ]
    assert checked_options("sentiment", ["keywords=bread,ferry", "by=topic", "time-format=%d/%m/%Y"]) == [
        *["--keywords=bread,ferry", "--by=topic", "--time-format=%d/%m/%Y"]
    ]
    assert checked_options("sentiment", ["keywords=--setup=x"]) == ["--keywords=--setup=x"]


@pytest.mark.parametrize(
    ("job", "given", "said"),
    [
        ("index", "paylod=tf", r"option 'paylod' \(did you mean payload\?\): it is none of docid-from, .*strict"),
        ("index", "payload=all", "argument --payload: invalid choice: 'all' .*"),
        ("index", "payload", "option 'payload' needs a value; write payload=VALUE"),
        ("index", "strict=yes", "option 'strict' takes no value; leave out =yes"),
        ("index", "encoding=a\nb", "option 'encoding': its value holds control characters; leave them out"),
        ("index", "stop-words=../secret", "option 'stop-words': '../secret' is a path, and no file is read here; .*"),
        ("sentiment", "keywords=/etc/hosts", "option 'keywords': '/etc/hosts' is a path, and no file is read here; .*"),
        ("sentiment", "keywords=words.txt", "option 'keywords': 'words.txt' is a path, and no file is read here; .*"),
        ("sentiment", "by=topic", "--by topic: say what makes topics by --keywords"),
        ("sentiment", "format=csv", "--format is of printed output: .*"),
    ],
)
def test_an_option_of_no_use_is_one_line(
    job: str, given: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """It says what is wrong, or the job's own check does; no file is read for it."""
    (tmp_path / "words.txt").write_text("mill: mill\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(RunError) as refusal:
        checked_options(job, [given])
    assert re.fullmatch(said, str(refusal.value)), str(refusal.value)


def test_a_job_has_the_name_of_its_command_and_of_its_module():
    """Any other is one line, with the nearest."""
    assert [job_name(name) for name in ("index", "inverted_index", "sentiment", "sentiment_agg")] == [
        *["index", "index", "sentiment", "sentiment"]
    ]
    for name, near in (("inverted_indx", " (did you mean inverted_index?)"), ("stream", ""), ("report", "")):
        with pytest.raises(RunError) as refusal:
            job_name(name)
        there = "index, inverted_index, sentiment, sentiment_agg"
        assert str(refusal.value) == f"there is no job {name!r}{near}; there are {there}"


def test_a_request_names_a_job_or_brings_programs():
    """And what does not go together is one line."""
    assert requested_job("inverted_index", ["strict"], []) == ("index", ["--strict"])
    assert requested_job("", [], [Role.MAPPER, Role.REDUCER]) == ("stream", [])
    for given, said in (
        (("index", [], [Role.MAPPER]), "programs of your own take the place of a job; leave them out, or leave .*"),
        (("", [], []), r"a request names a job \(index, sentiment\) or brings a mapper; give one of the two"),
        (("", [], [Role.REDUCER]), r"a request names a job \(index, sentiment\) or brings a mapper; give .*"),
        (("", ["strict"], [Role.MAPPER]), "an option is one of a job; programs of your own have none"),
    ):
        with pytest.raises(RunError, match=f"^{said}$"):
            requested_job(*given)
