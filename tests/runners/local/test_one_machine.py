"""Output of the runners on this machine: Hadoop's conventions, on both of them."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from gristmill.errors import OutputError
from gristmill.runners.owned_folder import OwnedFolder
from tests.runners.helpers import Lines, Words, names
from mrjob.step import MRStep

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.runners.conftest import RunHere

    Pairs = Iterator[tuple[Any, Any]]


pytestmark = pytest.mark.parametrize("runner", ["local", "inline"])


class Twice(Words):
    """The same, by way of another step."""

    def steps(self) -> list[MRStep]:
        return [MRStep(mapper=self.mapper), MRStep(reducer=self.reducer)]


def test_the_output_directory_holds_parts_and_success(run_here: RunHere, tmp_path: Path, runner: str) -> None:
    """The folders above it are made; nothing else is left beside it."""
    ran = run_here(Words, "-r", runner, "--output-dir", tmp_path / "a" / "out", stdin=b"rye mill\nmill\n")
    assert names(tmp_path / "a") == ["out"]
    parts = names(tmp_path / "a" / "out")
    assert parts[:2] == ["_SUCCESS", "part-00000"]
    assert all(name.startswith("part-0000") for name in parts[1:])
    assert (tmp_path / "a" / "out" / "_SUCCESS").read_bytes() == b""
    assert ran.output == b'"mill"\t2\n"rye"\t1\n'


def test_a_file_uri_names_an_output_directory(run_here: RunHere, tmp_path: Path, runner: str) -> None:
    """As it names input."""
    run_here(Words, "-r", runner, "--output-dir", (tmp_path / "a b").as_uri(), stdin=b"rye\n")
    assert names(tmp_path) == ["a b"]
    assert "_SUCCESS" in names(tmp_path / "a b")


@pytest.mark.parametrize("uri", ["hdfs:///out", "s3://bucket/out"])
def test_an_output_directory_elsewhere_is_refused(
    run_here: RunHere, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, runner: str, uri: str
) -> None:
    """No folder of that name is made here."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(OutputError) as error:
        run_here(Words, "-r", runner, "--output-dir", uri, stdin=b"rye\n")
    assert str(error.value) == f"output directory {uri}: -r {runner} writes on this machine; give a path"
    assert names(tmp_path) == []


def test_success_is_there_only_when_all_else_is(
    run_here: RunHere, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, runner: str
) -> None:
    """Until then all lies in a folder that is hidden, and only its owner's."""
    seen = []

    def become(self: OwnedFolder, path: Path) -> None:
        seen.append((names(self.path), self.path.name.startswith(".out."), path.exists()))
        whole(self, path)

    whole = OwnedFolder.become
    monkeypatch.setattr(OwnedFolder, "become", become)
    run_here(Words, "-r", runner, "--num-cores", "1", "--output-dir", tmp_path / "out", stdin=b"rye\n")
    ((held, hidden, there),) = seen
    assert (held[:3], hidden, there) == ([".lock", "_SUCCESS", "part-00000"], True, False)


def test_an_output_directory_that_exists_is_an_error(
    run_here: RunHere, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, runner: str
) -> None:
    """As on Hadoop, even where it is empty, or a file, or a link that leads nowhere."""
    monkeypatch.chdir(tmp_path)
    Path("folder").mkdir()
    Path("file").write_bytes(b"")
    Path("link").symlink_to("nowhere")
    for name in ("folder", "file", "link", "folder/"):
        with pytest.raises(OutputError) as error:
            run_here(Words, "-r", runner, "--output-dir", name, stdin=b"rye\n")
        assert str(error.value) == f"output directory {name} already exists; name another, or remove it first"
    assert names(tmp_path) == ["file", "folder", "link"]


def test_an_output_directory_that_cannot_be_made_is_an_error(run_here: RunHere, tmp_path: Path, runner: str) -> None:
    """Here a file stands where a folder is wanted."""
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OutputError) as error:
        run_here(Words, "-r", runner, "--output-dir", tmp_path / "file" / "a" / "out", stdin=b"rye\n")
    assert str(error.value) == f"output directory {tmp_path}/file/a/out: Not a directory; name another"


def test_an_output_directory_that_another_made_meanwhile_stays_theirs(
    run_here: RunHere, tmp_path: Path, job_tmp: Path, runner: str
) -> None:
    """This run fails, and leaves nothing."""

    class Late(Words):
        def mapper_final(self) -> Pairs:
            (tmp_path / "out").mkdir(exist_ok=True)
            (tmp_path / "out" / "theirs").write_bytes(b"")
            yield "a", 1

    with pytest.raises(OutputError) as error:
        run_here(Late, "-r", runner, "--output-dir", tmp_path / "out", stdin=b"rye\n")
    assert str(error.value) == f"output directory {tmp_path}/out: Directory not empty; name another"
    assert names(tmp_path) == ["out"]
    assert names(tmp_path / "out") == ["theirs"]
    assert names(job_tmp) == []


def test_a_run_that_fails_leaves_no_output_and_no_temporary_file(
    run_here: RunHere, tmp_path: Path, job_tmp: Path, runner: str
) -> None:
    """Nothing that could be taken for a result."""

    class Fails(Words):
        def reducer(self, word: str, counts: Iterator[int]) -> Pairs:
            raise ValueError(word)

    with pytest.raises(Exception, match="rye"):
        run_here(Fails, "-r", runner, "--output-dir", tmp_path / "out", stdin=b"rye\n")
    assert names(tmp_path) == []
    assert names(job_tmp) == []


def test_a_folder_for_the_output_of_steps_must_be_empty(run_here: RunHere, tmp_path: Path, runner: str) -> None:
    """Parts of an earlier run would be read as this one's."""
    steps = tmp_path / "steps"
    arguments = ["-r", runner, "--step-output-dir", str(steps)]
    assert run_here(Twice, *arguments, stdin=b"rye rye\n").output == b'"rye"\t2\n'
    assert names(steps) == ["0000"]
    with pytest.raises(OutputError) as error:
        run_here(Twice, *arguments, stdin=b"rye rye\n")
    assert str(error.value) == f"step output directory {steps} is not empty; name another, or remove what it holds"
    steps = tmp_path / "empty"
    steps.mkdir()
    assert run_here(Twice, "-r", runner, "--step-output-dir", steps, stdin=b"rye\n").output == b'"rye"\t1\n'


def test_output_that_was_not_made_cannot_be_read(runner: str) -> None:
    """Before the job has run."""
    job = Words(["-r", runner, "--no-conf"])
    job.sandbox(stdin=io.BytesIO(b""))
    with job.make_runner() as made, pytest.raises(ValueError, match="Run the job before"):
        next(made.cat_output())


def test_the_output_of_maps_is_printed_in_the_order_of_the_input(
    run_here: RunHere, tmp_path: Path, runner: str
) -> None:
    """Of one file after the other."""
    (tmp_path / "b.txt").write_bytes(b"3\n1\n")
    (tmp_path / "a.txt").write_bytes(b"2\n0")
    ran = run_here(Lines, "-r", runner, tmp_path / "b.txt", tmp_path / "a.txt")
    assert ran.output == b"3\n1\n2\n0\n"


def test_parts_of_a_job_that_says_so_are_printed_as_one_in_order_of_keys(run_here: RunHere, runner: str) -> None:
    """By what comes before the first TAB, whatever part it lies in."""
    lines = [b"%d\n" % (number * 7919 % 1000) for number in range(1000)]
    ran = run_here(Words, "-r", runner, "-D", "mapreduce.job.reduces=3", stdin=b"".join(lines))
    assert ran.lines == sorted(b'"%d"\t1\n' % number for number in range(1000))
