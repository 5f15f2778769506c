"""EMR over HTTP: JSON 1.1, an operation named by X-Amz-Target, on 127.0.0.1.

POST /         an operation of EMR
POST /test     for tests alone, any of these members: {"faults": [FAULT, …], "throttling": true, "advance": SECONDS,
               "start_seconds": SECONDS, "log_seconds": SECONDS}
GET  /test     {"faults_left": N, "calls": {operation: count}}, the calls as they arrived, refused ones too
"""

from __future__ import annotations

import json
import socket
import threading
import time
import uuid
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from tests.cluster.emr import model
from tests.cluster.emr.errors import EmrError, ServerError, ThrottlingError, ValidationError
from tests.cluster.emr.faults import Fault, Faults, Throttle

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cluster.emr.operations import Operations

PREFIX = "ElasticMapReduce."


class Api(ThreadingHTTPServer):
    """The server; `control` does what a test asks for beyond faults."""

    daemon_threads = True
    # a table of faults opens many connections at once
    request_queue_size = 128

    def __init__(self, operations: Operations, control: Callable[[dict[str, Any]], None]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.operations = operations
        self.control = control
        self.faults = Faults()
        self.throttle = Throttle()
        self.calls: Counter[str] = Counter()
        self.counting = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def answer(self, name: str, body: bytes) -> bytes:
        """The body of the answer to an operation; EmrError."""
        if name not in self.operations:
            raise EmrErrorUnknown(f"the tests' EMR has no operation {name!r}")
        try:
            request = model.parse(name, body)
        except model.InvalidError as error:
            raise ValidationError(str(error)) from error
        return model.serialise(name, self.operations(name, request))


class EmrErrorUnknown(EmrError):
    """An operation that is not there."""

    code = "UnknownOperationException"


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    server: Api
    protocol_version = "HTTP/1.1"
    # an answer is head and body: the second must not wait for the first to be acknowledged
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path == "/test":
            self._control(json.loads(body))
            return
        name = (self.headers.get("X-Amz-Target") or "").removeprefix(PREFIX)
        with self.server.counting:
            self.server.calls[name] += 1
        fault = self.server.faults.take(name)
        if fault and fault.fault == "slow":
            time.sleep(fault.seconds)
        if fault and fault.fault == "refused":
            self._hang_up()
            return
        try:
            _refuse(fault)
            self.server.throttle.take(name)
            status, answer = 200, self.server.answer(name, body)
        except EmrError as error:
            status = error.status
            answer = json.dumps({"__type": error.code, "message": error.message}).encode()
        self._deliver(fault, status, answer)

    def do_GET(self) -> None:
        with self.server.counting:
            calls = dict(self.server.calls)
        self._send(200, json.dumps({"faults_left": self.server.faults.left(), "calls": calls}).encode())

    def log_message(self, *_: object) -> None:
        """Nothing: the calls are counted."""

    def _control(self, order: dict[str, Any]) -> None:
        try:
            if "faults" in order:
                self.server.faults.order(order["faults"])
            if "throttling" in order:
                self.server.throttle.on = bool(order["throttling"])
            self.server.control(order)
        except EmrError as error:
            self._send(400, json.dumps({"message": error.message}).encode())
        else:
            self._send(200, b"{}")

    def _deliver(self, fault: Fault | None, status: int, answer: bytes) -> None:
        kind = fault.fault if fault else ""
        if fault and kind == "late":
            time.sleep(fault.seconds)
        if kind == "lost":
            self._hang_up()
        elif kind == "half":
            self._send(status, answer, len(answer) // 2)
            self._hang_up()
        else:
            self._send(status, answer)

    def _send(self, status: int, answer: bytes, count: int | None = None) -> None:
        """Answer; with `count`, only so many bytes of the body."""
        try:
            self.send_response(status)
            self.send_header("Content-Type", "application/x-amz-json-1.1")
            self.send_header("x-amzn-RequestId", str(uuid.uuid4()))
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer[:count])
        except OSError:
            # who asked is gone
            self.close_connection = True

    def _hang_up(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)


def _refuse(fault: Fault | None) -> None:
    if fault and fault.fault == "throttle":
        raise ThrottlingError("Rate exceeded")
    if fault and fault.fault == "error":
        error = ServerError("Something is wrong with the service")
        error.status = fault.status
        raise error
