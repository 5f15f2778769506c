"""Whatever way a job sends files, its tasks find them under the same names, on every runner."""

from __future__ import annotations

import io
import os
import tarfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from gristmill.errors import RunError
from gristmill.runners.sent_files import check_archive, check_file, check_suffixes, pack_folder, prepare, unpack
from tests.runners.hadoop.client import Client
from mrjob.setup import WorkingDirManager

if TYPE_CHECKING:
    from subprocess import CompletedProcess

    from tests.cluster.cluster import Cluster
    from tests.conftest import RunJob

#: A package whose job opens a file that lies beside its module, and prints what stands in the files at `--paths`.
JOB = """\
import os

from gristmill.job.base import Job
from mrjob.protocol import TextValueProtocol

HERE = os.path.dirname(os.path.abspath(__file__))


class Bake(Job):
    OUTPUT_PROTOCOL = TextValueProtocol
    FILES = ["../its file.txt"]
    DIRS = ["../its folder"]
    ARCHIVES = ["../packed.tar.gz#its-archive"]

    def configure_args(self):
        super().configure_args()
        self.add_file_arg("--named")
        self.add_passthru_arg("--paths", action="append")

    def mapper(self, _, line):
        for path in (os.path.join(HERE, "yeast.txt"), self.options.named, *self.options.paths):
            with open(path) as file:
                yield None, os.path.basename(path) + " " + file.read()
        yield None, os.environ.get("SET", "")


if __name__ == "__main__":
    Bake.run()
"""
#: The files of the folder that it lies in.
FILES = {
    "bake/__init__.py": "",
    "bake/job.py": JOB,
    **{name: f"<{name}>" for name in ("bake/yeast.txt", "its file.txt", "its folder/in.txt", "named it.txt")},
    **{name: f"<{name}>" for name in ("plain.txt", "a b.txt", "x$(echo y).txt", "st*r.txt", "it's.txt", "grüße.txt")},
    **{name: f"<{name}>" for name in (".hidden.txt", "-dash.txt", "a folder/deep er/in.txt")},
}
#: What the command line sends -> a path at which a task finds it, and the file that stands there.
WAYS = {
    "--files=a b.txt": ("a b.txt", "a b.txt"),
    "--files=plain.txt#named so.txt": ("named so.txt", "plain.txt"),
    "--files=x$(echo y).txt": ("x$(echo y).txt", "x$(echo y).txt"),
    "--files=st*r.txt": ("st*r.txt", "st*r.txt"),
    "--files=it's.txt": ("it's.txt", "it's.txt"),
    "--files=grüße.txt": ("grüße.txt", "grüße.txt"),
    "--files=.hidden.txt": (".hidden.txt", ".hidden.txt"),
    "--files=-dash.txt": ("-dash.txt", "-dash.txt"),
    "--dirs=a folder": ("a folder/deep er/in.txt", "a folder/deep er/in.txt"),
    "--dirs=a folder#other": ("other/deep er/in.txt", "a folder/deep er/in.txt"),
    "--archives=packed.tar.gz": ("packed.tar.gz/inside/packed.txt", "plain.txt"),
    "--archives=packed.tar#tar": ("tar/inside/packed.txt", "plain.txt"),
    "--archives=my packed.tgz#my tar": ("my tar/inside/packed.txt", "plain.txt"),
    "--archives=packed.zip#zip": ("zip/inside/packed.txt", "plain.txt"),
}
#: What the job itself sends, in the same way.
ITS_OWN = {
    "its file.txt": "its file.txt",
    "its folder/in.txt": "its folder/in.txt",
    "its-archive/inside/packed.txt": "plain.txt",
}
#: A file and a folder that --setup names, on runners that have it.
SET_UP = ["--setup", "export SET=$(cat plain.txt# a\\ folder/#/deep\\ er/in.txt )"]


def lay(folder: Path) -> None:
    """Write the job's folder."""
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    for name, mode in (("packed.tar.gz", "w:gz"), ("packed.tar", "w"), ("my packed.tgz", "w:gz")):
        with tarfile.open(folder / name, mode) as tar:
            tar.add(folder / "plain.txt", "inside/packed.txt")
    with zipfile.ZipFile(folder / "packed.zip", "w") as packed:
        packed.write(folder / "plain.txt", "inside/packed.txt")


def command(*args: str) -> list[str]:
    """The command line of the job with everything that it sends."""
    paths = [*ITS_OWN, *(path for path, _ in WAYS.values())]
    words = ["-m", "bake.job", "--no-conf", "-D", "mapreduce.job.maps=1", "--named=named it.txt", *WAYS, *args]
    return [*words, *(f"--paths={path}" for path in paths)]


def check(ran: CompletedProcess[bytes], set_up: str = "") -> None:
    """The task has found all that was sent."""
    assert ran.returncode == 0, ran.stderr.decode()
    found = {"yeast.txt": "bake/yeast.txt", "named it.txt": "named it.txt"}
    lines = [f"{name} <{file}>" for name, file in found.items()]
    lines += [f"{os.path.basename(path)} <{file}>" for path, file in (*ITS_OWN.items(), *WAYS.values())]  # noqa: PTH119
    assert ran.stdout.decode().splitlines() == [*lines, set_up]


BOTH = "<plain.txt><a folder/deep er/in.txt>"


@pytest.mark.parametrize("how", [[], SET_UP], ids=["forked", "started"])
def test_tasks_of_the_local_runner_find_all_that_is_sent(run_job: RunJob, tmp_path: Path, how: list[str]) -> None:
    """In the driver's own processes, and in those that --setup needs."""
    lay(tmp_path)
    check(run_job(*command(*how), cwd=tmp_path, stdin=b"x\n"), BOTH if how else "")


def test_tasks_of_the_inline_runner_find_all_that_is_sent(run_job: RunJob, tmp_path: Path) -> None:
    """In the driver's process."""
    lay(tmp_path)
    check(run_job(*command("-r", "inline"), cwd=tmp_path, stdin=b"x\n"))


@pytest.mark.usefixtures("workers_that_end")
@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    "master",
    [
        pytest.param([], id="one process"),
        pytest.param(
            ["--spark-master", "local-cluster[1,2,1024]"], id="executors of their own", marks=pytest.mark.long
        ),
    ],
)
def test_tasks_of_spark_find_all_that_is_sent(run_job: RunJob, tmp_path: Path, master: list[str]) -> None:
    """Links in a task's folder, or what mrjob's wrapper lays there."""
    lay(tmp_path)
    check(run_job(*command("-r", "spark", *master), cwd=tmp_path, stdin=b"x\n"))


@pytest.mark.cluster
def test_tasks_of_a_cluster_find_all_that_is_sent(cluster: Cluster, tmp_path: Path) -> None:
    """YARN links a file in a shell script that expands what looks like a command, so odd names are linked by ours."""
    lay(tmp_path / "bakery")
    client = Client(cluster, tmp_path)
    check(client.run(*command("-r", "hadoop", *SET_UP), cwd=tmp_path / "bakery", stdin=b"x\n"), BOTH)


# files that a mapper takes whole

#: Names that hold what a shell takes for its own, or a glob.
NAMES = ["a b.txt", "x$(echo y).txt", "st*r.txt", "it's.txt", '"quo".txt', "h#sh.txt", "p%20q.txt", "br[a]c{k}.txt"]
#: A script that opens a file of FILES beside itself, as mrjob has it.
RAW = """\
import os

from gristmill.job.base import Job
from mrjob.protocol import TextValueProtocol


class Raw(Job):
    OUTPUT_PROTOCOL = TextValueProtocol
    FILES = ["beside.txt"]

    def mapper_raw(self, path, uri):
        with open(path) as file, open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "beside.txt")) as beside:
            yield None, f"{os.path.basename(uri)} {file.read()} {beside.read()}"


if __name__ == "__main__":
    Raw.run()
"""


def lay_raw(folder: Path) -> list[str]:
    """Write the script and its input; the lines that it prints, sorted."""
    (folder / "in").mkdir(parents=True)
    (folder / "raw.py").write_text(RAW)
    (folder / "beside.txt").write_text("beside")
    for name in NAMES:
        (folder / "in" / name).write_text(f"<{name}>")
    return sorted(f"{name} <{name}> beside" for name in NAMES)


@pytest.mark.parametrize("runner", ["local", "inline"])
def test_a_file_that_is_mapped_whole_may_have_any_name(run_job: RunJob, tmp_path: Path, runner: str) -> None:
    """Of a folder that is named, too."""
    lines = lay_raw(tmp_path)
    ran = run_job("raw.py", "--no-conf", "-r", runner, "in", cwd=tmp_path)
    assert ran.returncode == 0, ran.stderr.decode()
    assert sorted(ran.stdout.decode().splitlines()) == lines


@pytest.mark.long
@pytest.mark.cluster
def test_a_file_of_a_cluster_that_is_mapped_whole_may_have_any_name(cluster: Cluster, tmp_path: Path) -> None:
    """One of this machine's, and one of the cluster's, where `fs` takes a name for a glob."""
    lines = lay_raw(tmp_path / "job")
    (tmp_path / "far").mkdir()
    (tmp_path / "far" / "far [1] {a} x?.txt").write_text("<far>")
    client = Client(cluster, tmp_path)
    client.fs("-mkdir", "-p", "/test")
    client.fs("-put", str(tmp_path / "far"), "/test/far")
    ran = client.run("raw.py", "--no-conf", "-r", "hadoop", "in", "hdfs:///test/far", cwd=tmp_path / "job")
    assert ran.returncode == 0, ran.stderr.decode()
    assert sorted(ran.stdout.decode().splitlines()) == sorted([*lines, "far [1] {a} x?.txt <far> beside"])


# what is refused


def packed(path: Path, *members: tuple[str, str]) -> str:
    """A tar archive of members by name: an empty file, or a link, symbolic or "=" hard, to what is behind the name."""
    with tarfile.open(path, "w") as tar:
        for name, target in members:
            member = tarfile.TarInfo(name)
            if target:
                member.type = tarfile.LNKTYPE if target[0] == "=" else tarfile.SYMTYPE
                member.linkname = target.lstrip("=")
            tar.addfile(member, io.BytesIO())
    return str(path)


OUT = "leads out of the folder that it is unpacked to"


@pytest.mark.parametrize(
    ("members", "name", "why"),
    [
        ([("/tmp/mill", "")], "/tmp/mill", OUT),
        ([("a/../../mill", "")], "a/../../mill", OUT),
        ([("..", "")], "..", OUT),
        ([("mill", "/etc")], "mill", OUT),
        ([("a/mill", "../../etc")], "a/mill", OUT),
        ([("a/mill", "=../etc")], "a/mill", OUT),
        ([("a/mill", "rye"), ("a/mill/oat", "")], "a/mill/oat", "lies behind a link"),
        ([("./mill", "."), ("mill/oat", "")], "mill/oat", "lies behind a link"),
    ],
)
def test_an_archive_that_would_be_unpacked_elsewhere_is_refused(
    tmp_path: Path, members: list[tuple[str, str]], name: str, why: str
) -> None:
    """By the member's name, before anything is unpacked, on every Python."""
    path = packed(tmp_path / "a.tar", *members)
    with pytest.raises(RunError) as caught:
        check_archive(path)
    assert str(caught.value) == f"archive {path}: its member {name!r} {why}; pack it anew without that"


def test_a_zip_whose_members_lie_elsewhere_is_refused(run_job: RunJob, tmp_path: Path) -> None:
    """In one line, by a run."""
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("../mill", "")
    ran = run_job("-m", "jobs.inverted_index", "--no-conf", "-q", "--archives", tmp_path / "a.zip", stdin=b"a\tb\n")
    said = f"error: archive {tmp_path}/a.zip: its member '../mill' {OUT}; pack it anew without that\n"
    assert (ran.returncode, ran.stdout, ran.stderr.decode()) == (1, b"", said)
    assert not (tmp_path / "mill").exists()


@pytest.mark.parametrize("kind", [tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE])
def test_an_archive_with_a_device_is_refused(tmp_path: Path, kind: bytes) -> None:
    """Some Pythons would make it, others end in a traceback, and no cluster takes it."""
    with tarfile.open(tmp_path / "a.tar", "w") as tar:
        member = tarfile.TarInfo("mill")
        member.type = kind
        tar.addfile(member)
    with pytest.raises(RunError) as caught:
        check_archive(str(tmp_path / "a.tar"))
    why = "its member 'mill' is a device or a pipe; pack it anew without that"
    assert str(caught.value) == f"archive {tmp_path}/a.tar: {why}"


def zipped(path: Path, at: int, value: int) -> str:
    """A zip of one member, of which a byte of the fields is changed where its head and where the table have them."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mill", b"rye")
    data = bytearray(path.read_bytes())
    for start in (data.index(b"PK\x03\x04") + 4, data.index(b"PK\x01\x02") + 6):
        data[start + at] = value
    path.write_bytes(data)
    return str(path)


def test_a_zip_that_wants_a_password_is_refused(tmp_path: Path) -> None:
    """No task can give one."""
    with pytest.raises(RunError, match=r"/a\.zip: its member 'mill' is encrypted; pack it anew without that$"):
        check_archive(zipped(tmp_path / "a.zip", 2, 1))


def test_a_zip_that_python_cannot_unpack_is_named(tmp_path: Path) -> None:
    """In one line, when it is unpacked."""
    path = zipped(tmp_path / "a.zip", 4, 9)
    check_archive(path)
    with pytest.raises(RunError, match=r"/a\.zip: That compression method is not supported; give a \.zip, a"):
        unpack(path, str(tmp_path / "out"))


def test_links_within_an_archive_are_taken(tmp_path: Path) -> None:
    """Symbolic and hard ones; owners may read and run what is unpacked."""
    path = packed(tmp_path / "a.tar", ("a/mill", ""), ("b/link", "../a/mill"), ("b/hard", "=a/mill"))
    check_archive(path)
    unpack(path, str(tmp_path / "out"))
    assert sorted(str(file.relative_to(tmp_path / "out")) for file in (tmp_path / "out").rglob("*")) == [
        *("a", "a/mill", "b", "b/hard", "b/link"),
    ]
    assert (tmp_path / "out" / "a" / "mill").stat().st_mode & 0o500 == 0o500


@pytest.mark.parametrize(
    ("data", "why"), [(b"mill", "File is not a zip file"), (None, "unexpected end of data")], ids=["text", "torn"]
)
def test_what_is_no_whole_archive_is_refused(tmp_path: Path, data: bytes | None, why: str) -> None:
    """By its name."""
    path = tmp_path / "a.tar"
    packed(path, ("mill", ""))
    whole = tmp_path / "b.tar"
    with tarfile.open(whole, "w") as tar:
        for name in ("a", "b"):
            member = tarfile.TarInfo(name)
            member.size = 5000
            tar.addfile(member, io.BytesIO(bytes(5000)))
    path.write_bytes(whole.read_bytes()[:3000] if data is None else data)
    with pytest.raises(RunError) as caught:
        check_archive(str(path))
    assert str(caught.value) == f"archive {path}: {why}; give a .zip, a .tar or a .tar.gz that is whole"


def test_files_and_folders_are_told_apart(tmp_path: Path) -> None:
    """A folder goes by --dirs; what is neither cannot be sent."""
    with pytest.raises(RunError, match=r"which the job sends to its tasks, is a folder; send it by --dirs$"):
        check_file(f"file://{tmp_path}")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(RunError, match=r"/pipe, which the job sends to its tasks, is no file; check the path$"):
        check_file(str(tmp_path / "pipe"))


@pytest.mark.parametrize("name", ["a.tar.bz2", "B.ZIP", "hdfs:///lib/a.7z"])
def test_an_archive_that_no_node_unpacks_is_refused(name: str) -> None:
    """Nodes go by the name; any other would lie there as a file."""
    check_suffixes(["a.zip", "b.tar", "hdfs:///c.tar.gz", "d.tgz"])
    with pytest.raises(RunError, match=r"a cluster unpacks what ends in \.zip, \.tar, \.tar\.gz, \.tgz; pack or name"):
        check_suffixes([name])


def test_what_a_cluster_has_is_not_looked_at() -> None:
    """It cannot be, from here."""
    manager: Any = WorkingDirManager()
    manager.add("file", "hdfs:///a.txt")
    manager.add("archive", "s3://mill/b.tar.gz")
    prepare(manager, {})


def test_a_folder_is_packed_with_what_its_links_lead_to(tmp_path: Path) -> None:
    """A node has nothing else; empty folders go too."""
    (tmp_path / "elsewhere").write_text("mill")
    (tmp_path / "folder" / "empty").mkdir(parents=True)
    (tmp_path / "folder" / "link").symlink_to(tmp_path / "elsewhere")
    pack_folder(str(tmp_path / "folder"), str(tmp_path / "a" / "folder.tar.gz"))
    unpack(str(tmp_path / "a" / "folder.tar.gz"), str(tmp_path / "out"))
    assert (tmp_path / "out" / "link").read_text() == "mill"
    assert not (tmp_path / "out" / "link").is_symlink()
    assert (tmp_path / "out" / "empty").is_dir()


def test_a_folder_that_cannot_be_packed_is_named(tmp_path: Path) -> None:
    """With what is in the way."""
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "loop").symlink_to(folder)
    with pytest.raises(RunError, match=r"/folder/loop, which is to be sent, links to a folder that it lies in; remove"):
        pack_folder(str(folder), str(tmp_path / "a.tar.gz"))
    (folder / "loop").unlink()
    (folder / "broken").symlink_to("nowhere")
    with pytest.raises(RunError, match=r"/folder/broken, which is to be sent: No such file or directory; mend it, or"):
        pack_folder(str(folder), str(tmp_path / "a.tar.gz"))
    with pytest.raises(RunError, match=r"^hdfs:///lib, which the job sends to its tasks: fetch it first, and send the"):
        pack_folder("hdfs:///lib", str(tmp_path / "a.tar.gz"))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
def test_a_disk_too_full_to_pack_a_folder_is_told(tmp_path: Path) -> None:
    """It is no fault of the folder."""
    with pytest.raises(RunError, match=r"^No space left on device; make room, "):
        pack_folder(str(tmp_path), "/dev/full")
