"""ministack with AUTH=true, a server of AWS's APIs that evaluates IAM policies, on 127.0.0.1; it runs nothing."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any

from gristmill.runners.emr.api import EmrApi
from gristmill.runners.emr.clients import Clients
from gristmill.runners.emr.s3_files import S3Files
from tests.cluster import settings
from tests.cluster.emr.s3 import session

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: Seconds until it answers, on a machine that is busy with other things.
SECONDS = 60
REGION = "us-east-1"
#: The account of whoever shows this key, which may do everything.
ACCOUNT = ROOT = "000000000000"
#: Bytes of a part of a large file, S3's least.
PART = 5 << 20


class StartError(Exception):
    """The server does not come up."""


class Ministack:
    """The server at `url`."""

    def __init__(self, url: str) -> None:
        self.url = url

    @classmethod
    @contextlib.contextmanager
    def started(cls, command: Path, folder: Path) -> Iterator[Ministack]:
        """A new one, by the command `ministack`, with its files in `folder`; StartError."""
        (port,) = settings.free_ports(1)
        env = {
            "AUTH": "true",
            "BIND_HOST": settings.HOST,
            "GATEWAY_PORT": str(port),
            # these listen on all addresses
            "SFTP_ENABLED": "0",
            "IOT_MTLS_ENABLED": "0",
            "AWS_ACCESS_KEY_ID": ROOT,
            "STATE_DIR": str(folder),
            "S3_DATA_DIR": str(folder),
            "TMPDIR": str(folder),
            "HOME": str(folder),
            "PATH": os.environ.get("PATH", os.defpath),
        }
        with (folder / "ministack.log").open("wb") as log:
            server = subprocess.Popen([command], stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=env, cwd=folder)
        try:
            made = cls(f"http://{settings.HOST}:{port}")
            last = time.monotonic() + SECONDS
            while not made._is_ready():
                if server.poll() is not None or time.monotonic() > last:
                    words = (folder / "ministack.log").read_text(encoding="utf-8", errors="replace").splitlines()
                    raise StartError(f"ministack did not come up: {' '.join(words[-1:]) or 'it said nothing'}")
                time.sleep(0.1)
            yield made
        finally:
            server.kill()
            server.wait()

    def _is_ready(self) -> bool:
        open_url = urllib.request.build_opener(urllib.request.ProxyHandler({})).open
        try:
            with open_url(f"{self.url}/_ministack/ready", timeout=SECONDS) as answer:
                return bool(json.load(answer)["status"] == "completed")
        except (OSError, urllib.error.URLError):
            return False

    def client(self, service: str, key: tuple[str, str] = (ROOT, ROOT)) -> Any:
        """boto3's client of a service, for whoever has this key: its id and its secret."""
        from botocore.config import Config

        return session().client(
            service,
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id=key[0],
            aws_secret_access_key=key[1],
            config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}),
        )

    def user(self, name: str, policy: dict[str, Any]) -> Caller:
        """A new user with this policy and no other."""
        iam = self.client("iam")
        iam.create_user(UserName=name)
        iam.put_user_policy(UserName=name, PolicyName=name, PolicyDocument=json.dumps(policy))
        made = iam.create_access_key(UserName=name)["AccessKey"]
        return Caller(self, (made["AccessKeyId"], made["SecretAccessKey"]))

    def simulate(self, policy: dict[str, Any], action: str, resource: str) -> bool:
        """Whether a policy allows an action on a resource, by IAM's SimulateCustomPolicy."""
        answer = self.client("iam").simulate_custom_policy(
            PolicyInputList=[json.dumps(policy)], ActionNames=[action], ResourceArns=[resource]
        )
        (result,) = answer["EvaluationResults"]
        return bool(result["EvalDecision"] == "allowed")


class Caller:
    """What a user calls with: the runner's own classes, and boto3's clients."""

    def __init__(self, server: Ministack, key: tuple[str, str]) -> None:
        self._server, self._key = server, key
        emr, self.s3 = self.client("emr"), self.client("s3")
        self.emr = EmrApi(Clients(emr, emr, self.s3), "ID")
        self.files = S3Files(self.s3, PART)

    def client(self, service: str) -> Any:
        """boto3's client of a service."""
        return self._server.client(service, self._key)
