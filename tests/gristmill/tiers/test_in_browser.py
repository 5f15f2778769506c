"""The web as people meet it: in a browser, light and dark, wide and narrow, by keyboard.

Pictures of it go to the folder that $SCREENSHOTS names, for people to look at; without it, to a temporary one.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Callable

import pytest
from django.conf import global_settings
from django.contrib.auth import get_user_model
from django.test import override_settings

from gristmill.tiers.models import Request
from tests.browser import Browser
from tests.cluster.settings import free_ports
from tests.gristmill.tiers.conftest import work

if TYPE_CHECKING:
    from collections.abc import Iterator

PASSWORD = "rye and wheat 7"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    started = Browser()
    yield started
    started.close()


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = Path(os.environ.get("SCREENSHOTS") or tmp_path_factory.mktemp("screenshots"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def address(state: Path, tmp_path: Path) -> Iterator[str]:
    """Where a real server answers, on the database of the test."""
    bind = f"127.0.0.1:{free_ports(1)[0]}"
    command = [sys.executable, "-m", "gristmill", "serve", "--bind", bind, "--workers", "1"]
    server = subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True)
    assert server.stderr
    assert server.stderr.readline().startswith("serving ")
    yield f"http://{bind}"
    server.send_signal(signal.SIGTERM)
    server.wait(60)


def test_from_the_first_account_to_the_rows(
    address: str, browser: Browser, pictures: Path, documents: Path, documented: Callable[[str], None]
):
    """Sign in, send a file, choose, watch, see the rows: with nothing on the console, and nothing from elsewhere."""
    # the server checks it as everyone's
    with override_settings(PASSWORD_HASHERS=global_settings.PASSWORD_HASHERS):
        get_user_model().objects.create_superuser("ann", "ann@example.org", PASSWORD)
    browser.open(address)
    documented("sign-in")
    browser.fill("#id_username", "ann")
    browser.fill("#id_password", f"{PASSWORD}\n")
    browser.wait("document.title.startsWith('My requests')")
    documented("none-yet")
    # by keyboard: the way past the links comes first, and the focus shows
    stops = browser.tab_stops()
    assert stops[:3] == ["Skip to the content", "Gristmill", "My requests"]
    assert stops[-2:] == ["Sign out", "New request"]
    browser.open(f"{address}/new/")
    documented("new")
    browser.fill("#id_files", str(documents))
    browser.click("summary")
    browser.fill("#id_option-max-postings", "-1")
    browser.ask("document.querySelector('form[data-upload] button').focus()")
    browser.press("\ue007")
    browser.wait("document.querySelector('.errorlist')")
    assert browser.ask("document.querySelector('.problems').innerText") == (
        "argument --max-postings: '-1' is no number from 1 on"
    )
    documented("refused")
    browser.open(f"{address}/new/index/")
    browser.fill("#id_files", str(documents))
    browser.ask("document.querySelector('form[data-upload] button').focus()")
    browser.press("\ue007")
    browser.wait("document.querySelector('#life')")
    assert browser.ask("document.querySelector('.state').innerText") == "QUEUED"
    assert re.fullmatch(rf"{address}/requests/[-\w]+/", browser.ask("location.href"))
    documented("queued")
    work()
    browser.wait("document.querySelector('.state').innerText === 'DONE'")
    assert browser.ask("document.querySelector('pre').innerText") == "mill\ta\nrye\tb\nthe\ta\tb\n"
    documented("done")
    for name in ("documents", "everything"):
        browser.open(f"{address}/{name}/")
        documented(name)
    browser.open(f"{address}/admin/tiers/request/{Request.objects.get().pk}/change/")
    assert browser.console() == []


@pytest.fixture
def documented(browser: Browser, pictures: Path) -> Callable[[str], None]:
    """Look at the page that is open: in both colours and widths it fits, and asks for nothing from elsewhere."""

    def look(name: str) -> None:
        here = browser.ask("location.origin")
        assert [url for url in browser.requests() if not url.startswith((here, "data:"))] == []
        # a form that was refused is an answer of 400
        assert [line for line in browser.console() if "400 (Bad Request)" not in line] == []
        for width, dark in ((1280, False), (390, True)):
            browser.size(width, dark=dark)
            assert browser.ask("document.documentElement.scrollWidth <= innerWidth"), (name, width)
            assert browser.ask("getComputedStyle(document.body).backgroundColor") == (
                "rgb(19, 20, 23)" if dark else "rgb(247, 246, 243)"
            )
            browser.picture(pictures / f"web-{name}-{width}-{'dark' if dark else 'light'}.png")
        browser.size(1280, dark=False)

    return look
