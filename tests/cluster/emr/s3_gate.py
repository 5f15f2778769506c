"""A gate before the real S3, by which calls meet faults on their way: what EMR's API does by itself (see faults.py).

gate = Gate(s3.url)
gate.faults.order([{"call": "PutObject", "fault": "lost", "after": 1}])
gate.calls                    # {"PutObject": 3, …}, as they arrived
gate.stop()
"""

from __future__ import annotations

import http.client
import threading
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from tests.cluster.emr.faulty import Answer, FaultyHandler, FaultyServer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.cluster.emr.faults import Fault

#: What belongs to one connection, or is written anew.
_OF_A_CONNECTION = frozenset({"connection", "content-length", "date", "keep-alive", "server", "transfer-encoding"})
#: method, whether there is a key, and what of the query or the headers says so -> operation; the first that fits.
_OPERATIONS = [
    ("GET", False, "uploads", "ListMultipartUploads"),
    ("GET", False, "list-type", "ListObjectsV2"),
    ("POST", False, "delete", "DeleteObjects"),
    ("PUT", True, "partNumber", "UploadPart"),
    ("PUT", True, "x-amz-copy-source", "CopyObject"),
    ("PUT", True, "", "PutObject"),
    ("POST", True, "uploads", "CreateMultipartUpload"),
    ("POST", True, "uploadId", "CompleteMultipartUpload"),
    ("DELETE", True, "uploadId", "AbortMultipartUpload"),
    ("GET", True, "", "GetObject"),
    ("HEAD", True, "", "HeadObject"),
]


class Gate(FaultyServer):
    """The S3 at `url`, by another address."""

    def __init__(self, url: str) -> None:
        super().__init__(_Handler)
        self.behind = urlsplit(url).netloc
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def stop(self) -> None:
        self.shutdown()
        self.server_close()


class _Handler(FaultyHandler):
    server: Gate

    def do_GET(self) -> None:
        body = self.read()
        self.meet(operation(self.command, self.path, self.headers), lambda: self._pass_on(body), _refusal)

    do_PUT = do_POST = do_DELETE = do_HEAD = do_GET

    def _pass_on(self, body: bytes) -> Answer:
        """What S3 answers; the name of the host is signed, and stays."""
        connection = http.client.HTTPConnection(self.server.behind)
        headers = {name: value for name, value in self.headers.items() if name.lower() not in ("connection", "expect")}
        connection.request(self.command, self.path, body, headers)
        answer = connection.getresponse()
        kept = {name: value for name, value in answer.getheaders() if name.lower() not in _OF_A_CONNECTION}
        if self.command == "HEAD":
            kept["Content-Length"] = answer.getheader("Content-Length") or "0"
        found = Answer(answer.status, answer.read(), kept)
        connection.close()
        return found


def operation(method: str, path: str, headers: Mapping[str, str]) -> str:
    """The operation of S3 that a request is; its method where that is none of those that our runner sends."""
    url = urlsplit(path)
    has_key = bool(url.path.strip("/").partition("/")[2])
    words = {"", *parse_qs(url.query, keep_blank_values=True), *(name.lower() for name in headers)}
    fits = (name for verb, key, word, name in _OPERATIONS if (verb, key) == (method, has_key) and word in words)
    return next(fits, method)


def _refusal(fault: Fault) -> Answer:
    """The answer of a fault by which nothing is done, as S3 words it."""
    status, code = (503, "SlowDown") if fault.fault == "throttle" else (fault.status, "InternalError")
    body = f"<Error><Code>{code}</Code><Message>Something is wrong with the service</Message></Error>"
    return Answer(status, body.encode(), {"Content-Type": "application/xml"})
