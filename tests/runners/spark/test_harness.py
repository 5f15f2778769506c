"""After its steps a run's output elsewhere gets its name, and in it the manifest, by one start of Java."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Callable

import pytest

from gristmill.runners.spark.java import java_home
from gristmill.runners.spark.submit import program
from tests.runners.helpers import DESCRIBED

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import RunJob


def settle(run_job: RunJob, folder: Path, *arguments: object) -> object:
    """Run harness.settle in a process of its own; what it reports as failed."""
    (folder / "settle.py").write_text(program("settle", *arguments))
    done = run_job(folder / "settle.py", env=java_home(folder))
    assert done.returncode == 0, done.stderr.decode()
    return json.loads((folder / "result.json").read_text())["failed"]


def test_output_elsewhere_gets_a_manifest_and_its_name(tmp_path: Path, run_job: RunJob) -> None:
    """The rename is what makes both visible."""
    (tmp_path / "out.txt").write_text("the mill\nby the river\n")
    (tmp_path / "described.py").write_text(DESCRIBED)
    out = f"file://{tmp_path}/out"
    done = run_job(tmp_path / "described.py", "-r", "spark", "--no-conf", tmp_path / "out.txt", "--output-dir", out)
    assert done.returncode == 0, done.stderr.decode()
    assert (tmp_path / "out" / "_gristmill.json").read_bytes() == b'{\n  "lines": 2\n}\n'
    assert sorted(path.name for path in tmp_path.iterdir()) == ["described.py", "out", "out.txt"]


FAILS = """\
from gristmill import Job


class Fails(Job):
    def mapper(self, _, line):
        yield 1 / len(line), line


if __name__ == "__main__":
    Fails.run()
"""


def test_a_run_that_fails_leaves_nothing_beside_its_output_elsewhere(tmp_path: Path, run_job: RunJob) -> None:
    """Neither the folder nor its hidden name, unless it is asked to; Spark has written some of it by then."""
    (tmp_path / "in.txt").write_text("the mill\n\n")
    (tmp_path / "fails.py").write_text(FAILS)
    command = ["fails.py", "-r", "spark", "--no-conf", "in.txt", "--output-dir", f"file://{tmp_path}/far/out"]
    done = run_job(*command, "--cleanup-on-failure", "NONE", cwd=tmp_path)
    assert b"division by zero" in done.stderr.splitlines()[-1]
    (kept,) = (tmp_path / "far").iterdir()
    assert kept.name.startswith(".out.gristmill.")
    done = run_job(*command, cwd=tmp_path)
    assert b"division by zero" in done.stderr.splitlines()[-1]
    assert list((tmp_path / "far").iterdir()) == [kept]


def test_a_folder_that_has_come_to_be_keeps_its_content(tmp_path: Path, run_job: RunJob) -> None:
    """The output keeps its hidden name, with the manifest that it was given."""
    for name in ("hidden", "out"):
        (tmp_path / name).mkdir()
    uris = [f"file://{tmp_path}/hidden", f"file://{tmp_path}/out"]
    manifest = base64.b64encode(b"{}\n").decode()
    failed = settle(run_job, tmp_path, [], uris, [], str(tmp_path / "result.json"), manifest)
    assert failed == {
        "kind": "OutputError",
        "message": f"output directory {uris[1]} already exists; name another, or remove it first",
        "detail": "",
        "step": None,
    }
    assert list((tmp_path / "out").iterdir()) == []
    assert (tmp_path / "hidden" / "_gristmill.json").read_bytes() == b"{}\n"


def test_without_a_manifest_none_is_written(tmp_path: Path, run_job: RunJob) -> None:
    """A folder is renamed, one is fetched, one is removed."""
    for name in ("fetched", "hidden", "removed"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "part-00000").write_text(name)
    far = f"file://{tmp_path}"
    fetch = [f"{far}/fetched", str(tmp_path / "here")]
    uris = [f"{far}/hidden", f"{far}/out"]
    assert settle(run_job, tmp_path, fetch, uris, [f"{far}/removed"], str(tmp_path / "result.json"), "") is None
    assert [path.name for path in (tmp_path / "out").iterdir() if path.suffix != ".crc"] == ["part-00000"]
    assert (tmp_path / "here" / "part-00000").read_text() == "fetched"
    assert not (tmp_path / "removed").exists()


@pytest.fixture
def give_name(tmp_path: Path, run_job: RunJob) -> Callable[[], str]:
    """Rename the folder `staged` to `out`, as a run does last; the text of the result."""
    (tmp_path / "staged").mkdir()

    def settled() -> str:
        uris = [f"file://{tmp_path / name}" for name in ("staged", "out")]
        result = tmp_path / "result.json"
        settle(run_job, tmp_path, [], uris, [], str(result))
        return result.read_text()

    return settled


def test_a_folder_gets_its_name_when_it_is_whole(tmp_path: Path, give_name: Callable[[], str]) -> None:
    """Nothing failed, and nothing else is moved or removed."""
    assert json.loads(give_name()) == {"failed": None}
    assert (tmp_path / "out").is_dir()
    assert not (tmp_path / "staged").exists()


def test_a_folder_whose_name_is_taken_meanwhile_stays_where_it_is(tmp_path: Path, give_name: Callable[[], str]) -> None:
    """The result has the error, and nothing is removed."""
    (tmp_path / "out").mkdir()
    expected = f"output directory file://{tmp_path}/out already exists; name another, or remove it first"
    assert expected in give_name()
    assert (tmp_path / "staged").is_dir()
