"""The logs of a step and of its tasks, as EMR copies them to S3, some minutes after they are written.

LOGURI/CLUSTER/steps/STEP/{controller,stderr,stdout,syslog}[.gz]          the step's client
LOGURI/CLUSTER/containers/APPLICATION/CONTAINER/{stderr,syslog}[.gz]      its tasks
"""

from __future__ import annotations

import gzip
import logging
import zlib
from typing import TYPE_CHECKING, Callable, TypeVar

from gristmill.errors import RunError

from ..hadoop.client_report import ClientReport
from ..hadoop.task_log import Failure, Reading, failed_reading, first_failure

if TYPE_CHECKING:
    from .api import StepEnd
    from .s3_files import S3Files
    from .submitting import Clock

T = TypeVar("T")

log = logging.getLogger("mrjob.gristmill")

#: Seconds to wait for the logs of a step that failed: EMR copies them every five minutes.
PATIENCE = 360
#: Seconds from one node's logs to those of all, as far as they are waited for.
ALL_NODES = 20
#: Seconds between two looks.
PAUSE = 5.0


class StepLogs:
    """The logs of one step, under the URIs `places`, the first that has them; none where there are no places."""

    def __init__(self, files: S3Files, places: tuple[str, ...], end: StepEnd, clock: Clock) -> None:
        self._files = files
        self._places = [f"{place.rstrip('/')}/{end.cluster}" for place in places if place]
        self._step = end.step
        self._clock = clock

    def where(self, application: str = "") -> str:
        """Where a person finds them."""
        if not self._places:
            return f"the step {self._step} in EMR's console: the cluster keeps no logs on S3"
        return f"{self._places[0]}/{f'containers/{application}' if application else f'steps/{self._step}'}/"

    def report(self, seconds: float) -> ClientReport:
        """What the step's client said; waited for `seconds`, or until it says why it failed."""
        last = ClientReport()

        def read() -> bool:
            nonlocal last
            last = ClientReport()
            for line in self._client_lines():
                last.add_line(line)
            return bool(last.reason)

        self._wait(read, seconds)
        return last

    def error(self, job: str) -> str:
        """Nothing: a job's history is not among the logs."""
        return ""

    def failure(self, application: str, seconds: float) -> Failure | None:
        """The first failure in the logs of an application's tasks, waited for.

        With no `seconds`, where Hadoop does not say that a program failed, no longer than it takes logs to come.
        """
        if not seconds:
            self._wait(lambda: self._tasks(application, "stderr"), PATIENCE)
        return self._wait(lambda: first_failure(self._tasks(application, "stderr")), PATIENCE if seconds else ALL_NODES)

    def reading(self, application: str, seconds: float) -> Reading | None:
        """What the first of its tasks that Hadoop ended was reading, waited for where `seconds` are given."""
        return self._wait(lambda: failed_reading(self._tasks(application, "syslog")), PATIENCE if seconds else 0)

    def step_files(self) -> list[str]:
        """The URIs of the step's own logs that are there now."""
        return self._listed(f"steps/{self._step}")

    def text(self, uri: str) -> str:
        """The text of a log."""
        data = self._files.read(uri)
        try:
            data = gzip.decompress(data) if uri.endswith(".gz") else data
        except (OSError, EOFError, zlib.error) as error:
            return f"{uri}: {error}\n"
        return data.decode(errors="replace")

    def _client_lines(self) -> list[str]:
        names = [uri for uri in self.step_files() if uri.rpartition("/")[2].partition(".")[0] in ("stderr", "syslog")]
        # what the client logs may be in either: a line that both have is read twice, and says the same
        return [line for uri in names for line in self.text(uri).splitlines()]

    def _tasks(self, application: str, name: str) -> str:
        """The logs of this name of all containers, as `yarn logs` has them."""
        uris = [
            uri for uri in self._listed(f"containers/{application}") if uri.rpartition("/")[2].partition(".")[0] == name
        ]
        return "".join(f"Container: {uri}\nLogContents:\n{self.text(uri)}\n" for uri in uris)

    def _listed(self, below: str) -> list[str]:
        """The logs below a folder, of the first place that has any."""
        for place in self._places:
            if listed := self._files.list_below(f"{place}/{below}"):
                return listed
        return []

    def _wait(self, find: Callable[[], T], seconds: float) -> T | None:
        """What is found within `seconds`: looked for once at least, and no longer where there can be no logs."""
        last = self._clock.now() + (seconds if self._places else 0)
        while True:
            try:
                found = find()
            except RunError as error:
                log.warning("%s", error)
                return None
            if found or self._clock.now() >= last:
                return found
            self._clock.sleep(PAUSE)
