"""A run over rows of which an option leaves out all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gristmill.errors import InputError
from gristmill.sentiment.lines import check_rows

if TYPE_CHECKING:
    from tests.conftest import RunJob

OTHER_DIMENSION, OTHER_TIME = (
    "row of a dimension not asked for",
    "row of a window that lies in none of those asked for",
)


@pytest.mark.parametrize(
    "counters",
    [
        {},
        {"read": {"posts": 0, "rows": 3}},
        {"read": {"posts": 1, "rows": 3}, "left out": {OTHER_DIMENSION: 3}},
        {"read": {"rows": 4}, "left out": {OTHER_DIMENSION: 3}},
        {"read": {"rows": 3, "rows of unscored posts": 3}},
    ],
)
def test_a_run_that_uses_a_post_or_a_row_is_well(counters: dict[str, dict[str, int]]) -> None:
    """And one over rows of nothing that was scored."""
    check_rows(counters)


def test_options_that_leave_out_all_rows_are_named() -> None:
    """Rows of what was not scored are of every dimension, and tell nothing."""
    counters = {
        "read": {"rows": 1005, "rows of unscored posts": 2},
        "left out": {OTHER_DIMENSION: 1001},
        "input": {OTHER_TIME: 2},
    }
    with pytest.raises(InputError) as error:
        check_rows(counters)
    assert str(error.value) == (
        f"none of 1,003 rows could be used ({OTHER_DIMENSION}: 1,001, {OTHER_TIME}: 2); "
        "name by --by what the rows are of, or leave it out; "
        "give the rows' own --window, or a wider one: hours add up to days, "
        "days to weeks and months, and all of them to all"
    )


def test_a_run_over_rows_that_do_not_fit_fails(run_job: RunJob) -> None:
    """Of two languages, so that a row is of what was not scored."""
    posts = b"".join(
        b'{"id":"%s","text":"good","time":1772348400,"lang":"%s"}\n' % row for row in ((b"a", b"en"), (b"b", b"ja"))
    )
    job = ["-m", "jobs.sentiment_agg", "--no-conf", "-q"]
    rows = run_job(*job, "--window", "day", stdin=posts).stdout
    assert rows.count(b"\n") == 2
    ran = run_job(*job, "--window", "day", "--by", "author", stdin=rows)
    why = f"({OTHER_DIMENSION}: 1); name by --by what the rows are of, or leave it out"
    said = f"error: none of 1 row could be used {why}\n"
    assert (ran.returncode, ran.stdout, ran.stderr.decode()) == (1, b"", said)
    ran = run_job(*job, "--window", "hour", stdin=rows)
    assert ran.returncode == 1
    assert f"error: none of 2 rows could be used ({OTHER_TIME}: 2); give the rows' own --window" in ran.stderr.decode()
    assert run_job(*job, "--by", "all", "--window", "month", stdin=rows).returncode == 0
