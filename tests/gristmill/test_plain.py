"""What reaches a terminal: no control characters, no secrets."""

from __future__ import annotations

import logging
import pprint
import re
import shlex
import time

import pytest

from gristmill import plain


@pytest.fixture(autouse=True)
def nothing_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test hides its own."""
    monkeypatch.setattr(plain, "_replaced", {})


def logged(text: str) -> str:
    return plain.LogFormatter().format(logging.LogRecord("mrjob", logging.INFO, "", 0, "%s", (text,), None))


@pytest.mark.parametrize(
    ("control", "told"),
    [
        ("\0", "\\x00"),
        ("\x1b[31m", "\\x1b[31m"),
        ("\r", "\\r"),
        ("\x7f", "\\x7f"),
        ("\x9b31m", "\\x9b31m"),
        ("\u2028", "\\u2028"),
        ("\u202e", "\\u202e"),
        ("\u2066", "\\u2066"),
    ],
)
def test_control_characters_are_told_as_such(control: str, told: str) -> None:
    """In an error as in a log."""
    assert plain.line(f"error: a{control}b") == f"error: a{told}b"
    assert logged(f"a{control}b") == f"a{told}b"


def test_an_error_is_one_line_and_a_log_record_may_have_several() -> None:
    """A traceback has; a table of counters has TABs."""
    assert plain.line("a\n\tb\n") == "a\\n\\tb\\n"
    assert logged("a\n\tb") == "a\n\tb"
    assert logged("é ❤️ 粉") == "é ❤️ 粉"


def test_a_name_with_a_line_end_makes_no_line_of_its_own() -> None:
    """Where the run knows it: a path that was typed, say."""
    plain.hide({"output_dir": "out\nerror: all is lost", "separator": "\n"})
    assert logged("job output is in out\nerror: all is lost\nwell") == "job output is in out\\nerror: all is lost\nwell"


SECRET_NAMES = ["MY_SECRET", "db.password", "PGPASSWORD", "token", "fs.s3a.access.key", "AWS_ACCESS_KEY_ID", "ApiKey"]


@pytest.mark.parametrize("name", SECRET_NAMES)
@pytest.mark.parametrize("value", ["hunter2!", 'it\'s \\ "one"', "x", "true", "line one\nline two of it"])
def test_a_secret_is_masked_however_it_is_printed(name: str, value: str) -> None:
    """Its name stays."""
    plain.hide([{"cmdenv": {name: value}, "jobconf": None}])
    pair = f"{name}={value}"
    for text in (pair, repr({name: value}), f"{name}: {value}", shlex.quote(pair), pprint.pformat({name: value})):
        for told in (plain.line(text), logged(text)):
            assert value not in told.replace(name, "")
            assert repr(value)[1:-1] not in told.replace(name, "")
            assert name in told
            assert "***" in told


def test_a_long_secret_is_masked_in_parts() -> None:
    """As it is printed where lines are short."""
    value = "correct horse battery\nstaple"
    plain.hide({"secret": value})
    told = logged(pprint.pformat({"secret": value}, width=30))
    assert not set(value.split()) & set(re.findall(r"\w+", told))


def test_a_secret_is_masked_wherever_it_stands() -> None:
    """Unless it is a word or a number that stands for something else."""
    plain.hide({"password": "hunter2!", "token": "true", "api_key": 1234567, "secret": "rye"})
    assert logged("denied: hunter2! is true of 1234567, rye") == "denied: *** is true of 1234567, rye"


def test_settings_in_lists_are_found() -> None:
    """As they stand on a command line; the longest secret first."""
    plain.hide(["--conf", "spark.my.password=hunter2!", ("-cmdenv", "MY_TOKEN=hunter2!-more"), 7, "no setting"])
    assert logged("hunter2!-more and hunter2!") == "*** and ***"


def test_a_secret_in_an_error_is_masked_by_its_name_alone() -> None:
    """Nobody may have told of it."""
    assert plain.line("error: no file MY_TOKEN=hunter2, a=b") == "error: no file MY_TOKEN=***, a=b"
    assert plain.line("--nope=MY_TOKEN=hunter2=a --b=my.token") == "--nope=MY_TOKEN=*** --b=my.token"
    assert logged("f(token=1)") == "f(token=1)"


def test_a_long_word_in_an_error_takes_no_longer_than_its_length() -> None:
    """A program or a list of keywords may be typed in the wrong place."""
    words = "x" * 1_000_000
    started = time.process_time()
    assert plain.line(words) == words
    assert time.process_time() - started < 1
