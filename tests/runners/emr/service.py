"""Small services for unit tests, over HTTP on this machine: EMR's JSON calls, whose steps end when they are looked at,
and S3 in memory. What they do not check the tests on the cluster do.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections import Counter, defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Callable
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "unit",
    "AWS_SECRET_ACCESS_KEY": "not-a-secret",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": "/dev/null",
    "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
}


class Emr:
    """Clusters and steps in memory.

    `faults` has for each operation what becomes of its next calls: ``refuse``, ``throttle``, ``500``, ``close`` (not
    done, no answer), ``lose`` (done, no answer), ``torn`` (done, an empty answer), ``page`` (done, a page of a
    gateway's), ``half`` (done, half the answer), ``half throttle`` (half of a refusal), ``ok``.
    """

    def __init__(self) -> None:
        self.clusters: dict[str, dict[str, Any]] = {}
        self.steps: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.faults: dict[str, list[str]] = defaultdict(list)
        self.calls: list[tuple[str, dict[str, Any]]] = []
        #: The states that a step takes, a look each; the last one stays.
        self.states = ["PENDING", "RUNNING", "COMPLETED"]
        #: Called with a step that has just ended.
        self.at_end: Callable[[dict[str, Any]], None] = lambda _: None
        self.more: dict[str, Any] = {}

    def count(self) -> Counter[str]:
        return Counter(name for name, _ in self.calls)

    def do(self, operation: str, body: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = getattr(self, re.sub(r"(?<!^)(?=[A-Z])", "_", operation).lower())(body)
        return answer

    def add_cluster(self, name: str = "shared", **about: Any) -> str:
        cluster = f"j-{len(self.clusters) + 1}"
        self.clusters[cluster] = {
            "Id": cluster,
            "Name": name,
            "Status": {"State": "WAITING"},
            "StepConcurrencyLevel": 1,
            "LogUri": "s3n://logs/",
            "Tags": [],
            **about,
        }
        return cluster

    def run_job_flow(self, body: dict[str, Any]) -> dict[str, Any]:
        cluster = self.add_cluster(body["Name"], Tags=body.get("Tags", []), LogUri=body.get("LogUri", ""))
        self.clusters[cluster]["Asked"] = body
        self.add_job_flow_steps({"JobFlowId": cluster, "Steps": body.get("Steps", [])})
        return {"JobFlowId": cluster}

    def add_job_flow_steps(self, body: dict[str, Any]) -> dict[str, Any]:
        ids = []
        for step in body["Steps"]:
            ids.append(f"s-{sum(map(len, self.steps.values())) + 1}")
            about = {"Id": ids[-1], "Name": step["Name"], "Config": step["HadoopJarStep"], "left": list(self.states)}
            self.steps[body["JobFlowId"]].append({**about, "asked": step})
        return {"StepIds": ids}

    def list_steps(self, body: dict[str, Any]) -> dict[str, Any]:
        steps = [self.shown(step) for step in reversed(self.steps[body["ClusterId"]])]
        states = body.get("StepStates") or [step["Status"]["State"] for step in steps]
        steps = [step for step in steps if step["Status"]["State"] in states]
        start = int(body.get("Marker", 0))
        marker = {"Marker": str(start + 50)} if len(steps) > start + 50 else {}
        return {"Steps": steps[start : start + 50], **marker}

    def describe_step(self, body: dict[str, Any]) -> dict[str, Any]:
        step = next(each for each in self.steps[body["ClusterId"]] if each["Id"] == body["StepId"])
        if len(step["left"]) > 1:
            step["left"].pop(0)
            if len(step["left"]) == 1:
                self.at_end(step)
        return {"Step": {**self.shown(step), **self.more}}

    def shown(self, step: dict[str, Any]) -> dict[str, Any]:
        status = {"State": step["left"][0], **step.get("status", {})}
        return {"Id": step["Id"], "Name": step["Name"], "Status": status, "Config": step["Config"]}

    def describe_cluster(self, body: dict[str, Any]) -> dict[str, Any]:
        return {"Cluster": {key: value for key, value in self.clusters[body["ClusterId"]].items() if key != "Asked"}}

    def list_clusters(self, body: dict[str, Any]) -> dict[str, Any]:
        states = body.get("ClusterStates") or [each["Status"]["State"] for each in self.clusters.values()]
        found = [each for each in self.clusters.values() if each["Status"]["State"] in states]
        return {"Clusters": [{key: each[key] for key in ("Id", "Name", "Status")} for each in found]}

    def cancel_steps(self, body: dict[str, Any]) -> dict[str, Any]:
        for step in self.steps[body["ClusterId"]]:
            if step["Id"] in body["StepIds"] and step["left"][0] in ("PENDING", "RUNNING"):
                step["left"] = ["CANCELLED"]
        return {"CancelStepsInfoList": [{"StepId": step, "Status": "SUBMITTED"} for step in body["StepIds"]]}

    def terminate_job_flows(self, body: dict[str, Any]) -> dict[str, Any]:
        for cluster in body["JobFlowIds"]:
            self.clusters[cluster]["Status"] = {"State": "TERMINATING"}
        return {}


class Services(ThreadingHTTPServer):
    """Both services at one address; `s3` has the objects by bucket and key, `headers` those of each request to S3."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.lock = threading.Lock()
        self.reset()
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def reset(self) -> None:
        self.emr = Emr()
        self.s3: dict[tuple[str, str], bytes] = {}
        self.uploads: dict[str, tuple[str, str, dict[int, bytes]]] = {}
        self.headers: list[dict[str, str]] = []
        self.refused = ""
        #: How many lists of S3's objects come by half; of its objects instead, where `half_objects` is true.
        self.halves, self.half_objects = 0, False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def keys(self, bucket: str) -> list[str]:
        return sorted(key for name, key in self.s3 if name == bucket)

    def handle_error(self, *_: Any) -> None:
        pass


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Services

    def log_message(self, *_: Any) -> None:
        pass

    def do_POST(self) -> None:
        with self.server.lock:
            if "X-Amz-Target" in self.headers:
                self._emr()
            else:
                self._s3("POST")

    def do_GET(self) -> None:
        with self.server.lock:
            self._s3("GET")

    do_PUT = do_HEAD = do_DELETE = lambda self: self._other()

    def _other(self) -> None:
        with self.server.lock:
            self._s3(self.command)

    def _body(self) -> bytes:
        if "chunked" in self.headers.get("Transfer-Encoding", ""):
            data = b""
            while size := int(self.rfile.readline().split(b";")[0], 16):
                data += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
        else:
            data = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        return _plain(data) if "aws-chunked" in self.headers.get("Content-Encoding", "") else data

    def _answer(
        self, status: int, data: bytes = b"", kind: str = "application/xml", *, is_half: bool = False, **headers: str
    ) -> None:
        self.send_response(status)
        length = headers.pop("length", str(len(data)))
        for name, value in {"Content-Type": kind, "Content-Length": length, **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data[: len(data) // 2] if is_half else data)
        self.close_connection = is_half

    def _emr(self) -> None:
        emr, operation = self.server.emr, self.headers["X-Amz-Target"].partition(".")[2]
        body = json.loads(self._body())
        emr.calls.append((operation, body))
        fault = emr.faults[operation].pop(0) if emr.faults[operation] else "ok"
        refused = {"refuse": ("InvalidRequestException", 400), "throttle": ("ThrottlingException", 400)}
        refused["500"] = ("InternalServerException", 500)
        _, half, fault = fault.rpartition("half ")
        if fault in refused:
            name, status = refused[fault]
            words = json.dumps({"__type": name, "message": f"it says {name}"}).encode()
            self._answer(status, words, "application/x-amz-json-1.1", is_half=bool(half))
            return
        if fault == "close":
            self.close_connection = True
            return
        answer = json.dumps(emr.do(operation, body)).encode()
        if fault == "lose":
            self.close_connection = True
            return
        answer = {"torn": b"{}", "page": b"<html>"}.get(fault, answer)
        self._answer(200, answer, "application/x-amz-json-1.1", is_half=fault == "half")

    def _s3(self, method: str) -> None:
        url, objects = urlsplit(self.path), self.server.s3
        query = {name: values[0] for name, values in parse_qs(url.query, keep_blank_values=True).items()}
        bucket, _, key = unquote(url.path).lstrip("/").partition("/")
        body = self._body()
        self.server.headers.append({"method": method, "path": self.path, **dict(self.headers.items())})
        if self.server.refused and self.server.refused in self.path:
            self._answer(403, b"<Error><Code>AccessDenied</Code><Message>no</Message></Error>")
        elif method == "GET" and not key:
            self._list(bucket, query)
        elif method == "POST" and "delete" in query:
            self._delete(bucket, body.decode())
        elif "uploads" in query or "uploadId" in query:
            self._multipart(method, bucket, key, query, body)
        elif method == "PUT":
            source = unquote(self.headers.get("x-amz-copy-source", ""))
            objects[bucket, key] = objects[tuple(source.split("/", 1))] if source else body  # type: ignore[index]
            self._answer(200, b"<CopyObjectResult><ETag>e</ETag></CopyObjectResult>" if source else b"", ETag='"e"')
        elif (bucket, key) not in objects:
            self._answer(404, b"" if method == "HEAD" else b"<Error><Code>NoSuchKey</Code></Error>")
        else:
            data = objects[bucket, key]
            about = {"ETag": '"e"', "Last-Modified": "Fri, 27 Nov 2026 10:00:00 GMT"}
            self.server.halves -= self.server.half_objects
            is_half = self.server.half_objects and self.server.halves >= 0
            self._answer(200, b"" if method == "HEAD" else data, length=str(len(data)), is_half=is_half, **about)

    def _multipart(self, method: str, bucket: str, key: str, query: dict[str, str], body: bytes) -> None:
        uploads = self.server.uploads
        if method == "POST" and "uploads" in query:
            number = f"u{len(uploads)}"
            uploads[number] = (bucket, key, {})
            self._answer(200, f"<R><UploadId>{number}</UploadId></R>".encode())
        elif method == "PUT":
            uploads[query["uploadId"]][2][int(query["partNumber"])] = body
            self._answer(200, ETag='"e"')
        elif method == "DELETE":
            del uploads[query["uploadId"]]
            self._answer(204)
        else:
            parts = uploads.pop(query["uploadId"])[2]
            self.server.s3[bucket, key] = b"".join(parts[number] for number in sorted(parts))
            self._answer(200, b"<R><ETag>e</ETag></R>")

    def _list(self, bucket: str, query: dict[str, str]) -> None:
        if "uploads" in query:
            shown = [
                f"<Upload><Key>{escape(key)}</Key><UploadId>{number}</UploadId></Upload>"
                for number, (name, key, _) in self.server.uploads.items()
                if name == bucket and key.startswith(query.get("prefix", ""))
            ]
            self._answer(200, f"<R><IsTruncated>false</IsTruncated>{''.join(shown)}</R>".encode())
            return
        keys = [key for key in self.server.keys(bucket) if key.startswith(query.get("prefix", ""))]
        start, size = int(query.get("continuation-token", 0)), int(query.get("max-keys", 400))
        page, more = keys[start : start + size], len(keys) > start + size
        tags = {key: hashlib.md5(self.server.s3[bucket, key], usedforsecurity=False).hexdigest() for key in page}
        shown = [f"<Contents><Key>{escape(key)}</Key><ETag>{tags[key]}</ETag></Contents>" for key in page]
        token = f"<NextContinuationToken>{start + size}</NextContinuationToken>" if more else ""
        text = f"<R><IsTruncated>{str(more).lower()}</IsTruncated>{token}{''.join(shown)}</R>"
        self.server.halves -= not self.server.half_objects
        self._answer(200, text.encode(), is_half=not self.server.half_objects and self.server.halves >= 0)

    def _delete(self, bucket: str, body: str) -> None:
        errors = ""
        for key in re.findall("<Key>(.*?)</Key>", body):
            if key.endswith("kept"):
                errors += f"<Error><Key>{key}</Key><Code>AccessDenied</Code><Message>no</Message></Error>"
            else:
                self.server.s3.pop((bucket, key), None)
        self._answer(200, f"<DeleteResult>{errors}</DeleteResult>".encode())


def _plain(data: bytes) -> bytes:
    """What is sent in chunks of AWS's own."""
    plain = b""
    while data:
        head, _, data = data.partition(b"\r\n")
        size = int(head.split(b";")[0], 16)
        plain += data[:size]
        data = data[size + 2 :] if size else b""
    return plain
