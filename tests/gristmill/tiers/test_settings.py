"""The settings, and the state folder: with nothing set up, and with what a person may set."""

from __future__ import annotations

import importlib
import os
import re
import stat
from pathlib import Path

import pytest

from gristmill.errors import RunError
from gristmill.tiers import settings
from gristmill.tiers.state import secret_key, state_folder


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A person's folder, who has set nothing up."""
    for name in ("GRISTMILL_STATE", "GRISTMILL_SECRET_KEY", "MRJOB_CONF", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def loaded(home: Path, conf: str = "") -> object:
    """The settings, as they are with that in mrjob.conf."""
    if conf:
        (home / "mrjob.conf").write_text(conf)
    return importlib.reload(settings)


@pytest.fixture(autouse=True)
def settings_as_they_were() -> object:
    """Other tests have them too."""
    before = dict(vars(settings))
    yield
    vars(settings).update(before)


def test_without_any_file_all_is_kept_in_a_folder_of_this_users_alone(home: Path):
    """Made by the first command."""
    found = loaded(home)
    folder = home / ".local" / "state" / "gristmill"
    assert (folder, stat.S_IMODE(folder.stat().st_mode)) == (found.STATE, 0o700)
    assert (found.MAX_UPLOAD, found.LEASE_SECONDS, found.DEFAULT_FROM_EMAIL) == (10 << 30, 60, "gristmill@localhost")
    assert found.DATABASES["default"]["NAME"] == folder / "tiers.sqlite3"


def test_the_section_of_mrjob_conf_changes_some(home: Path):
    """The others keep their defaults."""
    found = loaded(home, "tiers:\n  state_dir: kept\n  max_upload: 5MB\n  lease_seconds: 2.5\n")
    assert (home / "kept", 5 << 20, 2.5) == (found.STATE, found.MAX_UPLOAD, found.LEASE_SECONDS)
    assert found.DEFAULT_FROM_EMAIL == "gristmill@localhost"


def test_the_address_of_people_says_who_may_be_asked_and_how(home: Path):
    """By https alone where it says so; without one, from this machine alone."""
    found = loaded(home)
    assert (found.ALLOWED_HOSTS, found.CSRF_TRUSTED_ORIGINS) == (["127.0.0.1", "localhost", "[::1]"], [])
    assert (found.SESSION_COOKIE_SECURE, found.SECURE_SSL_REDIRECT, found.SECURE_HSTS_SECONDS) == (False, False, 0)
    found = loaded(home, "tiers:\n  url: https://jobs.example.org:8443/\n")
    assert found.ALLOWED_HOSTS[-1] == "jobs.example.org"
    assert (found.URL, found.CSRF_TRUSTED_ORIGINS) == ("https://jobs.example.org:8443", [found.URL])
    assert found.SESSION_COOKIE_SECURE
    assert found.CSRF_COOKIE_SECURE
    assert found.SECURE_SSL_REDIRECT
    assert found.SECURE_HSTS_SECONDS > 0
    found = loaded(home, "tiers:\n  url: http://jobs.example.org\n")
    assert (found.URL, found.SESSION_COOKIE_SECURE) == ("http://jobs.example.org", False)
    assert loaded(home, "tiers:\n  url: http://[2001:db8::1]:8000\n").ALLOWED_HOSTS[-1] == "[2001:db8::1]"


@pytest.mark.parametrize(
    ("section", "said"),
    [
        ("max_uplaod: 1", r"there is no 'max_uplaod' \(did you mean max_upload\?\), only state_dir, max_upload, .*"),
        ("max_upload: much", "max_upload: 'much' is no number of bytes, as 1000, 64KB, 100MB or 1GB are"),
        ("lease_seconds: 0", "lease_seconds is 0; give it 1 to 86400"),
        ("lease_seconds: true", "lease_seconds is True; give it 1 to 86400"),
        ("mail: post", "mail: 'post' is no server; write one of smtp://.*"),
        ("storage: bucket", "storage: 'bucket' is no place on S3; write s3://BUCKET/PREFIX, .*"),
        ("runner: sparc", r"runner: there is no runner 'sparc' \(did you mean spark\?\); there are local, .*"),
        ("url: jobs.example.org", "url is 'jobs.example.org'; give a scheme and a host, as https://jobs.example.org"),
        ("url: https://example.org/jobs", "url is 'https://example.org/jobs'; give a scheme and a host, as .*"),
        ("url: https://ann@example.org", "url is 'https://ann@example.org'; give a scheme and a host, as .*"),
        ("url: ftp://example.org", "url is 'ftp://example.org'; give a scheme and a host, as .*"),
        ("url: 'https://[x'", r"url is 'https://\[x'; give a scheme and a host, as .*"),
    ],
)
def test_a_setting_of_no_use_is_one_line(home: Path, section: str, said: str):
    """It names the file."""
    with pytest.raises(RunError) as refusal:
        loaded(home, f"tiers:\n  {section}\n")
    assert re.fullmatch(f"settings mrjob.conf: tiers: {said}", str(refusal.value)), str(refusal.value)


def test_the_environment_names_the_folder_first(home: Path, monkeypatch: pytest.MonkeyPatch):
    """Then the settings, then the place of the system's own rule."""
    monkeypatch.setenv("XDG_STATE_HOME", str(home / "xdg"))
    assert state_folder(None) == home / "xdg" / "gristmill"
    assert state_folder("~/conf") == home / "conf"
    monkeypatch.setenv("GRISTMILL_STATE", str(home / "named"))
    assert state_folder("~/conf") == home / "named"


@pytest.mark.parametrize("mode", [0o770, 0o702])
def test_a_folder_that_others_may_write_to_is_refused(home: Path, mode: int):
    """What it holds is believed."""
    (home / "kept").mkdir()
    (home / "kept").chmod(mode)
    with pytest.raises(RunError, match=r"kept: another user may write to it; make it yours alone \(chmod 700\), or"):
        state_folder("kept")


def test_a_folder_of_another_user_is_refused(home: Path, monkeypatch: pytest.MonkeyPatch):
    """Even where only they may write to it."""
    (home / "kept").mkdir()
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    with pytest.raises(RunError, match="another user may write to it"):
        state_folder("kept")


def test_a_folder_that_cannot_be_made_is_one_line(home: Path):
    """It says how to name another."""
    (home / "file").touch()
    with pytest.raises(RunError, match=r"file/kept: Not a directory; name another by \$GRISTMILL_STATE$"):
        state_folder("file/kept")


def test_the_secret_key_is_made_once_for_this_user_alone(home: Path, monkeypatch: pytest.MonkeyPatch):
    """One in the environment goes before it."""
    made = secret_key(home)
    assert len(made) > 50
    assert stat.S_IMODE((home / "secret_key").stat().st_mode) == 0o600
    assert secret_key(home) == made
    monkeypatch.setattr(Path, "exists", lambda _: False)
    # another process made one at the same time
    assert secret_key(home) == made
    assert [path.name for path in home.iterdir()] == ["secret_key"]
    monkeypatch.setenv("GRISTMILL_SECRET_KEY", "given")
    assert secret_key(home) == "given"
