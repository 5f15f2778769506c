"""`Job`: the class that every job extends. ``from gristmill import Job as MRJob`` is all that an mrjob job needs.

It is mrjob's MRJob with: the local runner for a default; protocols that give the same bytes on every machine; records
that end at LF, CR LF or a lone CR, as on Hadoop; counters that cost nothing per record; and errors of one line.
"""

from __future__ import annotations

import codecs
import inspect
import logging
import os
import shutil
import sys
from argparse import HelpFormatter
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Callable, NoReturn

import gristmill.job.mrjob_compat  # noqa: F401 (before any mrjob module)
from gristmill.errors import BadInput, OutputError, RunError
from gristmill.input import records
from gristmill.job.process import ReaderGone, abandon_stdout, guard_streams, stopping_in_order
from gristmill.job.protocols import JSONProtocol
from gristmill.task.environment import INPUT_FILE, INPUT_NAME, INPUT_START, variable
from mrjob.job import MRJob
from mrjob.step import MRStep, StepFailedException

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    Pair = tuple[Any, Any]

_KEY, _VALUE = itemgetter(0), itemgetter(1)


class Job(MRJob):
    """A MapReduce job: see mrjob's documentation for the methods to define."""

    #: mrjob's JSONProtocol is whichever JSON library a machine has: other bytes, so other partitions, on mixed nodes.
    INTERNAL_PROTOCOL: Any = JSONProtocol
    OUTPUT_PROTOCOL: Any = JSONProtocol
    SORT_VALUES: Any = None

    #: Packages that tasks import besides mrjob and the job's own: pure Python, shipped with the job.
    PACKAGES: tuple[str, ...] = ()

    #: The number of the record being mapped, from 1, in this task's input.
    record = 0

    _tallies: dict[tuple[str, str], int] | None = None

    # the command line

    @classmethod
    def run(cls) -> None:
        """The entry point of a job's module: runs the job, or one task of it."""
        guard_streams()
        try:
            try:
                cls().execute()
            finally:
                sys.stdout.flush()
        except ReaderGone:
            abandon_stdout()
            sys.exit(1)
        except (RunError, StepFailedException) as error:
            if isinstance(error, OutputError):
                abandon_stdout()
            # a file's name may hold a line's end
            sys.exit("\\n".join(f"error: {error}".splitlines()))
        except KeyboardInterrupt:
            sys.exit(130)

    def configure_args(self) -> None:
        # each of 150 options asks for a formatter, which asks for the terminal's width where it is not told
        width = shutil.get_terminal_size().columns - 2
        self.arg_parser.formatter_class = partial(HelpFormatter, width=width)
        super().configure_args()
        self.arg_parser.error = _usage_error  # type: ignore[method-assign]

    def load_args(self, args: list[str]) -> None:
        super().load_args(args)
        if self.options.output_dir == "":
            self.arg_parser.error("--output-dir is empty; name a folder, or leave it out to have the output printed")

    def _usage(self) -> str:
        """The usage line with the job's docstring under it, which holds its examples."""
        about = inspect.cleandoc(type(self).__doc__ or "").replace("%", "%%")
        return f"{super()._usage()}\n\n{about}"

    def _runner_class(self) -> Any:
        # by a name that a package `runners` of the user's cannot take
        runner_class = import_module("gristmill.runners.registry").runner_class
        return runner_class(self.options.runner or "local")

    @classmethod
    def set_up_logging(cls, quiet: bool = False, verbose: bool = False, stream: Any = None) -> None:
        """As mrjob's, but --quiet leaves the errors: the traceback of a task that failed is one."""
        if not quiet:
            super().set_up_logging(verbose=verbose, stream=stream)
            return
        handler = logging.StreamHandler(stream)
        handler.setLevel(logging.ERROR)
        for name in ("mrjob", "__main__"):
            logging.getLogger(name).addHandler(handler)

    def _runner_kwargs(self) -> dict[str, Any]:
        # read by mrjob's settings; a task needs none
        from gristmill.job.settings import settings

        kwargs: dict[str, Any] = super()._runner_kwargs()
        kwargs["conf_paths"] = settings(kwargs["conf_paths"])
        if self._runner_class().alias in ("local", "hadoop"):
            kwargs["mrjob_cls"] = type(self)
        return kwargs

    def make_runner(self) -> Any:
        """The runner of this job, which asks `manifest` when all steps have ended."""
        runner = super().make_runner()
        runner.manifest = self.manifest
        return runner

    def manifest(self, counters: list[dict[str, dict[str, int]]]) -> dict[str, Any] | None:
        """What ``_gristmill.json`` says of the output, from the counters of each step; None for no such file."""
        return None

    def run_job(self) -> None:
        """Run all steps and print the output; raises RunError or StepFailedException where that cannot be done."""
        # a path may be no UTF-8
        stream = codecs.getwriter("utf_8")(self.stderr, "backslashreplace")
        self.set_up_logging(quiet=self.options.quiet, verbose=self.options.verbose, stream=stream)
        if not self.steps():
            raise RunError(f"{type(self).__name__} has no steps; define a mapper, a reducer or both")
        try:
            runner = self.make_runner()
        except NotImplementedError as error:
            raise RunError(f"-r {self.options.runner or 'local'} cannot run this job: {error}") from None
        except OSError as error:
            raise RunError(f"{str(error).rstrip('!')}; check the path") from None
        with stopping_in_order(), runner:
            runner.run()
            if self._should_cat_output():
                for chunk in runner.cat_output():
                    self.stdout.write(chunk)
                self.stdout.flush()

    # one task

    def run_mapper(self, step_num: int = 0) -> None:
        with self._tallying():
            super().run_mapper(step_num)

    def run_combiner(self, step_num: int = 0) -> None:
        with self._tallying():
            super().run_combiner(step_num)

    def run_reducer(self, step_num: int = 0) -> None:
        with self._tallying():
            super().run_reducer(step_num)

    def map_pairs(self, pairs: Iterable[Pair], step_num: int = 0) -> Iterator[Pair]:
        step = self._get_step(step_num, MRStep)
        if step["mapper_raw"]:
            yield from super().map_pairs(pairs, step_num)
            return
        yield from _called(step["mapper_init"])
        mapper = step["mapper"]
        for key, value in pairs:
            yield from mapper(key, value) or ()
        yield from _called(step["mapper_final"])

    def _combine_or_reduce_pairs(self, pairs: Iterable[Pair], mrc: str, step_num: int = 0) -> Iterator[Pair]:
        step = self._get_step(step_num, MRStep)
        yield from _called(step[f"{mrc}_init"])
        task = step[mrc]
        for key, group in groupby(pairs, _KEY):
            yield from task(key, map(_VALUE, group)) or ()
        yield from _called(step[f"{mrc}_final"])

    def increment_counter(self, group: str, counter: str, amount: int = 1) -> None:
        """As mrjob's; inside a task it is reported once, when the task ends, not once a record."""
        if self._tallies is None or type(amount) is not int:
            super().increment_counter(group, counter, amount)
        else:
            key = (group, counter)
            self._tallies[key] = self._tallies.get(key, 0) + amount

    @contextmanager
    def _tallying(self) -> Iterator[None]:
        self._tallies = {}
        try:
            yield
        finally:
            tallies, self._tallies = self._tallies, None
            for (group, counter), amount in tallies.items():
                self.increment_counter(group, counter, amount)

    def _wrap_protocols(self, step_num: int, step_type: str) -> tuple[Callable[[], Any], Callable[[Any, Any], None]]:
        """mrjob's reading and writing of records, at half the cost.

        A protocol may have `pieces(key, value)`, an iterable of bytes: its lines are then written piece by piece, so
        that a line need not fit in memory. A stdout may have `record(line)`, which takes a line without its end.
        """
        read, write = self.pick_protocols(step_num, step_type)
        lines = (records.input_records if step_type == "mapper" else records.shuffle_records)(self._read_input())
        put = self.stdout.write
        record: Any = getattr(self.stdout, "record", None)
        pieces: Any = getattr(getattr(write, "__self__", None), "pieces", None)

        def read_lines() -> Iterator[tuple[Any, Any]]:
            return map(read, self._numbered(lines) if step_type == "mapper" else lines)

        def write_line(key: Any, value: Any) -> None:
            put(write(key, value) + b"\n")

        def write_record(key: Any, value: Any) -> None:
            record(write(key, value))

        def write_pieces(key: Any, value: Any) -> None:
            for piece in pieces(key, value):
                put(piece)
            put(b"\n")

        return read_lines, write_pieces if pieces else write_record if record else write_line

    def _numbered(self, lines: Iterable[bytes]) -> Iterator[bytes]:
        """The lines of the input, each counted before it is read: `where` tells it."""
        for self.record, line in enumerate(lines, 1):
            yield line

    def refuse(self, why: str) -> NoReturn:
        """End the job because of the record being mapped; the error names its file and its line."""
        raise BadInput(f"{self.where()}: {why}")

    def where(self) -> str:
        """The file and line of the record being mapped, as far as this runner can tell."""
        name = os.environ.get(variable(INPUT_FILE), "standard input")
        start = int(os.environ.get(variable(INPUT_START), 0))
        path = name.partition("file://")[2]
        if not path:
            split = f", in the split from byte {start}" if start else ""
            return f"{name}{split}, line {self.record}"
        of_stdin = os.environ.get(INPUT_NAME) == "" and not self.options.step_num
        return f"{'standard input' if of_stdin else path}, line {records.records_before(path, start) + self.record}"


def _called(task: Callable[[], Any] | None) -> Iterable[Pair]:
    """What an `*_init` or `*_final` yields; nothing where there is none."""
    return (task() if task else None) or ()


def _usage_error(message: str) -> NoReturn:
    """A mistake on the command line, in one line and not below the whole usage, as argparse has it."""
    sys.stderr.write(f"error: {message}; --help lists the options\n")
    sys.exit(2)
