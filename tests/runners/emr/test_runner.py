"""Jobs by `-r emr`, against services that run no step: what is asked of EMR, what lies on S3, how a run ends."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import gristmill.job.mrjob_compat  # noqa: F401 (before any mrjob module)
from gristmill import Job
from gristmill.errors import OutputError, RunError
from gristmill.job.process import ReaderGone
from gristmill.runners.emr.api import EmrApi
from gristmill.runners.emr.ledger import Entries, Ledger
from gristmill.runners.emr.s3_files import S3Files
from jobs.inverted_index import InvertedIndex
from jobs.streaming import Streaming
from tests.runners.emr.driver import drive, load, patch
from tests.runners.emr.service import ENVIRONMENT
from mrjob.step import JarStep

if TYPE_CHECKING:
    from collections.abc import Callable

    from gristmill.runners.emr.clients import Clients
    from tests.conftest import RunJob
    from tests.runners.emr.service import Services

    Run = Callable[..., subprocess.CompletedProcess[bytes]]

TEXT = b"a\tmill grinds\nb\tmill\n"
ROWS = {"part-00000": b"grinds\ta\n", "part-00001": b"mill\ta\tb\n"}
STREAM = ("-m", "jobs.streaming", "--no-conf", "-mapper", "cat", "-reducer", "uniq", "-r", "emr")


def argument(step: dict[str, Any], name: str) -> str:
    """The value of an option of a step, the last one."""
    args: list[str] = step["Config"]["Args"]
    return args[len(args) - 1 - args[::-1].index(name) + 1]


def writes(services: Services, parts: dict[str, bytes]) -> Callable[[dict[str, Any]], None]:
    """Has a step that completes write these part files, as Hadoop does."""

    def write(step: dict[str, Any]) -> None:
        if step["left"] != ["COMPLETED"]:
            return
        bucket, _, key = argument(step, "-output").partition("://")[2].partition("/")
        for name, data in {**parts, "_SUCCESS": b""}.items():
            services.s3[bucket, f"{key}/{name}"] = data

    return write


def options(services: Services) -> list[str]:
    where = ["--emr-endpoint", services.url, "--s3-endpoint", services.url, "--cloud-tmp-dir", "s3://b/tmp/"]
    return [*where, "--iam-service-role", "Service", "--iam-instance-profile", "Nodes"]


@pytest.fixture
def run(services: Services, aws: Clients, job_tmp: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a job, of two programs if no other is given, on EMR, by further arguments."""
    services.emr.at_end = writes(services, ROWS)
    patch(monkeypatch, aws, job_tmp)

    def run(*args: str, job: Any = None, stdout: io.BytesIO | None = None) -> subprocess.CompletedProcess[bytes]:
        programs = [] if job else list(STREAM[3:-2])
        words = ["--no-conf", "-r", "emr", *programs, *options(services), *args]
        return drive(monkeypatch, job or Streaming, words, TEXT, stdout)

    return run


@pytest.fixture
def killed(services: Services, job_tmp: Path) -> Callable[..., None]:
    """Runs a job in a process of its own, by further arguments, and kills that while its step runs."""

    def killed(*args: str) -> None:
        driver = start(services, job_tmp, *args)
        driver.kill()
        driver.wait()
        driver.stderr.close()

    return killed


def start(services: Services, job_tmp: Path, *args: str) -> subprocess.Popen[bytes]:
    """A driver whose step runs."""
    services.emr.calls.clear()
    command = [sys.executable, *STREAM, *options(services), *args]
    env = {**os.environ, **ENVIRONMENT, "TMPDIR": str(job_tmp)}
    driver = subprocess.Popen(command, env=env, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    assert driver.stdin
    driver.stdin.write(TEXT)
    driver.stdin.close()
    wait_for(lambda: services.emr.count()["DescribeStep"])
    return driver


def said(ran: subprocess.CompletedProcess[bytes]) -> str:
    return ran.stderr.decode()


def test_a_job_runs_on_a_cluster_of_its_own_that_ends_with_it(services: Services, run: Run, job_tmp: Path) -> None:
    """One call makes cluster and step; its output is printed; nothing is left on S3 or on this machine."""
    ran = run("--max-hours", "1")
    assert (ran.returncode, ran.stdout) == (0, b"grinds\ta\nmill\ta\tb\n"), said(ran)
    request = re.search("Request ID (.*)", said(ran)).group(1)
    asked = services.emr.clusters["j-1"]["Asked"]
    assert asked["Name"] == f"gristmill streaming {request}"
    assert asked["Instances"]["KeepJobFlowAliveWhenNoSteps"] is False
    assert asked["LogUri"] == "s3://b/tmp/logs/"
    (step,) = asked["Steps"]
    assert (step["Name"], step["ActionOnFailure"]) == (f"streaming {request} 1/1", "TERMINATE_CLUSTER")
    (shown,) = services.emr.steps["j-1"]
    folder = f"s3://b/tmp/gristmill.{request}"
    assert argument(shown, "-input") == f"{folder}/input/*"
    assert argument(shown, "-output") == f"{folder}/output"
    assert argument(shown, "-mapper") == "/bin/sh gristmill-task.sh 0-mapper"
    assert f"{folder}/sent-files/1-gristmill-task.sh#gristmill-task.sh" in argument(shown, "-files")
    assert "stream.tmpdir" not in " ".join(shown["Config"]["Args"])
    assert services.emr.count() == {"RunJobFlow": 1, "ListSteps": 1, "DescribeStep": 2}
    assert f"Removing {folder}...\n" in said(ran)
    assert services.keys("b") == []
    assert list(job_tmp.iterdir()) == []


def test_a_job_is_added_to_a_running_cluster(services: Services, run: Run) -> None:
    """By at most three calls to its start; the output stays where it is wanted, and the manifest goes beside it."""
    services.emr.add_cluster()
    job = InvertedIndex
    ran = run("--cluster-id", "j-1", "--output-dir", "s3://b/out", "--cloud-log-dir", "s3://b/logs", job=job)
    assert (ran.returncode, ran.stdout) == (0, b""), said(ran)
    assert [name for name, _ in services.emr.calls][:3] == ["DescribeCluster", "AddJobFlowSteps", "DescribeStep"]
    (step,) = services.emr.steps["j-1"]
    assert step["asked"]["ActionOnFailure"] == "CONTINUE"
    logs = step["asked"]["StepMonitoringConfiguration"]["S3MonitoringConfiguration"]["LogUri"]
    assert logs == "s3://b/logs"
    assert services.keys("b") == ["out/_SUCCESS", "out/_gristmill.json", "out/part-00000", "out/part-00001"]
    assert json.loads(services.s3["b", "out/_gristmill.json"])["documents"] is None
    ran = run("--cluster-id", "j-1", "--output-dir", "s3://b/out", job=job)
    assert said(ran).splitlines()[-1] == (
        "error: output directory s3://b/out already exists; name another, or remove it first"
    )
    assert len(services.keys("b")) == 4


def test_the_same_command_run_again_takes_over_what_is_there(
    services: Services, run: Run, killed: Callable[..., None], job_tmp: Path
) -> None:
    """A cluster and its step by the run's ID: no second one is made, and nothing is sent again."""
    services.emr.states = ["RUNNING"]
    killed("--request-id", "nightly")
    services.emr.steps["j-1"][0]["left"] = ["RUNNING", "COMPLETED"]
    headers = len(services.headers)
    ran = run("--request-id", "nightly")
    assert (ran.returncode, ran.stdout) == (0, b"grinds\ta\nmill\ta\tb\n"), said(ran)
    assert services.emr.count()["RunJobFlow"] == 1
    assert "PUT" not in [each["method"] for each in services.headers[headers:]]
    assert (services.keys("b"), list(job_tmp.iterdir())) == ([], [])
    ran = run("--request-id", "nightly")
    assert ran.returncode == 1
    assert said(ran).splitlines()[-1] == (
        "error: s3://b/tmp/gristmill.nightly/output: there is nothing on S3 by this name; "
        "an earlier run with --request-id nightly has printed it; leave that out to run anew"
    )


def test_of_two_drivers_at_once_the_second_is_told(services: Services, run: Run, job_tmp: Path) -> None:
    """On one machine, before it asks EMR or S3 for anything; the first ends as if it were alone."""
    services.emr.states = ["RUNNING"]
    services.emr.add_cluster()
    words = ("--cluster-id", "j-1", "--request-id", "nightly")
    first = start(services, job_tmp, *words, "--output-dir", "s3://b/out")
    headers = len(services.headers)
    ran = run(*words)
    assert (ran.returncode, ran.stdout, len(services.headers)) == (1, b"", headers)
    assert said(ran).splitlines()[-1] == (
        "error: --request-id nightly: another run with it is under way on this machine; wait until that has ended, "
        "or leave it out to run the job anew"
    )
    services.emr.steps["j-1"][0]["left"] = ["RUNNING", "COMPLETED"]
    first.stderr.close()
    assert first.wait() == 0
    assert services.emr.count()["AddJobFlowSteps"] == 1
    assert services.keys("b") == ["out/_SUCCESS", "out/part-00000", "out/part-00001"]
    assert list(job_tmp.iterdir()) == []


def test_of_two_machines_drivers_the_second_takes_over_what_the_first_has_submitted(
    services: Services, run: Run, job_tmp: Path, tmp_path: Path
) -> None:
    """One step runs; who is first prints its output, and the other one says so."""
    services.emr.states = ["RUNNING"]
    services.emr.add_cluster()
    words = ("--cluster-id", "j-1", "--request-id", "nightly")
    (tmp_path / "elsewhere").mkdir()
    first = start(services, tmp_path / "elsewhere", *words)
    services.emr.steps["j-1"][0]["left"] = ["RUNNING", "RUNNING", "COMPLETED"]
    ran = run(*words)
    said_first = first.stderr.read().decode()
    first.stderr.close()
    ends = {(ran.returncode, "has printed it" in said(ran)), (first.wait(), "has printed it" in said_first)}
    assert ends == {(0, False), (1, True)}, said(ran) + said_first
    assert len(services.emr.steps["j-1"]) == 1
    assert (services.keys("b"), list(job_tmp.iterdir()), list((tmp_path / "elsewhere").iterdir())) == ([], [], [])


def test_an_output_is_printed_as_a_whole_or_not_at_all(
    services: Services, run: Run, monkeypatch: pytest.MonkeyPatch, job_tmp: Path
) -> None:
    """A run that is killed while it removes what it has printed leaves parts of it."""

    def remove(*_: Any) -> None:
        del services.s3["b", "tmp/gristmill.nightly/output/part-00000"]
        raise RunError("killed")

    with monkeypatch.context() as patched:
        patched.setattr(S3Files, "remove", remove)
        assert run("--request-id", "nightly").stdout == b"grinds\ta\nmill\ta\tb\n"
    ran = run("--request-id", "nightly")
    assert (ran.returncode, ran.stdout) == (1, b"")
    assert said(ran).splitlines()[-1] == (
        "error: s3://b/tmp/gristmill.nightly/output: it is being removed; "
        "an earlier run with --request-id nightly has printed it; leave that out to run anew"
    )
    assert (services.keys("b"), list(job_tmp.iterdir())) == ([], [])


def test_what_a_killed_run_asked_for_is_not_asked_for_again(
    services: Services, aws: Clients, run: Run, job_tmp: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """EMR does it when the same command looks for it already."""
    services.emr.add_cluster()
    folder, name = "s3://b/tmp/gristmill.nightly", "streaming nightly 1/1"
    ledger = Ledger(str(job_tmp), "killed")
    ledger.enter(Entries(aws.endpoint, "nightly", "j-1", "", (name,), folder))
    ledger.note_sent()
    ledger.owned.release()
    find, looks = EmrApi.find_steps, iter(range(9))

    def appears(api: EmrApi, cluster: str, names: Any) -> Any:
        if next(looks) == 2:
            jar = {"Jar": "command-runner.jar", "Args": ["-output", f"{folder}/output"]}
            services.emr.add_job_flow_steps({"JobFlowId": cluster, "Steps": [{"Name": name, "HadoopJarStep": jar}]})
        return find(api, cluster, names)

    monkeypatch.setattr(EmrApi, "find_steps", appears)
    ran = run("--cluster-id", "j-1", "--request-id", "nightly")
    assert (ran.returncode, ran.stdout) == (0, b"grinds\ta\nmill\ta\tb\n"), said(ran)
    assert services.emr.count()["AddJobFlowSteps"] == 0
    assert (services.keys("b"), list(job_tmp.iterdir())) == ([], [])


def wait_for(what: Callable[[], Any]) -> None:
    """Wait until it is so."""
    end = time.monotonic() + 60
    while not what():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_what_a_killed_driver_left_goes_with_the_next_run(
    services: Services, run: Run, killed: Callable[..., None], job_tmp: Path
) -> None:
    """When its step has ended, and not while it runs."""
    services.emr.states = ["RUNNING"]
    services.emr.add_cluster()
    killed("--cluster-id", "j-1", "--output-dir", "s3://b/out")
    services.s3["b", "out/_temporary/0/part"] = b"half"
    services.emr.states = ["PENDING", "COMPLETED"]
    left = services.keys("b")
    assert run("--cluster-id", "j-1").returncode == 0
    assert services.keys("b") == left
    services.emr.steps["j-1"][0]["left"] = ["FAILED"]
    assert run("--cluster-id", "j-1").returncode == 0
    assert services.keys("b") == []
    assert list(job_tmp.iterdir()) == []


def test_ctrl_c_ends_a_cluster_of_the_runs_own_and_cancels_a_step_on_anothers(
    services: Services, job_tmp: Path
) -> None:
    """Nothing is left running, and nothing on S3."""
    services.emr.states = ["RUNNING"]
    services.emr.add_cluster()
    for more in (["--cluster-id", "j-1"], []):
        driver = start(services, job_tmp, *more)
        driver.send_signal(signal.SIGINT)
        words = driver.stderr.read().decode()
        driver.stderr.close()
        assert driver.wait() == 130, words
        assert services.keys("b") == [], words
    assert services.emr.steps["j-1"][0]["left"] == ["CANCELLED"]
    assert services.emr.clusters["j-2"]["Status"] == {"State": "TERMINATING"}
    assert list(job_tmp.iterdir()) == []


def test_hours_that_are_over_end_it(services: Services, run: Run) -> None:
    """A cluster is ended, a step of another's cancelled."""
    services.emr.states = ["RUNNING"]
    services.emr.add_cluster()
    ran = run("--max-hours", "0.0001")
    assert re.search(
        r"^error: --max-hours 0.0001: the step s-1 has not ended, and its cluster is ended; give it more hours$",
        said(ran),
        re.MULTILINE,
    )
    assert services.emr.clusters["j-2"]["Status"] == {"State": "TERMINATING"}
    ran = run("--max-hours", "0.0001", "--cluster-id", "j-1")
    assert "and is cancelled; give it more hours" in said(ran)
    assert services.emr.steps["j-1"][0]["left"] == ["CANCELLED"]
    assert (ran.returncode, services.keys("b")) == (1, [])


def test_a_run_that_does_not_wait_prints_its_steps(services: Services, run: Run, job_tmp: Path) -> None:
    """What they use on S3 stays while they run, and goes with the next run."""
    services.emr.states = ["RUNNING", "COMPLETED"]
    ran = run("--no-wait", "--output-dir", "s3://b/out")
    assert (ran.returncode, ran.stdout) == (0, b"j-1/s-1\n"), said(ran)
    assert any("input" in key for key in services.keys("b"))
    services.emr.describe_step({"ClusterId": "j-1", "StepId": "s-1"})
    services.emr.add_cluster()
    assert run("--cluster-id", "j-2").returncode == 0
    assert services.keys("b") == ["out/_SUCCESS", "out/part-00000", "out/part-00001"]
    assert list(job_tmp.iterdir()) == []
    ran = run("--no-wait")
    assert "error: --no-wait: nobody is there to print the output" in said(ran)


TWO_STEPS = """\
from gristmill import Job
from mrjob.step import MRStep


class Made(Job):
    def steps(self):
        return [MRStep(mapper=self.one), MRStep(reducer=self.two)]

    def one(self, _, line):
        yield line, 1

    def two(self, line, ones):
        yield line, sum(ones)
"""


def test_two_steps_follow_each_other(
    services: Services, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one call where a cluster runs one at a time; else the second when the first has completed."""
    job = load(monkeypatch, tmp_path / "two_steps.py", TWO_STEPS)
    services.emr.add_cluster()
    services.emr.add_cluster(StepConcurrencyLevel=5)
    for cluster, calls in (("j-1", 1), ("j-2", 2)):
        services.emr.calls.clear()
        ran = run("--cluster-id", cluster, job=job)
        assert (ran.returncode, ran.stdout) == (0, b"grinds\ta\nmill\ta\tb\n"), said(ran)
        assert services.emr.count()["AddJobFlowSteps"] == calls
        first, second = services.emr.steps[cluster]
        assert argument(first, "-output") == argument(second, "-input")
    ran = run(job=job)
    assert ran.returncode == 0, said(ran)
    assert len(services.emr.clusters["j-3"]["Asked"]["Steps"]) == 2
    ran = run("--cluster-id", "j-2", "--no-wait", "--output-dir", "s3://b/out", job=job)
    assert "error: --no-wait: j-2 runs several steps at once, and those of this job follow each other" in said(ran)
    ran = run("--max-concurrent-steps", "2", job=job)
    assert "error: --max-concurrent-steps: the steps of this job follow each other; leave it out, or" in said(ran)
    assert services.keys("b") == []


def test_a_step_that_is_a_jar_is_refused_in_one_line(services: Services, run: Run) -> None:
    """With who runs it; nothing is asked for, nor printed by a dry run."""

    class Jar(Job):
        def steps(self) -> list[Any]:
            return [JarStep(jar="s3://b/x.jar")]

    for more in ((), ("--dry-run",)):
        ran = run(*more, job=Jar)
        assert (ran.returncode, ran.stdout) == (1, b"")
        assert said(ran) == (
            "error: -r emr cannot run this job: step 0 has type 'jar', but emr runner only supports: streaming; "
            "use -r hadoop, which runs jars, on a cluster's master node too\n"
        )
    assert (services.emr.calls, services.headers) == ([], [])


def test_a_dry_run_prints_what_it_would_do_and_sends_nothing(run_job: RunJob) -> None:
    """It needs no credentials; its requests are JSON as boto3 takes them, and its folder stays for the commands."""
    env = {**ENVIRONMENT, "AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "AWS_DEFAULT_REGION": ""}
    where = ["--emr-endpoint", "http://127.0.0.1:9", "--cloud-tmp-dir", "s3://b/tmp", "--dry-run"]
    ran = run_job(*STREAM, *where, "--cluster-id", "j-1", "--request-id", "ID", env=env, stdin=TEXT)
    assert ran.returncode == 0, said(ran)
    text = ran.stdout.decode()
    (call,), _ = json.JSONDecoder().raw_decode(text.partition(":\n")[2])
    assert call["operation"] == "AddJobFlowSteps"
    assert call["request"]["Steps"][0]["Name"] == "streaming ID 1/1"
    here = re.search(r"^uploads:\n(.*)/ -> s3://b/tmp/gristmill.ID/$", text, re.MULTILINE).group(1)
    assert (Path(here) / "input" / "0000000" / "STDIN").read_bytes() == TEXT
    assert f"\naws s3 cp --recursive {here} s3://b/tmp/gristmill.ID &&\n" in text
    assert "\nAWS_MAX_ATTEMPTS=1 aws emr add-steps --cluster-id j-1 --steps '[{" in text
    assert "\ninstance-hours: none of its own, on the cluster j-1\n" in text
    assert said(ran).splitlines()[-1] == "job output is in s3://b/tmp/gristmill.ID/output, once it has run"


def test_a_step_that_fails_leaves_nothing_but_its_reason(services: Services, run: Run) -> None:
    """What it wrote of the output goes too."""
    services.emr.add_cluster()
    services.emr.states = ["RUNNING", "FAILED"]
    services.emr.at_end = lambda step: services.s3.update(
        {
            ("b", "out/_temporary/x"): b"",
            ("logs", "j-1/steps/s-1/stderr"): b"Error launching job : Input path does not exist: s3://b/gone\n",
        }
    )
    ran = run("--cluster-id", "j-1", "--output-dir", "s3://b/out")
    assert (ran.returncode, services.keys("b")) == (1, [])
    assert said(ran).splitlines()[-1].startswith("error: input s3://b/gone does not exist; "), said(ran)


def test_a_run_that_adopts_a_step_that_failed_leaves_an_output_that_came_later(services: Services, run: Run) -> None:
    """It was made by hand when the nightly run had failed; the next night's run is not to remove it."""
    services.emr.add_cluster()
    services.emr.states = ["RUNNING", "FAILED"]
    nightly = ("--cluster-id", "j-1", "--output-dir", "s3://b/out", "--request-id", "nightly")
    assert run(*nightly).returncode == 1
    services.emr.states = ["RUNNING", "COMPLETED"]
    assert run(*nightly[:4]).returncode == 0
    made = services.keys("b")
    del services.s3["b", "out/_SUCCESS"]
    ran = run(*nightly)
    assert (ran.returncode, services.keys("b")) == (1, made[1:]), said(ran)
    assert "Adopting s-1 of an earlier run..." in said(ran)


def test_a_run_that_comes_second_to_an_output_leaves_the_firsts(services: Services, run: Run) -> None:
    """Both saw nothing there when they sent their steps; its line says why it stays."""
    services.emr.add_cluster()
    services.emr.states = ["PENDING", "FAILED"]
    services.emr.at_end = lambda step: services.s3.update({("b", "out/part"): b"", ("b", "out/_SUCCESS"): b""})
    ran = run("--cluster-id", "j-1", "--output-dir", "s3://b/out")
    assert (ran.returncode, services.keys("b")) == (1, ["out/_SUCCESS", "out/part"])
    assert "s3://b/out is left as it is: it is complete; remove it by hand where nobody needs it" in said(ran)
    services.s3.clear()
    # the first one writes still, and the log of the second says why that failed
    log = b"Error Launching job : Output directory s3://b/out already exists\n"
    services.emr.at_end = lambda step: services.s3.update(
        {("b", "out/_temporary/x"): b"", ("logs", "j-1/steps/s-2/stderr"): log}
    )
    ran = run("--cluster-id", "j-1", "--output-dir", "s3://b/out")
    assert (ran.returncode, services.keys("b")) == (1, ["out/_temporary/x"])
    assert "s3://b/out is left as it is: the step has found it there; remove it by hand" in said(ran)


def test_an_output_is_left_of_a_run_whose_step_was_refused(
    services: Services, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing in it can be its own."""
    services.emr.add_cluster()

    def refused(*_: Any) -> None:
        services.s3["b", "out/part"] = b""
        raise RunError("refused")

    monkeypatch.setattr(EmrApi, "add_steps", refused)
    ran = run("--cluster-id", "j-1", "--output-dir", "s3://b/out")
    assert (ran.returncode, services.keys("b")) == (1, ["out/part"])


@pytest.mark.parametrize("error", [OutputError("no room"), KeyboardInterrupt()])
def test_an_output_that_could_not_be_printed_is_kept_for_the_same_command(
    services: Services, run: Run, monkeypatch: pytest.MonkeyPatch, job_tmp: Path, error: BaseException
) -> None:
    """The line says how it is had; another run leaves it."""

    def fails(*_: Any) -> None:
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(S3Files, "get", fails)
        ran = run()
    assert ran.returncode == (1 if isinstance(error, OutputError) else 130)
    request = re.search("Request ID (.*)", said(ran)).group(1)
    line = f"the output stays in s3://b/tmp/gristmill.{request}/output: the same command with --request-id {request}"
    assert f"{line} prints it, within 7 days\n" in said(ran)
    assert "has printed it" not in said(ran)
    services.emr.add_cluster()
    assert run("--cluster-id", "j-2").returncode == 0
    ran = run("--request-id", request)
    assert (ran.returncode, ran.stdout) == (0, b"grinds\ta\nmill\ta\tb\n"), said(ran)
    assert services.emr.count()["RunJobFlow"] == 1
    assert (services.keys("b"), list(job_tmp.iterdir())) == ([], [])


def test_what_a_reader_does_not_want_is_not_kept(services: Services, run: Run, job_tmp: Path) -> None:
    """As in `… | head -1`."""

    class Gone(io.BytesIO):
        def write(self, data: Any) -> int:
            raise ReaderGone

    ran = run(stdout=Gone())
    assert ran.returncode == 1
    assert "the output stays" not in said(ran)
    assert (services.keys("b"), list(job_tmp.iterdir())) == ([], [])


def test_an_output_that_has_gone_is_told_of_as_such(services: Services, run: Run) -> None:
    """No earlier run has printed it where no ID is given."""
    services.emr.at_end = lambda _: None
    ran = run()
    assert said(ran).splitlines()[-1].endswith("/output: there is nothing on S3 by this name")
    assert ran.returncode == 1


def test_what_an_earlier_run_has_entered_stays_until_its_steps_are_looked_for(
    services: Services, run: Run, killed: Callable[..., None], job_tmp: Path
) -> None:
    """A run with its ID that ends before takes the ledger over, and leaves it to the next."""
    services.emr.states = ["RUNNING"]
    services.emr.add_cluster()
    nightly = ("--cluster-id", "j-1", "--output-dir", "s3://b/out", "--request-id", "nightly")
    killed(*nightly)
    services.s3["b", "out/_temporary/x"] = b"half"
    left = services.keys("b")
    services.emr.faults["ListSteps"] = ["refuse"]
    assert run(*nightly).returncode == 1
    assert services.keys("b") == left
    assert len(list(job_tmp.glob("*/left.json"))) == 1
    services.emr.steps["j-1"][0]["left"] = ["FAILED"]
    assert run(*nightly).returncode == 1
    assert (services.keys("b"), list(job_tmp.iterdir())) == ([], [])


def test_ctrl_c_while_a_cluster_is_asked_for_says_that_nobody_knows(
    services: Services, run: Run, monkeypatch: pytest.MonkeyPatch, job_tmp: Path
) -> None:
    """It may come yet, and needs what is on S3."""

    def stopped(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(EmrApi, "run_job_flow", stopped)
        ran = run("--request-id", "nightly")
    assert ran.returncode == 3
    assert said(ran).splitlines()[-1] == (
        "unknown: EMR may be making what was asked for; run again with --request-id nightly"
    )
    assert "tmp/gristmill.nightly/input/0000000/STDIN" in services.keys("b")
    assert len(list(job_tmp.glob("*/left.json"))) == 1


@pytest.mark.parametrize(
    ("args", "line"),
    [
        (["--bootstrap", "touch /x"], "--bootstrap: -r emr does not have it; put the commands in a script on S3"),
        (["--request-id", "a b"], "--request-id 'a b': give at most 64 letters"),
        (["--cloud-tmp-dir", "hdfs:///tmp"], "-r emr needs a folder on S3 for the job's files"),
        (["--output-dir", "out"], "--output-dir out: a cluster writes to S3; give s3://BUCKET/PATH"),
        (["--no-wait", "--max-hours", "2", "-o", "s3://b/out"], "--no-wait and --max-hours: nobody is there to end"),
        (["--max-hours", "nan"], "--max-hours: nan cannot be; give a number above 0, or leave it out"),
        (["s3://b/no[n]e*"], "input s3://b/no[n]e* does not exist; give a file, a folder or a glob that S3 has"),
        (["s3://b/none"], "input s3://b/none does not exist; give a file, a folder or a glob that S3 has"),
        (
            ["--label", "x" * 300, "-D", f"a={'b' * 10_000}"],
            "EMR does not take this RunJobFlow: the strings of Steps[0]",
        ),
    ],
)
def test_what_cannot_be_ends_in_one_line_before_anything_is_made(
    services: Services, run: Run, job_tmp: Path, args: list[str], line: str
) -> None:
    """No cluster, no step, no file."""
    ran = run(*args)
    assert (ran.returncode, ran.stdout) == (1, b"")
    assert said(ran).splitlines()[-1].startswith(f"error: {line}"), said(ran)
    assert (services.emr.calls, services.keys("b"), list(job_tmp.iterdir())) == ([], [], [])
