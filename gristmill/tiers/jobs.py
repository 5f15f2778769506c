"""Which jobs a request may name, with which of their options: those that name no file here and run no command.

A job's own argument parser says what options it has; those of every job (-c, -D, --setup, --py-files…) are mrjob's, and
none of them is among a job's own. An option that takes a file may take a word instead, which is no path.
"""

from __future__ import annotations

import re
from importlib import import_module
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NoReturn

from gristmill.errors import RunError
from gristmill.job.help import own_options
from gristmill.job.programs import PROGRAMS
from gristmill.tiers.models import Role
from gristmill.typed import is_file, nearest

if TYPE_CHECKING:
    from argparse import Action
    from collections.abc import Sequence

#: Runs programs that were uploaded; its options are not for people far away.
PROGRAMS_JOB = "stream"
#: The names of the jobs that a request may name.
JOBS = ("index", "sentiment")
#: What help calls a value that may be a path.
_PATH = re.compile(r"FILE|DIR|PATH|COMMAND|PROGRAM")


def requested_job(job: str, options: list[str], programs: Sequence[Role]) -> tuple[str, list[str]]:
    """The job's name and the words of its command line, of what a person asks for; RunError for what is refused.

    `programs` are the roles of the programs that come with it.
    """
    if job:
        if programs:
            raise RunError("programs of your own take the place of a job; leave them out, or leave out the job")
        name = job_name(job)
        return name, checked_options(name, options)
    if Role.MAPPER not in programs:
        raise RunError(f"a request names a job ({', '.join(JOBS)}) or brings a mapper; give one of the two")
    if options:
        raise RunError("an option is one of a job; programs of your own have none")
    return PROGRAMS_JOB, []


def job_name(given: str) -> str:
    """A job by its command's name or its module's: `index`, `inverted_index`; RunError where there is none."""
    names = {each: name for name in JOBS for each in (name, PROGRAMS[name].module)}
    if given not in names:
        raise RunError(f"there is no job {given!r}{nearest(given, names)}; there are {', '.join(names)}")
    return names[given]


def checked_options(job: str, given: list[str]) -> list[str]:
    """Words for the job's command line of options as ``name=value`` or ``name``; RunError for one that is refused."""
    allowed = allowed_options(job)
    words = [checked_word(each, allowed) for each in given]
    _job_class(job)([*words, "--output-dir", "output", "input"])
    return words


def allowed_options(job: str) -> dict[str, Action]:
    """The options of a job that a request may have, by their names."""
    own = own_options(_job_class(job)(["input"]).arg_parser)
    names = {flag[2:]: action for action in own for flag in action.option_strings if flag.startswith("--")}
    names.pop("help", None)
    return names


def _job_class(job: str) -> Any:
    """The job's class, whose usage errors are RunError."""
    module = import_module(f"gristmill.jobs.{PROGRAMS[job].module}")
    base: Any = attrgetter(PROGRAMS[job].entry.rpartition(".")[0])(module)

    class Checked(base):
        def load_args(self, args: list[str]) -> None:
            self.arg_parser.error = _refuse
            super().load_args(args)

    return Checked


def _refuse(message: str) -> NoReturn:
    raise RunError(message)


def checked_word(given: str, allowed: dict[str, Action]) -> str:
    """An option as a word that can mean nothing else."""
    name, equals, value = given.partition("=")
    if name not in allowed:
        raise RunError(f"option {name!r}{nearest(name, allowed)}: it is none of {', '.join(sorted(allowed))}")
    action = allowed[name]
    if action.nargs == 0:
        if equals:
            raise RunError(f"option {name!r} takes no value; leave out ={value}")
        return f"--{name}"
    if not equals:
        raise RunError(f"option {name!r} needs a value; write {name}=VALUE")
    if not value.isprintable():
        raise RunError(f"option {name!r}: its value holds control characters; leave them out")
    if _PATH.search(str(action.metavar)) and ("/" in value or is_file(value)):
        raise RunError(f"option {name!r}: {value!r} is a path, and no file is read here; give words")
    return f"--{name}={value}"
