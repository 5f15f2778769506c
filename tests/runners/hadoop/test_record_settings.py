"""Settings for records give the same part files on a Hadoop as on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gristmill.runners import record_settings as settings
from gristmill.runners.printing import plain
from gristmill.task.environment import DELIMITER
from tests.cluster.local_runner import LocalHadoop
from tests.cluster.parts import MissingError
from tests.cluster.plugin import do_without
from tests.runners import record_jobs
from tests.runners.hadoop.client import Client
from tests.runners.test_record_settings import CASES, CODECS, MORE, OLD, REDUCES, suffix, words

if TYPE_CHECKING:
    from tests.cluster.cluster import Cluster
    from tests.conftest import RunJob

pytestmark = pytest.mark.cluster

#: Of each kind one: how input is read, keys are cut, sorted and spread, and output is written.
ALL = {
    DELIMITER: "\n--\n",
    settings.MAP_SEPARATOR: ",",
    settings.MAP_KEY_FIELDS: "2",
    settings.KEY_SEPARATOR: ",",
    settings.COMPARATOR: f"{OLD}.KeyFieldBasedComparator",
    settings.COMPARATOR_OPTIONS: "-k2,2nr -k1,1",
    settings.PARTITIONER: f"{OLD}.KeyFieldBasedPartitioner",
    settings.PARTITIONER_OPTIONS: "-k1,1",
    settings.REDUCE_INPUT_SEPARATOR: "|",
    settings.REDUCE_SEPARATOR: "|",
    settings.OUTPUT_SEPARATOR: " = ",
    settings.FAILS: "false",
    settings.COMPRESS: "true",
    settings.CODEC: f"{CODECS}.GzipCodec",
    REDUCES: "3",
}
INPUT = b"\n--\n".join(b"mill%d,%d,%d\nrye,%d" % (n % 5, (n * 7) % 11 - 3, n, 100 + n) for n in range(40))


def script(name: str, folder: Path) -> Path:
    """The file of a job of record_jobs."""
    path = folder / f"{name.lower()}.py"
    path.write_text(Path(record_jobs.__file__).read_text() + f'\n\nif __name__ == "__main__":\n    {name}.run()\n')
    return path


def parts(folder: Path, scratch: Path) -> dict[str, bytes]:
    found = sorted(folder.glob("part-*"))
    return {path.name: plain(path, scratch / "plain").read_bytes() for path in found}


def test_a_cluster_and_this_machine_write_the_same_part_files(
    cluster: Cluster, run_job: RunJob, tmp_path: Path
) -> None:
    """By settings of all kinds at once, in several splits, and print the same."""
    client = Client(cluster, tmp_path)
    (tmp_path / "in").write_bytes(INPUT)
    job = [script("Records", tmp_path), "--no-conf", *words({**ALL, "mapreduce.job.maps": "2"}), "in"]
    found = {}
    for runner in ("local", "inline"):
        done = run_job(*job, "-r", runner, "--output-dir", runner, cwd=tmp_path)
        assert done.returncode == 0, done.stderr.decode()
        found[runner] = parts(tmp_path / runner, tmp_path)
    assert found["inline"] == found["local"]
    assert list(found["local"]) == [f"part-{number:05d}.gz" for number in range(3)]
    assert b"rye,139 = \n" in b"".join(found["local"].values())
    done = client.run(*job, "-r", "hadoop", "--output-dir", "/test/settings", cwd=tmp_path)
    assert done.returncode == 0, done.stderr.decode()
    client.fs("-get", "/test/settings", str(tmp_path / "hadoop"))
    assert parts(tmp_path / "hadoop", tmp_path) == found["local"]


@pytest.fixture(scope="module")
def hadoop(tmp_path_factory: pytest.TempPathFactory) -> LocalHadoop:
    try:
        return LocalHadoop(tmp_path_factory.mktemp("hadoop"))
    except MissingError as error:
        do_without(error)


@pytest.mark.long
@pytest.mark.parametrize("name", [*CASES, "more"])
def test_the_row_of_a_setting_is_what_hadoop_does(
    hadoop: LocalHadoop, run_job: RunJob, tmp_path: Path, name: str
) -> None:
    """Part by part, by our own runner and Hadoop's own code."""
    job, conf, text, expected = CASES.get(name, MORE[0])
    (tmp_path / "in").write_bytes(text)
    given = {REDUCES: "1", **conf}
    if name == "more":
        del given[REDUCES]
    command = [script(job.__name__, tmp_path), "--no-conf", "-r", "hadoop", *words(given), "in", "--output-dir"]
    done = run_job(*command, tmp_path / "out", cwd=tmp_path, env=hadoop.env)
    assert done.returncode == 0, done.stderr.decode()
    assert (b"task that failed=1" in done.stderr) is (name == settings.FAILS)
    assert parts(tmp_path / "out", tmp_path) == {
        f"part-{number:05d}{suffix(conf)}": content for number, content in enumerate(expected)
    }
