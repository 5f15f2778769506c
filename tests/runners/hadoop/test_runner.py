"""Jobs on a real cluster: the bytes of the local runner, in few starts of Java, with nothing left behind."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.runners.hadoop.client import Client

if TYPE_CHECKING:
    from tests.cluster.cluster import Cluster

pytestmark = pytest.mark.cluster

ROOT = Path(__file__).parents[3]
DOCUMENTS = ROOT / "data" / "documents.tsv"
BROKEN = """\
from gristmill.job.base import Job


class Broken(Job):
    def mapper(self, _, line):
        if "boom" in line:
            raise ValueError("it went boom")
        yield line, 1


if __name__ == "__main__":
    Broken.run()
"""


@pytest.fixture
def client(cluster: Cluster, tmp_path: Path) -> Client:
    return Client(cluster, tmp_path)


def test_the_index_of_local_files_is_printed_after_three_starts_of_java(client: Client) -> None:
    """Local input, printed output: the bytes of -r local, and nothing left on either side."""
    index = ["-m", "jobs.inverted_index", DOCUMENTS]
    expected = client.run(*index, "-q").stdout
    # with the settings that a site begins with
    done = client.run(*index, "-r", "hadoop", "-c", ROOT / "mrjob.conf")
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout == expected
    assert client.calls() == ["hadoop fs -put", "hadoop jar", "hadoop fs -get"]
    assert client.left() == []
    assert list(client.tmp.iterdir()) == []


def test_a_job_that_fails_shows_the_traceback_the_file_and_the_split(client: Client, tmp_path: Path) -> None:
    """One line that raises: its traceback with the job's own line, and one line of what was read where; exit 1."""
    (tmp_path / "broken.py").write_text(BROKEN)
    (tmp_path / "lines.txt").write_text("a\nboom\n")
    done = client.run("broken.py", "-r", "hadoop", "--no-conf", "lines.txt", cwd=tmp_path)
    talk = done.stderr.decode()
    assert (done.returncode, done.stdout) == (1, b"")
    shown = 'broken.py", line 7, in mapper\n    raise ValueError("it went boom")\nValueError: it went boom (lines.txt, '
    assert shown in talk
    assert re.fullmatch(
        r"error: Step 1 of 1 failed: map task \d on \S+, reading lines\.txt bytes \d-\d: ValueError: it went boom "
        r"\(lines\.txt, line \d+\)",
        talk.splitlines()[-1],
    )
    assert client.left() == []
    assert list(client.tmp.iterdir()) == []
