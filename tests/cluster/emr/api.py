"""EMR over HTTP: JSON 1.1, an operation named by X-Amz-Target, on 127.0.0.1.

POST /         an operation of EMR
POST /test     for tests alone, any of these members: {"faults": [FAULT, …], "throttling": true, "advance": SECONDS,
               "start_seconds": SECONDS, "log_seconds": SECONDS, "step_seconds": SECONDS of a copy}
GET  /test     {"faults_left": N, "calls": {operation: count}}, the calls as they arrived, refused ones too
"""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

from tests.cluster.emr import model
from tests.cluster.emr.errors import EmrError, ServerError, ThrottlingError, ValidationError
from tests.cluster.emr.faults import Throttle
from tests.cluster.emr.faulty import Answer, FaultyHandler, FaultyServer

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cluster.emr.faults import Fault
    from tests.cluster.emr.operations import Operations

PREFIX = "ElasticMapReduce."


class Api(FaultyServer):
    """The server; `control` does what a test asks for beyond faults."""

    def __init__(self, operations: Operations, control: Callable[[dict[str, Any]], None]) -> None:
        super().__init__(Handler)
        self.operations = operations
        self.control = control
        self.throttle = Throttle()

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


class Handler(FaultyHandler):
    """One connection."""

    server: Api

    def do_POST(self) -> None:
        body = self.read()
        if self.path == "/test":
            self._control(json.loads(body))
            return
        name = (self.headers.get("X-Amz-Target") or "").removeprefix(PREFIX)

        def work() -> Answer:
            try:
                self.server.throttle.take(name)
                return _answer(200, self.server.answer(name, body))
            except EmrError as error:
                return _refused(error)

        self.meet(name, work, _refusal)

    def do_GET(self) -> None:
        about = {"faults_left": self.server.faults.left(), "calls": dict(self.server.calls)}
        self.send(_answer(200, json.dumps(about).encode()))

    def _control(self, order: dict[str, Any]) -> None:
        try:
            if "faults" in order:
                self.server.faults.order(order["faults"])
            if "throttling" in order:
                self.server.throttle.on = bool(order["throttling"])
            self.server.control(order)
        except EmrError as error:
            self.send(_answer(400, json.dumps({"message": error.message}).encode()))
        else:
            self.send(_answer(200, b"{}"))


def _answer(status: int, body: bytes) -> Answer:
    return Answer(status, body, {"Content-Type": "application/x-amz-json-1.1", "x-amzn-RequestId": str(uuid.uuid4())})


def _refused(error: EmrError) -> Answer:
    return _answer(error.status, json.dumps({"__type": error.code, "message": error.message}).encode())


def _refusal(fault: Fault) -> Answer:
    """The answer of a fault by which nothing is done."""
    if fault.fault == "throttle":
        return _refused(ThrottlingError("Rate exceeded"))
    error = ServerError("Something is wrong with the service")
    error.status = fault.status
    return _refused(error)
