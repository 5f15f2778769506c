"""What the inline and the local runner share: where input is found, where output goes, in what order it is printed."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jobs.errors import OutputError, RunError
from runners import inputs
from runners.scratch import Scratch
from runners.shuffle import Run, merge_all
from mrjob.compat import jobconf_from_dict
from mrjob.sim import SimMRJobRunner

if TYPE_CHECKING:
    from collections.abc import Iterator

#: The environment variable in which a map task finds the name of its input file, as the user gave it.
INPUT_NAME = "gristmill_input_name"


class Simulated(SimMRJobRunner):
    """A runner on this machine that keeps Hadoop's conventions for input and output."""

    _scratch: Scratch | None = None
    _staging: Scratch | None = None
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
                self._scratch = Scratch(parent, f"gristmill-{os.getuid()}.", name)
            except OSError as error:
                raise RunError(f"{parent}: {error.strerror}; name another folder by --local-tmp-dir") from None
            self._local_tmp_dir = str(self._scratch.path)
        return self._local_tmp_dir

    def _check_input_paths(self) -> None:
        """Find all input before anything starts; a path that is not there is an error."""
        self._names = {}
        for path in self._input_paths:
            if path != "-":
                self._names.update((str(Path(file.path).absolute()), file.name) for file in inputs.find(path))

    def _get_input_paths(self) -> list[str]:
        if "-" in self._input_paths and self._stdin_path is None and hasattr(self._stdin, "read"):
            path = Path(self._get_local_tmp_dir(), "STDIN")
            with path.open("wb") as target:
                shutil.copyfileobj(self._stdin, target, inputs.CHUNK)
            self._stdin_path = str(path)
        paths: list[str] = super()._get_input_paths()
        return paths

    def _input_paths_for_step(self, step_num: int) -> list[str]:
        if step_num == 0:
            return [str(Path(file.path).absolute()) for path in self._get_input_paths() for file in inputs.find(path)]
        folder = Path(self._output_dir_for_step(step_num - 1))
        return sorted(str(path) for path in folder.glob("part-*"))

    def _input_name(self, path: str) -> str:
        """What the user called the file at `path`; "" for standard input and for the output of a step."""
        return self._names.get(path, "")

    def _setting(self, step_num: int, name: str) -> int | None:
        """What jobconf says of `name`: a whole number, or None where it says nothing."""
        value = jobconf_from_dict(self._jobconf_for_step(step_num), name)
        if value is not None and not str(value).isdecimal():
            raise RunError(f"{name} is {value!r}; give it a whole number, 0 or more")
        return None if value is None else int(value)

    def _splits(self, step_num: int) -> list[inputs.Split]:
        files = [inputs.Input(path, self._input_name(path)) for path in self._input_paths_for_step(step_num)]
        if step_num == 0 and self._uses_input_manifest():
            return [split for file in files for split in inputs.by_line(file)]
        maps = self._setting(step_num, "mapreduce.job.maps")
        least = self._setting(step_num, "mapreduce.input.fileinputformat.split.minsize")
        return inputs.cut(files, maps, self._num_cores(), least or 1)

    def _env_for_task(self, task_type: str, step_num: int, task_num: int, map_split: Any = None) -> dict[str, str]:
        env: dict[str, str] = super()._env_for_task(task_type, step_num, task_num, map_split)
        if map_split:
            env[INPUT_NAME] = self._input_name(map_split["file"])
        return env

    def _output_dir_for_step(self, step_num: int) -> str:
        if step_num == self._num_steps() - 1 and self._staging:
            return str(self._staging.path)
        path: str = super()._output_dir_for_step(step_num)
        return path

    def _run(self) -> None:
        """Write to a hidden folder beside the output folder, and rename it when all is there."""
        steps = self._step_output_dir and Path(self._step_output_dir)
        if steps and steps.exists() and any(steps.iterdir()):
            raise OutputError(f"step output directory {steps} is not empty; name another, or remove what it holds")
        if not self._output_dir:
            super()._run()
            return
        target = Path(self._output_dir).absolute()
        if os.path.lexists(target):
            raise OutputError(f"output directory {self._output_dir} already exists; name another, or remove it first")
        with self._output_errors():
            self._staging = Scratch(target.parent, f".{target.name}.gristmill.", self._job_key)
        super()._run()
        with self._output_errors():
            Path(self._staging.path, "_SUCCESS").touch()
            self._staging.become(target)
        self._staging = None

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
        runs = [Run(str(path), 0, path.stat().st_size) for path in sorted(Path(folder).glob("part-*"))]
        last = self._num_steps() - 1
        if "reducer" in self._get_step(last) and self._num_reducers(last):
            batches = merge_all(runs, Path(self._get_local_tmp_dir()), sort_values=False, seen=lambda _: None)
        else:
            batches = (
                lines for run in runs for lines in merge_all([run], Path(), sort_values=False, seen=lambda _: None)
            )
        for lines in batches:
            yield b"\n".join(lines) + b"\n"
