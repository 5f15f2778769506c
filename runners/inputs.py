"""The input of a run, found before anything starts: one resolution of paths for all runners, and one file of stdin."""

from __future__ import annotations

import logging
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from gristmill.errors import RunError
from gristmill.input import find, reading
from gristmill.input.compression import check_readable
from gristmill.input.globs import split_commas
from gristmill.input.usable import skipped_counters, taken, usable
from gristmill.task.processes import one_line
from gristmill.task.substep import ended

from .job_hooks import JobHooks
from .job_key import JobKey

if TYPE_CHECKING:
    from gristmill.input.compression import Reader
    from gristmill.task.counters import Counters

log = logging.getLogger("mrjob.gristmill")


class FoundInputs(JobHooks, JobKey):
    """A runner that finds its input before anything starts."""

    #: Files of this machine, ``-``, and paths of a cluster as they were given.
    _found: find.Inputs
    #: The counters of files that are skipped.
    _skipped: Counters

    def run(self) -> None:
        """Run all steps; StepFailedException for a task's error, RunError for one of this process."""
        try:
            super().run()
        except OSError as error:
            if not self._is_own(error):
                raise
            raise RunError(one_line(error)) from error

    def _is_own(self, error: OSError) -> bool:
        """Whether an error of a run is this process's, and not the job's."""
        return True

    def _is_remote(self, path: str) -> bool:
        """Whether an input path is one of a cluster; where none can be, it is an error."""
        return False

    def _reader(self, is_remote: bool) -> Reader:
        """Who reads files of this machine, or those of a cluster."""
        return "here"

    def _check_input_paths(self) -> None:
        """Find all input of this machine; InputError for a path that names nothing, or that cannot be read."""
        paths = [one for path in self._input_paths for one in self._listed(path)]
        found = find.find_inputs(paths, self._is_remote)
        far = [file for file in found.files if self._is_remote(file.path)]
        remote, skipped_there = taken(far, self._is_named_readable, self.skip_unreadable)
        kept, skipped = [file for file in found.files if not self._is_remote(file.path)], 0
        # a job that opens its files itself knows what they are
        if not self._uses_input_manifest():
            kept, skipped = usable(kept, self._reader(False), self.skip_unreadable)
        self._skipped = skipped_counters(skipped + skipped_there)
        known = {id(file) for file in (*kept, *remote)}
        self._found = replace(found, files=[file for file in found.files if id(file) in known])
        self.check_inputs(self._found.files)
        log_hidden(found.hidden)
        if not found.files:
            what = find.ONLY_HIDDEN if found.hidden else "has no files"
            log.warning("warning: input %s %s", ", ".join(paths), what)

    def _is_named_readable(self, path: str) -> bool:
        """Yes; InputError where a file of a cluster is none by its name."""
        check_readable(path, self._reader(True), as_named=True)
        return True

    def _listed(self, path: str) -> list[str]:
        """The paths of an input: of a cluster's there may be several with commas between, as Hadoop has it."""
        return split_commas(path) if self._is_remote(path) else [path]

    def _dump_stdin_to_local_file(self) -> str:
        """Copy standard input to a file, whole or OSError; its path."""
        path = Path(self._get_local_tmp_dir(), "STDIN")
        with path.open("wb") as target:
            # a read of more would want a second Ctrl-D at a terminal
            read = getattr(self._stdin, "read1", getattr(self._stdin, "read", None))
            target.writelines(iter(partial(read, reading.CHUNK), b"") if read else map(ended, self._stdin))
        return str(path)


def log_hidden(count: int) -> None:
    """Tell, with -v, how many hidden files and folders of the input are not read."""
    if count:
        log.debug("%d hidden files and folders, whose names begin with _ or ., are not read", count)
