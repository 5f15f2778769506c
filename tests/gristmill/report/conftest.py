"""What the tests of the report share: rows, reports of them, and a browser."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, NamedTuple, Protocol

import pytest

from gristmill.report.series import Report, collect_report
from gristmill.report.source import Source
from gristmill.sentiment import rows
from gristmill.sentiment.tally import Tally
from tests.browser import Browser

if TYPE_CHECKING:
    from collections.abc import Iterator

TIME = 1_772_348_400  # 2026-03-01T07:00:00Z


class Post(NamedTuple):
    """What a tally asks of a post."""

    id: str
    text: str
    author: str = ""
    platform: str = "own"
    time: int = TIME


class MakeRow(Protocol):
    """A line as the job writes it: of a dimension, a value and a window, of posts with these scores.

    Post number n has the text "post n" and the author "n"; `text` is the text of all of them, where it is given.
    """

    def __call__(
        self, dimension: str, value: str, window: str, *scores: float, text: str = "", most: int = 3
    ) -> bytes: ...


class MakeReport(Protocol):
    """The report of some lines."""

    def __call__(self, *lines: bytes, top: int = 12) -> Report: ...


@pytest.fixture(scope="session")
def row() -> MakeRow:
    def make(dimension: str, value: str, window: str, *scores: float, text: str = "", most: int = 3) -> bytes:
        tally = Tally(most)
        for number, score in enumerate(scores, 1):
            tally.add_post(Post(str(number), text or f"post {number}", str(number)), round(score * 10_000))
        return json.dumps([dimension, value, window]).encode() + b"\t" + rows.format_row(tally) + b"\n"

    return make


@pytest.fixture(scope="session")
def report() -> MakeReport:
    def make(*lines: bytes, top: int = 12) -> Report:
        return collect_report(Source(["-"], io.BytesIO(b"".join(lines))), top)

    return make


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One for all tests: it takes a second to start."""
    started = Browser()
    yield started
    started.close()
