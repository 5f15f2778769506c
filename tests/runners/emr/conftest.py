"""Services and clients of the tests of `-r emr`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gristmill.runners.emr.api import EmrApi
from gristmill.runners.emr.clients import Clients, clients
from tests.runners.emr.clock import Time
from tests.runners.emr.fault_stage import BUCKET
from tests.runners.emr.service import ENVIRONMENT, Services

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cluster.emr.s3 import S3


@pytest.fixture(scope="module")
def server() -> Iterator[Services]:
    """Both services, at one address."""
    server = Services()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def made(server: Services) -> Iterator[Clients]:
    """Clients for them: to make one takes a tenth of a second."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in ENVIRONMENT.items():
            patch.setenv(name, value)
        yield clients({"emr_endpoint": server.url, "s3_endpoint": server.url, "answer_seconds": 2})


@pytest.fixture
def services(server: Services, monkeypatch: pytest.MonkeyPatch) -> Services:
    """Both services, with nothing in them, and the environment that boto3 needs."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    server.reset()
    return server


@pytest.fixture
def aws(services: Services, made: Clients) -> Clients:
    """Clients for them."""
    return made


@pytest.fixture(scope="session")
def buckets(s3: S3) -> S3:
    """A real S3, with the bucket of the tests that meet faults."""
    s3.client().create_bucket(Bucket=BUCKET)
    return s3


@pytest.fixture
def time() -> Time:
    """Time that passes when it is slept by."""
    return Time()


@pytest.fixture
def api(aws: Clients, time: Time) -> EmrApi:
    """The calls of the run ID."""
    return EmrApi(aws, "ID", time.clock)
