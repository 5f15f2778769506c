"""The steps of a job for the cluster of this machine's `hadoop` command.

The commands of its substeps stand in the task script; jobconf, arguments and files are a StreamingStep.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Callable

from gristmill.errors import RunError

from ..job_steps import SUBSTEPS, JobSteps
from ..streaming_step import StepFiles
from . import task, task_records
from .upload import link_files, sent_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from ..streaming_step import StreamingStep

#: The most letters of a run's name that are its tag: YARN takes 100.
_TAG = 90

#: The file by which the tasks of a node run --setup one after the other: it goes with the application.
SETUP_LOCK = '"${LOCAL_DIRS%%,*}/gristmill-setup.lock"'
#: Fetches a file of the cluster, by URI and path: `fs` takes a glob, and a container has no `hadoop` on its path.
FETCH = (
    r"""fetch() { glob=$(printf '%s' "$1" | sed 's/[][*?{}\\]/\\&/g'); """
    'PATH="$PATH:$HADOOP_HOME/bin:$HADOOP_COMMON_HOME/bin" hadoop fs -copyToLocal "$glob" "$2"; }; fetch'
)

#: Settings of Hadoop's that have a default of ours.
DEFAULTS = {
    # the end of a job is seen half a second earlier
    "mapreduce.client.progressmonitor.pollinterval": "250",
    # a small job in one container takes half the time, and Hadoop knows by itself what is small
    "mapreduce.job.ubertask.enable": "true",
    # folders of input are walked, as on one machine
    "mapreduce.input.fileinputformat.input.dir.recursive": "true",
}


#: What no XML holds, in which Hadoop hands settings to its tasks.
_CONTROL = re.compile(r"[\0-\x08\x0b\x0c\x0e-\x1f]")


def check_settings(job: JobSteps) -> None:
    """Raise RunError for a setting that Hadoop cannot hand to its tasks."""
    for step_num in range(len(job.steps)):
        for name, value in job.given_jobconf(step_num).items():
            if _CONTROL.search(str(value)):
                raise RunError(f"{name} holds a control character, which Hadoop's settings cannot; use -r local")


def run_name(job_key: str) -> str:
    """The job's key, in letters that need no quoting anywhere."""
    return re.sub(r"[^A-Za-z0-9_.-]", "_", job_key)


def yarn_tag(name: str) -> str:
    """The tag by which YARN finds the jobs of the run with this name, before they have an id."""
    return name.lower()[-_TAG:]


def has_script(job: JobSteps) -> bool:
    """Whether a substep is a method of the job's, so that tasks need its package."""
    return any("script" in (step.get(substep) or {}).get("type", "") for step in job.steps for substep in SUBSTEPS)


def has_ordered_output(job: JobSteps) -> bool:
    """Whether the output is of maps alone, so that its part files can name their splits."""
    last = len(job.steps) - 1
    return not job.output_format and job.steps[last]["type"] == "streaming" and job.is_map_only(last)


def send_task_script(
    sent: Any,
    job: JobSteps,
    command: Callable[[int, str], Sequence[str]],
    folder: Path,
    python: Sequence[str],
    is_in_order: bool,
    variables: Mapping[str, str],
) -> None:
    """Write the task script to `folder`, and add it and what it runs to the files that are sent to tasks.

    `command` gives the command line of a substep that the job has; a step without a mapper passes its records on.
    `python` runs the filters of records. `is_in_order`: the part files of the last step name their splits. `variables`
    are those of the tasks' environment: Hadoop's -cmdenv cuts a value at its first blank.
    """
    env = ["env", *(f"{name}={value}" for name, value in sorted(variables.items()))] if variables else []
    commands = {
        f"{step_num}-{substep}": [*env, *command(step_num, substep)] if substep in step else ["cat"]
        for step_num, step in enumerate(job.steps)
        if step["type"] == "streaming"
        for substep in SUBSTEPS
        if substep in step or substep == "mapper"
    }
    # a path in the task's folder may be one that set-up commands make
    python = [*env, *(["python3"] if "/" in python[0] and not python[0].startswith("/") else python)]
    filters = {
        f"{step_num}-{substep}": task.Filters(*([*python, task.FILTER, action] if action else [] for action in actions))
        for step_num, step in enumerate(job.steps)
        if step["type"] == "streaming"
        for substep, actions in job.record_filters(step_num).items()
    }
    path = folder / task.NAME
    names = [*sent.name_to_path("file"), *sent.name_to_path("archive")]
    links = {sent_name(name): name for name in names if sent_name(name) != name}
    ordered, reads_any = f"{len(job.steps) - 1}-mapper" if is_in_order else "", job.input_format is not None
    script = task.script(commands, ordered, links, filters, reads_any=reads_any)
    path.write_text(script, encoding="utf-8", errors="surrogateescape")
    sent.add("file", str(path), task.NAME)
    if filters:
        sent.add("file", task_records.__file__, task.FILTER)


def job_settings(job_key: str, step_num: int, steps: int, scratch: str) -> dict[str, str]:
    """The settings by which a step is known on the cluster, and has its client's own files in the folder `scratch`."""
    return {
        "mapreduce.job.name": f"{job_key} (step {step_num + 1} of {steps})",
        "mapreduce.job.tags": yarn_tag(run_name(job_key)),
        "stream.tmpdir": scratch,
    }


def step_files(
    paths: Callable[[str], Mapping[str, str]], without: str, folder: Path, libjars: Sequence[str]
) -> StepFiles:
    """The files of a step as links in `folder`; `paths` gives path by name of a kind, ``file`` or ``archive``.

    The path `without` is left out.
    """
    files, archives = (
        link_files(
            folder / f"sent-{kind}s", [(name, path) for name, path in sorted(paths(kind).items()) if path != without]
        )
        for kind in ("file", "archive")
    )
    return StepFiles(files, archives, tuple(libjars))


def hadoop_command(step: StreamingStep, hadoop: Sequence[str], jar: str) -> list[str]:
    """The command line that runs a step: ``hadoop jar JAR …``."""
    return [*hadoop, "jar", jar, *step.command_line()]
