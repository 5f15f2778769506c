"""The local runner: what a task finds around it, files, environment and code."""

from __future__ import annotations

import os
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from gristmill.errors import RunError
from tests.runners.helpers import UPPER, Text, left
from mrjob.step import StepFailedException

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import RunJob
    from tests.runners.conftest import RunHere

    Pairs = Iterator[tuple[Any, Any]]


class Looks(Text):
    """What stands in files that are sent along: a job's own, a folder, an archive, and one of an argument."""

    def configure_args(self) -> None:
        super().configure_args()
        self.add_file_arg("--words")
        self.add_passthru_arg("--mark", default="-")

    def mapper(self, _: object, line: str) -> Pairs:
        words = Path(self.options.words).read_text().split()
        names = sorted(path.name for path in Path().iterdir() if path.suffix not in (".py", ".zip"))
        texts = [Path(name).read_text() for name in ("list.txt", "folder/inside.txt", "unpacked/packed.txt")]
        yield None, f"{self.options.mark} {words} {names} {texts}"


@pytest.mark.parametrize("how", [(), ("--python-bin", sys.executable)], ids=["forked", "started"])
def test_files_folders_and_archives_lie_in_the_working_directory_of_a_task(
    run_here: RunHere, job_tmp: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: tuple[str, ...]
) -> None:
    """Under the names that they are given there; arguments reach the task, and the paths in them are its own."""
    for name in ("list.txt", "words.txt", "folder/inside.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(f"<{name}>")
    with zipfile.ZipFile(tmp_path / "archive.zip", "w") as archive:
        archive.writestr("packed.txt", "<packed.txt>")
    monkeypatch.setattr(Looks, "FILES", [str(tmp_path / "list.txt")])
    monkeypatch.setattr(Looks, "DIRS", [str(tmp_path / "folder")])
    monkeypatch.setattr(Looks, "ARCHIVES", [f"{tmp_path}/archive.zip#unpacked"])
    ran = run_here(Looks, "--words", tmp_path / "words.txt", "--mark", "!", "-D", "mapreduce.job.maps=1", stdin=b"a\n")
    names = ["folder", "list.txt", "unpacked", "words.txt"]
    texts = ["<list.txt>", "<folder/inside.txt>", "<packed.txt>"]
    assert ran.output.decode() == f"! ['<words.txt>'] {names} {texts}\n"
    assert left(job_tmp) == []


class Told(Text):
    """What a task is told by its environment."""

    def mapper(self, _: object, line: str) -> Pairs:
        yield None, " ".join(f"{name}={os.environ.get(name)}" for name in line.split())


def test_a_task_has_the_environment_that_it_is_given(run_here: RunHere) -> None:
    """Over the driver's own, which the driver keeps."""
    ran = run_here(Told, "--cmdenv", "MILL=wind", "-D", "mapreduce.job.maps=1", "-D", "a.b=c", stdin=b"MILL HOME a_b\n")
    assert ran.output.decode() == f"MILL=wind HOME={os.environ['HOME']} a_b=c\n"
    assert "MILL" not in os.environ


def test_a_task_is_told_what_it_reads(run_here: RunHere, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As Hadoop tells it, and how the user named the file."""
    (tmp_path / "in").mkdir()
    line = b"mapreduce_map_input_file mapreduce_map_input_start mapreduce_map_input_length gristmill_input_name\n"
    (tmp_path / "in" / "a.txt").write_bytes(line * 2)
    monkeypatch.chdir(tmp_path)
    ran = run_here(Told, "-D", "mapreduce.job.maps=2", "in")
    words = f"mapreduce_map_input_file=file://{tmp_path}/in/a.txt mapreduce_map_input_start=%d"
    words += f" mapreduce_map_input_length={len(line)} gristmill_input_name=a.txt\n"
    assert ran.output.decode() == words % 0 + words % len(line)


def test_what_a_job_prints_is_its_output(run_here: RunHere) -> None:
    """As on Hadoop."""

    class Prints(Text):
        def mapper(self, _: object, line: str) -> Pairs:
            print(f"printed {line}")  # noqa: T201 (as a job may)
            sys.stdout.buffer.write(b"written\n")
            yield None, f"yielded {line}"

    ran = run_here(Prints, "-D", "mapreduce.job.maps=1", stdin=b"a\nb\n")
    assert ran.output == b"printed a\nwritten\nyielded a\nprinted b\nwritten\nyielded b\n"


def test_what_a_job_starts_does_not_write_among_the_output_of_the_driver(
    run_here: RunHere, capfd: pytest.CaptureFixture[str]
) -> None:
    """It goes where the task's own talk goes."""

    class Starts(Text):
        def mapper(self, _: object, line: str) -> Pairs:
            os.system("echo started; echo said >&2")
            yield None, line

    assert run_here(Starts, "-D", "mapreduce.job.maps=1", stdin=b"a\n").output == b"a\n"
    assert capfd.readouterr() == ("", "")


class Imports(Text):
    """A module that only tasks can import."""

    def mapper(self, _: object, line: str) -> Pairs:
        import millstone  # type: ignore[import-not-found] (the test makes it)

        yield None, millstone.GRIND + line


@pytest.fixture
def millstone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A zip of Python in the current folder."""
    with zipfile.ZipFile(tmp_path / "lib.zip", "w") as archive:
        archive.writestr("millstone.py", "GRIND = 'ground '\n")
    monkeypatch.chdir(tmp_path)
    return "lib.zip"


def test_tasks_import_from_py_files(run_here: RunHere, millstone: str) -> None:
    """Named by a path relative to the driver's folder."""
    ran = run_here(Imports, "--py-files", millstone, "-D", "mapreduce.job.maps=1", stdin=b"rye\n")
    assert ran.output == b"ground rye\n"


def test_started_tasks_import_from_py_files(run_here: RunHere, job_tmp: Path, millstone: str) -> None:
    """Just so."""
    how = ["--python-bin", sys.executable, "-D", "mapreduce.job.maps=1"]
    assert run_here(Imports, "--py-files", millstone, *how, stdin=b"rye\n").output == b"ground rye\n"
    assert left(job_tmp) == []


def test_tasks_import_from_files_that_are_sent_along(run_here: RunHere, tmp_path: Path) -> None:
    """As where a script runs in the folder that holds them; forked or started."""
    (tmp_path / "millstone.py").write_text("GRIND = 'ground '\n")
    for how in ([], ["--python-bin", sys.executable]):
        sent = ["--files", str(tmp_path / "millstone.py"), "-D", "mapreduce.job.maps=1"]
        assert run_here(Imports, *sent, *how, stdin=b"rye\n").output == b"ground rye\n"


class SetUp(Text):
    """What set-up commands have made."""

    def mapper(self, _: object, line: str) -> Pairs:
        yield None, f"{os.environ['MILL']} {Path('made').read_text()}"


def test_set_up_commands_run_before_each_task(run_here: RunHere, job_tmp: Path) -> None:
    """In its working directory, and their environment is the task's."""
    ran = run_here(SetUp, "--setup", "export MILL=water", "--setup", "printf grain > made", stdin=b"MILL\n")
    assert ran.output == b"water grain\n"
    assert left(job_tmp) == []


def test_set_up_commands_run_in_folders_of_any_name(run_here: RunHere, tmp_path: Path) -> None:
    """The shell reads their paths; a label with a slash, or a script with a space, is no folder of its own."""
    arguments = ["--local-tmp-dir", str(tmp_path / "tmp dir"), "--label", "a/b c", "--setup", "export MILL=wind"]
    assert run_here(Told, *arguments, "-D", "mapreduce.job.maps=1", stdin=b"MILL\n").output == b"MILL=wind\n"
    assert list((tmp_path / "tmp dir").iterdir()) == []


def test_a_set_up_command_that_fails_fails_the_job(run_here: RunHere, caplog: pytest.LogCaptureFixture) -> None:
    """With what it said."""
    with pytest.raises(StepFailedException, match="exit status"):
        run_here(Told, "--setup", "ls /nowhere/at/all && exit 3 || exit 3", stdin=b"MILL\n")
    assert "/nowhere/at/all" in caplog.text


def test_a_runner_without_a_job_class_starts_the_script(tmp_path: Path, job_tmp: Path, run_job: RunJob) -> None:
    """As a program that makes the runner itself may do: mrjob's own arguments are enough."""
    (tmp_path / "mr_upper.py").write_text(UPPER)
    steps = [{"type": "streaming", "mapper": {"type": "script"}}]
    (tmp_path / "in.txt").write_bytes(b"mill\n")
    script = str(tmp_path / "mr_upper.py")
    paths = [str(tmp_path / "in.txt")]
    # not above: tasks import this file, and know no runner
    from gristmill.runners.local.runner import LocalRunner

    with LocalRunner(
        mr_job_script=script, steps=steps, input_paths=paths, conf_paths=[], local_tmp_dir=str(job_tmp)
    ) as runner:
        runner.run()
        assert b"".join(runner.cat_output()) == b'"MILL"\t1\n'
    assert left(job_tmp) == []


def test_a_package_that_is_not_there_cannot_be_sent(run_here: RunHere, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says which."""
    monkeypatch.setattr(Told, "PACKAGES", ("no_such_package",))
    with pytest.raises(RunError, match="the job ships the package 'no_such_package', which is not installed here"):
        run_here(Told, "--python-bin", sys.executable, stdin=b"MILL\n")


def test_a_class_that_is_made_in_a_function_cannot_be_sent(run_here: RunHere) -> None:
    """No other process finds it; forked tasks need not."""

    class Local(Told):
        pass

    one = ["-D", "mapreduce.job.maps=1"]
    assert run_here(Local, *one, stdin=b"HOME\n").output == f"HOME={os.environ['HOME']}\n".encode()
    with pytest.raises(RunError) as error:
        run_here(Local, "--python-bin", sys.executable, stdin=b"HOME\n")
    assert str(error.value) == "Local cannot be sent, it is made in a function; define it at the top of its module"
