"""The command `gristmill`, also ``python -m gristmill``: the programs of the package `jobs` by short names.

A package `jobs` or a module `runners.py` of the user's own does not get in its way.
"""

from __future__ import annotations

import sys
from difflib import get_close_matches
from importlib import import_module
from operator import attrgetter

import gristmill
import gristmill.interrupts
from gristmill.job.process import ending_in_one_line
from gristmill.job.programs import PROGRAMS, TIERS

#: The command that is no program of `jobs`.
EMR = "emr"
_USAGE = """\
usage: gristmill COMMAND [options] [input files]
       gristmill --version

Hadoop Streaming MapReduce jobs that run unchanged on one machine, on Hadoop, on Spark and on Amazon EMR.

commands:
{commands}

examples:
  gristmill index docs.tsv
  gristmill index --payload positions --stop-words english --output-dir index docs/*.tsv.gz
  gristmill sentiment --by topic --keywords bread,ferry --window day posts.jsonl > days
  gristmill report days -o report.html
  gristmill stream --mapper 'cut -f 1' --reducer 'uniq -c' docs.tsv
  gristmill index -r spark docs.tsv
  gristmill emr list j-1ABCD
  gristmill upload docs.tsv --job inverted_index --mail you@example.org

`gristmill COMMAND --help` lists the options of a command.
"""
_HELP = ("-h", "--help", "help")
_VERSION = ("-V", "--version", "version")


def main() -> None:
    """Run the command that the first argument names; exits with 2 where there is no such command."""
    name, *args = sys.argv[1:] or ["--help"]
    with ending_in_one_line():
        if name in PROGRAMS:
            run(name, args)
        elif name == EMR:
            sys.argv = ["gristmill emr", *args]
            import_module("gristmill.runners.emr.commands").main()
        elif name in TIERS:
            import_module("gristmill.tiers.commands").main(name, args)
        elif name in _HELP:
            sys.stdout.write(usage())
        elif name in _VERSION:
            sys.stdout.write(f"gristmill {gristmill.__version__}\n")
        else:
            sys.stderr.write(f"error: {_unknown(name)}; gristmill --help lists the commands\n")
            sys.exit(2)


def run(name: str, args: list[str]) -> None:
    """Run the program called `name` by the arguments `args`; ends by SystemExit where it fails."""
    program = PROGRAMS[name]
    # usage lines and examples take the program's name from here
    sys.argv = [f"gristmill {name}", *args]
    # by a name that a package `jobs` of the user's cannot take
    attrgetter(program.entry)(import_module(f"gristmill.jobs.{program.module}"))()


def usage() -> str:
    """The text of ``gristmill --help``."""
    about = {
        **{name: each.about for name, each in PROGRAMS.items()},
        EMR: "the steps of -r emr: list, attach, cancel, logs",
        **TIERS,
    }
    return _USAGE.format(commands="\n".join(f"  {name:<12}{each}" for name, each in about.items()))


def _unknown(name: str) -> str:
    """What is wrong with a command of this name, with the nearest one where one is near."""
    # whoever types a module's name gets the command that runs it
    names = {program.module: command for command, program in PROGRAMS.items()}
    near = get_close_matches(name.rpartition(".")[2], [*PROGRAMS, EMR, *TIERS, *names], n=1)
    return f"there is no command {name!r}" + "".join(f", the nearest is {names.get(each, each)!r}" for each in near)
