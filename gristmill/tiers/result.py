"""The result of a request that is done: its rows as its job prints them, and the page of a request of sentiment."""

from __future__ import annotations

import io
import tempfile
from contextlib import closing
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from gristmill.errors import RunError
from gristmill.report.page import page
from gristmill.report.series import collect_report
from gristmill.report.source import Source
from gristmill.shuffle.merge import Run
from gristmill.tiers.jobs import PROGRAMS_JOB
from gristmill.tiers.models import ENDS
from gristmill.tiers.result_folder import brought_here, is_there

if TYPE_CHECKING:
    from collections.abc import Generator

    from gristmill.tiers.models import Request

#: The number of values of each dimension that a report shows, as `gristmill report` has it.
_TOP = 12
#: The most bytes that are read for first rows, and the most letters of a row that are shown.
_HEAD, _WIDTH = 4 << 20, 500


class FirstRows(NamedTuple):
    """Rows as text, and whether there are more, or more of one, than these."""

    rows: list[str]
    cut: bool


def rows(request: Request) -> Generator[bytes, None, None]:
    """The output, in chunks of whole rows; RunError, before the first, where there is none."""
    _check_rows(request)
    return _rows(request.result, merged=request.job != PROGRAMS_JOB)


def _check_rows(request: Request) -> None:
    """Raise RunError where a request has no output, or its output is gone."""
    if not request.result:
        how = (
            f"it ended as {request.state}: gristmill status {request.pk} says why"
            if request.state in ENDS
            else f"it is {request.state}"
        )
        raise RunError(f"request {request.pk} has no result; {how}")
    if not has_rows(request):
        raise RunError(f"request {request.pk}: its output is no longer in {request.result}; upload its files again")


def has_rows(request: Request) -> bool:
    """Whether there is an output, and it is still there."""
    return is_there(request.result)


def first_rows(request: Request, most: int) -> FirstRows:
    """At most so many rows, each shortened; RunError as for all."""
    head = b""
    # what is read of the parts is closed with it
    with closing(rows(request)) as chunks:
        for chunk in chunks:
            head += chunk
            if head.count(b"\n") > most or len(head) > _HEAD:
                break
    lines = head.decode("utf-8", "replace").splitlines()
    shown = [line if len(line) <= _WIDTH else f"{line[:_WIDTH]}…" for line in lines[:most]]
    return FirstRows(shown, shown != lines)


def report(request: Request) -> str:
    """The page of a request of sentiment, as HTML; RunError where there is none."""
    _check_rows(request)
    with brought_here(request.result) as folder:
        return page(collect_report(Source([str(folder)], io.BytesIO()), _TOP), "How the posts sound")


def _rows(result: str, *, merged: bool) -> Generator[bytes, None, None]:
    printing = import_module("gristmill.runners.printing")
    with brought_here(result) as folder, tempfile.TemporaryDirectory() as scratch:
        parts = printing.in_order_of_numbers(folder.glob("part-*"))
        # settings may have them compressed
        plain = [printing.plain(path, Path(scratch, f"plain-{number}")) for number, path in enumerate(parts)]
        yield from printing.printed([Run.whole(path) for path in plain], Path(scratch), merged=merged)
