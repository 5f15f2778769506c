"""What every runner keeps on this machine: its input is found before anything starts, its folders go when it ends, its
output appears whole or not at all and is printed in the order of keys.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gristmill.errors import OutputError, RunError, output_exists
from gristmill.input import find, reading
from gristmill.shuffle.merge import Run, join_lines, merge_all
from mrjob.compat import jobconf_from_dict
from mrjob.parse import is_uri
from mrjob.runner import MRJobRunner

from .owned_folder import OwnedFolder

if TYPE_CHECKING:
    from collections.abc import Iterator


class Tidy(MRJobRunner):
    """A runner that keeps Hadoop's conventions for input and output, and leaves nothing behind."""

    _scratch: OwnedFolder | None = None
    _staging: OwnedFolder | None = None
    _names: dict[str, str]

    @classmethod
    def _default_opts(cls) -> dict[str, Any]:
        return {**super()._default_opts(), "cleanup_on_failure": ["ALL"]}

    def _get_local_tmp_dir(self) -> str:
        if self._local_tmp_dir is None:
            parent = Path(self._opts["local_tmp_dir"] or tempfile.gettempdir()).absolute()
            try:
                # set-up commands are shell, and their paths are not quoted
                name = re.sub(r"[^\w.-]", "_", self._job_key)
                self._scratch = OwnedFolder(parent, f"gristmill-{os.getuid()}.", name)
            except OSError as error:
                raise RunError(f"{parent}: {error.strerror}; name another folder by --local-tmp-dir") from None
            self._local_tmp_dir = str(self._scratch.path)
        return self._local_tmp_dir

    def _check_input_paths(self) -> None:
        """Find all input of this machine before anything starts; a path that is not there is an error."""
        self._names = {}
        for path in self._input_paths:
            if path != "-" and (not is_uri(path) or path.startswith("file:///")):
                self._names.update((str(Path(file.path).absolute()), file.name) for file in find.find_files(path))

    def _get_input_paths(self) -> list[str]:
        if "-" in self._input_paths and self._stdin_path is None and hasattr(self._stdin, "read"):
            path = Path(self._get_local_tmp_dir(), "STDIN")
            with path.open("wb") as target:
                shutil.copyfileobj(self._stdin, target, reading.CHUNK)
            self._stdin_path = str(path)
        paths: list[str] = super()._get_input_paths()
        return paths

    def _input_name(self, path: str) -> str:
        """What the user called the file at `path`; "" for standard input and for the output of a step."""
        return self._names.get(path, "")

    def _setting(self, step_num: int, name: str) -> int | None:
        """What jobconf says of `name`: a whole number, or None where it says nothing."""
        value = jobconf_from_dict(self._jobconf_for_step(step_num), name)
        if value is not None and not str(value).isdecimal():
            raise RunError(f"{name} is {value!r}; give it a whole number, 0 or more")
        return None if value is None else int(value)

    def _target(self) -> Path | None:
        """The output folder on this machine that the user named, or None."""
        return Path(self._output_dir).absolute() if self._output_dir else None

    def _run(self) -> None:
        """Write to a hidden folder beside the output folder, and rename it when all is there."""
        steps = self._step_output_dir and Path(self._step_output_dir)
        if steps and steps.exists() and any(steps.iterdir()):
            raise OutputError(f"step output directory {steps} is not empty; name another, or remove what it holds")
        target = self._target()
        if target is None:
            super()._run()
            return
        if os.path.lexists(target):
            raise output_exists(self._output_dir)
        with self._output_errors():
            self._staging = OwnedFolder(target.parent, f".{target.name}.gristmill.", self._job_key)
        super()._run()
        with self._output_errors():
            self._settle(self._staging.path)
            Path(self._staging.path, "_SUCCESS").touch()
            self._staging.become(target)
        self._staging = None

    def _settle(self, folder: Path) -> None:
        """Have all output lie in `folder`; a runner that writes it elsewhere moves it."""

    @contextmanager
    def _output_errors(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise OutputError(f"output directory {self._output_dir}: {error.strerror}; name another") from None

    def cleanup(self, mode: list[str] | None = None) -> None:
        if self._staging:
            self._staging.remove()
        super().cleanup(mode)
        if self._scratch and self._local_tmp_dir is None:
            self._scratch.remove()
        elif self._scratch:
            self._scratch.keep()

    def cat_output(self) -> Iterator[bytes]:
        """The job's output: part files merged by key; without a reducer, in the order of the input."""
        folder = self.get_output_dir()
        if folder is None:
            raise ValueError("Run the job before streaming output")
        return self._merged(Path(folder))

    def _merged(self, folder: Path) -> Iterator[bytes]:
        runs = [Run(str(path), 0, path.stat().st_size) for path in sorted(folder.glob("part-*"))]
        last = self._num_steps() - 1
        if "reducer" in self._get_step(last) and self._setting(last, "mapreduce.job.reduces") != 0:
            batches = merge_all(runs, Path(self._get_local_tmp_dir()), sort_values=False)
        else:
            batches = (lines for run in runs for lines in merge_all([run], Path(), sort_values=False))
        yield from map(join_lines, batches)
