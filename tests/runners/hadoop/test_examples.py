"""The jobs that mrjob's wheel ships as examples, moved to Job, on a real cluster: the lines of -r local."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.runners.hadoop.client import Client
from tests.runners.test_mrjob_examples import COMMANDS, EXAMPLES, NOT_RUN, OTHERWISE, SAME_BYTES, lay_out, scores

if TYPE_CHECKING:
    from pathlib import Path
    from subprocess import CompletedProcess

    from tests.cluster.cluster import Cluster

    Case = tuple[str, list[str], list[str]]

pytestmark = pytest.mark.cluster

#: Their lines name files, or are laid out by a format of Hadoop's: compared in tests of their own.
APART = {
    "mr_count_lines_by_file": "a line names a file as the runner has it",
    "mr_nick_nack": "its output format takes the first field for the name of a folder",
}
#: Its input format reads files that list other files, which no other runner has.
NOT_COMPARED = {"mr_nick_nack_input_format"}
SPLITS = ["-D", "mapreduce.job.maps=5", "-D", "mapreduce.job.reduces=3"]

CASES = [
    pytest.param(case, id=case[0], marks=pytest.mark.long)
    for case in SAME_BYTES + COMMANDS
    if case[0] not in NOT_COMPARED | set(APART)
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lay_out(tmp_path_factory.mktemp("examples"))


@pytest.fixture
def client(cluster: Cluster, tmp_path: Path) -> Client:
    return Client(cluster, tmp_path)


def run(client: Client, folder: Path, runner: str, name: str, *arguments: str) -> CompletedProcess[bytes]:
    """The moved example, ended well."""
    done = client.run(folder / "moved" / f"{name}.py", "-r", runner, "--no-conf", *arguments, cwd=folder)
    assert done.returncode == 0, done.stderr.decode()
    return done


def test_every_example_is_run_or_named_with_a_reason() -> None:
    """No example is left out in silence."""
    run_here = {case.values[0][0] for case in CASES}  # type: ignore[index]
    named = set(OTHERWISE) | set(NOT_RUN) | set(APART) | NOT_COMPARED
    assert {path.stem for path in EXAMPLES.glob("mr_*.py")} == run_here | named


@pytest.mark.parametrize("case", CASES)
def test_an_example_writes_the_part_files_of_the_local_runner(client: Client, folder: Path, case: Case) -> None:
    """Of several maps and reduces; they are printed one after the other."""
    name, arguments, inputs = case
    mine = run(client, folder, "hadoop", name, *SPLITS, *arguments, *inputs).stdout
    local = run(client, folder, "local", name, *SPLITS, *arguments, *inputs).stdout
    assert mine == local


@pytest.mark.long
def test_lines_are_counted_by_the_name_that_a_file_has_on_the_cluster(client: Client, folder: Path) -> None:
    """Its last part is that of the user's."""
    mine = run(client, folder, "hadoop", "mr_count_lines_by_file", "mill.txt", "river.txt", "trade.txt.gz").stdout
    counts = {re.sub(r".*/", "", line.split('"')[1]): line.split("\t")[1] for line in mine.decode().splitlines()}
    assert counts == {"mill.txt": "300", "river.txt": "200", "trade.txt.gz": "100"}


@pytest.mark.long
def test_an_output_format_and_a_jar_of_the_jobs_own_are_taken(client: Client, folder: Path) -> None:
    """Words in a folder for each first letter: the lines of -r local without their first field."""
    mine = run(client, folder, "hadoop", "mr_nick_nack", "mill.txt").stdout
    local = run(client, folder, "local", "mr_nick_nack", "mill.txt").stdout
    assert sorted(mine.splitlines()) == sorted(line.split(b"\t", 1)[1] for line in local.splitlines())


@pytest.mark.long
def test_whole_files_are_the_input_of_the_text_classifier(client: Client, folder: Path) -> None:
    """Four steps, the first fetches files by itself: the records of -r local."""
    documents = sorted(str(path) for path in (EXAMPLES / "docs-to-classify").glob("*-milne*.txt"))
    arguments = ["mr_text_classifier", "--no-test-set", "--max-ngram-size", "2", *documents]
    mine = scores(run(client, folder, "hadoop", *arguments).stdout)
    assert mine == scores(run(client, folder, "local", *arguments).stdout)


@pytest.mark.long
def test_a_sample_as_large_as_the_input_is_the_input(client: Client, folder: Path) -> None:
    """The sampler sorts its values by a random number."""
    mine = run(client, folder, "hadoop", "mr_log_sampler", "--sample-size", "1000", "mill.txt").stdout
    assert sorted(mine.splitlines()) == sorted((folder / "mill.txt").read_bytes().splitlines())


@pytest.mark.long
def test_a_line_for_each_map_adds_up_to_all_lines(client: Client, folder: Path) -> None:
    """However many maps there are."""
    mine = run(client, folder, "hadoop", "mr_count_lines_wrong", "mill.txt", "river.txt").stdout
    assert sum(int(line.split(b"\t")[1]) for line in mine.splitlines()) == 500


@pytest.mark.long
def test_a_job_that_raises_before_any_record_shows_its_traceback(client: Client, folder: Path) -> None:
    """By design of mr_boom."""
    done = client.run(folder / "moved" / "mr_boom.py", "-r", "hadoop", "--no-conf", "mill.txt", cwd=folder)
    assert (done.returncode, done.stdout) == (1, b"")
    assert "\nException: BOOM\n" in done.stderr.decode()
    assert done.stderr.decode().splitlines()[-1].endswith(": Exception: BOOM")
