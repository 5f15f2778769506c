"""What `jobs.sentiment_agg` wrote -> one HTML page: sentiment and volume over time, side by side, with examples.

    python -m jobs.sentiment_report OUTPUT -o report.html

No MapReduce job, and so no class of one: it reads what a job wrote and runs where it stands. `gristmill.report` holds
its parts.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from gristmill.errors import OutputError, RunError
from gristmill.report.page import page
from gristmill.report.series import read
from gristmill.report.source import Source

_EXAMPLES = """\
examples:
  python -m jobs.sentiment_agg --by all,topic,platform --keywords bread,mill --output-dir hours data/posts.jsonl
  python -m jobs.sentiment_report hours -o report.html
  python -m jobs.sentiment_agg --window day hours | python -m jobs.sentiment_report - -o days.html
  python -m jobs.sentiment_report hours --title 'Bread in March' --top 24 -o - | gzip > report.html.gz
"""
#: Values of each dimension that are shown.
TOP = 12


def main(args: list[str] | None = None) -> None:
    """The entry point; ends by SystemExit where the report cannot be made."""
    options = _parser().parse_args(args)
    try:
        report = read(Source(options.output, sys.stdin.buffer), options.top)
        write(page(report, options.title).encode(), options.to)
    except RunError as error:
        sys.exit(f"error: {error}")
    except BrokenPipeError:
        # who read the page has seen enough; there is nobody to tell when Python flushes stdout at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m jobs.sentiment_report",
        description="Make one HTML page, which needs no network, of what jobs.sentiment_agg wrote.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("output", metavar="OUTPUT", help="the job's output: a file, its --output-dir, or - for stdin")
    parser.add_argument("-o", dest="to", metavar="FILE", required=True, help="the page to write, or - for stdout")
    parser.add_argument("--title", default="How the posts sound", help="its heading (default: %(default)s)")
    parser.add_argument(
        "--top",
        type=_positive,
        default=TOP,
        metavar="N",
        help="show the N biggest topics, hashtags and so on (default: %(default)s)",
    )
    return parser


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 on")
    return int(text)


def write(data: bytes, to: str) -> None:
    """Write the file `to`, which holds all of `data` or is as it was; "-" is standard output. Raises OutputError."""
    if to == "-":
        rest = memoryview(data)
        while rest:
            # with PYTHONUNBUFFERED a write may take a part
            rest = rest[sys.stdout.buffer.write(rest) :]
        sys.stdout.flush()
        return
    path = Path(to).resolve()
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    # a pipe or a device is written as it is: a file must not take its place
    there = path.exists() and not path.is_file()
    try:
        if there:
            path.write_bytes(data)
            return
        try:
            beside.write_bytes(data)
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(f"output {to}: {error.strerror}; name another file by -o, or make room") from None


if __name__ == "__main__":
    main()
