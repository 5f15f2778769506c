"""The tiers in tests: Django is set up once, and each test has a state folder, with a database, of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable
from uuid import uuid4

import pytest

from tests.without import do_without

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cluster.emr.s3 import S3

HERE = Path(__file__).parent
#: There is no Django for it.
IS_OLD = sys.version_info < (3, 10)
# their helpers too, in which pytest looks for doctests
collect_ignore_glob = ["*.py"] if IS_OLD else []
#: Seconds of a lease: past it a consumer that was stopped is too late.
LEASE = 2
OWNER = "ann"
#: A job on one core has one map task.
CONF = f"tiers:\n  lease_seconds: {LEASE}\nrunners:\n  local:\n    num_cores: 1\n"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs Django."""
    for item in items:
        if item.path.parent == HERE:
            item.add_marker(pytest.mark.tiers)


def _set_up_django(folder: Path) -> Path:
    conf = folder / "mrjob.conf"
    conf.write_text(CONF)
    before = {name: os.environ.get(name) for name in ("GRISTMILL_STATE", "MRJOB_CONF")}
    os.environ.update(GRISTMILL_STATE=str(folder), MRJOB_CONF=str(conf))
    umask = os.umask(0o077)
    from gristmill.tiers.database import make_ready

    make_ready()
    os.umask(umask)
    from django.db import connection

    connection.close()
    for name, value in before.items():
        del os.environ[name]
        os.environ.update({} if value is None else {name: value})
    return folder / "tiers.sqlite3"


if not IS_OLD:
    # before the modules of the tests import models
    _FOLDER = tempfile.TemporaryDirectory()
    _DATABASE = _set_up_django(Path(_FOLDER.name))


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The state folder of a test, for this process and for commands that it starts."""
    from django.conf import settings
    from django.db import connection
    from django.test import override_settings

    folder = tmp_path / "state"
    folder.mkdir(mode=0o700)
    (folder / "incoming").mkdir(mode=0o700)
    shutil.copy(_DATABASE, folder / "tiers.sqlite3")
    conf = tmp_path / "mrjob.conf"
    conf.write_text(CONF)
    for name, value in {"GRISTMILL_STATE": folder, "MRJOB_CONF": conf, "HOME": tmp_path}.items():
        monkeypatch.setenv(name, str(value))
    monkeypatch.setitem(connection.settings_dict, "NAME", folder / "tiers.sqlite3")
    storage = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": folder / "uploads"}}
    with override_settings(
        STATE=folder,
        MAIL_FOLDER=folder / "mail",
        STORAGES={**settings.STORAGES, "default": storage},
        FILE_UPLOAD_TEMP_DIR=folder / "incoming",
        ALLOWED_HOSTS=[*settings.ALLOWED_HOSTS, "testserver"],
        # quick, and of no use elsewhere
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    ):
        yield folder
    connection.close()


@pytest.fixture(scope="session")
def mariadb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A running MariaDB; see `servers.MariaDb`."""
    yield from _server("MariaDb", tmp_path_factory)


@pytest.fixture(scope="session")
def elasticmq(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A running server of queues; see `servers.ElasticMq`."""
    yield from _server("ElasticMq", tmp_path_factory)


def _server(name: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    from tests.gristmill.tiers import servers

    try:
        running = servers.running(getattr(servers, name), tmp_path_factory.mktemp(name.lower()))
        with running as server:
            yield server
    except servers.MissingError as error:
        do_without(str(error))


@pytest.fixture
def on_mariadb(state: Path, mariadb: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The requests of a test are in MariaDB, for this process and for commands that it starts."""
    from django.db import connections

    from gristmill.tiers.database_settings import database_settings

    url = mariadb.url("mill")
    monkeypatch.setenv("GRISTMILL_DATABASE_PASSWORD", mariadb.PASSWORD)
    _configure("database", url)
    sqlite = connections["default"]
    settings = {**sqlite.settings_dict, **database_settings(url, state)}
    connections["default"] = type(connections)({"default": settings}).create_connection("default")
    mariadb.empty("mill")
    yield mariadb
    connections["default"].close()
    connections["default"] = sqlite


@pytest.fixture
def on_sqs(state: Path, elasticmq: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The queue of a test is one of SQS, for this process and for commands that it starts; its URL."""
    from django.test import override_settings

    for name, value in elasticmq.environment().items():
        monkeypatch.setenv(name, value)
    url = elasticmq.make(f"mill-{uuid4().hex}")
    _configure("queue", url)
    with override_settings(QUEUE=url):
        yield url


def _configure(name: str, value: str) -> None:
    conf = Path(os.environ["MRJOB_CONF"])
    conf.write_text(conf.read_text().replace("tiers:\n", f"tiers:\n  {name}: {value}\n"))


class Bucket:
    """A bucket of the tests' S3."""

    def __init__(self, client: Any, name: str) -> None:
        self.client, self.name = client, name
        client.create_bucket(Bucket=name)

    def keys(self, prefix: str = "") -> list[str]:
        found = self.client.list_objects_v2(Bucket=self.name, Prefix=prefix)
        return [each["Key"] for each in found.get("Contents", ())]

    def put(self, key: str, data: bytes) -> None:
        self.client.put_object(Bucket=self.name, Key=key, Body=data)

    def remove(self) -> None:
        for key in self.keys():
            self.client.delete_object(Bucket=self.name, Key=key)
        self.client.delete_bucket(Bucket=self.name)


@pytest.fixture
def bucket(state: Path, s3: S3, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    """A new bucket, whose folder kept/ is the storage."""
    from django.conf import settings
    from django.test import override_settings

    from gristmill.tiers.s3 import storages

    for name, value in s3.env.items():
        monkeypatch.setenv(name, value)
    bucket = Bucket(s3.client(), f"tiers-{uuid4().hex[:12]}")
    with override_settings(STORAGES={**settings.STORAGES, **storages(f"s3://{bucket.name}/kept", state)}):
        yield bucket
    with suppress(Exception):
        bucket.remove()


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    """Two documents."""
    path = tmp_path / "docs.tsv"
    path.write_text("b\tthe rye\na\tthe mill\n")
    return path


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    """The file to which the mapper of `ask` adds a line whenever it runs."""
    return tmp_path / "runs.txt"


@pytest.fixture
def ask(state: Path, tmp_path: Path, documents: Path, runs: Path) -> Callable[..., str]:
    """Make a request whose mapper counts how often it runs; `mapper` is more of its shell script. Its id."""
    from gristmill.tiers.models import Role
    from gristmill.tiers.queue import configured_queue
    from gristmill.tiers.upload import Given, NewRequest, upload

    def new(owner: str = OWNER, mapper: str = "cat") -> str:
        program = tmp_path / "map.sh"
        program.write_text(f"#!/bin/sh\necho run >> '{runs}'\n{mapper}\n")
        files = [Given(str(documents), Role.INPUT), Given(str(program), Role.MAPPER)]
        return upload(NewRequest(owner, "stream", [], f"{owner}@example.org", files), configured_queue())

    return new


def gristmill(*words: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    command = [sys.executable, "-m", "gristmill", *map(str, words)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=60)


def work() -> None:
    """Work as a consumer in this process, until nothing is left."""
    from gristmill.tiers.consumer import Consumer
    from gristmill.tiers.queue import configured_queue

    Consumer(configured_queue(), 2, trusts_programs=True).work(once=True)


def wait_for(happened: Callable[[], object], seconds: float = 60) -> None:
    """Wait until something has happened."""
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)
