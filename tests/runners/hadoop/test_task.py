"""The script of a job's tasks runs their commands, and what it writes of a failure is parsed."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from gristmill.runners.hadoop import task
from gristmill.runners.hadoop.task_log import Failure, failed_reading, first_failure

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

#: The environment that Hadoop gives a map task.
TASK = {
    "mapreduce_task_attempt_id": "attempt_1_22_m_000003_1",
    "mapreduce_map_input_file": "hdfs://name:8020/mill 1.txt",
    "mapreduce_map_input_start": "1024",
    "mapreduce_map_input_length": "512",
    "NM_HOST": "node-7",
}
SPLIT = ("hdfs://name:8020/mill 1.txt", 1024, 512)
#: How yarn shows the logs of a container; that of an application master has its own talk too.
LOGS = """\
Container: container_1_22_01_00000{number} on node-7_45454
LogAggregationType: AGGREGATED
==========================================
LogType:stderr
LogLength:3705
LogContents:
INFO: Registering a provider class
{stderr}
log4j:WARN Please initialize the log4j system properly.

End of LogType:stderr
***********************************************************************
"""


def run(
    tmp_path: Path, part: str, command: Sequence[str], in_order: str = "", *, reads_any: bool = False, **env: str
) -> subprocess.CompletedProcess[bytes]:
    """Run `part` of a script in which it is `command`, as Hadoop does, on two lines."""
    script = tmp_path / task.NAME
    script.write_text(task.script({"0-mapper": command, "1-reducer": ["false"]}, in_order, reads_any=reads_any))
    return subprocess.run(
        ["/bin/sh", script, part],
        cwd=tmp_path,
        env={**os.environ, **TASK, **env},
        input=b"one\ntwo\n",
        capture_output=True,
    )


def failure(*, status: int = 1, seconds: int = 5, stderr: tuple[str, ...] = ()) -> Failure:
    return Failure(status, seconds, "attempt_1_22_m_000003_1", "node-7", *SPLIT, stderr)


def test_a_program_that_may_fail_ends_well_when_all_is_read(tmp_path: Path) -> None:
    """Where the setting says so: a pipe that closes before would be a failure to Hadoop."""
    done = run(tmp_path, "0-mapper", ["sh", "-c", "head -n 1; exit 3"], stream_non_zero_exit_is_failure="False")
    assert (done.returncode, done.stdout) == (0, b"one\n")
    assert b"gristmill-failed" not in done.stderr
    assert done.stderr.splitlines()[-1] == b"reporter:counter:input,task that failed,1"
    done = run(tmp_path, "0-mapper", ["sh", "-c", "printf x >&2; exit 4"], stream_non_zero_exit_is_failure="false")
    assert done.stderr.splitlines()[-2:] == [b"x", b"reporter:counter:input,task that failed,1"]
    assert b"reporter" not in run(tmp_path, "0-mapper", ["true"], stream_non_zero_exit_is_failure="false").stderr
    assert run(tmp_path, "0-mapper", ["false"], stream_non_zero_exit_is_failure="true").returncode == 1


@pytest.mark.parametrize("argument", ["it's", '"q"', "$HOME", "a b", "%s\\n", "*", "", "grüße", "-n", "`id`", "a\nb"])
def test_arguments_arrive_as_they_are(tmp_path: Path, argument: str) -> None:
    """Whatever a shell or Hadoop would make of them."""
    done = run(tmp_path, "0-mapper", [sys.executable, "-c", "import sys; print(ascii(sys.argv[1:]))", argument])
    assert (done.returncode, done.stdout.decode().strip()) == (0, ascii([argument]))


def test_the_command_has_the_tasks_input_and_output(tmp_path: Path) -> None:
    """Nothing is added to either; stderr begins with the attempt."""
    done = run(tmp_path, "0-mapper", ["tr", "a-z", "A-Z"])
    assert (done.returncode, done.stdout) == (0, b"ONE\nTWO\n")
    assert done.stderr == b"gristmill-task\tattempt_1_22_m_000003_1\n"


def test_a_program_may_leave_input_unread(tmp_path: Path) -> None:
    """It is read to the end, since Hadoop takes a closed pipe for a failure."""
    script = tmp_path / "task.sh"
    script.write_text(task.script({"0-mapper": ["true"]}))
    with subprocess.Popen(["/bin/sh", script, "0-mapper"], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdin
        for _ in range(100):
            process.stdin.write(b"x" * 65536)
        process.stdin.close()
        assert process.wait() == 0


def test_a_part_that_is_to_be_put_in_order_tells_its_split_first(tmp_path: Path) -> None:
    """And no other part does."""
    done = run(tmp_path, "0-mapper", ["cat"], in_order="0-mapper")
    assert done.stdout == b"gristmill-split\thdfs://name:8020/mill 1.txt\t1024\none\ntwo\n"
    assert run(tmp_path, "0-mapper", ["cat"], in_order="1-mapper").stdout == b"one\ntwo\n"


def test_a_part_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    """Of ours, so it is stderr plainly."""
    done = run(tmp_path, "7-mapper", ["cat"])
    assert (done.returncode, done.stderr.splitlines()[-1]) == (2, b"no part 7-mapper")


def test_a_failure_is_found_again_with_what_the_command_stderr(tmp_path: Path) -> None:
    """From the script's own words, in the logs as yarn shows them."""
    code = "import sys; sys.stderr.write('reporter:counter:a,b,1\\nit broke\\n'); sys.exit(7)"
    done = run(tmp_path, "0-mapper", [sys.executable, "-c", code])
    found = first_failure(LOGS.format(number=1, stderr=done.stderr.decode()))
    assert found
    assert found == failure(status=7, seconds=found.seconds, stderr=("it broke",))
    assert (found.task, found.reason) == ("map task 3", "exit status 7: it broke")


def test_a_command_that_is_killed_is_found_with_its_signal(tmp_path: Path) -> None:
    """As where a node is out of memory."""
    done = run(tmp_path, "0-mapper", ["sh", "-c", "kill -9 $$"])
    found = first_failure(done.stderr.decode())
    assert found
    assert (found.status, found.reason) == (137, "killed by signal 9 (SIGKILL)")


def test_the_first_of_several_failures_is_the_earliest() -> None:
    """Whichever container is shown first."""
    line = "gristmill-failed\t1\t{}\tattempt_1_22_{}_000000_0\tnode-7\t\t\t"
    late = LOGS.format(number=2, stderr="late\n" + line.format(9, "m"))
    early = LOGS.format(number=3, stderr="early\n" + line.format(8, "r"))
    found = first_failure(late + early)
    assert found
    assert (found.task, found.reason, found.path, found.start) == ("reduce task 0", "early", "", 0)


def test_logs_of_no_failure_tell_of_none() -> None:
    """As those of a task that Hadoop killed itself."""
    assert first_failure(LOGS.format(number=1, stderr="gristmill-task\tattempt_1_22_m_000000_0")) is None
    assert first_failure("") is None


def test_what_is_stderr_is_that_of_the_failed_command_alone() -> None:
    """In uber mode all tasks share a log; a container's folder is cut from the paths in it."""
    folder = "/data/usercache/me/appcache/application_1_22/container_e05_1_22_01_000001"
    stderr = f'gristmill-task\tattempt\none\ngristmill-task\tattempt\n  File "{folder}/x.zip/x.py", line 1\nboom\n\n'
    line = "gristmill-failed\t1\t5\tattempt_1_22_m_000003_1\tnode-7\t" + "\t".join(map(str, SPLIT))
    found = first_failure(LOGS.format(number=1, stderr=stderr + line))
    assert found == failure(stderr=('  File "x.zip/x.py", line 1', "boom", ""))
    assert found.reason == "boom"


def test_of_very_much_that_was_stderr_the_end_is_kept() -> None:
    """A hundred lines, as on one machine."""
    stderr = "".join(f"{number}\n" for number in range(1000))
    found = first_failure(f"{stderr}gristmill-failed\t1\t5\tno attempt\tnode-7\t\t\t\n")
    assert found
    assert (len(found.stderr), found.stderr[-1], found.task) == (100, "999", "no attempt")


@pytest.mark.parametrize(
    ("status", "reason"), [(3, "exit status 3"), (255, "exit status 255"), (143, "killed by signal 15 (SIGTERM)")]
)
def test_a_command_that_stderr_nothing_has_its_status_told(status: int, reason: str) -> None:
    """There is nothing better."""
    assert failure(status=status, stderr=("", " ")).reason == reason


@pytest.mark.parametrize("name", ["D.TSV.GZ", "a.xz", "B.Zip", "a.LZ4", "a.7z", "a.Z"])
def test_a_file_of_the_clusters_that_hadoop_takes_for_text_by_its_name_fails_its_task(
    tmp_path: Path, name: str
) -> None:
    """A folder or a glob found it; the error names it."""
    done = run(tmp_path, "0-mapper", ["cat"], mapreduce_map_input_file=f"hdfs://n/in/{name}")
    assert (done.returncode, done.stdout) == (1, b"")
    found = first_failure(LOGS.format(number=1, stderr=done.stderr.decode()))
    assert found
    assert found.reason == (
        f"error: hdfs://n/in/{name}: by this name Hadoop takes it for text; "
        "decompress it, or rename it in small letters"
    )
    assert run(tmp_path, "0-mapper", ["cat"], reads_any=True, mapreduce_map_input_file=name).stdout == b"one\ntwo\n"


@pytest.mark.parametrize("name", ["a.tar.gz", "a.TGZ", "a.tar", "a.tar.bz2"])
def test_an_archive_of_the_clusters_fails_its_task(tmp_path: Path, name: str) -> None:
    """Its headers are no text."""
    done = run(tmp_path, "0-mapper", ["cat"], mapreduce_map_input_file=f"hdfs://n/in/{name}")
    assert done.returncode == 1
    assert b"an archive of files is not read here; unpack it and give the folder" in done.stderr


@pytest.mark.parametrize("name", ["a.gz", "a.bz2", "part-00000.deflate", "a.zst", "a.txt", "a.gz.txt", "GZ", ""])
def test_a_file_that_hadoop_reads_by_its_name_is_mapped(tmp_path: Path, name: str) -> None:
    """And a reduce task, which has none."""
    assert run(tmp_path, "0-mapper", ["cat"], mapreduce_map_input_file=name).stdout == b"one\ntwo\n"


@pytest.mark.parametrize(
    ("name", "head", "status"),
    [
        ("a.lz4", b"\x04\x22\x4d\x18\x64", 1),
        ("a.snappy", b"\xff\x06\0\0sNaPpY", 1),
        ("a.snappy", b"\0\0\1\0\0\0", 0),
        ("a.lz4", b"", 0),
    ],
)
def test_a_file_of_the_clusters_that_is_not_in_hadoops_framing_fails_its_task(
    tmp_path: Path, name: str, head: bytes, status: int
) -> None:
    """By its first bytes, which the task asks the cluster for; Hadoop would read no records of it."""
    (tmp_path / "head").write_bytes(head)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "hadoop").write_text(
        f"#!/bin/sh\n[ \"$*\" = 'fs -cat hdfs://n/{name}' ] && cat '{tmp_path}/head'\n"
    )
    (tmp_path / "bin" / "hadoop").chmod(0o755)
    uri = f"hdfs://n/{name}"
    done = run(tmp_path, "0-mapper", ["cat"], mapreduce_map_input_file=uri, HADOOP_HOME=str(tmp_path))
    assert done.returncode == status
    said = f"error: {uri}: not in the framing of Hadoop, which reads nothing of it; decompress it, or make it a .gz"
    assert (said in done.stderr.decode()) is bool(status)


SYSLOG = """\
Container: container_1_22_01_000001 on node-7_45454
INFO [uber-SubtaskRunner] org.apache.hadoop.mapred.MapTask: Processing split: hdfs://n:8020/in/a:1.tsv:0+21945
INFO [uber-SubtaskRunner] org.apache.hadoop.mapred.MapTask: Processing split: hdfs://n:8020/in/b c.gz:0+120
WARN [uber-SubtaskRunner] LocalContainerLauncher: Exception running local (uberized) 'child' : java.io.EOFException
Container: container_1_22_01_000002 on node-7_45454
INFO [main] org.apache.hadoop.mapred.MapTask: Processing split: hdfs://n:8020/in/d.gz:0+9
"""


def test_what_hadoop_was_reading_when_it_ended_a_task_is_in_its_own_log() -> None:
    """Of tasks that share a container the one before the failure; of others that of their container."""
    assert failed_reading(SYSLOG) == ("hdfs://n:8020/in/b c.gz", 0, 120)
    child = "WARN [main] org.apache.hadoop.mapred.YarnChild: Exception running child : java.io.IOException: no\n"
    assert failed_reading(SYSLOG.replace("uberized", "x") + child) == ("hdfs://n:8020/in/b c.gz", 0, 120)
    assert failed_reading(SYSLOG.partition("Container: container_1_22_01_000002")[2] + child) == (
        "hdfs://n:8020/in/d.gz",
        0,
        9,
    )
    assert failed_reading(child) is None
    assert failed_reading(SYSLOG[-200:]) is None


FILTER = "import signal, sys; signal.signal(13, signal.SIG_DFL); sys.stdout.write(sys.stdin.read().replace({!r}, {!r}))"


def filtered(tmp_path: Path, command: Sequence[str], before: str, after: str) -> subprocess.CompletedProcess[bytes]:
    """Run a command between two programs of Python's, as Hadoop does, on two lines."""
    filters = task.Filters(*([sys.executable, "-c", program] if program else [] for program in (before, after)))
    script = tmp_path / task.NAME
    script.write_text(task.script({"0-reducer": command}, filters={"0-reducer": filters}))
    return subprocess.run(["/bin/sh", script, "0-reducer"], env=TASK, input=b"one\ntwo\n", capture_output=True)


def test_records_pass_a_filter_before_and_behind_the_command(tmp_path: Path) -> None:
    """Or one of them."""
    before, after = FILTER.format("one", "ONE"), FILTER.format("TWO", "Two")
    assert filtered(tmp_path, ["tr", "two", "TWO"], before, after).stdout == b"ONE\nTWO\n".replace(b"TWO", b"Two")
    assert filtered(tmp_path, ["cat"], before, "").stdout == b"ONE\ntwo\n"
    assert filtered(tmp_path, ["tr", "two", "TWO"], "", after).stdout == b"One\nTwo\n"


def test_a_command_between_filters_has_its_own_status(tmp_path: Path) -> None:
    """And may leave input unread."""
    same = FILTER.format("", "")
    assert filtered(tmp_path, ["sh", "-c", "exit 7"], same, same).returncode == 7
    assert filtered(tmp_path, ["true"], same, same).returncode == 0


@pytest.mark.parametrize("filters", [("", "raise SystemExit(3)"), ("raise SystemExit(3)", "")])
def test_a_filter_that_fails_fails_the_task(tmp_path: Path, filters: tuple[str, str]) -> None:
    """Else records would be lost in silence."""
    assert filtered(tmp_path, ["cat"], *filters).returncode == 1


def test_a_filter_whose_reader_has_enough_has_not_failed(tmp_path: Path) -> None:
    """It is ended by a signal."""
    killed = "import os, signal; os.kill(os.getpid(), signal.SIGPIPE)"
    assert (
        filtered(tmp_path, ["true"], "import signal; signal.signal(13, signal.SIG_DFL); " + killed, "").returncode == 0
    )
