"""The logs of a step and of its tasks, as EMR copies them to S3, some minutes after they are written.

LOGURI/CLUSTER/steps/STEP/{controller,stderr,stdout,syslog}[.gz]          the step's client
LOGURI/CLUSTER/containers/APPLICATION/CONTAINER/{stderr,syslog}[.gz]      its tasks
"""

from __future__ import annotations

import logging
import zlib
from typing import TYPE_CHECKING, Any, Callable, TypeVar

from gristmill.errors import RunError

from ..hadoop.client_report import ClientReport
from ..hadoop.task_log import Failure, Reading, failed_reading, first_failure
from .clients import NoAnswer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

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
#: Bytes of a log that are held: its first, which name the job, and its last, which say how it ended.
FIRST, LAST = 1 << 16, 1 << 20
#: The most bytes of a log that are read.
MOST = 1 << 28


class StepLogs:
    """The logs of one step, under the URIs `places`, the first that has them; none where there are no places."""

    def __init__(self, files: S3Files, places: tuple[str, ...], end: StepEnd, clock: Clock) -> None:
        self._files = files
        self._places = [f"{place.rstrip('/')}/{end.cluster}" for place in places if place]
        self._step = end.step
        #: What was found in each log, by its URI and version.
        self._found: dict[tuple[str, str], Any] = {}
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
            self._wait(lambda: self._listed(f"containers/{application}", "stderr"), PATIENCE)

        def find() -> Failure | None:
            failures = self._in_tasks(application, "stderr", first_failure)
            return min(failures, key=lambda failure: failure.seconds, default=None)

        return self._wait(find, PATIENCE if seconds else ALL_NODES)

    def reading(self, application: str, seconds: float) -> Reading | None:
        """What the first of its tasks that Hadoop ended was reading, waited for where `seconds` are given."""

        def find() -> Reading | None:
            return next(self._in_tasks(application, "syslog", failed_reading), None)

        return self._wait(find, PATIENCE if seconds else 0)

    def step_files(self) -> list[str]:
        """The URIs of the step's own logs that are there now."""
        return list(self._listed(f"steps/{self._step}"))

    def text(self, uri: str) -> str:
        """The text of a log; of a long one its beginning and its end."""
        chunks = self._files.chunks(uri)
        try:
            first, last, left_out = _ends(_decompressed(chunks) if uri.endswith(".gz") else chunks)
        except zlib.error as error:
            return f"{uri}: {error}\n"
        between = f"\n... {left_out} bytes are left out; {uri} has them ...\n".encode() if left_out else b""
        return (first + between + last).decode(errors="replace")

    def _client_lines(self) -> list[str]:
        # what the client logs may be in either: a line that both have is read twice, and says the same
        listed = self._listed(f"steps/{self._step}", "stderr", "syslog")
        return [line for uri, version in listed.items() for line in self._read(uri, version, str.splitlines)]

    def _in_tasks(self, application: str, name: str, find: Callable[[str], T | None]) -> Iterator[T]:
        """What is found in the log of this name of each container that has it."""
        for uri, version in self._listed(f"containers/{application}", name).items():
            # as `yarn logs` has them
            found = self._read(uri, version, lambda text: find(f"Container: \nLogContents:\n{text}"))
            if found is not None:
                yield found

    def _read(self, uri: str, version: str, find: Callable[[str], T]) -> T:
        """What is found in a version of a log, which is read once: EMR may replace it by a longer one.

        A log is read for one thing alone.
        """
        if (uri, version) not in self._found:
            self._found[uri, version] = find(self.text(uri))
        found: T = self._found[uri, version]
        return found

    def _listed(self, below: str, *names: str) -> dict[str, str]:
        """The logs below a folder, of the first place that has any, and the version of each; those of these names."""
        for place in self._places:
            if listed := self._files.list_below(f"{place}/{below}"):
                return {uri: listed[uri] for uri in listed if not names or _name(uri) in names}
        return {}

    def _wait(self, find: Callable[[], T], seconds: float) -> T | None:
        """What is found within `seconds`: looked for once at least, and no longer where there can be no logs."""
        last = self._clock.now() + (seconds if self._places else 0)
        while True:
            found = None
            try:
                found = find()
            except NoAnswer as error:
                log.warning("%s", error)
            except RunError as error:
                log.warning("%s", error)
                return None
            if found or self._clock.now() >= last:
                return found
            self._clock.sleep(PAUSE)


def _name(uri: str) -> str:
    """The name of a log, as ``stderr``."""
    return uri.rpartition("/")[2].partition(".")[0]


def _decompressed(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The bytes of a gzip file, LAST at once at most; those that are there of one cut short. zlib.error for another."""
    stream = zlib.decompressobj(31)
    for chunk in chunks:
        while chunk:
            yield stream.decompress(chunk, LAST)
            chunk = stream.unconsumed_tail
            if stream.eof:
                # one stream may follow another
                chunk, stream = stream.unused_data, zlib.decompressobj(31)


def _ends(chunks: Iterable[bytes]) -> tuple[bytes, bytes, int]:
    """The first bytes, the last bytes, and how many are between them; nothing is read beyond MOST."""
    first, last, count = b"", b"", 0
    for chunk in chunks:
        count += len(chunk)
        room = FIRST - len(first)
        first, last = first + chunk[:room], (last + chunk[room:])[-LAST:]
        if count > MOST:
            break
    return first, last, count - len(first) - len(last)
