"""`gristmill serve`: where it listens, and what it says."""

from __future__ import annotations

import os
import resource
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.test import override_settings

from gristmill.errors import RunError
from gristmill.tiers import actions, commands, receive, serve
from tests.cluster.settings import free_ports


def test_it_answers_says_where_and_ends_in_order(state: Path, tmp_path: Path):
    """With nothing set up: the address, and how the first account is made."""
    bind = f"127.0.0.1:{free_ports(1)[0]}"
    command = [sys.executable, "-m", "gristmill", "serve", "--bind", bind, "--workers", "1"]
    server = subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True)
    try:
        assert server.stderr
        assert server.stderr.readline() == f"serving http://{bind}/ at {bind}; Ctrl-C ends it\n"
        said = server.stderr.readline()
        assert said.startswith(f"there is no account yet; within the hour, make the first at http://{bind}/first/")
        with urllib.request.urlopen(said.split()[-1], timeout=30) as answer:
            assert b"The first account" in answer.read()
        with urllib.request.urlopen(f"http://{bind}/healthz", timeout=30) as answer:
            assert answer.read() == b"ok\n"
    finally:
        server.send_signal(signal.SIGINT)
        assert server.wait(60) == 0
    assert server.stderr.read() == ""


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[serve.Server]:
    """The servers that were started: none is run."""
    started: list[serve.Server] = []

    def run(self: serve.Server) -> None:
        self.cfg.when_ready(None)
        assert callable(self.load())
        started.append(self)

    monkeypatch.setattr(serve.Server, "run", run)
    return started


def test_it_says_nothing_of_accounts_where_there_is_one(state: Path, served: list[serve.Server], capsys):
    """And its address is the one that people know."""
    get_user_model().objects.create_user("ann")
    bind = f"127.0.0.1:{free_ports(1)[0]}"
    with override_settings(URL="https://jobs.example.org"):
        actions.serve(commands.parser("serve").parse_args(["--bind", bind, "--workers", "3"]))
    (server,) = served
    assert (server.cfg.address, server.cfg.workers) == ([("127.0.0.1", int(bind.split(":")[1]))], 3)
    assert capsys.readouterr().err == f"serving https://jobs.example.org/ at {bind}; Ctrl-C ends it\n"


@pytest.mark.parametrize("bind", ["8000", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:99999", "a b:80", "unix:/x"])
def test_what_is_no_address_is_one_line(state: Path, served: list[serve.Server], bind: str):
    """Nothing is started."""
    with pytest.raises(RunError, match=r"is no address; give HOST:PORT, as 127\.0\.0\.1:8000$"):
        serve.serve(bind, 1)
    assert served == []


def test_an_address_that_is_taken_is_one_line(state: Path, served: list[serve.Server]):
    """At once."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(RunError, match=rf"^--bind 127\.0\.0\.1:{port}: Address already in use; name another"):
            serve.serve(f"127.0.0.1:{port}", 1)
    assert served == []


def test_files_that_a_killed_process_left_are_removed(state: Path):
    """After a week; what comes in now stays."""
    folder = state / "incoming"
    receive.sweep()
    for name in ("old.upload", "new.upload"):
        (folder / name).touch()
    week = time.time() - 8 * 86_400
    os.utime(folder / "old.upload", (week, week))
    receive.sweep()
    assert [path.name for path in folder.iterdir()] == ["new.upload"]


def test_a_file_that_is_stored_while_others_are_looked_at_is_left(state: Path):
    """It is gone when it is asked for how old it is."""
    (state / "incoming" / "going.upload").symlink_to("nowhere")
    receive.sweep()


@pytest.mark.parametrize(
    ("limits", "raised"), [((256, 4096), (4096, 4096)), ((99_999, 99_999), (99_999, 99_999)), ((256, -1), (9000, -1))]
)
def test_uploads_of_many_files_may_come_at_once(
    state: Path, served: list[serve.Server], monkeypatch: pytest.MonkeyPatch, limits: tuple[int, int], raised: object
):
    """Each is open while its request comes: a process may have as many as that takes, where the system lets it."""
    monkeypatch.setattr(resource, "getrlimit", lambda _: limits)
    found = []
    monkeypatch.setattr(resource, "setrlimit", lambda _, given: found.append(given))
    serve.serve(f"127.0.0.1:{free_ports(1)[0]}", 1)
    assert found == [raised]
    # nor does a header say which part of a path is where we stand
    assert served[0].cfg.forwarder_headers == []
