"""A run that could use no line of its input fails, and one that could not use most of them warns."""

from __future__ import annotations

import logging
import shutil
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from gristmill.errors import InputError
from gristmill.job.usable_lines import LOG, LineRule, check_lines

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.conftest import RunJob

RULE = LineRule((("read", "posts"), ("read", "rows")), frozenset(("torn", "no id")), "a line is a post.")
WANTED = {
    "inverted_index": "a line is docid TAB text; give --docid-from file where each file is a document, or make such "
    "lines (of a CSV by tr , '\\t', of JSON Lines by "
    r"""jq -r '"\(.id)\t" + (.text | gsub("\\s+"; " "))', of a JSON list with .[] | before that)""",
    "sentiment_agg": "a line is a post as JSON, a list of them, or a row of a table; name a table's columns by "
    "--columns, or put each post on a line of its own by jq -c .",
    "unknown shape": "a post has an id, a text and a time, under names such as id, text, created_at; rename its own by "
    "jq -c '{id, text: .body, created_at: .date}', or take posts out of what they are nested in by jq -c '.items[]'",
}


def counters(**amounts: int) -> list[dict[str, dict[str, int]]]:
    """Counters of two steps, in which the first has lines."""
    names = {name: amounts[name] for name in ("torn", "no_id", "like") if name in amounts}
    lines = {name.replace("_", " "): count for name, count in names.items()}
    return [{"input": lines, "read": {"posts": amounts.get("posts", 0)}}, {"read": {"rows": amounts.get("rows", 0)}}]


@pytest.mark.parametrize(
    "amounts", [{}, {"like": 5}, {"torn": 0}, {"torn": 1, "posts": 1}, {"torn": 1, "no_id": 1, "rows": 1, "posts": 1}]
)
def test_a_run_that_can_use_half_of_its_lines_is_well(
    amounts: Mapping[str, int], caplog: pytest.LogCaptureFixture
) -> None:
    """What a stream says besides, and an input of no lines, are no faults."""
    check_lines(counters(**amounts), RULE, list)
    assert caplog.records == []


def test_a_run_that_can_use_none_fails() -> None:
    """What was met most comes first; places stand behind, where they are known."""
    with pytest.raises(InputError) as caught:
        check_lines(counters(torn=1, no_id=1200, like=7), RULE, lambda: ["a, line 1: torn", "a, line 2: no id"])
    said = "none of 1,201 lines could be used (no id: 1,200, torn: 1; the first: a, line 1: torn; a, line 2: no id)"
    assert str(caught.value) == f"{said}; a line is a post."
    with pytest.raises(InputError, match=r"^none of 1 line could be used \(torn: 1\); a line is a post\.$"):
        check_lines(counters(torn=1), RULE, list)


def test_the_commonest_fault_says_what_to_try() -> None:
    """Where the job knows."""
    rule = replace(RULE, hints={"no id": "give ids."})
    with pytest.raises(InputError, match=r"^none of 5 lines could be used \(no id: 3, torn: 2\); give ids\.$"):
        check_lines(counters(torn=2, no_id=3), rule, list)
    with pytest.raises(InputError, match=r"^none of 5 lines could be used \(torn: 3, no id: 2\); a line is a post\.$"):
        check_lines(counters(torn=3, no_id=2), rule, list)


def test_what_most_lines_lose_by_is_warned_of(caplog: pytest.LogCaptureFixture) -> None:
    """Though they are used."""
    rule = replace(RULE, doubts={"like": "mend them."})
    with caplog.at_level(logging.WARNING, LOG):
        check_lines(counters(like=2, posts=4), rule, list)
        assert caplog.messages == []
        check_lines(counters(like=3, posts=4), rule, list)
    assert caplog.messages == ["warning: like (3 of 4); mend them."]


@pytest.mark.parametrize(
    ("job", "data", "said"),
    [
        ("sentiment_agg", b'{"id":"1","text":"good","created_at":"yes"}\n', "--time-format, such as '%d.%m.%Y %H:%M'"),
        ("sentiment_agg", b'{"id":"1","text":"caf\xe9"}\n', "error: none of 1 line could be used (no time: 1; "),
        (
            "sentiment_agg",
            b'{"hello":7}\n',
            "a post has an id, a text and a time, under names such as id, te",
        ),
        (
            "inverted_index",
            b"a\tcaf\xe9\n",
            "warning: text is not UTF-8 (1 of 1); words are cut there; name its encoding, such as by --encoding cp1252",
        ),
        (
            "sentiment_agg",
            b'{"id":"1","text":"caf\xe9","created_at":"2026-11-20"}\n',
            "warning: not UTF-8 (1 of 1); letters are lost there; name the encoding, such as by --encoding cp1252",
        ),
    ],
)
def test_a_hint_is_of_what_is_wrong(run_job: RunJob, job: str, data: bytes, said: str) -> None:
    """And no list of all that might be."""
    ran = run_job("-m", f"jobs.{job}", "--no-conf", "-q", stdin=data)
    assert said in ran.stderr.decode()
    assert ran.stderr.count(b"\n") == 1


def test_jq_makes_the_lines_that_the_hint_says() -> None:
    """A line a document, whatever its text holds."""
    if not (jq := shutil.which("jq")):
        pytest.skip("jq is not installed")
    program = WANTED["inverted_index"].partition("jq -r '")[2].partition("'")[0]
    document = b'{"id":%s,"text":"a\\n\\tb\\\\n"}'
    made = subprocess.run([jq, "-r", program], input=document % b"7", stdout=subprocess.PIPE, check=True).stdout
    assert made == b"7\ta b\\n\n"
    both = b"[%s,%s]" % (document % b"7", document % b'"x"')
    made = subprocess.run([jq, "-r", f".[] | {program}"], input=both, stdout=subprocess.PIPE, check=True).stdout
    assert made == b"7\ta b\\n\nx\ta b\\n\n"


def test_a_run_that_cannot_use_most_warns(caplog: pytest.LogCaptureFixture) -> None:
    """And goes on."""
    with caplog.at_level(logging.WARNING, LOG):
        check_lines(counters(torn=2, posts=1), RULE, list)
    assert caplog.messages == ["warning: 2 of 3 lines could not be used (torn: 2); a line is a post."]


#: Files of people who look for something else, by their jobs: lines, and the counter of the first.
STRANGE = {
    "inverted_index": [
        (b"once upon a time\nthere was a mill\n", "no TAB"),
        (b"id,text\n1,rye\n", "no TAB"),
        (b'{"id": "1", "text": "rye"}\n', "no TAB"),
        (b'[{"id": "1"}]\n', "no TAB"),
        (b"\trye\n\toat\n", "empty docid"),
    ],
    "sentiment_agg": [(b"once upon a time\nthere was a mill\n", "not JSON"), (b'{"a": 1}\n', "unknown shape")],
}


@pytest.mark.parametrize("runner", ["local", "inline"])
@pytest.mark.parametrize(("job", "data", "fault"), [(job, *row) for job, rows in STRANGE.items() for row in rows])
def test_an_input_of_which_no_line_can_be_used_is_an_error(
    run_job: RunJob, tmp_path: Path, runner: str, job: str, data: bytes, fault: str
) -> None:
    """It says what was looked for, what was met where, and what to try; there is no output."""
    (tmp_path / "in.txt").write_bytes(data)
    ran = run_job("-m", f"jobs.{job}", "--no-conf", "-q", "-r", runner, "-o", tmp_path / "out", tmp_path / "in.txt")
    lines = data.count(b"\n")
    places = "; ".join(f"{tmp_path}/in.txt, line {line}: {fault}" for line in range(1, lines + 1))
    some = f"{lines} line{'s' if lines > 1 else ''}"
    why, wanted = f"{fault}: {lines}; the first: {places}", WANTED.get(fault, WANTED[job])
    said = f"error: none of {some} could be used ({why}); {wanted}\n"
    assert (ran.returncode, ran.stdout, ran.stderr.decode()) == (1, b"", said)
    assert [path.name for path in tmp_path.iterdir()] == ["in.txt"]


@pytest.mark.parametrize("runner", ["local", "inline"])
def test_a_warning_of_most_lines_is_not_silenced(run_job: RunJob, runner: str) -> None:
    """Standard input has no name; the three lines are those of the first tasks."""
    data = b"a\tmill\n" + b"no tab\n" * 9
    ran = run_job("-m", "jobs.inverted_index", "--no-conf", "-q", "-r", runner, stdin=data)
    places = "; ".join(f"standard input, line {line}: no TAB" for line in (2, 3, 4))
    said = f"warning: 9 of 10 lines could not be used (no TAB: 9; the first: {places}); {WANTED['inverted_index']}\n"
    assert (ran.returncode, ran.stdout, ran.stderr.decode()) == (0, b"mill\ta\n", said)


def test_an_empty_input_and_what_streams_say_are_no_faults(run_job: RunJob) -> None:
    """The run ends well, and has no rows."""
    assert run_job("-m", "jobs.inverted_index", "--no-conf", stdin=b"").returncode == 0
    ran = run_job("-m", "jobs.sentiment_agg", "--no-conf", stdin=b'\n{"delete": {"status": {"id": 1}}}\n')
    assert (ran.returncode, ran.stdout) == (0, b"")


def test_a_mapper_in_a_pipe_of_a_shell_says_so_itself(run_job: RunJob) -> None:
    """It has no driver; a task that has one leaves that to it, since its split may be a bad one among good ones."""
    ran = run_job("-m", "jobs.inverted_index", "--mapper", stdin=b"no tab\n")
    assert ran.returncode == 1
    assert ran.stderr.decode().splitlines()[0] == "reporter:status:standard input, line 1: no TAB"
    said = f"error: none of 1 line could be used (no TAB: 1); {WANTED['inverted_index']}"
    assert ran.stderr.decode().splitlines()[-1] == said
    task = {"mapreduce_task_id": "task_1"}
    assert run_job("-m", "jobs.inverted_index", "--mapper", stdin=b"no tab\n", env=task).returncode == 0


def test_spark_says_so_too(run_job: RunJob, tmp_path: Path) -> None:
    """Without the places."""
    (tmp_path / "in.txt").write_bytes(b"no tab\n")
    ran = run_job("-m", "jobs.inverted_index", "-q", "-r", "spark", "-o", tmp_path / "out", tmp_path / "in.txt")
    said = f"error: none of 1 line could be used (no TAB: 1); {WANTED['inverted_index']}\n"
    assert (ran.returncode, ran.stdout, ran.stderr.decode()) == (1, b"", said)
    assert [path.name for path in tmp_path.iterdir()] == ["in.txt"]


def test_posts_and_rows_that_were_read_are_counted(run_job: RunJob) -> None:
    """Whether they make a row or not."""
    post = b'{"id":1,"text":"good","time":1772348400}\n'
    row = run_job("-m", "jobs.sentiment_agg", "--no-conf", "-q", stdin=post).stdout
    ran = run_job("-m", "jobs.sentiment_agg", "--no-conf", "--languages", "en", stdin=post + row)
    assert ran.returncode == 0, ran.stderr.decode()
    assert "\tread\n\t\tposts=1\n\t\trows=1\n" in ran.stderr.decode()
