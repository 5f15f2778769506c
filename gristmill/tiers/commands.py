"""The commands of the tiers, as `gristmill NAME`: what is typed, and what it comes to.

gristmill upload FILE… --job JOB [--option NAME=VALUE]… --mail ADDRESS       print the id of a new request
gristmill upload FILE… --mapper FILE [--reducer FILE] --mail ADDRESS
gristmill consume [--once] [--workers N] [--trust-programs]
gristmill status ID|--all [--json] [--watch]
gristmill result ID
gristmill cancel ID
gristmill serve [--bind HOST:PORT] [--workers N]
gristmill dead list|redrive|discard [ID…|--all]
gristmill token [NAME]
gristmill doctor

Django is imported only once it is known to be there.
"""

from __future__ import annotations

import argparse
import sys
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

from gristmill.errors import RunError
from gristmill.job.options import positive, usage_error
from gristmill.job.programs import TIERS

if TYPE_CHECKING:
    from typing import Callable

#: Django's settings module.
SETTINGS = "gristmill.tiers.settings"
#: The modules that the extra `tiers` brings, and what they are called.
_NEEDED = {
    "django": "Django",
    "gunicorn": "gunicorn",
    "whitenoise": "WhiteNoise",
    "rest_framework": "djangorestframework",
}


def check_python(command: str) -> None:
    """Raise RunError, which says what to install, where the tiers cannot run."""
    if sys.version_info < (3, 10):
        raise RunError(f"{command} needs Python 3.10 or later; install one, and gristmill[tiers] in it")
    missing = [name for module, name in _NEEDED.items() if find_spec(module) is None]
    if missing:
        raise RunError(f"{command} needs {', '.join(missing)}; install what is missing: pip install 'gristmill[tiers]'")


def main(name: str, args: list[str]) -> None:
    """Run the command of this name by its arguments; SystemExit or RunError where it fails."""
    options = parser(name).parse_args(args)
    check_python(f"gristmill {name}")
    database = import_module("gristmill.tiers.database")
    database.make_ready()
    # what it imports needs Django's settings
    actions = import_module("gristmill.tiers.actions")
    action: Callable[[argparse.Namespace], None] = getattr(actions, name)
    with database.telling_of_database():
        action(options)


def parser(name: str) -> argparse.ArgumentParser:
    """The command line of a command."""
    about = TIERS[name]
    parsed = argparse.ArgumentParser(
        prog=f"gristmill {name}",
        description=f"{about[0].upper()}{about[1:]}.",
        allow_abbrev=False,
    )
    parsed.error = partial(usage_error, parsed)  # type: ignore[method-assign]
    _ARGUMENTS[name](parsed)
    return parsed


def _upload(parsed: argparse.ArgumentParser) -> None:
    parsed.add_argument("files", metavar="FILE", nargs="+", help="a file of the input")
    what = parsed.add_mutually_exclusive_group(required=True)
    what.add_argument("--job", help="what is made of the input: inverted_index (index) or sentiment_agg (sentiment)")
    what.add_argument("--mapper", metavar="FILE", help="your own program, which maps lines of stdin to stdout")
    parsed.add_argument("--reducer", metavar="FILE", help="with --mapper: your own program, which reduces sorted lines")
    parsed.add_argument(
        "--option",
        metavar="NAME[=VALUE]",
        action="append",
        default=[],
        help="an option of the job, as payload=tf or strict (may be repeated)",
    )
    parsed.add_argument("--mail", metavar="ADDRESS", required=True, help="who is told of the end")


def _consume(parsed: argparse.ArgumentParser) -> None:
    parsed.add_argument("--once", action="store_true", help="end when nothing is left to do")
    parsed.add_argument(
        "--workers", type=positive, default=1, metavar="N", help="requests worked on at once (default: %(default)s)"
    )
    parsed.add_argument(
        "--trust-programs",
        action="store_true",
        help="run programs that were uploaded, on this machine and as you: they may do all that you may",
    )


def _status(parsed: argparse.ArgumentParser) -> None:
    which = parsed.add_mutually_exclusive_group(required=True)
    which.add_argument("id", metavar="ID", nargs="?", help="the request: upload printed its id")
    which.add_argument("--all", action="store_true", help="list all requests, the newest first")
    parsed.add_argument("--json", action="store_true", help="print a JSON object a request, one a line")
    parsed.add_argument("--watch", action="store_true", help="print each change, until all have ended")


def _serve(parsed: argparse.ArgumentParser) -> None:
    parsed.add_argument(
        "--bind", metavar="HOST:PORT", default="127.0.0.1:8000", help="where it listens (default: %(default)s)"
    )
    parsed.add_argument("--workers", type=positive, default=2, metavar="N", help="processes (default: %(default)s)")


def _token(parsed: argparse.ArgumentParser) -> None:
    parsed.add_argument("name", metavar="NAME", nargs="?", help="the account (default: your name on this machine)")


def _of_none(_: argparse.ArgumentParser) -> None:
    """No option."""


def _of_one(parsed: argparse.ArgumentParser) -> None:
    parsed.add_argument("id", metavar="ID", help="the request: upload printed its id")


def _dead(parsed: argparse.ArgumentParser) -> None:
    actions = ("list", "redrive", "discard")
    parsed.add_argument("action", metavar="|".join(actions), choices=actions, help="what is done")
    # with a default argparse does not call it required
    parsed.add_argument("ids", metavar="ID", nargs="*", default=[], help="the requests that are redriven or discarded")
    parsed.add_argument("--all", action="store_true", help="redrive or discard all that are listed")


_ARGUMENTS = {
    "upload": _upload,
    "consume": _consume,
    "status": _status,
    "result": _of_one,
    "cancel": _of_one,
    "serve": _serve,
    "dead": _dead,
    "token": _token,
    "doctor": _of_none,
}
