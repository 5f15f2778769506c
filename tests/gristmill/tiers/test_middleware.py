"""What goes for every answer of the web."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.db import DatabaseError, connection
from django.test import Client, override_settings

from gristmill.tiers.middleware import POLICY


def test_a_health_check_is_answered_under_any_name_of_the_host(state: Path, monkeypatch: pytest.MonkeyPatch):
    """Load balancers ask by a number; 503 where the database does not answer."""
    client = Client(headers={"host": "10.0.0.7"})
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")

    def broken() -> None:
        raise DatabaseError

    monkeypatch.setattr(connection, "cursor", broken)
    assert client.get("/healthz").status_code == 503
    monkeypatch.undo()
    assert client.get("/").status_code == 400


def test_each_answer_has_the_policy_and_is_what_it_says_that_it_is(state: Path):
    """No script or style of a page itself, no frame, no guess at the type."""
    for address in ("/sign-in/", "/nowhere/", "/static/tiers/page.css"):
        answer = Client().get(address)
        assert answer["Content-Security-Policy"] == POLICY
        assert answer["X-Content-Type-Options"] == "nosniff"
    assert Client().get("/sign-in/")["X-Frame-Options"] == "DENY"


def test_what_says_that_it_is_too_long_is_not_read(state: Path):
    """Before anyone is asked who they are."""

    class Unread(io.BytesIO):
        def read(self, *_: object) -> bytes:
            raise AssertionError

    with override_settings(MAX_UPLOAD=1000, MAX_FORM=100):
        answer = Client().post("/sign-in/", CONTENT_LENGTH="1101", **{"wsgi.input": Unread()})
        assert answer.status_code == 413
        assert b"at most 1000\xc2\xa0bytes" in answer.content
        for length in ("0", "", "no number"):
            assert Client().get("/sign-in/", CONTENT_LENGTH=length).status_code == 200


def test_the_shipped_settings_have_nothing_that_django_warns_of(state: Path, tmp_path: Path):
    """Behind https, as its own check has it."""
    (tmp_path / "mrjob.conf").write_text("tiers:\n  url: https://jobs.example.org\n")
    command = [sys.executable, "-m", "gristmill.tiers", "check", "--deploy", "--fail-level", "DEBUG"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("System check identified no issues")


def test_pages_of_errors_need_nothing(state: Path):
    """Where even the person is not known."""
    from django.template.loader import render_to_string

    for name in ("400.html", "404.html", "403_csrf.html", "500.html"):
        assert "<h1>" in render_to_string(name)
    assert get_user_model().objects.count() == 0
