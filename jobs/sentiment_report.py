"""What `jobs.sentiment_agg` wrote -> one HTML page: sentiment and volume over time, side by side, with examples.

    python -m jobs.sentiment_report OUTPUT -o report.html

This is no MapReduce job: it reads what one wrote, in one process. The page is made by `gristmill.report`.
"""

from __future__ import annotations

import argparse
import logging
import sys
from functools import partial

from gristmill.job.options import as_typed, positive, usage_error
from gristmill.job.process import ending_in_one_line
from gristmill.report.escaping import plain
from gristmill.report.output import write_output
from gristmill.report.page import page
from gristmill.report.series import collect_report
from gristmill.report.source import Source
from gristmill.typed import utf8

log = logging.getLogger(__name__)

#: What usage and examples call this program, where the command `gristmill` did not start it.
PROG = "python -m jobs.sentiment_report"

_EXAMPLES = """\
examples:
  {sentiment} --by all,topic,platform --keywords bread,mill --output-dir hours data/posts.jsonl
  {report} hours -o report.html
  {report} march april -o spring.html
  {sentiment} --window day hours | {report} - -o days.html
  {report} hours --title 'Bread in March' --top 24 -o - | gzip > report.html.gz
"""
#: The number of values of each dimension that are shown.
TOP = 12


def main(args: list[str] | None = None, prog: str = "") -> None:
    """The entry point; `args` are those of the command line if None. Raises SystemExit where there is no report."""
    with ending_in_one_line():
        options = _parser(prog or as_typed(PROG)).parse_args(args)
        source = Source(options.output, sys.stdin.buffer)
        for gap in source.gaps:
            log.warning("warning: %s; the page is of what is there", plain(gap, 1000))
        report = collect_report(source, options.top)
        write_output(page(report, options.title).encode(), options.to)


def _parser(prog: str) -> argparse.ArgumentParser:
    sentiment = "python -m jobs.sentiment_agg" if prog == PROG else "gristmill sentiment"
    parser = argparse.ArgumentParser(
        prog=prog,
        description="Make one HTML page, which needs no network, of what jobs.sentiment_agg wrote.",
        epilog=_EXAMPLES.format(sentiment=sentiment, report=prog),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.error = partial(usage_error, parser)  # type: ignore[method-assign]
    parser.add_argument(
        "output",
        metavar="OUTPUT",
        nargs="+",
        help="the job's output: files, its --output-dir, globs, or - for stdin; several add up",
    )
    parser.add_argument("-o", dest="to", metavar="FILE", required=True, help="the page to write, or - for stdout")
    parser.add_argument("--title", type=utf8, default="How the posts sound", help="its heading (default: %(default)s)")
    parser.add_argument(
        "--top",
        type=positive,
        default=TOP,
        metavar="N",
        help="show the N biggest topics, hashtags and so on (default: %(default)s)",
    )
    return parser


if __name__ == "__main__":
    main()
