"""mrjob.conf: which one is used, and the error of one that cannot be."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from tests.two_users import OTHER, needs_root

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import RunJob

#: A job that tells what a setting is.
TELLING = """\
import os
from gristmill.job.base import Job


class Telling(Job):
    def mapper(self, _, line):
        yield os.environ.get("WHO"), line


Telling.run()
"""


def test_settings_come_from_the_first_file_that_exists(run_job: RunJob, tmp_path: Path) -> None:
    """-c FILE, then $MRJOB_CONF, then ./mrjob.conf, then ~/.mrjob.conf."""
    (tmp_path / "telling.py").write_text(TELLING)
    env = {"HOME": str(tmp_path / "home"), "MRJOB_CONF": str(tmp_path / "of-env.conf")}
    (tmp_path / "home").mkdir()
    order = {"of-c": "of-c.conf", "of-env": "of-env.conf", "of-here": "mrjob.conf", "of-home": "home/.mrjob.conf"}
    for who, path in order.items():
        settings = {"cmdenv": {"WHO": who}}
        # YAML reads JSON
        (tmp_path / path).write_text(json.dumps({"runners": {"local": settings, "inline": settings}}))
    for runner in ("local", "inline"):
        args = ["telling.py", "-q", "-r", runner]
        ran = run_job(*args, "-c", "of-c.conf", cwd=tmp_path, env=env, stdin=b"x\n")
        assert ran.stdout == b'"of-c"\t"x"\n'
        assert run_job(*args, "--no-conf", cwd=tmp_path, env=env, stdin=b"x\n").stdout == b'null\t"x"\n'
    for who in ("of-env", "of-here", "of-home"):
        assert run_job("telling.py", "-q", cwd=tmp_path, env=env, stdin=b"x\n").stdout == f'"{who}"\t"x"\n'.encode()
        (tmp_path / order[who]).unlink()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "No such file or directory; check the path"),
        (
            b"runners: [\n",
            "while parsing a flow node expected the node content, but found '<stream end>' in \"my.conf\", line 2, "
            "column 1; mend that file",
        ),
        (b"\xff\xfe", "not UTF-8; save the file as UTF-8"),
        (b"a word\n", "the whole is 'a word'; it must be names with values, one a line"),
        (b"- a\n", "the whole is \"['a']\"; it must be names with values, one a line"),
        (b"runners: 7\n", "runners is '7'; it must be names with values, one a line"),
        (b"runners:\n  local: 7\n", "runners: local is '7'; it must be names with values, one a line"),
        (
            b"runners:\n  local:\n    jobconf: 7\n",
            "runners: local: jobconf is '7'; it must be names with values, one a line",
        ),
        (
            b"runners:\n  local:\n    cmdenv: !clear 7\n",
            "runners: local: cmdenv is '7'; it must be names with values, one a line",
        ),
    ],
)
def test_settings_that_cannot_be_used_fail_in_one_line(
    run_job: RunJob, tmp_path: Path, content: bytes | None, message: str
) -> None:
    """Nothing is run."""
    (tmp_path / "telling.py").write_text(TELLING)
    if content is not None:
        (tmp_path / "my.conf").write_bytes(content)
    ran = run_job("telling.py", "-q", "-c", "my.conf", cwd=tmp_path, stdin=b"x\n")
    assert (ran.returncode, ran.stdout) == (1, b"")
    assert ran.stderr.decode() == f"error: settings my.conf: {message}\n"


@pytest.mark.parametrize("content", [b"", b"# nothing\n", b"runners:\n", b"runners:\n  local:\n    cmdenv: !clear\n"])
def test_settings_with_empty_places_are_none(run_job: RunJob, tmp_path: Path, content: bytes) -> None:
    """As one leaves a section whose lines are commented out."""
    (tmp_path / "telling.py").write_text(TELLING)
    (tmp_path / "mrjob.conf").write_bytes(content)
    assert run_job("telling.py", "-q", cwd=tmp_path, stdin=b"x\n").stdout == b'null\t"x"\n'


def test_a_file_that_settings_include_is_looked_into_too(run_job: RunJob, tmp_path: Path) -> None:
    """Its path is from the file that includes it, whatever the current folder; two that include each other end."""
    (tmp_path / "telling.py").write_text(TELLING)
    (tmp_path / "site").mkdir()
    (tmp_path / "my.conf").write_text("include: site/a.conf\n")
    (tmp_path / "site" / "a.conf").write_text("include: [b.conf, ../my.conf]\nrunners: {local: {cmdenv: {WHO: a}}}\n")
    (tmp_path / "site" / "b.conf").write_text("runners: {local: {cmdenv: {WHO: b}}}\n")
    assert run_job("telling.py", "-q", "-c", "my.conf", cwd=tmp_path, stdin=b"x\n").stdout == b'"a"\t"x"\n'
    (tmp_path / "site" / "b.conf").write_text("runners: []\n")
    ran = run_job("telling.py", "-q", "-c", "my.conf", cwd=tmp_path, stdin=b"x\n")
    assert ran.returncode == 1
    assert ran.stderr.decode().endswith("/site/b.conf: runners is '[]'; it must be names with values, one a line\n")


@pytest.mark.parametrize("kind", ["--dirs", "--files", "--archives"])
def test_a_path_to_send_along_that_is_not_there_is_named(run_job: RunJob, tmp_path: Path, kind: str) -> None:
    """It is no fault of the settings."""
    (tmp_path / "telling.py").write_text(TELLING)
    ran = run_job("telling.py", "-q", "--no-conf", kind, "/nowhere", cwd=tmp_path, stdin=b"x\n")
    assert (ran.returncode, ran.stdout) == (1, b"")
    message = (
        "/nowhere is not a directory; check the path"
        if kind == "--dirs"
        else "/nowhere, which the job sends to its tasks: No such file or directory; check the path"
    )
    assert ran.stderr.decode() == f"error: {message}\n"


def test_a_run_that_does_not_start_leaves_no_folder(run_job: RunJob, tmp_path: Path) -> None:
    """Nor where what it sends along would be packed there."""
    (tmp_path / "telling.py").write_text(TELLING)
    for name in ("sent", "scratch"):
        (tmp_path / name).mkdir()
    sends = ["--dirs", "sent", "--files", "/nowhere", "--local-tmp-dir", "scratch"]
    ran = run_job("telling.py", "-q", "--no-conf", *sends, cwd=tmp_path, stdin=b"x\n")
    assert (ran.returncode, list((tmp_path / "scratch").iterdir())) == (1, [])


WHO = "runners: {local: {cmdenv: {WHO: %s}}}\n"
NOT_READ = "settings {}: not read, since another user may have written it; name it by -c to use it"


def telling(run_job: RunJob, cwd: Path, *args: str) -> tuple[bytes, list[str]]:
    """Who the job says it is, and what it says of settings."""
    (cwd / "telling.py").write_text(TELLING)
    env = {"HOME": str(cwd / "home")}
    ran = run_job("telling.py", *args, cwd=cwd, env=env, stdin=b"x\n")
    assert ran.returncode == 0, ran.stderr.decode()
    said = [line for line in ran.stderr.decode().splitlines() if line.startswith("settings ")]
    return ran.stdout.partition(b"\t")[0], said


@pytest.mark.parametrize("strange", ["file", "folder", "include", "link"])
def test_settings_that_all_may_write_to_are_named_to_be_read(run_job: RunJob, tmp_path: Path, strange: str) -> None:
    """They are passed over where they are only found, with one line: the next that is found is read."""
    here = tmp_path / "here"
    (here / "home").mkdir(parents=True)
    (here / "home" / ".mrjob.conf").write_text(WHO % "home")
    (here / "mrjob.conf").write_text("include: more.conf\n" + WHO % "here")
    (here / "more.conf").write_text("")
    assert telling(run_job, here) == (b'"here"', [])
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o777)
    if strange == "link":
        (here / "mrjob.conf").rename(tmp_path / "open" / "mrjob.conf")
        (here / "mrjob.conf").symlink_to(tmp_path / "open" / "mrjob.conf")
        (tmp_path / "open" / "more.conf").write_text("")
    changed, mode = {
        "file": (here / "mrjob.conf", 0o666),
        "folder": (here, 0o1777),
        "include": (here / "more.conf", 0o646),
        "link": (tmp_path / "open", 0o777),
    }[strange]
    changed.chmod(mode)
    path = str(here / "more.conf") if strange == "include" else "mrjob.conf"
    assert telling(run_job, here) == (b'"home"', [NOT_READ.format(path)])
    assert telling(run_job, here, "-c", "mrjob.conf") == (b'"here"', [])


def test_a_folder_called_as_settings_is_none(run_job: RunJob, tmp_path: Path) -> None:
    """As before."""
    (tmp_path / "mrjob.conf").mkdir()
    assert telling(run_job, tmp_path) == (b"null", [])


@needs_root
@pytest.mark.parametrize("whose", ["file", "folder", "link", "home"])
def test_settings_of_another_user_are_named_to_be_read(run_job: RunJob, tmp_path: Path, whose: str) -> None:
    """A run as root in a folder of theirs does not run their commands."""
    (tmp_path / "home").mkdir()
    name = "home/.mrjob.conf" if whose == "home" else "mrjob.conf"
    path = tmp_path / name
    path.write_text(WHO % "theirs")
    if whose == "link":
        path.rename(tmp_path / "real.conf")
        path.symlink_to("real.conf")
    os.lchown(tmp_path if whose == "folder" else path, OTHER, OTHER)
    told = str(path) if whose == "home" else name
    assert telling(run_job, tmp_path) == (b"null", [NOT_READ.format(told)])
    assert telling(run_job, tmp_path, "-c", name) == (b'"theirs"', [])
