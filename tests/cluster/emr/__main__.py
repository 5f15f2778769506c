"""Start an EMR for a person, say how to use it, and remove it when they press Ctrl-C: python -m tests.cluster.emr.

The settings go to standard output, so that a shell can read them; what is said besides goes to standard error.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import signal
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.cluster.cluster import Cluster, StartError
from tests.cluster.emr.emr import Emr
from tests.cluster.emr.s3 import S3
from tests.cluster.parts import MissingError

if TYPE_CHECKING:
    from collections.abc import Iterator

BUCKET = "gristmill"
USE = """
EMR runs, and S3 with a bucket {bucket}. In another terminal, in this folder, with the exports above:

  {python} -m jobs.inverted_index -r emr --cluster-id {cluster} --cloud-tmp-dir s3://{bucket}/tmp \\
      --output-dir s3://{bucket}/index data/documents.tsv
  aws emr list-steps --cluster-id {cluster}
  aws s3 ls s3://{bucket}/index/

  jobs, running and finished        {yarn}
  the logs of the daemons           {folder}

Its steps run on this machine, as you. Ctrl-C stops it and removes all that it holds.
"""
ROLES = {"JobFlowRole": "EMR_EC2_DefaultRole", "ServiceRole": "EMR_DefaultRole"}


def main() -> int:
    """Run until a signal; 0, or 1 with one line where it does not come up, or 130 where it is stopped before."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    sys.stderr.write("Starting Hadoop, S3 and EMR; the first time their jars are fetched, 110 MB …\n")
    with contextlib.ExitStack() as stack:
        try:
            cluster, emr = stack.enter_context(started())
        except (MissingError, StartError, TimeoutError) as error:
            sys.stderr.write(f"error: {error}\n")
            return 1
        except KeyboardInterrupt:
            return 130
        with contextlib.suppress(KeyboardInterrupt):
            sys.stdout.write("".join(f"export {name}={shlex.quote(value)}\n" for name, value in emr.env.items()))
            sys.stdout.flush()
            sys.stderr.write(use(cluster, emr))
            while True:
                signal.pause()
    return 0


@contextlib.contextmanager
def started() -> Iterator[tuple[Cluster, Emr]]:
    """Hadoop, S3 and EMR in a folder that goes with them."""
    with tempfile.TemporaryDirectory(prefix="gristmill-services-") as name, contextlib.ExitStack() as stack:
        cluster = Cluster.start(Path(name, "cluster"))
        stack.callback(cluster.stop)
        s3 = S3.start(Path(name, "s3"))
        stack.callback(s3.stop)
        emr = Emr.start(Path(name, "emr"), cluster, s3)
        stack.callback(emr.stop)
        yield cluster, emr


def use(cluster: Cluster, emr: Emr) -> str:
    """What a person needs to know, with a bucket and a cluster to begin with."""
    assert emr.s3
    emr.s3.client().create_bucket(Bucket=BUCKET)
    group = {"InstanceRole": "MASTER", "InstanceType": "m5.xlarge", "InstanceCount": 1}
    made = emr.client().run_job_flow(
        Name="idle",
        ReleaseLabel="emr-7.13.0",
        LogUri=f"s3://{BUCKET}/logs/",
        Instances={"KeepJobFlowAliveWhenNoSteps": True, "InstanceGroups": [group]},
        **ROLES,
    )
    return USE.format(
        bucket=BUCKET,
        python=os.path.relpath(sys.executable),
        cluster=made["JobFlowId"],
        yarn=cluster.pages["yarn"],
        folder=f"{cluster.folder}/logs",
    )


if __name__ == "__main__":
    sys.exit(main())
