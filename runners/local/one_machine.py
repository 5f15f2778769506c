"""What the local and the inline runner share: mrjob's hooks for the input's splits, a task's environment, the output.

input paths -> files -> splits -> packs, each read by one map task
"""

from __future__ import annotations

import logging
import shutil
from dataclasses import replace
from functools import partial
from itertools import count, takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable

from gristmill.errors import OutputError
from gristmill.input import find, splits
from gristmill.job.usable_lines import PLACES
from gristmill.shuffle.collector import Layout
from gristmill.shuffle.partition import partitioner
from gristmill.task import allowed
from gristmill.task.counters import add_counters
from gristmill.task.environment import DELIMITER, INPUT_NAME
from mrjob.parse import is_uri, parse_mr_job_stderr
from mrjob.sim import SimMRJobRunner

from .. import record_settings, sent_files
from ..conventions import HadoopConventions
from ..job_steps import SUBSTEPS, JobSteps
from ..part_codecs import part_codec
from ..printing import in_order_of_numbers
from ..setting_values import is_true

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gristmill.shuffle.record_rules import RecordRules

    from ..part_codecs import Codec

log = logging.getLogger("mrjob.gristmill")


class OneMachineRunner(HadoopConventions, SimMRJobRunner):
    """A runner whose tasks, input and output are all on this machine."""

    #: Of a partitioner it is said which are known.
    _IGNORED_HADOOP_KWARGS: Any = ["hadoop_input_format", "hadoop_output_format"]  # noqa: RUF012 (as mrjob has it)

    def _output_path(self) -> Path | None:
        if self._output_dir:
            self._output_dir = find.local_path(self._output_dir)
            if is_uri(self._output_dir):
                named = f"output directory {self._output_dir}"
                raise OutputError(f"{named}: -r {self.alias} writes on this machine; give a path")
        return super()._output_path()

    def _get_input_paths(self) -> list[str]:
        paths = super()._get_input_paths()
        if self._input_manifest_path:
            return paths
        return [str(self._stdin_path) if file.path == "-" else file.path for file in self._input_files]

    def _files_for_step(self, step_num: int) -> list[find.InputFile]:
        """The files that a step reads, in order."""
        if step_num:
            folder = Path(self._output_dir_for_step(step_num - 1))
            return [find.InputFile(str(path), "") for path in in_order_of_numbers(folder.glob("part-*"))]
        paths = self._get_input_paths()
        if self._input_manifest_path:
            return [find.InputFile(paths[0], "")]
        return [replace(file, path=path) for file, path in zip(self._input_files, paths)]

    def _input_paths_for_step(self, step_num: int) -> list[str]:
        return [file.path for file in self._files_for_step(step_num)]

    def _run_step(self, step: dict[str, Any], step_num: int) -> None:
        super()._run_step(step, step_num)
        if not step_num:
            self._check_unchanged()

    def _create_dist_cache_dir(self, step_num: int) -> None:
        """Copy and unpack what is sent along into the folder that the tasks of a step share."""
        names = self._working_dir_mgr.name_to_path
        Path(self._dist_cache_dir(step_num)).mkdir(parents=True)
        for name, path in names("file").items():
            target = self._path_in_dist_cache_dir(name, step_num)
            shutil.copy(find.local_path(path), target)
            Path(target).chmod(Path(target).stat().st_mode | 0o500)
        for name, path in names("archive").items():
            sent_files.unpack(path, self._path_in_dist_cache_dir(name, step_num))

    def _stderr_files(self, task_type: str, step_num: int) -> Iterator[Path]:
        """What the tasks of a type have written to stderr, in order."""
        return takewhile(Path.exists, (Path(self._task_stderr_path(task_type, step_num, task)) for task in count()))

    def _fault_places(self) -> list[str]:
        """As the map tasks of the first step reported them."""
        places: list[str] = []
        for path in self._stderr_files("mapper", 0):
            with path.open("rb") as file:
                places += parse_mr_job_stderr(file)["statuses"]
            if len(places) >= PLACES:
                break
        return places[:PLACES]

    def _lists_files(self, step_num: int) -> bool:
        """Whether the input is a list of files, each for one map task (mapper_raw)."""
        return bool(step_num == 0 and self._uses_input_manifest())

    def _splits(self, step_num: int) -> list[splits.Split]:
        """The splits of the step's input, in the order of the input."""
        files = self._files_for_step(step_num)
        if self._lists_files(step_num):
            return [split for file in files for split in splits.by_line(file)]
        about = self._maps(step_num), self._num_cores(), self._least_split(step_num)
        return splits.cut(files, *about, self._delimiter(step_num))

    def _delimiter(self, step_num: int) -> bytes:
        """What ends the records of a step's input, where it is no end of a line; b"" where it is, as in a list."""
        given = record_settings.value(self._jobconf_for_step(step_num), DELIMITER)
        return b"" if self._lists_files(step_num) else given.encode("utf-8", "surrogateescape")

    def _packs(self, step_num: int) -> list[list[splits.Split]]:
        """The splits of each map task."""
        # the lines of a list of files are splits of one file, and share no task
        return splits.pack(self._splits(step_num), self._maps(step_num), self._num_cores())

    def _log_counters(self, step_num: int) -> None:
        if step_num == 0:
            add_counters(self._counters[0], self._skipped)
        super()._log_counters(step_num)
        self._warn_of_failures(step_num)

    def _warn_of_failures(self, step_num: int) -> None:
        """Warn of the tasks that failed where the job allows it, by the reason of the first."""
        group, name = allowed.COUNTER
        failed = self._counters[step_num].get(group, {}).get(name)
        reasons = (
            f"{task_type} task {number}: {why}"
            for task_type in SUBSTEPS
            for number, path in enumerate(self._stderr_files(task_type, step_num))
            if (why := allowed.first_reason(path))
        )
        if failed and (first := next(reasons, "")):
            log.warning(
                "warning: step %d of %d: failed tasks: %s, and what they left unread is lost (%s=false); the first: %s",
                step_num + 1,
                self._num_steps(),
                f"{failed:,}",
                record_settings.FAILS,
                first,
            )

    def _layout(self, step_num: int, reduces: int) -> Layout:
        """How the map output of a step is partitioned and sorted."""
        sort_values, budget = bool(self._sort_values), self._sort_mb(step_num) << 20
        if rules := self._rules(step_num, reduces):
            from gristmill.shuffle.record_rules import reduce_task

            return Layout(reduce_task, reduces, sort_values, budget, rules)
        partition = None
        if not sort_values and self._job.named_partitioner(step_num):
            from ..own_records import key_partition

            partition = key_partition(self._job, step_num, self._jobconf_for_step(step_num), reduces)
        return Layout(partition or partitioner(max(reduces, 1), sort_values=sort_values), reduces, sort_values, budget)

    @property
    def _job(self) -> JobSteps:
        return JobSteps(self._get_steps(), self._opts["jobconf"], self._partitioner, bool(self._sort_values))

    def _check_settings(self) -> None:
        for step_num in range(self._num_steps()):
            self._layout(step_num, 2)
            self._codec(step_num)

    def _may_fail(self, step_num: int) -> bool:
        """Whether a mapper or reducer that ends with another status than 0 is no failure."""
        given = record_settings.value(self._jobconf_for_step(step_num), record_settings.FAILS)
        return not is_true(given, default=True)

    def _codec(self, step_num: int) -> Codec | None:
        """What a step's part files are compressed by; what the next step reads is not. RunError for one of no use."""
        codec = part_codec(self._jobconf_for_step(step_num))
        return codec if step_num == self._num_steps() - 1 else None

    def _rules(self, step_num: int, reduces: int) -> RecordRules | None:
        """What the records of a step are, where the job's settings say so; RunError for settings of no use."""
        if not self._job.has_rules(step_num):
            return None
        # here, as above, since few jobs need it
        from ..own_records import record_rules

        return record_rules(self._job, step_num, self._jobconf_for_step(step_num), reduces)

    def _written(self, step_num: int) -> Callable[[bytes], bytes] | None:
        """What a part file of a step has of whole lines that its programs wrote; None: them."""
        rules = self._rules(step_num, 1)
        return partial(rules.written, by_reducer=not self._job.is_map_only(step_num)) if rules else None

    def _env_for_task(self, task_type: str, step_num: int, task_num: int, map_split: Any = None) -> dict[str, str]:
        env: dict[str, str] = super()._env_for_task(task_type, step_num, task_num, map_split)
        if map_split:
            env[INPUT_NAME] = map_split["name"]
        return env

    def _output_dir_for_step(self, step_num: int) -> str:
        if step_num == self._num_steps() - 1 and self._staging:
            return str(self._staging.path)
        path: str = super()._output_dir_for_step(step_num)
        return path


def as_map_split(split: splits.Split) -> dict[str, Any]:
    """A split as mrjob's runners describe one, and the user's name for the file."""
    return {"file": split.file.path, "start": split.start, "length": split.length, "name": split.file.name}
