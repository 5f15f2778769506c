"""EMR on this machine: the API over the tests' YARN and a real S3, in this process.

emr = Emr.start(folder, cluster, s3)   # or without both: no Hadoop, no logs, the rules alone
emr = Emr.start(folder, None, s3)      # no Hadoop: a streaming step does nothing but copy its input (see copying.py)
emr.env                                # what boto3, the AWS command line and our runner need
emr.control(faults=[{"call": "AddJobFlowSteps", "fault": "lost", "count": 2}])
emr.calls()                            # {"AddJobFlowSteps": 3}
emr.stop()
"""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any

from tests.cluster.emr.api import Api
from tests.cluster.emr.clusters import REGION, Account
from tests.cluster.emr.copying import Copier
from tests.cluster.emr.life import Life
from tests.cluster.emr.logs import Logs
from tests.cluster.emr.operations import Operations
from tests.cluster.emr.s3 import session
from tests.cluster.emr.site import Site
from tests.cluster.emr.steps import Runner

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cluster.cluster import Cluster
    from tests.cluster.emr.s3 import S3

#: Minutes at AWS.
START_SECONDS = 0.1


class Emr:
    """The service; its clusters all are the one YARN."""

    def __init__(self, folder: Path, cluster: Cluster | None, s3: S3 | None) -> None:
        self.folder = folder.resolve()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.s3 = s3
        site = Site.make(self.folder / "site", cluster, s3) if cluster and s3 else None
        self.account = Account()
        client = s3.client() if s3 else None
        self._copier = Copier(client) if s3 and not site else None
        self._runner = Runner(self.folder / "steps", site, Logs(client, site) if s3 else None, self._copier)
        self._life = Life(self.account, self._runner, START_SECONDS)
        self.server = Api(Operations(self.account, self._life), self._obey)
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @classmethod
    def start(cls, folder: Path, cluster: Cluster | None = None, s3: S3 | None = None) -> Emr:
        return cls(folder, cluster, s3)

    @property
    def url(self) -> str:
        return self.server.url

    @property
    def env(self) -> dict[str, str]:
        """The environment in which boto3 and the AWS command line take this for AWS."""
        alone = {
            "AWS_ACCESS_KEY_ID": "gristmill",
            "AWS_SECRET_ACCESS_KEY": "gristmill-tests",
            "AWS_DEFAULT_REGION": REGION,
        }
        return {**(self.s3.env if self.s3 else alone), "AWS_ENDPOINT_URL_EMR": self.url}

    def client(self, **config: Any) -> Any:
        """boto3's client of it, with these settings of botocore's Config."""
        from botocore.config import Config

        return session().client(
            "emr",
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id=self.env["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=self.env["AWS_SECRET_ACCESS_KEY"],
            config=Config(**{"retries": {"total_max_attempts": 1}, **config}),
        )

    def control(self, **order: Any) -> None:
        """What POST /test takes, as keywords (see api.py); ValueError for what it does not."""
        request = urllib.request.Request(f"{self.url}/test", json.dumps(order).encode())
        self._ask(request)

    def calls(self) -> dict[str, int]:
        """The calls that have arrived, by operation."""
        return dict(self._ask(urllib.request.Request(f"{self.url}/test"))["calls"])

    def stop(self) -> None:
        """End the server and every step that runs."""
        self.server.shutdown()
        self.server.server_close()
        self._life.stop()
        self._runner.stop()

    def _ask(self, request: urllib.request.Request) -> dict[str, Any]:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=60) as answer:
                return dict(json.load(answer))
        except urllib.error.HTTPError as error:
            raise ValueError(json.load(error)["message"]) from error

    def _obey(self, order: dict[str, Any]) -> None:
        if "advance" in order:
            self.account.advance(order["advance"])
        if "start_seconds" in order:
            self._life.seconds = order["start_seconds"]
        if "log_seconds" in order:
            self._runner.log_seconds = order["log_seconds"]
        if "step_seconds" in order and self._copier:
            self._copier.seconds = order["step_seconds"]
