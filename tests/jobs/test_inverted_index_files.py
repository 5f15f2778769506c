"""The index of files, each one document."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gristmill.errors import BadInput
from jobs.inverted_index import InvertedIndex

if TYPE_CHECKING:
    from tests.conftest import RunJob
    from tests.jobs.conftest import RunHere


@pytest.mark.parametrize("runner", ["inline", "local"])
def test_a_file_whose_name_is_no_docid_is_counted(run_here: RunHere, tmp_path: Path, runner: str) -> None:
    """A name is held to the rules of any docid."""
    for name in (
        b"good.txt",
        b"bad\xff.txt",
        "bad\ufffd.txt".encode(),
        b"two\nlines.txt",
        b"c1\xc2\x9b.txt",
        b"empty.txt",
    ):
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_bytes(b"" if name == b"empty.txt" else b"mill\n")
    ran = run_here(InvertedIndex, "-r", runner, "--docid-from", "file", tmp_path)
    assert ran.output == b"mill\tgood.txt\n"
    assert ran.counters["input"] == {
        "docid is not UTF-8": 1,
        "docid holds U+FFFD": 1,
        "docid holds a control character": 2,
    }


@pytest.mark.parametrize("runner", ["inline", "local"])
def test_a_strict_job_names_a_file_whose_name_is_no_docid(run_here: RunHere, tmp_path: Path, runner: str) -> None:
    """The file's first line is blamed, since it has to be one."""
    path = tmp_path / "bad\ufffd.txt"
    path.write_bytes(b"mill\nstone\n")
    with pytest.raises(BadInput) as caught:
        run_here(InvertedIndex, "-r", runner, "--strict", "--docid-from", "file", path)
    assert str(caught.value).startswith(f"{path}, line 1: docid holds U+FFFD: ")


@pytest.mark.parametrize("runner", ["inline", "local"])
def test_a_file_that_is_not_utf8_is_counted_once_and_named_by_its_first_such_line(
    run_here: RunHere, tmp_path: Path, runner: str
) -> None:
    """The rest of its text is used."""
    path = tmp_path / "mill.txt"
    path.write_bytes(b"mill\r\n\xe6\xb0\nsto\xffne\n")
    args = ["-r", runner, "--docid-from", "file", str(tmp_path)]
    ran = run_here(InvertedIndex, *args)
    assert ran.output == b"mill\tmill.txt\nne\tmill.txt\nsto\tmill.txt\n"
    assert ran.counters == {"input": {"text is not UTF-8": 1}, "index": {"documents": 1, "tokens": 3}}
    with pytest.raises(BadInput) as caught:
        run_here(InvertedIndex, "--strict", *args)
    assert str(caught.value).startswith(f"{path}, line 2: the text is not UTF-8")


@pytest.mark.parametrize("runner", ["inline", "local"])
def test_a_file_is_one_document_however_many_maps_are_asked_for(run_here: RunHere, tmp_path: Path, runner: str) -> None:
    """Positions go on over all lines of a file, and a second file is a second document."""
    (tmp_path / "a").write_bytes(b"mill\n" * 100 + b"stone\r" + b"mill")
    (tmp_path / "b").write_bytes(b"stone\n")
    args = ["-r", runner, "--docid-from", "file", "--payload", "positions", "-D", "mapreduce.job.maps=40"]
    mill = ",".join(map(str, [*range(100), 101]))
    assert run_here(InvertedIndex, *args, tmp_path).output.decode() == f"mill\ta:101:{mill}\nstone\ta:1:100\tb:1:0\n"


def test_a_docid_is_the_path_as_it_was_named(run_job: RunJob, tmp_path: Path) -> None:
    """Of a file or a glob the path given, of a folder that and what is below it."""
    (tmp_path / "in" / "deep").mkdir(parents=True)
    (tmp_path / "in" / "deep" / "a.txt").write_bytes(b"mill\n")
    (tmp_path / "b.txt").write_bytes(b"mill\n")
    (tmp_path / "c.txt").write_bytes(b"mill\n")
    args = ["-m", "jobs.inverted_index", "-q", "--docid-from", "file"]
    ran = run_job(*args, "in", "./b.txt", "c.*", cwd=tmp_path)
    assert ran.stdout == b"mill\t./b.txt\tc.txt\tin/deep/a.txt\n"
    assert run_job(*args, "in", cwd=tmp_path).stdout == b"mill\tdeep/a.txt\n"


@pytest.mark.parametrize("runner", ["inline", "local", pytest.param("spark", marks=pytest.mark.long)])
def test_files_of_one_name_in_two_inputs_are_two_documents(run_job: RunJob, tmp_path: Path, runner: str) -> None:
    """The input's own name stands in front, as it was typed; of a folder that a glob found, its path."""
    for name in ("corpus/a/01.txt", "corpus/b/01.txt"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_bytes(b"mill\n")
    args = ["-m", "jobs.inverted_index", "-q", "-r", runner, "--docid-from", "file"]
    ways = (["corpus/a", "corpus/b/"], ["corpus/a/01.txt", "corpus/b/01.txt"], ["corpus/[^c]"])
    # Spark gets the names that the driver has found, and starting it takes long
    for inputs in ways[:1] if runner == "spark" else ways:
        ran = run_job(*args, *inputs, cwd=tmp_path)
        assert ran.stdout == b"mill\tcorpus/a/01.txt\tcorpus/b/01.txt\n", ran.stderr.decode()


def test_two_files_that_would_be_one_document_are_an_error(run_job: RunJob, tmp_path: Path) -> None:
    """It names both, and no output is made."""
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "01.txt").write_bytes(b"mill\n")
    args = ["-m", "jobs.inverted_index", "--docid-from", "file", "-o", "out"]
    ran = run_job(*args, "a", "a/01.txt", cwd=tmp_path)
    both = "a/01.txt and a/01.txt would both be the document a/01.txt"
    last = ran.stderr.decode().splitlines()[-1]
    assert (ran.returncode, last) == (1, f"error: --docid-from file: {both}; name each file once")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("runner", ["inline", "local", "spark"])
def test_a_path_that_leads_out_of_a_link_is_the_systems(run_job: RunJob, tmp_path: Path, runner: str) -> None:
    """One resolution of paths for all runners: .. leads out of where the link leads."""
    for name, word in (("far/a.txt", "stone"), ("a.txt", "wrong"), ("far/in/b.txt", "mill")):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(f"{word}\n")
    (tmp_path / "link").symlink_to("far/in")
    args = ["-m", "jobs.inverted_index", "-q", "-r", runner, "--docid-from", "file"]
    ran = run_job(*args, "link/../a.txt", "far/../link/b.txt", cwd=tmp_path)
    assert ran.stdout == b"mill\tfar/../link/b.txt\nstone\tlink/../a.txt\n", ran.stderr.decode()


@pytest.mark.parametrize("args", [[], ["-"], ["some.txt", "-"]])
def test_standard_input_is_no_file_with_a_name(run_job: RunJob, args: list[str]) -> None:
    """A usage error, before anything is read."""
    ran = run_job("-m", "jobs.inverted_index", "--docid-from", "file", *args, stdin=b"mill\n")
    assert ran.returncode == 2
    message = b"--docid-from file: standard input has no name; give files or folders; --help lists the options"
    assert ran.stderr == b"error: %b\n" % message
