"""Hadoop's conventions on this machine, for the local, the inline and the Spark runner.

    input paths -> all files found before anything starts -> steps -> a hidden folder beside --output-dir
    hidden folder: part files, _gristmill.json, _SUCCESS -> renamed to --output-dir, or printed

Temporary folders are removed when the run ends; those of a killed run by the next run.
"""

from __future__ import annotations

import logging
import os
import re
import tempfile
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gristmill.errors import OutputError, RunError, output_exists
from gristmill.input import changes, find
from gristmill.shuffle.merge import Run
from gristmill.task.environment import MIN_SPLIT
from mrjob.compat import jobconf_from_dict

from . import sent_files
from .elsewhere import warn_of_settings
from .inputs import FoundInputs
from .manifest import NAME, manifest_bytes
from .on_disk import flush, flush_all
from .owned_folder import OwnedFolder, sweep
from .printing import in_order_of_numbers, plain, printed
from .setting_values import whole_number

if TYPE_CHECKING:
    from collections.abc import Iterator

log = logging.getLogger("mrjob.gristmill")

#: MB of map output that a task holds before a spill, where jobconf does not set mapreduce.task.io.sort.mb.
SORT_MB = 32
#: Names of the folders that outputs are written to until they are complete.
_STAGING = re.compile(r"\..+\.gristmill\..+", re.DOTALL)


class HadoopConventions(FoundInputs):
    """A runner that reads and writes by Hadoop's conventions, and leaves no temporary files."""

    _scratch: OwnedFolder | None = None
    _staging: OwnedFolder | None = None
    #: The input's files, in order: absolute paths, ``-``, and what `_is_remote`.
    _input_files: list[find.InputFile]

    @classmethod
    def _default_opts(cls) -> dict[str, Any]:
        return {**super()._default_opts(), "cleanup_on_failure": ["ALL"]}

    def _get_local_tmp_dir(self) -> str:
        if self._local_tmp_dir is None:
            parent = Path(self._opts["local_tmp_dir"] or tempfile.gettempdir()).absolute()
            try:
                # set-up commands are shell, and their paths are not quoted
                name = re.sub(r"[^\w.-]", "_", self._job_key)
                prefix = f"gristmill-{os.getuid()}."
                sweep(parent, re.compile(re.escape(prefix) + ".+"))
                self._scratch = OwnedFolder(parent, prefix, name)
            except OSError as error:
                raise RunError(f"{parent}: {error.strerror}; name another folder by --local-tmp-dir") from None
            self._local_tmp_dir = str(self._scratch.path)
        return self._local_tmp_dir

    # what goes along

    def _create_dir_archives(self) -> None:
        sent_files.prepare(self._working_dir_mgr, self._dir_to_archive_path, self._others_sent())

    def _others_sent(self) -> list[str]:
        """Paths of what goes along besides that of a task's working directory."""
        return list(self._opts["py_files"])

    # input

    def _check_input_paths(self) -> None:
        super()._check_input_paths()
        self._input_files = [
            file if file.path == "-" or self._is_remote(file.path) else replace(file, path=find.absolute(file.path))
            for file in self._found.files
        ]

    def _check_unchanged(self) -> None:
        """Warn of files of the input that grew while the job read them; InputError for other changes."""
        if grown := changes.grown(self._input_files):
            log.warning(changes.warning(grown))

    def _get_input_paths(self) -> list[str]:
        if "-" in self._input_paths and self._stdin_path is None:
            self._stdin_path = self._dump_stdin_to_local_file()
        paths: list[str] = super()._get_input_paths()
        return paths

    def _setting(self, step_num: int, name: str) -> int | None:
        """The whole number that jobconf gives for `name`, None where it gives nothing; RunError for another value."""
        value = jobconf_from_dict(self._jobconf_for_step(step_num), name)
        return None if value is None else whole_number(name, value)

    def _maps(self, step_num: int) -> int | None:
        """The number of map tasks that is asked for; None where none is."""
        return self._setting(step_num, "mapreduce.job.maps")

    def _least_split(self, step_num: int) -> int:
        """Bytes that a split of a plain file has at least."""
        return self._setting(step_num, MIN_SPLIT) or 1

    def _sort_mb(self, step_num: int) -> int:
        """MB of map output that a task holds before a spill."""
        return self._setting(step_num, "mapreduce.task.io.sort.mb") or SORT_MB

    # output

    def _output_path(self) -> Path | None:
        """The output folder on this machine that the user named, or None."""
        return Path(self._output_dir).absolute() if self._output_dir else None

    def _run(self) -> None:
        """Write to a hidden folder beside the output folder, and rename it when it is complete."""
        _check_empty(self._step_output_dir)
        self._check_settings()
        warn_of_settings(self._given_settings(), self.alias)
        target = self._output_path()
        if target is None:
            super()._run()
            self.check_counters(self.counters(), self._fault_places)
            return
        if os.path.lexists(target):
            raise output_exists(self._output_dir)
        with self._output_errors():
            sweep(target.parent, _STAGING)
            self._staging = OwnedFolder(target.parent, f".{target.name}.gristmill.", self._job_key)
        super()._run()
        self.check_counters(self.counters(), self._fault_places)
        with self._output_errors():
            self._settle(self._staging.path)
        manifest = self.manifest(self.counters())
        with self._output_errors():
            if manifest is not None:
                Path(self._staging.path, NAME).write_bytes(manifest_bytes(manifest))
            flush_all(self._staging.path)
            Path(self._staging.path, "_SUCCESS").touch()
            flush(self._staging.path / "_SUCCESS")
            flush(self._staging.path)
            self._staging.become(target)
        with suppress(OSError):  # a folder that may be written to, but not read
            flush(target.parent)
        self._staging = None

    def _given_settings(self) -> list[tuple[str, Any]]:
        """Names and values that the user and the job gave, for all steps and for each, and the partitioner's option."""
        jobconfs = [self._opts["jobconf"], *(step.get("jobconf") or {} for step in self._get_steps())]
        option = [("-partitioner", self._partitioner)] if self._partitioner else []
        return [*(pair for jobconf in jobconfs for pair in jobconf.items()), *option]

    def _check_settings(self) -> None:
        """Raise RunError for settings of no use, before anything starts."""

    def _fault_places(self) -> list[str]:
        """The first lines of the input that could not be used, as far as they are known here."""
        return []

    def _settle(self, folder: Path) -> None:
        """Move the part files to `folder`, in a runner that writes them elsewhere."""

    @contextmanager
    def _output_errors(self) -> Iterator[None]:
        """Raise an error of the disk as OutputError, which names the output directory."""
        try:
            yield
        except OSError as error:
            raise OutputError(f"output directory {self._output_dir}: {error.strerror}; name another") from None

    def cat_output(self) -> Iterator[bytes]:
        """The job's output: see `printed`."""
        folder = self.get_output_dir()
        if folder is None:
            raise ValueError("Run the job before streaming output")
        return self._printed(Path(folder))

    def _printed(self, folder: Path) -> Iterator[bytes]:
        last = self._num_steps() - 1
        has_reduces = "reducer" in self._get_step(last) and self._setting(last, "mapreduce.job.reduces") != 0
        scratch = Path(self._get_local_tmp_dir())
        parts = in_order_of_numbers(folder.glob("part-*"))
        runs = [Run.whole(plain(path, scratch / f"plain-{number}")) for number, path in enumerate(parts)]
        return printed(runs, scratch, merged=self.sorted_output and has_reduces)

    def cleanup(self, mode: list[str] | None = None) -> None:
        """Remove an incomplete output folder and the temporary files; --cleanup may keep the latter."""
        if self._staging:
            self._staging.remove()
        super().cleanup(mode)
        if self._scratch and self._local_tmp_dir is None:
            self._scratch.remove()
        elif self._scratch:
            self._scratch.keep()


def _check_empty(folder: str | None) -> None:
    """Raise OutputError where the folder for the output of steps holds something, or cannot be looked into."""
    named = f"step output directory {folder}"
    try:
        if folder and any(Path(folder).iterdir()):
            raise OutputError(f"{named} is not empty; name another, or remove what it holds")
    except FileNotFoundError:
        pass
    except OSError as error:
        raise OutputError(f"{named}: {error.strerror}; name another") from None
