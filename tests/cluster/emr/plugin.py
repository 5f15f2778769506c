"""The tests' EMR and S3, started by the first test that asks for them; tests/conftest.py imports the fixtures.

emr_rules   EMR without Hadoop and S3: clusters, and steps that do nothing; new for each test, in a moment
s3          a real S3 server, one for all tests of a run; 3 s
emr         EMR over the tests' cluster and that S3, one for all tests of a run; a test makes clusters of its own
aws_bin     the folder of a command `aws`, version 1 from its package, in an environment of its own; 8 s of CPU
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests import without
from tests.cluster.emr.emr import Emr
from tests.cluster.emr.others import environment
from tests.cluster.emr.s3 import S3
from tests.cluster.parts import MissingError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cluster.cluster import Cluster


@pytest.fixture
def emr_rules(tmp_path: Path) -> Iterator[Emr]:
    """EMR with no Hadoop below it."""
    emr = Emr.start(tmp_path / "emr")
    yield emr
    emr.stop()


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3]:
    """A running S3 server; a test makes buckets of its own."""
    try:
        started = S3.start(tmp_path_factory.mktemp("s3"))
    except MissingError as error:
        without.do_without(str(error), "no S3: ")
    yield started
    started.stop()


@pytest.fixture(scope="session")
def emr(cluster: Cluster, s3: S3, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emr]:
    """EMR whose steps run on the tests' cluster."""
    try:
        started = Emr.start(tmp_path_factory.mktemp("emr"), cluster, s3)
    except MissingError as error:
        without.do_without(str(error), "no EMR: ")
    yield started
    started.stop()


@pytest.fixture(scope="session")
def aws_bin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The AWS command line."""
    return environment(tmp_path_factory.mktemp("awscli") / "env", "awscli")
