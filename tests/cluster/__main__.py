"""Start a cluster for a person, say how to use it, and remove it when they press Ctrl-C: python -m tests.cluster."""

from __future__ import annotations

import signal
import sys
import tempfile
from pathlib import Path

from tests.cluster.cluster import Cluster, StartError
from tests.cluster.parts import MissingError

USE = """
Hadoop runs ({seconds:.0f} s, {megabytes:,} MB). In another terminal, in this folder:

  export HADOOP_HOME={home}
  export PATH=$HADOOP_HOME/bin:$PATH
  {python} -m jobs.inverted_index -r hadoop --output-dir /index data/documents.tsv
  hadoop fs -cat '/index/part-*'

  jobs, running and finished   {yarn}
  the logs of the daemons      {folder}/logs

Ctrl-C stops it and removes all that it holds.
"""


def main() -> int:
    """Run until a signal; 0, or 1 with one line where no cluster comes up, or 130 where it is stopped before."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    sys.stdout.write("Starting Hadoop; the first time its jars are fetched, 98 MB …\n")
    sys.stdout.flush()
    with tempfile.TemporaryDirectory(prefix="gristmill-cluster-") as folder:
        try:
            cluster = Cluster.start(Path(folder))
        except (MissingError, StartError) as error:
            sys.stderr.write(f"error: {error}\n")
            return 1
        except KeyboardInterrupt:
            return 130
        try:
            sys.stdout.write(use(cluster))
            sys.stdout.flush()
            while True:
                signal.pause()
        except KeyboardInterrupt:
            return 0
        finally:
            cluster.stop()


def use(cluster: Cluster) -> str:
    """What a person needs to know of `cluster`."""
    return USE.format(
        seconds=cluster.seconds,
        megabytes=cluster.megabytes(),
        python=sys.executable,
        home=cluster.env["HADOOP_HOME"],
        yarn=cluster.pages["yarn"],
        folder=cluster.folder,
    )


if __name__ == "__main__":
    sys.exit(main())
