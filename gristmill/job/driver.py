"""What a job's driver sees to before its runner starts: its settings, its log, and that there is one."""

from __future__ import annotations

import logging
from typing import Any

import gristmill.job.mrjob_compat  # noqa: F401 (before any mrjob module)
from gristmill import plain
from gristmill.errors import RunError
from gristmill.job.added_options import EMR
from gristmill.job.encoding import encoding_of_files
from gristmill.job.runner_options import left_out, typed
from gristmill.job.settings import settings
from gristmill.job.usable_lines import LOG

log = logging.getLogger("mrjob.gristmill")


def prepared(runner: Any, job: Any) -> Any:
    """The runner, told what it is to know of the job when all steps have run."""
    runner.manifest, runner.sorted_output = job.output_manifest, job.SORTED_OUTPUT
    runner.check_inputs, runner.encoding = job.check_inputs, encoding_of_files(job)
    runner.head_bytes, runner.note_head = job.HEAD_BYTES, job.note_head
    runner.check_counters = job.check_counters
    runner.skip_unreadable = getattr(job.options, "skip_unreadable", None)
    return runner


#: Of a job that a runner cannot run: what it says, and what can. mrjob has that of its own inline runner alone.
_HINTS = (
    ("does not support commands", " (try -r local)"),
    ("has type 'jar'", "; use -r hadoop, which runs jars, on a cluster's master node too"),
    ("has type 'spark", "; use -r spark"),
)


def checked_runner(job: Any) -> Any:
    """The runner of a job, which has not started anything yet; RunError where it cannot run the job."""
    for name in EMR if job.options.runner != "emr" else ():
        if getattr(job.options, name, None):
            raise RunError(f"{typed(name)}: -r emr alone has it; use -r emr, or leave it out")
    logging.getLogger("mrjob.conf").addFilter(_is_news)
    try:
        runner = job.make_runner()
    except NotImplementedError as error:
        hint = next((hint for words, hint in _HINTS if words in str(error)), "")
        raise RunError(f"-r {job.options.runner or 'local'} cannot run this job: {error}{hint}") from None
    except OSError as error:
        raise RunError(f"{str(error).rstrip('!')}; check the path") from None
    for option in left_out(runner):
        log.warning("-r %s does not obey %s; it is left out", runner.alias, option)
    return runner


def runner_kwargs(job: Any, kwargs: dict[str, Any]) -> dict[str, Any]:
    """What the runner of a job is made with, given what mrjob would make it with; RunError for settings of no use."""
    plain.hide([vars(job.options), kwargs])
    kwargs["conf_paths"] = settings(kwargs["conf_paths"])
    if job._runner_class().alias in ("local", "hadoop", "emr"):
        kwargs["mrjob_cls"] = type(job)
    return kwargs


def log_to(stream: Any, level: int) -> None:
    """Have mrjob and this program log from this level on to a stream, stderr if None; --quiet keeps errors and LOG."""
    handler = logging.StreamHandler(stream)
    handler.addFilter(lambda record: record.levelno >= level or record.name == LOG)
    handler.setFormatter(plain.LogFormatter())
    for name in ("mrjob", "__main__"):
        logger = logging.getLogger(name)
        logger.addHandler(handler)
        if level < logging.ERROR:
            logger.setLevel(level)


def _is_news(record: logging.LogRecord) -> bool:
    """Whether a line of mrjob's is worth showing: that there are no settings is none, but with -v."""
    return not record.getMessage().startswith("No configs") or logging.getLogger("mrjob").isEnabledFor(logging.DEBUG)
