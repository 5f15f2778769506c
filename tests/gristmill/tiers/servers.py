"""Real servers for the tests of the tiers, each a child of the tests in a folder of its own: MariaDB and ElasticMQ.

They listen on 127.0.0.1 (MariaDB on a socket of its folder alone), are started by the first test that asks, and killed
after the last. A server that cannot be had here is MissingError, which says what to install.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable

from tests.cluster.parts import MissingError, find_elasticmq
from tests.cluster.settings import free_ports

if TYPE_CHECKING:
    from collections.abc import Iterator

_SECONDS = 120
#: From any folder of Debian's: a user's path lacks that of servers.
_PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin"])


class MariaDb:
    """A server whose data lies in `folder`; its clock is not UTC's."""

    PASSWORD = "p@ss:w/rd"

    def __init__(self, folder: Path) -> None:
        self.socket = folder / "socket"
        self._data = folder / "data"
        self._log = folder / "log"
        self._server = shutil.which("mariadbd", path=_PATH)
        self._process: subprocess.Popen[bytes] | None = None
        self._made: set[str] = set()
        install = shutil.which("mariadb-install-db", path=_PATH)
        if not (self._server and install):
            raise MissingError(
                "there is no MariaDB; install it (on Debian: apt install mariadb-server-core mariadb-client-core)"
            )
        how = ["--auth-root-authentication-method=normal", "--skip-test-db", *self._user()]
        command = [install, "--no-defaults", f"--datadir={self._data}", *how]
        subprocess.run(command, check=True, capture_output=True, stdin=subprocess.DEVNULL)
        self.start()
        self.ask(f"CREATE USER mill@localhost IDENTIFIED BY '{self.PASSWORD}'; GRANT ALL ON *.* TO mill@localhost")

    def _user(self) -> list[str]:
        # it refuses to run as root unless that is said
        return ["--user=root"] if os.geteuid() == 0 else []

    def start(self) -> None:
        """Start it, until it answers."""
        small = ["--innodb-buffer-pool-size=32M", "--innodb-log-file-size=16M", "--performance-schema=0"]
        how = [
            "--skip-networking",
            "--skip-log-bin",
            "--default-time-zone=+09:00",
            "--innodb-flush-log-at-trx-commit=2",
        ]
        command = [f"{self._server}", "--no-defaults", f"--datadir={self._data}", f"--socket={self.socket}"]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [*command, f"--pid-file={self._data}/pid", *how, *small, *self._user()], stdout=log, stderr=log
            )
        _wait(lambda: self.ask("SELECT 1"), self._process, self._log)

    def ask(self, statements: str) -> Any:
        """Run statements as its root; True."""
        import pymysql

        multiple = pymysql.constants.CLIENT.MULTI_STATEMENTS
        with pymysql.connect(user="root", unix_socket=str(self.socket), client_flag=multiple) as connection:
            with connection.cursor() as cursor:
                cursor.execute(statements)
                while cursor.nextset():
                    pass
            connection.commit()
        return True

    def empty(self, name: str) -> None:
        """Have a database with our tables, and nothing in them; Django's connection is to it."""
        from django.apps import apps
        from django.core.management import call_command
        from django.db import connection

        if name not in self._made:
            self.ask(f"CREATE DATABASE {name} CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin")
            call_command("migrate", verbosity=0, interactive=False)
            self._made.add(name)
        tables = [model._meta.db_table for model in apps.get_app_config("tiers").get_models()]
        with connection.constraint_checks_disabled(), connection.cursor() as cursor:
            for table in tables:
                cursor.execute(f"DELETE FROM {table}")

    def kill(self) -> None:
        """Kill -9."""
        if self._process:
            self._process.kill()
            self._process.wait()

    def url(self, name: str) -> str:
        """The setting for one of its databases."""
        return f"mariadb://mill@localhost/{name}?unix_socket={self.socket}"


class ElasticMq:
    """A server that speaks SQS and keeps its messages on the disk, in `folder`."""

    REGION = "us-east-1"

    def __init__(self, folder: Path) -> None:
        self._parts = find_elasticmq()
        self._folder = folder
        self._log = folder / "log"
        (self.port,) = free_ports(1)
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None
        (folder / "server.conf").write_text(
            'include classpath("application.conf")\n'
            f'node-address {{ host = "127.0.0.1", port = {self.port} }}\n'
            f'rest-sqs {{ bind-port = {self.port}, bind-hostname = "127.0.0.1" }}\n'
            "rest-stats { enabled = false }\n"
            f'queues-storage {{ enabled = true, path = "{folder}/queues.conf" }}\n'
            f'messages-storage {{ enabled = true, uri = "jdbc:h2:{folder}/messages" }}\n'
        )
        self.start()

    def start(self) -> None:
        """Start it, until it answers."""
        java = ["-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", f"-Dconfig.file={self._folder}/server.conf"]
        command = [str(self._parts.java / "bin" / "java"), *java, "-cp", f"{self._parts.jars}/*"]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen([*command, "org.elasticmq.server.Main"], stdout=log, stderr=log)
        _wait(lambda: socket.create_connection(("127.0.0.1", self.port), 1).close(), self._process, self._log)

    def kill(self) -> None:
        """Kill -9."""
        if self._process:
            self._process.kill()
            self._process.wait()

    def environment(self) -> dict[str, str]:
        """What points boto3 at it."""
        return {
            "AWS_ENDPOINT_URL_SQS": self.endpoint,
            "AWS_REGION": self.REGION,
            "AWS_DEFAULT_REGION": self.REGION,
            "AWS_ACCESS_KEY_ID": "x",
            "AWS_SECRET_ACCESS_KEY": "x",
        }

    @cached_property
    def client(self) -> Any:
        """boto3's, in whatever environment."""
        import boto3
        from botocore.config import Config

        keys = {"aws_access_key_id": "x", "aws_secret_access_key": "x"}
        once = Config(retries={"total_max_attempts": 1})
        return boto3.client("sqs", endpoint_url=self.endpoint, region_name=self.REGION, config=once, **keys)

    def make(self, name: str, **attributes: str) -> str:
        """A new FIFO queue with one for its dead letters behind it; its URL."""
        client = self.client
        dead = client.create_queue(QueueName=f"{name}-dead.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
        arn = client.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        policy = f'{{"deadLetterTargetArn": "{arn}", "maxReceiveCount": {attributes.pop("receives", "1000")}}}'
        found = client.create_queue(
            QueueName=f"{name}.fifo", Attributes={"FifoQueue": "true", "RedrivePolicy": policy, **attributes}
        )
        url: str = found["QueueUrl"]
        return url


@contextmanager
def running(server: Callable[[Path], Any], folder: Path) -> Iterator[Any]:
    """A server, until the end of this."""
    started = server(folder)
    try:
        yield started
    finally:
        started.kill()


def _wait(answers: Callable[[], object], process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + _SECONDS
    while time.monotonic() < end and process.poll() is None:
        with suppress(Exception):
            answers()
            return
        time.sleep(0.1)
    process.kill()
    raise AssertionError(f"{process.args!r} does not answer: {log.read_text(errors='replace')[-2000:]}")
