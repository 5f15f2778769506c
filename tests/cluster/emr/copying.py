"""hadoop-streaming where there is S3 and no Hadoop: a step that does nothing but copy its input to its output.

It refuses what Hadoop refuses, an output that is there and an input that is not, and leaves what Hadoop leaves:

OUTPUT/_temporary/0       while it runs, and where it is ended
OUTPUT/part-00000         all input, file by file
OUTPUT/_SUCCESS
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

KILLED = 137


class Copier:
    """Runs such steps by boto3's client `s3`; each takes `seconds`."""

    def __init__(self, s3: Any) -> None:
        self._s3 = s3
        self._stops: dict[str, threading.Event] = {}
        self.seconds = 0.0

    def run(self, step: str, args: Sequence[str]) -> tuple[int, str]:
        """Run the step of this id: its exit code, and what it says of an error."""
        stop = self._stops.setdefault(step, threading.Event())
        inputs = [value for name, value in zip(args, args[1:]) if name == "-input"]
        output = next(value for name, value in zip(args, args[1:]) if name == "-output")
        if any(self._keys(f"{output}/")):
            return 1, f"Error Launching job : Output directory {output} already exists\n"
        files = [uri for path in inputs for uri in self._files(path)]
        if not files:
            return 1, f"Error launching job : Input path does not exist: {inputs[0]}\n"
        # not empty: behind such an object botocore waits for a minute on Python 3.9
        self._put(f"{output}/_temporary/0", b"\n")
        if stop.wait(self.seconds):
            return KILLED, ""
        self._put(f"{output}/part-00000", b"".join(map(self._get, files)))
        self._s3.delete_object(**_place(f"{output}/_temporary/0"))
        self._put(f"{output}/_SUCCESS", b"\n")
        return 0, ""

    def stop(self, step: str) -> None:
        """End a step, also one that has not begun."""
        self._stops.setdefault(step, threading.Event()).set()

    def stop_all(self) -> None:
        """End all that run."""
        for step in list(self._stops):
            self.stop(step)

    def _files(self, path: str) -> Iterator[str]:
        folder = path.removesuffix("*").rstrip("/")
        for uri in self._keys(f"{folder}/"):
            if not uri.rpartition("/")[2].startswith(("_", ".")):
                yield uri

    def _keys(self, prefix: str) -> Iterator[str]:
        bucket, key = urlsplit(prefix).netloc, urlsplit(prefix).path.lstrip("/")
        for page in self._s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=key):
            yield from (f"s3://{bucket}/{each['Key']}" for each in page.get("Contents", ()))

    def _put(self, uri: str, body: bytes) -> None:
        self._s3.put_object(**_place(uri), Body=body)

    def _get(self, uri: str) -> bytes:
        return bytes(self._s3.get_object(**_place(uri))["Body"].read())


def _place(uri: str) -> dict[str, str]:
    return {"Bucket": urlsplit(uri).netloc, "Key": urlsplit(uri).path.lstrip("/")}
