"""The logs of steps and of their containers, in S3 where EMR puts them.

LOGURI/j-…/steps/s-…/{controller,stdout,stderr,syslog}.gz
LOGURI/j-…/containers/application_…/container_…/{stdout,stderr,syslog,…}.gz

LOGURI is the cluster's, or the step's own. An empty log is written too.
"""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import tempfile
import time
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cluster.emr.clusters import Cluster, Step
    from tests.cluster.emr.site import Site

NAMES = ("controller", "stdout", "stderr", "syslog")
#: YARN gathers the logs of an application within so many seconds of its end.
GATHERED = 60
LOOK = 0.5
#: How `yarn logs` sets the logs of one container apart.
_LOG = re.compile(rb"LogType:(\S+)\nLogLastModifiedTime:.*\nLogLength:(\d+)\nLogContents:\n")
_open = urllib.request.build_opener(urllib.request.ProxyHandler({})).open


class Logs:
    """Writes logs into the S3 that `s3`, boto3's client, talks to."""

    def __init__(self, s3: Any, site: Site | None) -> None:
        self._s3 = s3
        self._site = site

    def root(self, cluster: Cluster, step: Step) -> str | None:
        """Where all logs of a step go: the step's own place, or the cluster's."""
        own = step.monitoring.get("LogUri")
        return f"{own.rstrip('/')}/" if own else cluster.log_uri

    def place(self, cluster: Cluster, step: Step) -> str | None:
        root = self.root(cluster, step)
        return f"{root}{cluster.id}/steps/{step.id}/" if root else None

    def write(self, cluster: Cluster, step: Step, folder: Path) -> None:
        """Write what a step that has ended left in `folder`, then the logs of its containers."""
        root, place = self.root(cluster, step), self.place(cluster, step)
        if root is None or place is None:
            return
        for name in NAMES:
            self._put(f"{place}{name}.gz", (folder / name).read_bytes())
        for application in step.applications:
            for container, name, text in self._containers(application):
                self._put(f"{root}{cluster.id}/containers/{application}/{container}/{name}.gz", text)

    def _put(self, uri: str, text: bytes) -> None:
        bucket, key = urlsplit(uri).netloc, urlsplit(uri).path.lstrip("/")
        # a bucket or a server that is not there has no logs, and the step is none the worse
        with suppress(ClientError, BotoCoreError):
            self._s3.put_object(Bucket=bucket, Key=key, Body=gzip.compress(text))

    def _containers(self, application: str) -> Iterator[tuple[str, str, bytes]]:
        """(container, log, text) of an application, when YARN has gathered them."""
        assert self._site
        self._until_gathered(application)
        with tempfile.TemporaryDirectory(dir=self._site.env["TMPDIR"]) as scratch:
            command = [str(self._site.home / "bin" / "yarn"), "logs", "-applicationId", application, "-out", scratch]
            env = {**self._site.env, "HADOOP_OPTS": f"-Dgristmill.syslog={scratch}/log"}
            subprocess.run(command, env=env, stdin=subprocess.DEVNULL, capture_output=True, check=False)
            for path in sorted(Path(scratch).rglob("container_*")):
                yield from ((path.name, name, text) for name, text in split(path.read_bytes()))

    def _until_gathered(self, application: str) -> None:
        assert self._site
        last = time.monotonic() + GATHERED
        while time.monotonic() < last:
            with suppress(OSError, ValueError, LookupError):
                address = f"{self._site.resourcemanager}/ws/v1/cluster/apps/{application}"
                request = urllib.request.Request(address, headers={"Accept": "application/json"})
                with _open(request, timeout=GATHERED) as answer:
                    if json.load(answer)["app"]["logAggregationStatus"] not in ("NOT_START", "RUNNING"):
                        return
            time.sleep(LOOK)


def split(text: bytes) -> Iterator[tuple[str, bytes]]:
    """The logs that a file of `yarn logs` holds, by name."""
    for found in _LOG.finditer(text):
        yield found[1].decode(), text[found.end() : found.end() + int(found[2])]
