"""`Job`, the class that every job extends. An mrjob job moves by ``from gristmill import Job as MRJob``.

It is mrjob's MRJob, and: the default runner is `local`; protocols give the same bytes on every machine; a record ends
at LF, CR LF or a lone CR, as on Hadoop; counters are reported once a task; errors are one line.
"""

from __future__ import annotations

import codecs
import inspect
import logging
import reprlib
import sys
from contextlib import contextmanager
from importlib import import_module
from itertools import groupby
from math import inf
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Callable

import gristmill.job.mrjob_compat  # noqa: F401 (before any mrjob module)
from gristmill.errors import placed
from gristmill.job import options, record_io, task_input
from gristmill.job.hooks import Hooks
from gristmill.job.line_faults import LineFaults
from gristmill.job.process import ending_in_one_line, show_places, stopping_in_order, tell_of_terminal
from gristmill.job.protocols import JSONProtocol, NoPair
from gristmill.task.counters import as_counters
from mrjob.step import MRStep, StepFailedException

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    Pair = tuple[Any, Any]

log = logging.getLogger("mrjob.gristmill")

_KEY, _VALUE = itemgetter(0), itemgetter(1)
_NONE = object()


class Job(Hooks, LineFaults):
    """A MapReduce job. Define `mapper`, `combiner`, `reducer` or `steps`, as mrjob documents them."""

    #: mrjob's JSONProtocol takes whichever JSON library a machine has, so equal keys differ in bytes on mixed nodes.
    INTERNAL_PROTOCOL: Any = JSONProtocol
    OUTPUT_PROTOCOL: Any = JSONProtocol
    SORT_VALUES: Any = None
    #: Whether each part of the output is in order of its keys: then they are printed merged, else one after the other.
    SORTED_OUTPUT = False
    #: Packages that tasks import besides mrjob and the job's own: pure Python, shipped with the job.
    PACKAGES: tuple[str, ...] = ()

    _tallies: dict[tuple[str, str], int] | None = None
    _kwargs: dict[str, Any] | None = None
    #: The key being combined or reduced.
    _key: Any = _NONE

    # the command line

    @classmethod
    def run(cls) -> None:
        """Run the job, or one task of it, by the command line; ends by SystemExit where that fails."""
        with ending_in_one_line(StepFailedException):
            job = cls()
            show_places()
            tell_of_terminal(job.options.args, quiet=job.options.quiet)
            job.execute()

    def configure_args(self) -> None:
        """Define the options: a job that has its own calls this first, then `add_passthru_arg` or `add_file_arg`."""
        options.configure(self.arg_parser)
        super().configure_args()
        options.offer_our_runners(self.arg_parser)

    def load_args(self, args: list[str]) -> None:
        """Parse the command line into `options`; a job that checks its own calls this first."""
        # argparse forgets the -- in front of inputs when it parses what options have left over
        end = args.index("--") if "--" in args else len(args)
        super().load_args(args[:end])
        self.options.args += args[end + 1 :]
        self.max_line = getattr(self.options, "max_line", inf)
        if self.options.output_dir == "":
            self.arg_parser.error("--output-dir is empty; name a folder, or leave it out to have the output printed")

    def _usage(self) -> str:
        """The usage line with the job's docstring under it, which holds its examples."""
        about = inspect.cleandoc(type(self).__doc__ or "").replace("%", "%%")
        return f"{super()._usage()}\n\n{options.as_typed(about)}"

    def _print_help(self, given: Any) -> None:
        from gristmill.job.help import help_text

        text = help_text(self.arg_parser, self._usage(), given.runner, of_one_task=bool(given.verbose))
        sys.stdout.write(text)

    def _runner_class(self) -> Any:
        # by a name that a package `runners` of the user's cannot take
        runner_class = import_module("gristmill.runners.registry").runner_class
        return runner_class(self.options.runner or "local")

    @classmethod
    def set_up_logging(cls, quiet: bool = False, verbose: bool = False, stream: Any = None) -> None:
        """As mrjob's, but --quiet keeps errors, such as the traceback of a failed task."""
        # here, as below, since no task needs it
        from gristmill.job.driver import log_to

        log_to(stream, logging.ERROR if quiet else logging.DEBUG if verbose else logging.INFO)

    def _runner_kwargs(self) -> dict[str, Any]:
        from gristmill.job.driver import runner_kwargs

        # mrjob asks twice for one runner
        self._kwargs = self._kwargs or runner_kwargs(self, super()._runner_kwargs())
        return dict(self._kwargs)

    def make_runner(self) -> Any:
        """The runner of this job, a context manager; its `run()` runs all steps and then asks `output_manifest`."""
        from gristmill.job.driver import prepared

        self._kwargs = None
        return prepared(super().make_runner(), self)

    def run_job(self) -> None:
        """Run all steps and print the output; RunError, or one line and SystemExit where a step fails, as in mrjob."""
        # a path may be no UTF-8
        stream = codecs.getwriter("utf_8")(self.stderr, "backslashreplace")
        self.set_up_logging(quiet=self.options.quiet, verbose=self.options.verbose, stream=stream)
        from gristmill.job.driver import checked_runner

        try:
            with stopping_in_order(), checked_runner(self) as runner:
                runner.run()
                if self._should_cat_output():
                    for chunk in runner.cat_output():
                        self.stdout.write(chunk)
                    self.stdout.flush()
        except StepFailedException as error:
            log.error("error: %s", error)
            sys.exit(1)

    # one task

    def run_mapper(self, step_num: int = 0) -> None:
        """Run the mapper of a step over standard input."""
        with self._running("mapper", step_num, self._place_of_record):
            try:
                super().run_mapper(step_num)
            except NoPair as error:
                self.refuse(str(error))
            if not task_input.has_driver() and not step_num:
                self.check_counters([as_counters(self._tallies or {})], list)

    def run_combiner(self, step_num: int = 0) -> None:
        """Run the combiner of a step over standard input, which is sorted."""
        with self._running("combiner", step_num, self._place_of_key):
            super().run_combiner(step_num)

    def run_reducer(self, step_num: int = 0) -> None:
        """Run the reducer of a step over standard input, which is sorted."""
        with self._running("reducer", step_num, self._place_of_key):
            super().run_reducer(step_num)

    def map_pairs(self, pairs: Iterable[Pair], step_num: int = 0) -> Iterator[Pair]:
        """What a step's mapper yields for the pairs of one task."""
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
            self._key = key
            yield from task(key, map(_VALUE, group)) or ()
        yield from _called(step[f"{mrc}_final"])

    def increment_counter(self, group: str, counter: str, amount: int = 1) -> None:
        """Add to a counter; inside a task the sum is reported once, when the task ends."""
        if self._tallies is None or type(amount) is not int:
            super().increment_counter(group, counter, amount)
        else:
            key = (group, counter)
            self._tallies[key] = self._tallies.get(key, 0) + amount

    @contextmanager
    def _running(self, mrc: str, step_num: int, place: Callable[[], str]) -> Iterator[None]:
        """A task: its step is one that there is, its counters are reported at its end, its error has its place."""
        record_io.check_task(self, mrc, step_num)
        self._tallies = {}
        try:
            with placed(place):
                yield
        finally:
            tallies, self._tallies = self._tallies, None
            for (group, counter), amount in tallies.items():
                self.increment_counter(group, counter, amount)

    def _wrap_protocols(self, step_num: int, step_type: str) -> Any:
        return record_io.reader_and_writer(self, self.pick_protocols(step_num, step_type), step_type)

    def _place_of_key(self) -> str:
        return "" if self._key is _NONE else f"key {reprlib.repr(self._key)}"


def _called(task: Callable[[], Any] | None) -> Iterable[Pair]:
    """What an `*_init` or `*_final` yields; nothing where the step has none."""
    return (task() if task else None) or ()
