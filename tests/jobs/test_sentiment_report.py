"""The report as a user makes it: from the command line."""

from __future__ import annotations

import io
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from gristmill.sentiment import rows
from gristmill.sentiment.tally import Tally
from jobs import sentiment_report
from tests.two_users import OTHER

if TYPE_CHECKING:
    from tests.conftest import RunJob

MODULE = ("-m", "jobs.sentiment_report")


class Post(NamedTuple):
    id: str = "1"
    text: str = "Good bread"
    author: str = "a"
    platform: str = "own"
    time: int = 1_772_348_400


def row(value: str = "bread", score: int = 5000) -> bytes:
    tally = Tally()
    tally.add_post(Post(), score)
    return rows.format_key("topic", value, "2026-03-01T07") + b"\t" + rows.format_row(tally) + b"\n"


@pytest.fixture
def hours(tmp_path: Path) -> Path:
    """An output directory of the job."""
    folder = tmp_path / "hours"
    folder.mkdir()
    (folder / "part-00000").write_bytes(row())
    (folder / "part-00001").write_bytes(row("mill"))
    (folder / "_SUCCESS").write_bytes(b"")
    return folder


def test_a_directory_a_file_and_a_pipe_make_the_same_page(run_job: RunJob, hours: Path, tmp_path: Path) -> None:
    """To a file or to standard output; nothing else is said."""
    made = run_job(*MODULE, hours, "-o", tmp_path / "report.html")
    assert (made.returncode, made.stdout, made.stderr) == (0, b"", b"")
    page = (tmp_path / "report.html").read_bytes()
    assert page.startswith(b"<!DOCTYPE html>\n")
    assert page.endswith(b"</html>\n")
    whole = tmp_path / "whole"
    whole.write_bytes(row() + row("mill"))
    assert run_job(*MODULE, whole, "-o", "-").stdout == page
    assert run_job(*MODULE, "-", "-o", "-", stdin=whole.read_bytes()).stdout == page


def test_several_outputs_add_up(run_job: RunJob, hours: Path, tmp_path: Path) -> None:
    """Folders, files and globs; what a folder lacks is told on stderr and on the page."""
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "part-00001").write_bytes(row())
    made = run_job(*MODULE, hours, tmp_path / "mor*", hours / "part-00001", "-o", tmp_path / "report.html")
    assert made.returncode == 0
    assert made.stderr.decode() == (
        f"warning: {tmp_path}/more has no _SUCCESS: the job that wrote it did not end, or not well; the page is of "
        f"what is there\nwarning: {tmp_path}/more lacks part-00000; the page is of what is there\n"
    )
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "<b>4 mentions</b> of 2 topics" in page
    assert f"<li>{tmp_path}/more lacks part-00000. The page is of what is there.</li>" in page


def test_a_pipe_in_place_of_a_file_makes_the_page_of_that_file(hours: Path, tmp_path: Path) -> None:
    """As the shell's <(…) is one."""
    command = f"{sys.executable} -m jobs.sentiment_report <(cat {hours}/part-*) -o {tmp_path}/page"
    made = subprocess.run(["bash", "-c", command], capture_output=True, check=True)
    assert made.stderr == b""
    sentiment_report.main([str(hours), "-o", str(tmp_path / "same")])
    assert (tmp_path / "page").read_bytes() == (tmp_path / "same").read_bytes()


STREAMS = [
    ("- -o page <&-", "error: standard input is closed; give files or folders\n", 1),
    ("- -o page 0>log", "error: standard input: Bad file descriptor; give a file or a folder\n", 1),
    ("hours -o - >/dev/full", "error: standard output: No space left on device; what was printed is not whole\n", 1),
    ("hours -o - >&-", "error: standard output is closed; open it, or name a place to write to by -o\n", 1),
    ("--help >/dev/full", "error: standard output: No space left on device; what was printed is not whole\n", 1),
    ("hours -o page <&- >&-", "", 0),
    ("hours -o - >&- 2>&-", "", 1),
    ("hours >&-", "error: the following arguments are required: -o; --help lists the options\n", 2),
]


@pytest.mark.parametrize(("command", "said", "status"), STREAMS, ids=[command for command, _, _ in STREAMS])
def test_streams_that_are_closed_or_full_are_one_line(hours: Path, command: str, said: str, status: int) -> None:
    """As with every other command."""
    report = f"{sys.executable} -m jobs.sentiment_report"
    made = subprocess.run(
        ["bash", "-c", f"{report} {command}"],
        cwd=hours.parent,
        capture_output=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert (made.stderr.decode(), made.returncode) == (said, status)


def test_a_title_is_utf8_in_any_locale(run_job: RunJob, hours: Path) -> None:
    """Also where the locale is C and Python is told to have no UTF-8 mode."""
    ran = run_job(*MODULE, hours, "-o", "-", "--title", "Mühle", env={"LC_ALL": "C", "PYTHONUTF8": "0"})
    assert "<title>Mühle</title>".encode() in ran.stdout


def test_a_file_takes_the_place_of_the_one_before(hours: Path, tmp_path: Path) -> None:
    """Also through a link; with the rights that any new file has; nothing is left beside it."""
    (tmp_path / "real.html").write_bytes(b"old")
    (tmp_path / "link.html").symlink_to("real.html")
    before = os.umask(0o027)
    try:
        sentiment_report.main([str(hours), "-o", str(tmp_path / "link.html"), "--title", "Bread in March"])
    finally:
        os.umask(before)
    assert b"<title>Bread in March</title>" in (tmp_path / "real.html").read_bytes()
    assert (tmp_path / "link.html").is_symlink()
    assert stat.S_IMODE((tmp_path / "real.html").stat().st_mode) == 0o640
    assert sorted(path.name for path in tmp_path.iterdir()) == ["hours", "link.html", "real.html"]


def test_the_page_is_written_by_a_name_that_nobody_knows_before(hours: Path, tmp_path: Path) -> None:
    """A link that lies where a name could be known is not followed."""
    (tmp_path / "precious").write_bytes(b"kept")
    for name in (f".report.html.{os.getpid()}", ".report.html", "report.html.tmp"):
        (tmp_path / name).symlink_to("precious")
    sentiment_report.main([str(hours), "-o", str(tmp_path / "report.html")])
    assert (tmp_path / "precious").read_bytes() == b"kept"
    assert (tmp_path / f".report.html.{os.getpid()}").is_symlink()
    assert not (tmp_path / "report.html").is_symlink()


def test_another_users_link_is_not_written_through(
    hours: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It could lead to a file that they may not write to."""
    (tmp_path / "precious").write_bytes(b"kept")
    (tmp_path / "report.html").symlink_to("precious")
    if os.getuid() == 0:
        os.lchown(tmp_path / "report.html", OTHER, OTHER)
    else:  # who cannot give a link away is taken for another
        monkeypatch.setattr(os, "geteuid", lambda: OTHER)
    with pytest.raises(SystemExit) as raised:
        sentiment_report.main([str(hours), "-o", str(tmp_path / "report.html")])
    assert str(raised.value.code).startswith(f"error: output {tmp_path}/report.html: a link of another user; name ano")
    assert (tmp_path / "precious").read_bytes() == b"kept"


def test_a_device_is_written_and_not_replaced(hours: Path) -> None:
    """As with -o /dev/null."""
    sentiment_report.main([str(hours), "-o", "/dev/null"])
    assert not Path("/dev/null").is_file()


def test_bad_input_is_one_line_and_leaves_the_old_page(run_job: RunJob, hours: Path, tmp_path: Path) -> None:
    """It names file and line."""
    page = tmp_path / "report.html"
    page.write_bytes(b"old")
    (hours / "part-00001").write_bytes(row("mill") + b"torn")
    made = run_job(*MODULE, hours, "-o", page)
    assert made.returncode == 1
    assert made.stderr.decode() == (
        f"error: {hours}/part-00001, line 2: b'torn' is no row of jobs.sentiment_agg; give what that job wrote, whole\n"
    )
    assert page.read_bytes() == b"old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["hours", "report.html"]


def test_a_row_of_a_newer_version_says_so(run_job: RunJob, tmp_path: Path) -> None:
    """And what to do."""
    made = run_job(*MODULE, "-", "-o", tmp_path / "x", stdin=row().replace(b'"v":2', b'"v":3'))
    assert made.returncode == 1
    assert made.stderr == (
        b"error: standard input, line 1: a row of version 3, and this Gristmill reads versions up to 2; make the "
        b"report with the one that wrote the row\n"
    )
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize(
    ("to", "why"),
    [("hours", "Is a directory"), ("nowhere/report.html", "No such file or directory")],
)
def test_an_output_that_cannot_be_written_is_one_line(hours: Path, tmp_path: Path, to: str, why: str) -> None:
    """And nothing is left."""
    with pytest.raises(SystemExit) as raised:
        sentiment_report.main([str(hours), "-o", str(tmp_path / to)])
    assert raised.value.code == f"error: output {tmp_path / to}: {why}; name another file by -o, or make room"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["hours"]


@pytest.mark.parametrize(
    ("args", "why"),
    [
        ([], "the following arguments are required: OUTPUT, -o"),
        (["hours", "-o"], "argument -o: expected one argument"),
        (["hours", "-o", "x", "--bogus"], "unrecognized arguments: --bogus"),
        (["hours"], "the following arguments are required: -o"),
        (["hours", "-o", "x", "--top", "0"], "argument --top: '0' is no number from 1 on"),
        (["hours", "-o", "x", "--top", "many"], "argument --top: 'many' is no number from 1 on"),
    ],
)
def test_a_mistake_on_the_command_line_ends_with_2(
    args: list[str], why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """And says which."""
    with pytest.raises(SystemExit) as raised:
        sentiment_report.main(args)
    assert raised.value.code == 2
    assert capsys.readouterr().err == f"error: {why}; --help lists the options\n"


def test_top_says_how_many_values_are_shown(hours: Path, tmp_path: Path) -> None:
    """The others are counted on the page."""
    sentiment_report.main([str(hours), "-o", str(tmp_path / "x"), "--top", "1"])
    page = (tmp_path / "x").read_text(encoding="utf-8")
    assert "The biggest of 2 topics. The other 1 has 1 post and is not shown" in page
    assert page.count("<article") == 1


def test_help_has_examples(run_job: RunJob) -> None:
    """Of a directory, a pipe and standard output."""
    made = run_job(*MODULE, "--help")
    assert made.returncode == 0
    assert b"python -m jobs.sentiment_report hours -o report.html\n" in made.stdout
    assert b"| python -m jobs.sentiment_report - -o days.html\n" in made.stdout


def test_help_and_mistakes_name_the_command_that_was_typed(capsys: pytest.CaptureFixture[str]) -> None:
    """`gristmill report` works where `python -m jobs.…` may be a module of the user's."""
    with pytest.raises(SystemExit):
        sentiment_report.main(["--help"], prog="gristmill report")
    shown = capsys.readouterr().out
    assert shown.startswith("usage: gristmill report ")
    assert "  gristmill sentiment --window day hours | gristmill report - -o days.html\n" in shown
    assert "python -m" not in shown
    with pytest.raises(SystemExit):
        sentiment_report.main(["hours"], prog="gristmill report")
    assert capsys.readouterr().err == "error: the following arguments are required: -o; --help lists the options\n"


def test_a_reader_that_has_seen_enough_ends_it_quietly(tmp_path: Path) -> None:
    """As `head` does; the page is longer than a pipe holds: two megabytes."""
    (tmp_path / "rows").write_bytes(b"".join(row(f"topic {number}") for number in range(500)))
    command = [sys.executable, *MODULE, str(tmp_path / "rows"), "-o", "-", "--top", "500"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(10)
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 1


def test_ctrl_c_ends_it_with_130(hours: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And no traceback."""

    class Keys(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise KeyboardInterrupt

    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(Keys()))
    with pytest.raises(SystemExit) as raised:
        sentiment_report.main(["-", "-o", "x"])
    assert raised.value.code == 130
