"""Each way to the files of a cluster does the same: HDFS by HTTP and by command on a real one, Spark's by its JVM."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, cast
from urllib.request import ProxyHandler, Request, build_opener

import pytest

from gristmill.errors import InputError, RunError
from gristmill.runners.hadoop.hdfs import ClusterFiles, HdfsCommand
from gristmill.runners.remote_files import FirstAvailable, Unavailable
from gristmill.runners.spark.files import JvmFiles
from gristmill.runners.spark.java import java_home
from tests.cluster import settings
from tests.runners.hadoop.client import Client

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gristmill.runners.remote_files import RemoteFiles
    from tests.cluster.cluster import Cluster

#: All byte values, so that no way decodes them.
DATA = bytes(range(256)) * 3 + b"\r\n"


@dataclass(frozen=True)
class Remote:
    """The files under test, a folder there that is empty, and what reads a file in it by another way."""

    files: RemoteFiles
    root: str
    read: Callable[[str], bytes]


@pytest.fixture(scope="module")
def jvm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The JVM of a Spark driver, without a context."""
    from pyspark.java_gateway import launch_gateway

    with pytest.MonkeyPatch.context() as patch:
        for name, value in java_home(tmp_path_factory.mktemp("java")).items():
            patch.setenv(name, value)
        gateway = launch_gateway()
    yield gateway.jvm
    gateway.shutdown()
    gateway.proc.stdin.close()
    gateway.proc.wait()


@pytest.fixture(
    params=[
        pytest.param("command", marks=pytest.mark.cluster),
        pytest.param("http", marks=pytest.mark.cluster),
        "spark",
    ]
)
def remote(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Remote:
    """Each implementation in turn."""
    if request.param == "spark":
        jvm = request.getfixturevalue("jvm")
        (tmp_path / "far").mkdir()
        files = JvmFiles(jvm, jvm.org.apache.hadoop.conf.Configuration())
        return Remote(files, f"file://{tmp_path}/far", lambda name: (tmp_path / "far" / name).read_bytes())
    cluster: Cluster = request.getfixturevalue("cluster")
    (tmp_path / "client").mkdir()
    client = Client(cluster, tmp_path / "client")
    for name, value in client.env.items():
        monkeypatch.setenv(name, value)
    hadoop = [f"{client.env['HADOOP_HOME']}/bin/hadoop"]
    root = f"/test/{tmp_path.name}"

    def ask(method: str, path: str, op: str) -> bytes:
        request = Request(f"{cluster.webhdfs}{path}?op={op}&user.name={settings.USER}", method=method)
        with build_opener(ProxyHandler({})).open(request, timeout=60) as answer:
            return cast("bytes", answer.read())

    ask("PUT", root, "MKDIRS")
    files = ClusterFiles(hadoop) if request.param == "http" else HdfsCommand(hadoop)
    return Remote(files, root, lambda name: ask("GET", f"{root}/{name}", "OPEN"))


def test_a_folder_that_is_put_comes_back_as_it_was(remote: Remote, tmp_path: Path) -> None:
    """With the folders in it, links as the files that they name, and whatever bytes there are."""
    (tmp_path / "a" / "deep").mkdir(parents=True)
    (tmp_path / "a" / "deep" / "all bytes.bin").write_bytes(DATA)
    (tmp_path / "a" / "link").symlink_to(tmp_path / "a" / "deep" / "all bytes.bin")
    remote.files.put(str(tmp_path / "a"), f"{remote.root}/put")
    assert remote.files.exists(f"{remote.root}/put")
    assert remote.files.exists(f"{remote.root}/put/deep/all bytes.bin")
    remote.files.get(f"{remote.root}/put", str(tmp_path / "back"))
    found = {path.relative_to(tmp_path / "back").as_posix(): path for path in (tmp_path / "back").rglob("*")}
    assert sorted(found) == ["deep", "deep/all bytes.bin", "link"]
    assert found["link"].read_bytes() == found["deep/all bytes.bin"].read_bytes() == DATA


def test_a_file_is_put_below_folders_that_are_missing(remote: Remote, tmp_path: Path) -> None:
    """They are made."""
    (tmp_path / "file").write_bytes(DATA)
    remote.files.put(str(tmp_path / "file"), f"{remote.root}/new/newer/file")
    assert remote.read("new/newer/file") == DATA


def test_a_small_file_is_written_and_replaced(remote: Remote) -> None:
    """Its bytes are those of the last write."""
    for data in (DATA, b"{}\n"):
        remote.files.write(f"{remote.root}/_small.json", data)
        assert remote.read("_small.json") == data


def test_a_file_that_is_moved_has_its_new_name_alone(remote: Remote) -> None:
    """Its content goes with it."""
    remote.files.write(f"{remote.root}/old", DATA)
    remote.files.move(f"{remote.root}/old", f"{remote.root}/new")
    assert not remote.files.exists(f"{remote.root}/old")
    assert remote.read("new") == DATA


def test_nothing_is_moved_onto_a_file(remote: Remote) -> None:
    """Both stay as they were."""
    for name in ("one", "two"):
        remote.files.write(f"{remote.root}/{name}", name.encode())
    with pytest.raises(RunError, match=r"name (another|other)"):
        remote.files.move(f"{remote.root}/one", f"{remote.root}/two")
    assert (remote.read("one"), remote.read("two")) == (b"one", b"two")


def test_what_is_removed_is_gone_and_what_is_gone_is_no_error(remote: Remote, tmp_path: Path) -> None:
    """Files, and folders with all they hold, many at once."""
    (tmp_path / "full" / "deep").mkdir(parents=True)
    (tmp_path / "full" / "deep" / "file").touch()
    remote.files.put(str(tmp_path / "full"), f"{remote.root}/full")
    remote.files.write(f"{remote.root}/file", b"")
    remote.files.remove(f"{remote.root}/full", f"{remote.root}/never", f"{remote.root}/file")
    assert not any(remote.files.exists(f"{remote.root}/{name}") for name in ("full", "never", "file"))


def test_files_are_listed_by_folder_and_by_glob_in_order_of_names(remote: Remote, tmp_path: Path) -> None:
    """A file is listed as itself; where there is nothing, that is an error."""
    (tmp_path / "list").mkdir()
    for name in ("b.txt", "a b.txt", "c.gz", "_hidden"):
        (tmp_path / "list" / name).touch()
    remote.files.put(str(tmp_path / "list"), f"{remote.root}/list")

    def listed(path: str) -> list[str]:
        return [name.rpartition("/")[2] for name in remote.files.list_files(f"{remote.root}/{path}")]

    assert listed("list") == ["_hidden", "a b.txt", "b.txt", "c.gz"]
    assert listed("list/*.txt") == ["a b.txt", "b.txt"]
    (path,) = remote.files.list_files(f"{remote.root}/list/c.gz")
    assert path.endswith(f"{remote.root.partition('//')[2]}/list/c.gz")
    assert remote.files.exists(path)
    with pytest.raises(RunError, match=r"name (another|other)"):
        listed("never")


class Recorder:
    """A way to files that keeps what it was asked for, and can do the verbs that it is given."""

    def __init__(self, *verbs: str) -> None:
        self.verbs = verbs
        self.asked: list[tuple[str, ...]] = []

    def __getattr__(self, verb: str) -> Any:
        def ask(*arguments: str) -> str:
            self.asked.append((verb, *arguments))
            if verb not in self.verbs:
                raise Unavailable
            return f"{verb} done"

        return ask


@pytest.mark.parametrize(
    ("verb", "arguments"),
    [
        ("exists", ("a",)),
        ("put", ("a", "b")),
        ("get", ("a", "b")),
        ("move", ("a", "b")),
        ("remove", ("a", "b", "c")),
        ("list_files", ("a",)),
        ("write", ("a", b"")),
    ],
)
def test_the_second_way_is_taken_where_the_first_is_unavailable(verb: str, arguments: tuple[Any, ...]) -> None:
    """And only there; whatever the first refuses in another way is an error."""
    able, unable = Recorder(verb), Recorder()
    first = FirstAvailable(cast("Any", able), cast("Any", unable))
    assert getattr(first, verb)(*arguments) == f"{verb} done"
    assert (able.asked, unable.asked) == ([(verb, *arguments)], [])
    second = FirstAvailable(cast("Any", unable), cast("Any", able))
    assert getattr(second, verb)(*arguments) == f"{verb} done"
    assert (unable.asked, able.asked) == ([(verb, *arguments)], [(verb, *arguments)] * 2)
    with pytest.raises(Unavailable):
        getattr(FirstAvailable(cast("Any", unable), cast("Any", unable)), verb)(*arguments)


def test_spark_names_files_as_they_were_typed(jvm: Any, tmp_path: Path) -> None:
    """As of this machine's files: hidden ones are found where they are named outright, and counted elsewhere."""
    files = JvmFiles(jvm, jvm.org.apache.hadoop.conf.Configuration())
    for name in ("_SUCCESS", "_gristmill.json", "part-00000", "_logs/a", "deep/.b", "deep/c"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    root = f"file://{tmp_path}"

    def names(path: str, several: bool = False) -> list[str]:
        return [name for _, name in files.find_inputs(path, several)]

    assert names(f"{root}/[!_]*") == [f"{root}/deep/c", f"{root}/part-00000"]
    assert names(f"{root}/_SUCCESS") == [f"{root}/_SUCCESS"]
    assert names(f"{root}/_logs") == ["a"]
    assert names(f"{root}/_logs/", several=True) == [f"{root}/_logs/a"]
    assert files.hidden == 1
    assert names(root) == ["part-00000", "deep/c"]
    assert files.hidden == 5
    with pytest.raises(InputError) as error:
        names(f"{root}/_*")
    assert str(error.value).startswith(f"input {root}/_* has only hidden files, ")


def test_an_objects_key_with_a_colon_is_read_in_its_folder(jvm: Any, tmp_path: Path) -> None:
    """Hadoop takes what stands before the colon for a scheme, outright and in a glob: the error says what works."""
    files = JvmFiles(jvm, jvm.org.apache.hadoop.conf.Configuration())
    (tmp_path / "12:30.txt").touch()
    assert [name for _, name in files.find_inputs(f"file://{tmp_path}", False)] == ["12:30.txt"]
    for path in ("12:30.txt", "*.txt"):
        with pytest.raises(InputError) as error:
            files.find_inputs(f"file://{tmp_path}/{path}", False)
        why = "Hadoop finds no name with a colon by its path or by a glob; give the folder that it lies in"
        assert str(error.value) == f"input file://{tmp_path}/{path}: {why}"


def test_a_file_is_copied_from_one_file_system_to_another(jvm: Any, tmp_path: Path) -> None:
    """Byte for byte, with the folders above it."""
    files = JvmFiles(jvm, jvm.org.apache.hadoop.conf.Configuration())
    (tmp_path / "_a").write_bytes(DATA)
    files.copy(f"file://{tmp_path}/_a", f"file://{tmp_path}/x/y/0_a")
    assert (tmp_path / "x" / "y" / "0_a").read_bytes() == DATA
