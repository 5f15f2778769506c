"""The commands, as a person types them."""

from __future__ import annotations

import getpass
import importlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Callable

import pytest

from gristmill.errors import RunError
from gristmill.job.programs import TIERS
from gristmill.tiers import account, actions, commands, status
from gristmill.tiers import request as life
from gristmill.tiers.models import Request, State
from gristmill.tiers.submit import run_folder
from tests.gristmill.tiers.conftest import gristmill, work

if TYPE_CHECKING:
    Ask = Callable[..., str]

INDEX = "mill\ta\nrye\tb\nthe\ta\tb\n"


def here(name: str, *words: object) -> None:
    """What a command does, in this process."""
    getattr(actions, name)(commands.parser(name).parse_args(list(map(str, words))))


def test_from_upload_to_result(state: Path, documents: Path, tmp_path: Path):
    """With no settings of a person's, in any folder: the id, its state, the mail, the rows."""
    (state / "tiers.sqlite3").unlink()
    done = gristmill("upload", "docs.tsv", "--job", "inverted_index", "--mail", "ann@example.org", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(r"\d{8}-\d{6}-[0-9a-f]{8}\n", done.stdout)
    request = done.stdout.strip()
    done = gristmill("consume", "--once", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == f"request {request}: taken\nrequest {request}: DONE\n"
    done = gristmill("status", request, cwd=tmp_path)
    assert done.stdout.startswith(f"request {request}\nstate   DONE\njob     index\n")
    done = gristmill("result", request, cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, INDEX, "")
    (letter,) = (state / "mail").iterdir()
    assert f"Subject: gristmill index is done ({request})\n" in letter.read_text()
    # all of it is this user's alone
    assert {path.stat().st_mode & 0o077 for path in state.rglob("*") if not path.is_symlink()} == {0}


def test_programs_are_uploaded_by_their_files(state: Path, documents: Path, tmp_path: Path, capsys):
    """A mapper, and a reducer where there is one."""
    (tmp_path / "map.awk").write_text("#!/usr/bin/awk -f\n{ print $2 }\n")
    (tmp_path / "reduce.sh").write_text("#!/bin/sh\nuniq -c | awk '{ print $2, $1 }'\n")
    programs = ["--mapper", tmp_path / "map.awk", "--reducer", tmp_path / "reduce.sh"]
    here("upload", documents, *programs, "--mail", "ann@example.org")
    request = capsys.readouterr().out.strip()
    work()
    here("result", request)
    assert capsys.readouterr().out == "the 2\n"
    here("upload", documents, "--mapper", tmp_path / "map.awk", "--mail", "ann@example.org")
    assert [upload.name for upload in Request.objects.latest("created").uploads.order_by("pk")] == [
        *["docs.tsv", "map.awk"]
    ]


def test_what_does_not_go_together_is_one_line(state: Path, documents: Path):
    """Before anything is stored."""
    for words, said in (
        (
            ["--job", "index", "--reducer", documents],
            "programs of your own take the place of a job; leave them out, or leave out the job",
        ),
        (["--mapper", documents, "--option", "strict"], "an option is one of a job; programs of your own have none"),
    ):
        with pytest.raises(RunError) as refusal:
            here("upload", documents, *words, "--mail", "ann@example.org")
        assert str(refusal.value) == said
    assert not Request.objects.exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["upload", "x"], "error: the following arguments are required: --mail; --help lists the options\n"),
        (["consume", "--workers", "0"], "error: argument --workers: '0' is no number from 1 on; --help lists .*\n"),
        (["status"], "error: one of the arguments ID --all is required; --help lists the options\n"),
        (["status", "x"], "error: there is no request 'x'; gristmill status --all lists them\n"),
    ],
)
def test_a_mistake_is_one_line(state: Path, words: list[str], said: str):
    """On stderr, and the status is 2 for the command line's, else 1."""
    done = gristmill(*words)
    assert (done.stdout, done.returncode) == ("", 1 if "no request" in said else 2)
    assert re.fullmatch(said, done.stderr), done.stderr


def test_a_result_is_asked_for_too_early_or_in_vain(state: Path, ask: Ask):
    """The line says how the request is."""
    request = ask()
    with pytest.raises(RunError, match=rf"^request {request} has no result; it is QUEUED$"):
        here("result", request)
    life.cancel(request)
    work()
    said = f"^request {request} has no result; it ended as CANCELLED: gristmill status {request} says why$"
    with pytest.raises(RunError, match=said):
        here("result", request)


def test_a_result_that_is_gone_is_one_line(state: Path, ask: Ask):
    """And no output without rows."""
    request = ask()
    work()
    shutil.rmtree(run_folder(request).output)
    with pytest.raises(RunError, match=rf"^request {request}: its output is no longer in .*/output; upload its files"):
        here("result", request)


def test_a_result_of_compressed_parts_is_printed_as_text(state: Path, documents: Path, tmp_path: Path, capsys):
    """The settings of the machine may have them so."""
    with (tmp_path / "mrjob.conf").open("a") as conf:
        conf.write("    jobconf:\n      mapreduce.output.fileoutputformat.compress: true\n")
    here("upload", documents, "--job", "index", "--mail", "ann@example.org")
    request = capsys.readouterr().out.strip()
    work()
    assert [path.suffix for path in run_folder(request).output.glob("part-*")] != [""]
    here("result", request)
    assert capsys.readouterr().out == INDEX


def test_all_requests_are_listed_the_newest_first(ask: Ask, capsys):
    """A line each; names that a person gave cannot move the cursor."""
    ids = [ask("ann"), ask("ben")]
    Request.objects.filter(pk=ids[1]).update(owner="ben\x1b[2J")
    here("status", "--all")
    assert capsys.readouterr().out.splitlines() == [
        f"{ids[1]}  QUEUED                    ben\\x1b[2J  stream  docs.tsv, map.sh",
        f"{ids[0]}  QUEUED                    ann  stream  docs.tsv, map.sh",
    ]


def test_a_state_says_what_is_to_come(ask: Ask, capsys):
    """Cancelled, and not yet told; to be cancelled, and not yet ended."""
    waiting, running = ask("ann"), ask("ben")
    assert life.claim(running)
    life.cancel(waiting)
    life.cancel(running)
    here("status", "--all")
    shown = [line.partition("  ")[2].partition("   ")[0] for line in capsys.readouterr().out.splitlines()]
    assert shown == ["SUBMITTING (to be cancelled)  ben  stream  docs.tsv, map.sh", "NOTIFYING (CANCELLED)"]


def test_a_request_is_printed_with_its_events(ask: Ask, capsys):
    """And with all else that is known of it."""
    request = ask()
    work()
    capsys.readouterr()
    here("status", request)
    shown = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", "TIME", capsys.readouterr().out)
    assert re.sub(r"by .*", "by X", shown) == (
        f"request {request}\nstate   DONE\njob     stream\nowner   ann\nmail    ann@example.org\n"
        f"result  {run_folder(request).output}\ninput   docs.tsv, 21 bytes\n"
        f"mapper  map.sh, {Request.objects.get().uploads.get(role='mapper').size} bytes\n"
        "TIME  QUEUED      queued\nTIME  SUBMITTING  taken by X\nTIME  SUBMITTING  run begun\nTIME  RUNNING     runs\n"
        "TIME  NOTIFYING   ends as DONE\nTIME  NOTIFYING   mail begun\nTIME  DONE        mail sent\n"
    )


def test_json_is_an_object_a_line(ask: Ask, capsys):
    """With the fields that a program wants."""
    ids = [ask("ann"), ask("ben")]
    here("status", "--all", "--json")
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [each["id"] for each in found] == ids[::-1]
    one = found[1]
    assert (one["state"], one["owner"], one["job"], one["options"], one["why"]) == ("QUEUED", "ann", "stream", [], "")
    assert [(each["role"], each["name"]) for each in one["uploads"]] == [("input", "docs.tsv"), ("mapper", "map.sh")]
    assert [(each["state"], each["text"]) for each in one["events"]] == [("QUEUED", "queued")]


def test_watch_prints_each_change_until_all_have_ended(ask: Ask, capsys, monkeypatch: pytest.MonkeyPatch):
    """What has not changed is not printed again."""
    request = ask()
    lease = life.claim(request)
    assert lease
    steps = iter(
        [
            lambda: None,
            lambda: life.move(lease, State.SUBMITTING, State.RUNNING, "runs"),
            lambda: life.move(lease, State.RUNNING, State.DONE, "done"),
        ]
    )
    monkeypatch.setattr(status.time, "sleep", lambda _: next(steps)())
    here("status", "--all", "--watch")
    assert re.findall(r"  ([A-Z]+) ", capsys.readouterr().out) == ["SUBMITTING", "RUNNING", "DONE"]


def test_a_user_without_a_name_has_a_number(monkeypatch: pytest.MonkeyPatch):
    """As in a container."""

    def nameless() -> str:
        raise KeyError("uid not found")

    assert account.system_user() == getpass.getuser()
    monkeypatch.setattr(account.getpass, "getuser", nameless)
    assert account.system_user() == str(os.getuid())


def test_without_django_a_command_says_what_to_install(monkeypatch: pytest.MonkeyPatch):
    """So does a Python that is too old."""
    monkeypatch.setattr(commands, "find_spec", lambda _: None)
    said = r"^gristmill status needs Django, gunicorn, .*; install what is missing: pip install 'gristmill\[tiers\]'$"
    with pytest.raises(RunError, match=said):
        commands.main("status", ["--all"])
    monkeypatch.setattr(sys, "version_info", (3, 9, 18))
    said = r"^gristmill status needs Python 3\.10 or later; install one, and gristmill\[tiers\] in it$"
    with pytest.raises(RunError, match=said):
        commands.main("status", ["--all"])


@pytest.mark.parametrize("name", TIERS)
def test_each_command_has_its_help(name: str):
    """What it does first."""
    text = commands.parser(name).format_help()
    assert text.startswith(f"usage: gristmill {name} ")
    assert TIERS[name] in " ".join(text.lower().split())


def test_python_dash_m_is_djangos_own_command(state: Path):
    """It knows our settings, and finds nothing wrong, and no change of the tables without its migration."""
    for words in (["check"], ["makemigrations", "--check", "--dry-run"]):
        command = [sys.executable, "-m", "gristmill.tiers", *words]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr


def test_a_database_that_djangos_command_makes_is_this_users_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """It holds what opens the accounts."""
    folder = tmp_path / "new"
    folder.mkdir(mode=0o755)
    monkeypatch.setenv("GRISTMILL_STATE", str(folder))
    command = [sys.executable, "-m", "gristmill.tiers", "migrate", "auth", "0001", "--verbosity=0"]
    assert subprocess.run(command, umask=0o022).returncode == 0
    assert (folder / "tiers.sqlite3").stat().st_mode & 0o077 == 0


def test_the_import_of_its_module_runs_nothing():
    """Tools that look for tests or for documentation import every module."""
    assert callable(importlib.import_module("gristmill.tiers.__main__").main)


def test_the_rest_of_the_library_imports_no_django(tmp_path: Path):
    """Nor do the commands before they run."""
    code = "import sys, gristmill.command, gristmill.tiers.commands, gristmill.jobs.inverted_index; "
    code += "print([name for name in sys.modules if name.startswith(('django', 'gristmill.tiers.'))])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "['gristmill.tiers.commands']\n", done.stderr
