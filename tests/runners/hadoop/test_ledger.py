"""What a run has on the cluster is known to the next run on this machine, however it ends."""

from __future__ import annotations

import errno
import json
import os
import shutil
from typing import TYPE_CHECKING, Any, cast

import pytest

from gristmill.errors import RunError
from gristmill.runners.hadoop.cluster import cluster_name
from gristmill.runners.hadoop.command import NoAnswer
from gristmill.runners.hadoop.ledger import CleanupLedger, adopt, clean_up, own_folder, remove_folders
from tests.runners.helpers import room_for

if TYPE_CHECKING:
    from pathlib import Path

RUN = "words.analyst.20261127.101500.123456"
ONE = f"gristmill.{RUN}"
HADOOP = ["/opt/hadoop/bin/hadoop"]


def test_what_a_killed_run_left_is_taken_over(tmp_path: Path) -> None:
    """Noted at once, in both runs' folders; what is gone is forgotten."""
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    first = CleanupLedger()
    first.keep_in(tmp_path / "one")
    first.enter(ONE)
    first.enter(ONE, job="job_1_2")
    first.enter(job="job_1_3")
    first.strike("job_1_2")
    second = CleanupLedger()
    assert second.take_over(tmp_path / "one")
    assert (second.folders, second.jobs) == ([ONE], ["job_1_3"])
    second.keep_in(tmp_path / "two")
    assert json.loads((tmp_path / "two" / "left.json").read_bytes()) == {
        "cluster": "",
        "folders": [ONE],
        "jobs": ["job_1_3"],
    }


@pytest.mark.parametrize(
    "written",
    [
        None,
        b"",
        b'{"fold',
        b"[]",
        b"7",
        b'{"folders": 7, "jobs": []}',
        b'{"folders": ["/a", 7], "jobs": []}',
        b"[" * 9999,
    ],
)
def test_what_is_no_ledger_is_nothing_to_take_over(
    tmp_path: Path, written: bytes | None, caplog: pytest.LogCaptureFixture
) -> None:
    """Its run was killed before it wrote one, or it is somebody's mistake, which is told."""
    if written is not None:
        (tmp_path / "left.json").write_bytes(written)
    ledger = CleanupLedger()
    assert ledger.take_over(tmp_path)
    ledger.strike("nothing")
    assert (ledger.folders, ledger.jobs) == ([], [])
    told = f"{tmp_path}/left.json is no ledger of a run; what it names is left as it is"
    assert caplog.messages == ([] if written is None else [told])


@pytest.mark.parametrize("kind", ["fifo", "link"])
def test_a_ledger_that_is_no_file_is_not_opened(tmp_path: Path, kind: str) -> None:
    """A link would have us believe what lies elsewhere, a FIFO would wait."""
    (tmp_path / "elsewhere").write_text(json.dumps({"cluster": "", "folders": [ONE], "jobs": []}))
    if kind == "link":
        (tmp_path / "left.json").symlink_to("elsewhere")
    else:
        os.mkfifo(tmp_path / "left.json")
    ledger = CleanupLedger()
    assert ledger.take_over(tmp_path)
    assert ledger.folders == []


OURS = [
    ONE,
    f"/tmp/{ONE}",
    f"hdfs://node-1:9000/out/.a b.gristmill.{RUN}",
    f".out.gristmill.{RUN}",
    f"s3a://bucket/.out.gristmill.{RUN}",
    "/tmp/hadoop-yarn/staging/analyst/.staging/job_1795619329472_0003",
]
STRANGE = [
    "",
    "/",
    "/user/analyst",
    "gristmill.one",
    f"/out/gristmill.{RUN}/more",
    f"/out/../gristmill.{RUN}",
    f"../gristmill.{RUN}",
    f"/*/gristmill.{RUN}",
    f"/{{a,b}}/.out.gristmill.{RUN}",
    f"/a\n/gristmill.{RUN}",
    f"/out.gristmill.{RUN}",
    "/.staging/job_1",
]


def test_only_what_a_run_makes_is_taken_over(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """All else is left, and told in one line."""
    jobs = ["job_1_2", "job_1_2; ls", "application_1_2", "-all"]
    content = {"cluster": "", "folders": OURS + STRANGE, "jobs": jobs}
    (tmp_path / "left.json").write_text(json.dumps(content))
    ledger = CleanupLedger()
    assert ledger.take_over(tmp_path)
    assert (sorted(ledger.folders), ledger.jobs) == (sorted(OURS), ["job_1_2"])
    (message,) = caplog.messages
    named = ", ".join(map(repr, STRANGE + jobs[1:]))
    assert message == f"{tmp_path}/left.json names what no run of this version makes, so that is left as it is: {named}"


def test_a_folder_that_is_removed_is_not_written_to(tmp_path: Path) -> None:
    """The local folder goes last, but may be gone."""
    ledger = CleanupLedger()
    ledger.keep_in(tmp_path)
    (tmp_path / "left.json").unlink()
    tmp_path.rmdir()
    ledger.enter("gristmill.one")
    assert not tmp_path.exists()


class Cluster:
    """Keeps what it was asked for; `refuses` to remove anything."""

    def __init__(self, *, refuses: bool = False) -> None:
        self.refuses = refuses
        self.asked: list[tuple[str, ...]] = []

    def kill(self, job: str) -> None:
        self.asked.append(("kill", job))

    def remove(self, *folders: str) -> None:
        self.asked.append(("remove", *folders))
        if self.refuses:
            raise RunError("hadoop fs -rm: Permission denied")


def filled() -> CleanupLedger:
    ledger = CleanupLedger()
    ledger.enter("one", "job_1_2")
    ledger.enter("two")
    return ledger


def test_what_killed_runs_left_is_cleaned_up() -> None:
    """Jobs first, since they write to the folders; nothing is asked for an empty ledger."""
    ledger, cluster = filled(), Cluster()
    for _ in range(2):
        clean_up(ledger, cast("Any", cluster), cast("Any", cluster))
        assert cluster.asked == [("kill", "job_1_2"), ("remove", "one", "two")]
        assert (ledger.folders, ledger.jobs) == ([], [])


def test_folders_that_cannot_be_removed_stay_in_the_ledger(caplog: pytest.LogCaptureFixture) -> None:
    """The run ends as it would have; jobs are not its matter."""
    ledger = filled()
    assert not remove_folders(ledger, cast("Any", Cluster(refuses=True)))
    assert caplog.messages == ["error: hadoop fs -rm: Permission denied; the next run on this machine tries again"]
    assert ledger.folders == ["one", "two"]
    assert remove_folders(ledger, cast("Any", Cluster()))
    assert (ledger.folders, ledger.jobs) == ([], ["job_1_2"])


def killed(parent: Path, run: str, content: dict[str, Any]) -> Path:
    """The folder of a run that was killed, with this ledger."""
    folder = own_folder(str(parent), run, CleanupLedger())
    (folder.path / "left.json").write_text(json.dumps(content))
    folder.release()
    return folder.path


def test_a_run_takes_over_the_ledgers_of_those_before_it(tmp_path: Path) -> None:
    """Where they were killed, so that their lock is free and their folder is there. It is written down at once."""
    cluster = cluster_name(HADOOP)
    killed(tmp_path, "one", {"cluster": cluster, "folders": [ONE], "jobs": []})
    ledger = CleanupLedger()
    second = own_folder(str(tmp_path), "two", ledger)
    assert ledger.folders == []
    adopt(ledger, tmp_path, HADOOP)
    assert ledger.folders == [ONE]
    assert list(tmp_path.iterdir()) == [second.path]
    written = json.loads((second.path / "left.json").read_text())
    assert written == {"cluster": cluster, "folders": [ONE], "jobs": []}
    second.remove()


def test_a_ledger_of_another_cluster_waits_for_a_run_there(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """It is told once."""
    there = killed(tmp_path, "one", {"cluster": "hdfs://elsewhere uid 7", "folders": [ONE], "jobs": []})
    for _ in range(2):
        ledger = CleanupLedger()
        adopt(ledger, tmp_path, HADOOP)
        assert (ledger.folders, ledger.jobs) == ([], [])
    waits = "a killed run left files on the cluster hdfs://elsewhere uid 7; a run there removes them"
    assert caplog.messages == [f"{there}: {waits}"]
    assert list(tmp_path.iterdir()) == [there]


def test_an_empty_ledger_of_another_cluster_waits_for_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Its run was killed when it had removed all."""
    killed(tmp_path, "one", {"cluster": "hdfs://elsewhere uid 7", "folders": [], "jobs": []})
    adopt(CleanupLedger(), tmp_path, HADOOP)
    assert (caplog.messages, list(tmp_path.iterdir())) == ([], [])


def test_a_ledger_that_cannot_be_read_now_is_left_to_a_later_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """What it names is still on the cluster."""
    there = killed(tmp_path, "one", {"cluster": cluster_name(HADOOP), "folders": [ONE], "jobs": []})

    def read(file: int, size: int) -> bytes:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as patch:
        patch.setattr("gristmill.runners.hadoop.ledger.os.read", read)
        adopt(CleanupLedger(), tmp_path, HADOOP)
    assert caplog.messages == [f"{there}/left.json: Input/output error; a later run tries again"]
    assert list(tmp_path.iterdir()) == [there]


def test_a_full_disk_does_not_keep_what_is_gone_in_the_ledger(tmp_path: Path) -> None:
    """To remove it again is no error; but what is about to be made is made only once it is written down."""
    ledger = CleanupLedger()
    ledger.keep_in(tmp_path)
    ledger.enter(ONE)
    with room_for(0):
        ledger.strike(ONE)
        assert ledger.folders == []
        with pytest.raises(OSError, match="File too large"):
            ledger.enter(ONE)


def test_what_a_ledger_without_a_cluster_names_is_left(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Earlier versions wrote them; it is told once, since the ledger goes."""
    old = killed(tmp_path, "two", {"folders": [ONE], "jobs": ["job_1_2"]})
    ledger = CleanupLedger()
    adopt(ledger, tmp_path, HADOOP)
    assert (ledger.folders, ledger.jobs, list(tmp_path.iterdir())) == ([], [], [])
    (message,) = caplog.messages
    assert message.startswith(f"{old}/left.json names what no run of this version makes, ")
    assert message.endswith(f": '{ONE}', 'job_1_2'")


def test_what_is_not_ours_alone_is_named_in_one_line(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """However much of it there is; it stays."""
    ledger = {"cluster": cluster_name(HADOOP), "folders": [ONE], "jobs": []}
    folders = [killed(tmp_path, run, ledger) for run in ("one", "two")]
    for folder in folders:
        folder.chmod(0o755)
    for told in (f"{folders[0]} and 1 more", f"{folders[0]}"):
        caplog.clear()
        adopt(CleanupLedger(), tmp_path, HADOOP)
        assert caplog.messages == [f"{told}: not this user's alone, so left as it is"]
        shutil.rmtree(folders[1], ignore_errors=True)


def test_what_a_cluster_does_not_let_us_remove_is_named_once(caplog: pytest.LogCaptureFixture) -> None:
    """It would end every later run; a cluster that gives no answer ends this one."""
    ledger = filled()
    clean_up(ledger, cast("Any", Cluster(refuses=True)), cast("Any", Cluster()))
    assert caplog.messages == [
        "what earlier runs left on the cluster stays there: one two (hadoop fs -rm: Permission denied)"
    ]
    assert (ledger.folders, ledger.jobs) == ([], [])

    class Silent(Cluster):
        def remove(self, *folders: str) -> None:
            raise NoAnswer("name-node:8020")

    ledger = filled()
    with pytest.raises(NoAnswer):
        clean_up(ledger, cast("Any", Silent()), cast("Any", Cluster()))
    assert ledger.folders == ["one", "two"]
