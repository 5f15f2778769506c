"""What is asked of YARN and MapReduce besides running a job: to kill one, to find one, and why one failed."""

from __future__ import annotations

import logging
import re
import shutil
import subprocess
import time
from pathlib import Path
from typing import Callable, TypeVar

from .command import environment
from .task_log import Failure, Reading, failed_reading, first_failure

T = TypeVar("T")

log = logging.getLogger("mrjob.gristmill")

#: Seconds to wait for a job's history, which its master writes when it ends.
HISTORY = 10
#: Seconds between two looks for logs or history; a look is a start of Java.
PAUSE = 2.0
#: No command of these takes so long on a cluster that works.
SECONDS = 120
#: A row of the failed tasks in a job's history: the task, when it began and ended, its error.
_ERROR = re.compile(r"^(task_\w+)\t[^\t\n]*\t[^\t\n]*\t[, ]*([^\t\n]+)", re.MULTILINE)
_UNFINISHED = "NEW,NEW_SAVING,SUBMITTED,ACCEPTED,RUNNING"


class Yarn:
    """The commands `yarn` and `mapred`, which lie beside `hadoop` or on the path."""

    def __init__(self, hadoop: list[str]) -> None:
        self._hadoop = hadoop

    def kill(self, job: str) -> None:
        """Kill a job, and wait for its end; one that has ended is no error."""
        self._call("mapred", "job", "-kill", job)

    def find(self, tag: str) -> list[str]:
        """The jobs with this tag that have not ended."""
        listed = self._call("yarn", "application", "-list", "-appTags", tag, "-appStates", _UNFINISHED)
        return [f"job_{number}" for number in dict.fromkeys(re.findall(r"\bapplication_(\d+_\d+)\b", listed))]

    def error(self, job: str, seconds: float = HISTORY) -> str:
        """Why the first failed task of a job failed, by its history, waited for `seconds`; "" where there is none."""
        last = time.monotonic() + seconds
        while True:
            found = _ERROR.search(self._call("mapred", "job", "-history", job))
            if found or time.monotonic() > last:
                return f"{found[1]}: {found[2].strip()}" if found else ""
            time.sleep(PAUSE)

    def failure(self, application: str, seconds: float) -> Failure | None:
        """The first failure in the logs of an application's tasks, waited for `seconds`; None where there is none."""
        return self._logged(first_failure, application, "stderr", seconds)

    def reading(self, application: str, seconds: float) -> Reading | None:
        """What the first of its tasks that Hadoop ended was reading, by its log, waited for `seconds`; None if none."""
        return self._logged(failed_reading, application, "syslog", seconds)

    def where(self, application: str) -> str:
        """The command that shows the logs of an application."""
        return f"yarn logs -applicationId {application}"

    def _logged(self, find: Callable[[str], T | None], application: str, name: str, seconds: float) -> T | None:
        last = time.monotonic() + seconds
        while True:
            found = find(self._call("yarn", "logs", "-applicationId", application, "-log_files", name))
            if found or time.monotonic() > last:
                return found
            time.sleep(PAUSE)

    def _call(self, name: str, *command: str) -> str:
        """What a command prints; "" and a line in the log where it cannot be run or takes too long."""
        program = [*self._program(name), *command]
        log.debug("> %s", " ".join(program))
        try:
            done = subprocess.run(  # noqa: S603 (a list, no shell)
                program,
                env=environment(),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                timeout=SECONDS,
                start_new_session=True,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            log.warning("%s: %s", " ".join(program), error)
            return ""
        log.debug("%s", done.stderr)
        return done.stdout

    def _program(self, name: str) -> list[str]:
        hadoop = Path(shutil.which(self._hadoop[0]) or self._hadoop[0])
        beside = hadoop.with_name(name)
        return [str(beside)] if beside.is_file() else [shutil.which(name) or name]
