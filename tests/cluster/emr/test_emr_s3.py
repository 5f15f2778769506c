"""The S3 server: what it holds for its tests, and that nothing of it stays."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from tests.cluster import guard
from tests.cluster.emr import ask
from tests.cluster.emr.emr import Emr
from tests.cluster.emr.s3 import remove_sockets

if TYPE_CHECKING:
    from tests.cluster.emr.s3 import S3

ROOT = Path(__file__).parents[3]
#: Starts a server and says that it runs, then waits to be killed.
STARTER = """\
import sys, time
from pathlib import Path
from tests.cluster.emr.s3 import S3
print(S3.start(Path(sys.argv[1])).url, flush=True)
time.sleep(300)
"""


def test_a_server_whose_starter_is_killed_ends(tmp_path: Path) -> None:
    """Nothing runs on, and nothing that it held is left."""
    command = [sys.executable, "-c", STARTER, str(tmp_path / "s3")]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as starter:
        assert starter.stdout
        assert starter.stdout.readline().startswith("http://127.0.0.1:")
        (words,) = [one.cmdline() for one in guard.members(tmp_path / "s3") if "weed" in one.name()]
        starter.kill()
    ask.until(lambda: not list(guard.members(tmp_path / "s3")))
    ask.until(lambda: not (tmp_path / "s3" / "data").exists())
    # it leaves these, which a server that is stopped does not
    remove_sockets(int(port) for name, _, port in (word.partition("=") for word in words) if name.endswith("port.grpc"))


def test_it_listens_on_this_machine_alone(s3: S3) -> None:
    """Every port of it."""
    (server,) = [one for one in guard.members(s3.folder) if "weed" in one.name()]
    listening = [one.laddr.ip for one in server.net_connections("tcp") if one.status == psutil.CONN_LISTEN]
    assert set(listening) == {"127.0.0.1"}


def test_it_has_more_buckets_than_tests_make(s3: S3) -> None:
    """With fewer volumes the third bucket takes no object."""
    client = s3.client()
    for number in range(6):
        client.create_bucket(Bucket=f"bucket-{number}")
        client.put_object(Bucket=f"bucket-{number}", Key="a", Body=b"mill")
    assert client.get_object(Bucket="bucket-5", Key="a")["Body"].read() == b"mill"


def test_logs_come_when_they_are_told_to(s3: S3, tmp_path: Path) -> None:
    """Without Hadoop a step that does nothing has its logs too; a cluster has ended when they are there."""
    emr = Emr.start(tmp_path / "emr", s3=s3)
    emr.control(log_seconds=0.5)
    s3.client().create_bucket(Bucket="late-logs")
    client = emr.client()
    cluster = ask.run_job_flow(client, ask.step("true"), keep=False, LogUri="s3://late-logs/")
    ask.until(lambda: ask.states(client, cluster) == ["COMPLETED"])

    def keys() -> list[str]:
        found = s3.client().list_objects_v2(Bucket="late-logs").get("Contents", [])
        return [one["Key"].rpartition("/")[2] for one in found]

    assert keys() == []
    ask.until(lambda: ask.status(client, cluster)["State"] == "TERMINATED")
    assert keys() == ["controller.gz", "stderr.gz", "stdout.gz", "syslog.gz"]
    emr.stop()
