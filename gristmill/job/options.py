"""The parser of a job's options, which mrjob fills: its errors are one line, and -r takes our runners alone.

`positive` is the type of a job's own options; `program_name` and `as_typed` say how this process was started, by
`gristmill index` or by `python -m jobs.inverted_index`.
"""

from __future__ import annotations

import os.path
import re
import shutil
import sys
from argparse import ArgumentParser, ArgumentTypeError, HelpFormatter
from functools import partial
from typing import Callable, NoReturn

import gristmill.job.added_options  # noqa: F401 (before mrjob defines its own)
from gristmill import plain

#: What -r takes.
RUNNERS = ("emr", "hadoop", "inline", "local", "spark")


def configure(parser: ArgumentParser) -> None:
    """Make an empty parser tell errors in one line, and format no slower for 150 options than for one."""
    # each option asks for a formatter, which asks for the terminal's width where it has none
    width = shutil.get_terminal_size().columns - 2
    parser.formatter_class = partial(HelpFormatter, width=width)
    parser.prog = program_name()
    parser.error = partial(usage_error, parser)  # type: ignore[method-assign]


def offer_our_runners(parser: ArgumentParser) -> None:
    """Have -r refuse the runners of mrjob's that there are none of here."""
    parser._option_string_actions["-r"].choices = RUNNERS


def positive(text: str) -> int:
    """The type of an option that takes a whole number from 1 on; ArgumentTypeError for another text."""
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"{text!r} is no number from 1 on")
    return int(text)


def byte_count(text: str) -> int:
    """The type of an option that takes a number of bytes: ``1000``, ``64K``, ``100MB``, ``1GB``, in powers of 1024."""
    found = re.fullmatch(r"([1-9]\d{0,17})([KMG]?)B?", text.upper(), re.ASCII)
    if not found:
        raise ArgumentTypeError(f"{text!r} is no number of bytes, as 1000, 64KB, 100MB or 1GB are")
    return int(found[1]) << 10 * " KMG".index(found[2] or " ")


def add_max_line(add: Callable[..., object], default: str) -> None:
    """Add the option by which a job passes over lines that are too long, in place of holding them in memory."""
    add(
        "--max-line",
        type=byte_count,
        default=default,
        metavar="BYTES",
        help=f"pass over longer lines while they are read, and count them (default: {default})",
    )


def add_skip_unreadable(add: Callable[..., object]) -> None:
    """Add the option of a job whose input is text: a file that is something else ends the run without it."""
    about = "go on without files that are no text or cannot be read, and count them, instead of failing"
    add("--skip-unreadable", action="store_true", help=about)


def add_encoding(add: Callable[..., object]) -> None:
    """Add the option of a job whose input is text that is not UTF-8; `gristmill.job.encoding` has what follows."""
    add(
        "--encoding",
        # a job of one's own may have an option of this name
        dest="gristmill_encoding",
        type=_encoding,
        metavar="NAME",
        help="the input's encoding by Python's name, such as cp1252, latin-1, shift_jis, utf-16 (default: utf-8)",
    )


def _encoding(name: str) -> str:
    # here, since most jobs need none
    from gristmill.input.recode import parse_encoding

    try:
        return parse_encoding(name)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from None


def usage_error(parser: ArgumentParser, message: str) -> NoReturn:
    """Exit with 2 after one line on stderr, where argparse writes the whole usage first."""
    if "KEY=VALUE" in message and plain.is_secret(message):
        # of a word without = nobody can tell which part is the name
        message = message.partition(" argument ")[0] + " wants KEY=VALUE"
    sys.stderr.write(plain.line(f"error: {message}{_meant(parser, message)}; --help lists the options") + "\n")
    sys.exit(2)


def _meant(parser: ArgumentParser, message: str) -> str:
    """The option or the choice that is nearest to the one that argparse's message refuses; "" where none is near."""
    # here, since no task meets an error
    from gristmill.typed import nearest

    if found := re.match("unrecognized arguments: (-[^ =]+)", message):
        return nearest(found[1], parser._option_string_actions)
    if found := re.search(r"invalid choice: '(.*?)' \(choose from (.*)\)$", message):
        return nearest(found[1], re.findall(r"[^\s,'\"]+", found[2]))
    return ""


def program_name() -> str:
    """What the user typed to start this process: `gristmill index`, `python -m jobs.inverted_index`, `words.py`."""
    spec = getattr(sys.modules["__main__"], "__spec__", None)
    if spec is None or spec.origin != sys.argv[0]:
        return os.path.basename(sys.argv[0])  # noqa: PTH119 (`gristmill index` is no path)
    return f"python -m {spec.name.removesuffix('.__main__')}"


def as_typed(text: str) -> str:
    """A text in which `python -m jobs.…` stands as `gristmill …` where that is how this process was started."""
    if sys.argv[0].startswith("gristmill "):
        # here, since no task needs it, and every task asks for the usage line
        from gristmill.job.programs import PROGRAMS

        for name, program in PROGRAMS.items():
            text = text.replace(f"python -m jobs.{program.module}", f"gristmill {name}")
    return text
