"""The help of a job: its own options first, then those of every job, then those of a runner.

mrjob has some 150 options. Help lists those that a runner of ours obeys, in words of ours; the others are accepted too.
"""

from __future__ import annotations

from argparse import Action, ArgumentParser
from typing import TYPE_CHECKING, NamedTuple

import gristmill.job.added_options  # noqa: F401 (before mrjob's options are read)
from gristmill.job.emr_help import OPTIONS as EMR
from mrjob.options import _add_basic_args, _add_job_args, _add_runner_args, _add_step_args

if TYPE_CHECKING:
    from collections.abc import Iterable

_ALL = "emr hadoop inline local spark"
_SHELL = "emr hadoop local spark"


class Option(NamedTuple):
    """What help says of an option of mrjob's."""

    flag: str
    metavar: str | None
    help: str
    #: The runners that obey it.
    runners: str = _ALL


JOBCONF = Option("-D", "NAME=VALUE", "a setting of Hadoop's, as mapreduce.job.reduces=4 (may be repeated)")
_EVERY_JOB = (
    Option("-r", "RUNNER", "where the job runs: local, inline, hadoop, spark or emr (default: local)"),
    Option("-o", "DIR", "write part files to DIR, which must not exist yet (default: the output is printed)"),
    Option("--cat-output", None, "print the output where there is an --output-dir too"),
    Option("--no-cat-output", None, "do not print the output"),
    Option("--step-output-dir", "DIR", "keep the output of all steps but the last in DIR, which must be empty or new"),
    Option("-q", None, "write nothing to stderr but errors, and a warning where most lines could not be used"),
    Option("-v", None, "write more to stderr: each task or command as it runs"),
    Option(
        "-c",
        "FILE",
        "read settings from FILE (default: $MRJOB_CONF, ./mrjob.conf, ~/.mrjob.conf or /etc/mrjob.conf, the first "
        "that exists; may be repeated)",
    ),
    Option("--no-conf", None, "read no settings"),
    Option("-h", None, "show this and exit; -r RUNNER adds that runner's options, -v those of a single task"),
)
#: Also read by `runner_options`: an option of mrjob's that is not here is obeyed by no runner.
OF_RUNNERS = (
    Option("--num-cores", "N", "tasks that run at once (default: as many as there are cores)", "local"),
    Option("--files", "PATHS", "files for the tasks' working directory, commas between; PATH#NAME renames one"),
    Option("--archives", "PATHS", "archives to unpack in that directory, commas between; PATH#NAME names the folder"),
    Option("--dirs", "PATHS", "folders to copy into that directory, commas between; PATH#NAME renames one"),
    Option("--py-files", "PATHS", ".zip and .egg files that tasks import from, commas between", _SHELL),
    Option(
        "--setup",
        "COMMAND",
        "a shell command to run before each task; on Spark, with a cluster alone (may be repeated)",
        _SHELL,
    ),
    Option("--sh-bin", "COMMAND", "the shell that runs set-up commands (default: sh -ex)", _SHELL),
    Option("--cmdenv", "NAME=VALUE", "a variable of the tasks' environment (may be repeated)"),
    Option("--python-bin", "COMMAND", "the Python of tasks and set-up scripts", _SHELL),
    Option("--task-python-bin", "COMMAND", "the Python of tasks alone", _SHELL),
    Option("--hadoop-version", "VERSION", "the version whose names of settings tasks find", "inline local"),
    Option("--hadoop-bin", "COMMAND", "Hadoop's command (default: $HADOOP_HOME/bin/hadoop, or the path's)", "hadoop"),
    Option("--hadoop-args", "ARGS", "arguments for that command, as --hadoop-args='-fs file:///'", "emr hadoop"),
    Option("--hadoop-streaming-jar", "JAR", "Hadoop's jar for streaming (default: it is looked for)", "hadoop"),
    Option("--hadoop-tmp-dir", "DIR", "where on the cluster temporary files go (default: your folder)", "hadoop"),
    Option("--libjars", "PATHS", "jars for Hadoop or Spark, commas between", "emr hadoop spark"),
    Option("--spark-master", "MASTER", "local[*], yarn or spark://HOST:7077", "spark"),
    Option("--spark-deploy-mode", "MODE", "client, which is all that a MapReduce step can run in", "spark"),
    Option("--spark-submit-bin", "COMMAND", "Spark's command (default: $SPARK_HOME's, or the one of pyspark)", "spark"),
    Option("--spark-args", "ARGS", "arguments for that command, as --spark-args='--queue day'", "spark"),
    Option("--spark-tmp-dir", "URI", "where temporary files go that executors see", "spark"),
    Option("--local-tmp-dir", "DIR", "where on this machine temporary files go (default: $TMPDIR)"),
    Option("--cleanup", "WHAT", "temporary files removed after a job that ends well: ALL (default) or NONE"),
    Option("--cleanup-on-failure", "WHAT", "temporary files removed after a job that fails: ALL (default) or NONE"),
    Option("--label", "TEXT", "the job's name, where a runner shows it (default: its module's)"),
    Option("--owner", "TEXT", "whose job it is, where a runner shows that (default: you)"),
    *(Option(flag, metavar, about, "emr") for flag, metavar, about in EMR),
)
_OF_ONE_TASK = (
    Option("--mapper", None, "run a mapper: lines from stdin, lines to stdout"),
    Option("--combiner", None, "run a combiner: sorted lines from stdin, lines to stdout"),
    Option("--reducer", None, "run a reducer: sorted lines from stdin, lines to stdout"),
    Option("--step-num", "N", "the step, from 0 on (default: 0)"),
)


def help_text(parser: ArgumentParser, usage: str, runner: str | None, *, of_one_task: bool) -> str:
    """The help of a job whose options `parser` has: with those of a runner where one is named."""
    known = parser._option_string_actions
    own = own_options(parser)
    shown = ArgumentParser(prog=parser.prog, usage=usage, add_help=False)
    _add_group(shown, "options of this job", [*own, _described(known, JOBCONF)])
    _add_group(shown, "options of every job", [_described(known, each) for each in _EVERY_JOB])
    if runner:
        options = [each for each in OF_RUNNERS if runner in each.runners.split()]
        _add_group(shown, f"options of -r {runner}", [_described(known, each) for each in options])
    # a job may have an option --mapper of its own
    if of_one_task and known["--mapper"] not in own:
        _add_group(shown, "options of one task", [_described(known, each) for each in _OF_ONE_TASK])
    return shown.format_help()


def own_options(parser: ArgumentParser) -> list[Action]:
    """The options of a job that no other has."""
    theirs = _mrjob_flags()
    return [each for each in parser._actions if each.option_strings and not theirs.issuperset(each.option_strings)]


def _mrjob_flags() -> set[str]:
    """The options that mrjob gives to every job, as they are typed."""
    parser = ArgumentParser(add_help=False)
    _add_basic_args(parser)
    _add_job_args(parser)
    _add_runner_args(parser)
    _add_step_args(parser, include_deprecated=True)
    return set(parser._option_string_actions)


def _described(known: dict[str, Action], option: Option) -> Action:
    """The action of an option, with our words."""
    action = known[option.flag]
    action.help, action.metavar = option.help, option.metavar
    return action


def _add_group(parser: ArgumentParser, title: str, actions: Iterable[Action]) -> None:
    group = parser.add_argument_group(title)
    for action in actions:
        group._add_action(action)
