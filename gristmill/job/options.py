"""The parser of a job's options, which mrjob fills: its errors are one line, and -r takes our runners alone.

`positive` is the type of a job's own options.
"""

from __future__ import annotations

import shutil
import sys
from argparse import ArgumentParser, ArgumentTypeError, HelpFormatter
from functools import partial
from typing import NoReturn

from gristmill.job.programs import program_name

#: What -r takes.
RUNNERS = ("hadoop", "inline", "local", "spark")


def configure(parser: ArgumentParser) -> None:
    """Make an empty parser tell errors in one line, and format no slower for 150 options than for one."""
    # each option asks for a formatter, which asks for the terminal's width where it has none
    width = shutil.get_terminal_size().columns - 2
    parser.formatter_class = partial(HelpFormatter, width=width)
    parser.prog = program_name()
    parser.error = usage_error  # type: ignore[method-assign]


def offer_our_runners(parser: ArgumentParser) -> None:
    """Have -r refuse the runners of mrjob's that there are none of here."""
    parser._option_string_actions["-r"].choices = RUNNERS


def positive(text: str) -> int:
    """The type of an option that takes a whole number from 1 on; ArgumentTypeError for another text."""
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"{text!r} is no number from 1 on")
    return int(text)


def usage_error(message: str) -> NoReturn:
    """Exit with 2 after one line on stderr, where argparse writes the whole usage first."""
    sys.stderr.write(f"error: {message}; --help lists the options\n")
    sys.exit(2)
