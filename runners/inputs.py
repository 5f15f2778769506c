"""The input of a run, found before anything starts: one resolution of paths for all runners, and one file of stdin."""

from __future__ import annotations

import logging
import shutil
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from gristmill.errors import InputError, RunError
from gristmill.input import find, reading, splits
from gristmill.input.compression import check_readable, suffix
from gristmill.input.globs import split_commas
from gristmill.input.usable import Look, skipped_counters, taken, usable
from gristmill.task.processes import one_line
from gristmill.task.substep import ended

from .job_hooks import JobHooks
from .job_key import JobKey

if TYPE_CHECKING:
    from gristmill.input.compression import Reader
    from gristmill.input.find import InputFile
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
        if not self._get_steps():
            raise RunError("the job has no steps; define a mapper, a reducer or both")
        try:
            super().run()
        except RunError:
            raise
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
        if self.encoding:
            found = replace(found, files=[replace(file, encoding=self.encoding) for file in found.files])
        far = [file for file in found.files if self._is_remote(file.path)]
        remote, skipped_there = taken(far, self._is_named_readable, self.skip_unreadable)
        kept, skipped = [file for file in found.files if not self._is_remote(file.path)], 0
        # a job that opens its files itself knows what they are
        if not self._uses_input_manifest():
            look = Look(self.encoding, self.head_bytes, self.note_head)
            kept, skipped = usable(kept, self._reader(False), self.skip_unreadable, look)
        self._skipped = skipped_counters(skipped + skipped_there)
        known = {id(file) for file in (*kept, *remote)}
        self._found = replace(found, files=[file for file in found.files if id(file) in known])
        if settings := self.check_inputs(self._found.files):
            self._opts["jobconf"] = {**self._opts["jobconf"], **settings}
        log_hidden(found.hidden)
        if not found.files:
            what = find.ONLY_HIDDEN if found.hidden else "has no files"
            log.warning("warning: input %s %s", ", ".join(paths), what)

    def _is_named_readable(self, path: str) -> bool:
        """Yes; InputError where a file of a cluster is none by its name, or is to be recoded as a whole."""
        if self.encoding:
            name = self.encoding.upper()
            raise InputError(
                f"{path}: --encoding {self.encoding} is of files of this machine, since a cluster cuts lines between "
                f"bytes; make it UTF-8 there (iconv -f {name} -t UTF-8)"
            )
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


def utf8_path(file: InputFile, folder: Path) -> str:
    """The path of a file, or where it is recoded as a whole of its copy in UTF-8, in the new `folder`."""
    if not file.encoding:
        return file.path
    folder.mkdir(parents=True)
    name = Path(file.path).name
    copy = folder / (name[: len(name) - len(suffix(name))] or "_")
    with reading.open_split(splits.whole(file)) as source, copy.open("wb") as target:
        shutil.copyfileobj(source, target, reading.CHUNK)
    return str(copy)


def log_hidden(count: int) -> None:
    """Tell, with -v, how many hidden files and folders of the input are not read."""
    if count:
        log.debug("%d hidden files and folders, whose names begin with _ or ., are not read", count)
