"""An HTTP server whose calls meet the faults that a test orders (faults.py): EMR's API, and the gate before S3."""

from __future__ import annotations

import socket
import sys
import threading
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from tests.cluster.emr.faults import Fault, Faults

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


@dataclass(frozen=True)
class Answer:
    """What a call is answered with."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


class FaultyServer(ThreadingHTTPServer):
    """On a free port of 127.0.0.1."""

    daemon_threads = True
    # a table of faults opens many connections at once
    request_queue_size = 128

    def __init__(self, handler: type[FaultyHandler]) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.faults = Faults()
        #: The calls as they arrived, refused ones too, and how many are being answered.
        self.calls: Counter[str] = Counter()
        self.busy = 0
        self._counting = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller may be gone, since it was killed or has waited enough; anything else is told."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)

    @contextmanager
    def counted(self, call: str) -> Iterator[None]:
        """Count a call, and while it lasts that it does."""
        with self._counting:
            self.calls[call] += 1
            self.busy += 1
        try:
            yield
        finally:
            with self._counting:
                self.busy -= 1


class FaultyHandler(BaseHTTPRequestHandler):
    """One connection."""

    server: FaultyServer
    protocol_version = "HTTP/1.1"
    # an answer is head and body: the second must not wait for the first to be acknowledged
    disable_nagle_algorithm = True

    def log_message(self, *_: object) -> None:
        """Nothing: the calls are counted."""

    def read(self) -> bytes:
        """The body of the request."""
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def meet(self, call: str, work: Callable[[], Answer], refusal: Callable[[Fault], Answer]) -> None:
        """Do a call and answer it, as far as its fault lets it."""
        with self.server.counted(call):
            fault = self.server.faults.take(call)
            kind = fault.fault if fault else ""
            if fault and kind == "slow":
                time.sleep(fault.seconds)
            if kind == "refused":
                self._hang_up()
                return
            answer = refusal(fault) if fault and kind in ("throttle", "error") else work()
            if fault and kind == "late":
                time.sleep(fault.seconds)
            if kind != "lost":
                self.send(answer, half=kind == "half")
            if kind in ("lost", "half"):
                self._hang_up()

    def send(self, answer: Answer, *, half: bool = False) -> None:
        """Answer, or send but half of the body."""
        length = {"Content-Length": str(len(answer.body))}
        try:
            self.send_response(answer.status)
            for name, value in {**length, **answer.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(answer.body[: len(answer.body) // 2] if half else answer.body)
        except OSError:
            # who asked is gone
            self.close_connection = True

    def _hang_up(self) -> None:
        self.close_connection = True
        try:
            self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            # who asked has done so
            return
