"""Without a browser its tests are skipped, and say what to install; in CI they fail."""

from __future__ import annotations

import shutil

import pytest

from tests.browser import Browser


@pytest.fixture
def nothing_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)


@pytest.mark.usefixtures("nothing_installed")
def test_without_a_browser_a_test_is_skipped_and_names_the_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    """As Debian names them."""
    monkeypatch.setenv("CI", "")
    with pytest.raises(pytest.skip.Exception, match=r"no chromium here; install it .*: apt install chromium chromium-"):
        Browser()


@pytest.mark.usefixtures("nothing_installed")
def test_in_ci_that_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    """A skip that nobody reads would hide it."""
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="CI runs these tests, and cannot: no chromium here"):
        Browser()
