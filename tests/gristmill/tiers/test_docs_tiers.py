"""docs/tiers.md: its commands print what it shows, and each option and setting stands in it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from gristmill.job.programs import TIERS
from gristmill.tiers import commands

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "tiers.md").read_text(encoding="utf-8")
ID = re.compile(r"\d{8}-\d{6}-[0-9a-f]{8}")


def test_its_commands_print_what_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """One after the other, by a person who has set nothing up; … stands for what is left out."""
    for name in ("GRISTMILL_STATE", "MRJOB_CONF", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
    (tmp_path / "data").symlink_to(ROOT / "data")
    block, _ = re.findall(r"^```text\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    (shown_id,) = set(ID.findall(block))
    request = shown_id
    for each in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        line, *shown = each.splitlines()
        command = line.replace(shown_id, request)
        done = subprocess.run(["bash", "-c", f"{command} 2>&1"], cwd=tmp_path, capture_output=True, text=True)
        if line.startswith("gristmill upload"):
            request = done.stdout.strip()
        lines = ["(?:.*\n)*" if part == "…" else re.escape(part.replace(shown_id, request)) + "\n" for part in shown]
        assert re.fullmatch("".join(lines), done.stdout), done.stdout
    assert (tmp_path / ".local/state/gristmill/mail" / f"{request}.eml").exists()


@pytest.mark.parametrize("name", TIERS)
def test_each_command_and_option_stands_in_it(name: str):
    """And no option that there is none of."""
    rows = re.search(rf"^\| `gristmill {name}.*\n(?:\| \|.*\n)*", PAGE, re.MULTILINE)
    assert rows
    described = set(re.findall(r"`(--[a-z-]+)", rows[0].replace("gristmill report - -o", "")))
    shown = set(re.findall(r"--[a-z-]+", commands.parser(name).format_usage()))
    assert described == shown


def test_each_address_of_the_api_stands_in_it():
    """With its filters; and the curl examples ask for none that there is none of."""
    from django.urls import resolve

    from gristmill.tiers.api_requests import FILTERS

    rows = re.findall(r"^\| `(?:GET|POST|DELETE) (/api/\S+?)`", PAGE, re.MULTILINE)
    told = {resolve(each.replace("NUMBER", "17")).view_name for each in rows}
    assert told == {
        *["api-request-list", "api-request-detail", "api-request-cancel", "api-result-detail", "api-result-download"],
        *["api-document-list", "api-document-detail", "api-token"],
    }
    asked = re.findall(r"\$api(/[\w/-]+)", PAGE)
    assert {resolve(f"/api{each}").view_name for each in asked} <= told
    assert ", ".join(f"`{name}`" for name in FILTERS) in PAGE


def test_each_setting_stands_in_it():
    """With the value that it has where it is left out."""
    (block,) = re.findall(r"^```yaml\ntiers:\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    from gristmill.tiers.settings import DEFAULTS

    written = {name: value for name, value in re.findall(r"^  (\w+): +(\S+) ", block, re.MULTILINE)}
    assert written == {
        **{name: "null" if value is None else str(value) for name, value in DEFAULTS.items()},
        "state_dir": "~/.local/state/gristmill",
        "url": "null",
    }
