"""Our index job on a real Hadoop beside naive mrjob's and a plain streaming job.

    the corpus -> HDFS -> two splits -> two maps -> two reducers -> HDFS

Wall time is the command's, task CPU is what Hadoop's counters say (the containers' JVMs included), client CPU is what
the command's own processes took. An empty streaming job, with as many maps and reducers, shows what Hadoop takes. Uber
mode is off for all: it would put both maps into one process. So is speculation, which would run a task twice at once.
"""

from __future__ import annotations

import json
import logging
import os
import shlex
import statistics
import subprocess
import sys
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import report
from benchmarks.contestants import PEERS
from benchmarks.measure import ROOT, Rows, rows_of

if TYPE_CHECKING:
    from tests.cluster.cluster import Cluster

log = logging.getLogger(__name__)

DOCUMENTS, NOTHING = "/bench/documents.tsv", "/bench/nothing"
_SETTINGS = (
    "-D mapreduce.job.maps=2 -D mapreduce.job.reduces=2 -D mapreduce.job.ubertask.enable=false "
    "-D mapreduce.map.speculative=false -D mapreduce.reduce.speculative=false"
)
#: What an environment says of proxies does not concern this machine.
_open = urllib.request.build_opener(urllib.request.ProxyHandler({})).open


@dataclass
class Cost:
    """What one job took in each round, in seconds; `rows` is its output's."""

    wall: list[float] = field(default_factory=list)
    tasks: list[float] = field(default_factory=list)
    client: list[float] = field(default_factory=list)
    rows: Rows | None = None

    def median(self, name: str) -> float:
        """Of the rounds' `name`."""
        return statistics.median(getattr(self, name))


def jobs(streaming: str) -> dict[str, tuple[str, list[str]]]:
    """What each is and its command, whose last word is to be the output directory."""
    plain = [PEERS / name for name in ("textbook_map.py", "textbook_reduce.py")]
    jar = f"hadoop jar {streaming} {_SETTINGS}"
    mrjob = f"-r hadoop {_SETTINGS} hdfs://{DOCUMENTS} --output-dir"
    commands = {
        "empty": ("a streaming job with nothing to do", f"{jar} -mapper cat -reducer cat -input {NOTHING} -output"),
        "gristmill": (
            "`python -m jobs.inverted_index -r hadoop`",
            f"{sys.executable} -m jobs.inverted_index {mrjob}",
        ),
        "plain": (
            "`map.py` and `reduce.py`, Hadoop Streaming",
            f"{jar} -files {plain[0]},{plain[1]} -mapper 'python3 {plain[0].name}' -reducer 'python3 {plain[1].name}' "
            f"-input {DOCUMENTS} -output",
        ),
        "mrjob-naive": (
            "mrjob's Hadoop runner, one JSON record a word, a sorted set in the reducer",
            f"{sys.executable} {PEERS}/naive_mrjob.py --no-conf --hadoop-streaming-jar {streaming} {mrjob}",
        ),
    }
    return {name: (about, shlex.split(command)) for name, (about, command) in commands.items()}


def run(source: Path, scratch: Path, rounds: int) -> tuple[str, bool]:
    """The table, and whether all outputs are the same."""
    # psutil and the cluster's parts are not for who measures other things
    from tests.cluster.cluster import Cluster

    cluster = Cluster.start(scratch / "cluster")
    try:
        return _table(*_measured(cluster, source, scratch, max(rounds, 1)))
    finally:
        cluster.stop()


def _measured(
    cluster: Cluster, source: Path, scratch: Path, rounds: int
) -> tuple[dict[str, tuple[str, list[str]]], dict[str, Cost]]:
    environment = {**os.environ, **cluster.env, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "TMPDIR": str(scratch)}

    def hadoop(*words: str, to: Any = subprocess.DEVNULL) -> None:
        subprocess.run([str(cluster.hadoop), *words], env=environment, stdout=to, check=True)  # noqa: S603 (our own)

    hadoop("fs", "-mkdir", "-p", NOTHING)
    hadoop("fs", "-put", str(source), DOCUMENTS)
    hadoop("fs", "-touchz", f"{NOTHING}/1", f"{NOTHING}/2")
    streaming = next(Path(cluster.env["HADOOP_HOME"]).rglob("hadoop-streaming-*.jar"))
    contestants = jobs(str(streaming))
    costs = {name: Cost() for name in contestants}
    for number in range(rounds):
        for name, (_, command) in contestants.items():
            output = f"/bench/output-{name}-{number}"
            before = set(_finished(cluster))
            cost = _launched([*command, f"hdfs://{output}"], scratch, environment)
            costs[name].wall.append(cost["wall"])
            costs[name].client.append(cost["cpu"])
            (job,) = set(_finished(cluster)) - before
            costs[name].tasks.append(_task_seconds(cluster, job))
            log.info("%s: %.1f s, tasks %.1f CPU s, client %.1f CPU s", name, *_last(costs[name]))
            if number == 0 and name != "empty":
                with (scratch / name).open("wb") as target:
                    hadoop("fs", "-cat", f"{output}/part-*", to=target)
                costs[name].rows = rows_of(scratch / name, in_order=False)
            hadoop("fs", "-rm", "-r", "-skipTrash", output)
    return contestants, costs


def _last(cost: Cost) -> tuple[float, float, float]:
    return cost.wall[-1], cost.tasks[-1], cost.client[-1]


def _launched(command: list[str], scratch: Path, environment: dict[str, str]) -> dict[str, Any]:
    launcher = [sys.executable, "-m", "benchmarks.launch", str(scratch / "report"), "no", *command]
    log_file, how = scratch / "log", {"cwd": ROOT, "env": environment}
    with log_file.open("wb") as target:
        subprocess.run(launcher, stdout=target, stderr=target, check=True, **how)  # noqa: S603 (our own)
    cost: dict[str, Any] = json.loads((scratch / "report").read_text())
    if cost["status"]:
        sys.stderr.write(log_file.read_text(errors="replace"))
        sys.exit(f"error: {command[0]} … ended with status {cost['status']}; what it wrote is above")
    return cost


def _finished(cluster: Cluster) -> list[str]:
    """The ids of all jobs that the history server knows."""
    return [job["id"] for job in (_history(cluster, "jobs")["jobs"] or {"job": []})["job"]]


def _task_seconds(cluster: Cluster, job: str) -> float:
    """The CPU seconds of all tasks of a job."""
    groups = _history(cluster, f"jobs/{job}/counters")["jobCounters"]["counterGroup"]
    (spent,) = (c for group in groups for c in group["counter"] if c["name"] == "CPU_MILLISECONDS")
    return float(spent["totalCounterValue"]) / 1000


def _history(cluster: Cluster, path: str) -> dict[str, Any]:
    address = cluster.pages["history"].replace("/jobhistory", f"/ws/v1/history/mapreduce/{path}")
    request = urllib.request.Request(address, headers={"Accept": "application/json"})  # noqa: S310 (http, ours)
    with _open(request, timeout=60) as answer:
        return dict(json.load(answer))


def _table(contestants: dict[str, tuple[str, list[str]]], costs: dict[str, Cost]) -> tuple[str, bool]:
    ours, empty = costs["gristmill"], costs["empty"]
    promised = {
        "gristmill": "8 s at most over an empty job",
        "plain": "task CPU 1 times at least",
        "mrjob-naive": "task CPU 4 times, client CPU 2 times at least",
    }
    rows = []
    for name, (about, _) in contestants.items():
        cost = costs[name]
        rows.append(
            (
                f"**{name}**: {about}",
                report.spread(cost.wall),
                f"{cost.median('wall') - empty.median('wall'):.1f}",
                f"{cost.median('tasks'):.1f}",
                f"{cost.median('tasks') / ours.median('tasks'):.2f}",
                f"{cost.median('client'):.1f}",
                f"{cost.median('client') / ours.median('client'):.2f}",
                promised.get(name, ""),
            )
        )
    heads = ("", "wall s", "over empty s", "task CPU s", "times ours", "client CPU s", "times ours", "promised")
    digests = {cost.rows.digest for cost in costs.values() if cost.rows}
    verdict = "Outputs are equal." if len(digests) == 1 else "OUTPUTS DIFFER."
    return f"{report.table(heads, rows)}\n{verdict}\n", len(digests) == 1
