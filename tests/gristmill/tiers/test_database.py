"""The database: what the setting means, and what is said where it cannot be used.

MariaDB itself is tried by test_queue_conformance.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core import checks
from django.db import OperationalError

from gristmill.errors import RunError
from gristmill.tiers import apps
from gristmill.tiers.database import check_collation, telling_of_database
from gristmill.tiers.database_settings import database_settings
from tests.gristmill.tiers.conftest import gristmill


def test_a_file_of_the_state_folder_is_the_default():
    """Nothing is to be set up."""
    found = database_settings("sqlite", Path("/state"))
    assert (found["ENGINE"], found["NAME"]) == ("django.db.backends.sqlite3", Path("/state/tiers.sqlite3"))


def test_a_url_names_a_database_of_mariadb(monkeypatch: pytest.MonkeyPatch):
    """Its password comes from the environment."""
    monkeypatch.setenv("GRISTMILL_DATABASE_PASSWORD", "p@ss")
    found = database_settings("mariadb://mi%40ll@db.example.org:3307/tiers?ssl_ca=/etc/ca.pem", Path("/state"))
    named = {name: found[name] for name in ("ENGINE", "NAME", "USER", "HOST", "PORT", "PASSWORD")}
    assert named == {
        "ENGINE": "django.db.backends.mysql",
        "NAME": "tiers",
        "USER": "mi@ll",
        "HOST": "db.example.org",
        "PORT": "3307",
        "PASSWORD": "p@ss",
    }
    assert found["OPTIONS"]["ssl"] == {"ca": "/etc/ca.pem"}
    assert found["OPTIONS"]["isolation_level"] == "read committed"


def test_a_server_of_this_machine_is_named_by_its_socket(monkeypatch: pytest.MonkeyPatch):
    """Django takes a path for one."""
    monkeypatch.delenv("GRISTMILL_DATABASE_PASSWORD", raising=False)
    found = database_settings("mariadb://mill@localhost/tiers?unix_socket=/run/s", Path("/state"))
    assert (found["HOST"], found["PORT"], found["PASSWORD"], "ssl" in found["OPTIONS"]) == ("/run/s", "", "", False)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            "mysql://mill@db/tiers",
            "database is 'mysql://mill@db/tiers'; write sqlite, or mariadb://USER@HOST/NAME with",
        ),
        ("mariadb://db/tiers", "database is 'mariadb://db/tiers'; write"),
        ("mariadb://mill@db", "database is 'mariadb://mill@db'; write"),
        ("mariadb://mill@db/a/b", "database is 'mariadb://mill@db/a/b'; write"),
        (7, "database is 7; write"),
        ("mariadb://mill@db:port/tiers", "database: 'mariadb://mill@db:port/tiers': Port could not be cast"),
        ("mariadb://mill:hush@db/tiers", "database: leave the password out: a file is no place for it; give it by $"),
        ("mariadb://mill@db/tiers?ssl=1", "database: there is no 'ssl' behind the ?, only ssl_ca and unix_socket"),
    ],
)
def test_a_setting_of_no_use_is_one_line(given: object, said: str):
    """It says how to write it."""
    with pytest.raises(RunError, match=f"^{re.escape(said)}"):
        database_settings(given, Path("/state"))


def test_without_its_driver_the_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch):
    """It is a part of the extra."""
    monkeypatch.setitem(sys.modules, "pymysql", None)
    with pytest.raises(
        RunError, match=r"^database: MariaDB needs PyMySQL; install it: pip install 'gristmill\[tiers\]'$"
    ):
        database_settings("mariadb://mill@db/tiers", Path("/state"))


class Connection:
    """One to a database with a collation."""

    vendor = "mysql"

    def __init__(self, *row: str) -> None:
        self.settings_dict = {"NAME": "tiers"}
        self.row = row

    def cursor(self) -> Any:
        """Itself."""
        return self

    def __enter__(self) -> Any:
        return SimpleNamespace(execute=lambda _: None, fetchone=lambda: self.row)

    def __exit__(self, *_: object) -> None:
        """Nothing to close."""


def test_a_database_that_takes_one_name_for_another_is_refused():
    """The line says how to make one that does not."""
    check_collation(Connection("utf8mb4", "utf8mb4_nopad_bin"))
    for row in (("utf8mb4", "utf8mb4_general_ci"), ("latin1", "latin1_bin")):
        with pytest.raises(RunError, match=r"Ann is ann, .*CREATE DATABASE tiers CHARACTER SET utf8mb4 COLLATE "):
            check_collation(Connection(*row))


def test_djangos_own_commands_refuse_it_too(monkeypatch: pytest.MonkeyPatch):
    """A server is set up by `migrate`, and by no command of ours."""
    asked = {"tags": ["database"], "databases": ["default"]}
    assert checks.run_checks(**asked) == []
    monkeypatch.setattr(apps, "connections", {"default": Connection("utf8mb4", "utf8mb4_general_ci")})
    (error,) = [found for found in checks.run_checks(**asked) if found.id == "tiers.E001"]
    assert "Ann is ann" in error.msg
    assert apps.check_databases(None) == []


def test_a_database_that_cannot_be_used_is_one_line():
    """Whatever the command."""
    said = r"^database .*: it is gone; see that it is there, and that you may use it$"
    with pytest.raises(RunError, match=said), telling_of_database():
        raise OperationalError("it is gone")


def test_a_server_that_is_not_there_is_one_line(state: Path, monkeypatch: pytest.MonkeyPatch):
    """And the exit status is 1."""
    conf = state.with_name("mrjob.conf")
    conf.write_text(f"tiers:\n  database: mariadb://mill@localhost/tiers?unix_socket={state}/none\n")
    done: subprocess.CompletedProcess[str] = gristmill("status", "--all")
    assert (done.returncode, done.stdout) == (1, "")
    assert re.fullmatch(
        r"error: database tiers: .*Can't connect to MySQL server on .*; see that it is.*\n", done.stderr
    )
