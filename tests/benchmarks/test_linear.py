"""The benchmark of hostile texts."""

import re

import pytest

from benchmarks import linear


def test_each_case_has_a_row_of_two_sizes_and_their_ratio(capsys: pytest.CaptureFixture[str]):
    """A smoke test judges none."""
    linear.main(["--smoke"])
    rows = capsys.readouterr().out.splitlines()
    assert len(rows) == len(linear.CASES) == 7
    assert all(re.fullmatch(r".{40,} +\d+\.\d{3} s +\d+\.\d{3} s +\d+\.\d times", row) for row in rows)


def test_time_that_grows_faster_than_the_text_is_an_error(monkeypatch: pytest.MonkeyPatch):
    """So that a run by hand or by CI tells."""
    times = iter([1.0, 7.9, 1.0, 8.1])
    monkeypatch.setattr(linear, "CASES", dict.fromkeys("ab", lambda units: lambda: None))
    monkeypatch.setattr(linear, "seconds", lambda work: next(times))
    with pytest.raises(SystemExit, match=r"^error: 4 times the text takes more than 8 times as long$"):
        linear.main([])
