"""What goes to a cluster has names that it takes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import unquote, urlsplit

import pytest

from gristmill.errors import InputError
from gristmill.input.find import InputFile, find_files
from gristmill.runners.hadoop.command import NoAnswer
from gristmill.runners.hadoop.ledger import CleanupLedger
from gristmill.runners.hadoop.upload import (
    Sources,
    is_remote,
    lay_out,
    link_files,
    link_inputs,
    list_inputs,
    safe_name,
    send,
    sent_name,
)

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize(
    ("path", "remote"),
    [
        ("hdfs:///a", True),
        ("s3a://bucket/a", True),
        ("abfs+x.y://a", True),
        ("file:///a", False),
        ("a.txt", False),
        ("-", False),
        ("c:/a", False),
    ],
)
def test_a_uri_is_the_clusters(path: str, remote: bool) -> None:
    """But for those of files."""
    assert is_remote(path) is remote


def test_a_suffix_in_capitals_is_small_on_the_cluster_where_the_file_is_ours(tmp_path: Path) -> None:
    """Hadoop would take D.TSV.GZ for text."""
    (tmp_path / "D.TSV.GZ").touch()
    link_inputs(tmp_path / "input", [str(tmp_path / "D.TSV.GZ")])
    assert (tmp_path / "input" / "0000000" / "D.TSV.gz").exists()


def test_inputs_are_links_that_are_listed_in_their_order(tmp_path: Path) -> None:
    """Files of one name lie in folders of their own; the last part of a name is kept, since jobs look at it."""
    for name in ("z", "a"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "x y.txt.gz").write_text(name)
    link_inputs(tmp_path / "input", [str(tmp_path / "z" / "x y.txt.gz"), str(tmp_path / "a" / "x y.txt.gz")])
    found = sorted((tmp_path / "input").glob("*/*"))
    assert [str(path.relative_to(tmp_path / "input")) for path in found] == ["0000000/x y.txt.gz", "0000001/x y.txt.gz"]
    assert [path.read_text() for path in found] == ["z", "a"]


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("a%20'b \"q.txt", "a%20'b \"q.txt"),
        ("12:30.gz", "12_30.gz"),
        ("_data", "0_data"),
        (".data", "0.data"),
        ("a\nb\\c\x7f", "a_b_c_"),
        ("grüße", "grüße"),
        ("bad\udcff", "bad?"),
    ],
)
def test_a_name_is_one_that_the_cluster_takes_and_shows(name: str, safe: str) -> None:
    """HDFS has no colons, and hides what begins with a dot or a line."""
    assert safe_name(name) == safe


def test_files_are_sent_under_names_that_need_no_quoting(tmp_path: Path) -> None:
    """As URIs, with whatever is in a path quoted; what the cluster has is named as it is."""
    odd = tmp_path / "odd, folder #1"
    odd.mkdir()
    (odd / "w $(x).tar.gz").write_text("archive")
    named = [("words here", str(odd / "w $(x).tar.gz")), ("w", "hdfs:///shared/w.txt"), ("v", "hdfs:///a b,%2c.txt")]
    first, *others = link_files(odd / "files", named)
    assert others == ["hdfs:///shared/w.txt#w", "hdfs:///a%20b%2C%2c.txt#v"]
    parts = urlsplit(first)
    assert (parts.scheme, parts.fragment) == ("file", sent_name("words here"))
    assert Path(unquote(parts.path)).read_text() == "archive"
    assert parts.path.endswith("/0-w___x_.tar.gz")


@pytest.mark.parametrize(
    "name", ["a b", "x$(echo y)", "*", "-a", ".a", "grüße", "a\nb", "a'b", 'a"b', "a#b", "bad\udcff"]
)
def test_a_name_that_a_shell_would_read_is_linked_in_the_task(name: str) -> None:
    """YARN's own script has it only as letters."""
    assert re.fullmatch(r"gristmill-[0-9a-f]{16}", sent_name(name))
    assert sent_name("a_b-1.tar.gz") == "a_b-1.tar.gz"


class Cluster:
    """Keeps what it was asked for; lists one file for each path; `refuses` to be reached."""

    def __init__(self, *, refuses: bool = False) -> None:
        self.refuses = refuses
        self.asked: list[tuple[str, ...]] = []
        self.on_put: Callable[[], object] = bool

    def remove(self, *paths: str) -> None:
        self.asked.append(("remove", *paths))

    def list_files(self, path: str) -> list[str]:
        self.asked.append(("list", path))
        return [f"{path}/part-00000"]

    def put(self, local: str, path: str) -> None:
        self.asked.append(("put", local, path))
        if self.refuses:
            raise NoAnswer("node:8020")
        self.on_put()
        self.on_put = bool


def standard_input(tmp_path: Path) -> str:
    """Keeps standard input; called twice, it would fail."""
    with (tmp_path / "STDIN").open("x") as file:
        file.write("piped")
    return file.name


def test_input_is_laid_out_with_the_names_that_its_user_gave(tmp_path: Path) -> None:
    """Files of this machine in their order, standard input as often as it is named, then paths of the cluster."""
    (tmp_path / "a.txt").write_text("mill")
    files = [InputFile("-", ""), InputFile(str(tmp_path / "a.txt"), "docs/a.txt"), InputFile("-", "")]
    here = tmp_path / "key"
    sources = Sources(files, ["hdfs:///logs", "hdfs:///x/_y/"], ["hdfs:///logs", "hdfs:///x/_y/*"], True)
    found = lay_out(sources, here, "tmp/key", lambda: standard_input(tmp_path))
    assert found.names == {
        "folder": "/key/input/",
        "files": ["", "docs/a.txt", ""],
        "paths": ["hdfs:///logs", "hdfs:///x/_y/"],
        "several": True,
    }
    assert found.uris == ("tmp/key/input/*", "hdfs:///logs", "hdfs:///x/_y/*")
    links = sorted(here.rglob("*.txt")) + sorted(here.rglob("STDIN"))
    assert [f"{path.relative_to(here)} {path.read_text()}" for path in links] == [
        "input/0000001/a.txt mill",
        "input/0000000/STDIN piped",
        "input/0000002/STDIN piped",
    ]


def test_input_of_the_cluster_alone_sends_nothing(tmp_path: Path) -> None:
    """A folder without files is one empty file."""
    here, cluster, ledger = tmp_path / "key", Cluster(), CleanupLedger()
    assert lay_out(Sources([], ["hdfs:///logs"], ["hdfs:///logs"], False), here, "key", str).uris == ("hdfs:///logs",)
    send(here, "key", cast("Any", cluster), ledger)
    assert (cluster.asked, ledger.folders) == ([], [])
    assert lay_out(Sources([], [], [], False), here, "key", str).uris == ("key/input/*",)
    assert (here / "input" / "0000000" / "nothing").read_bytes() == b""
    send(here, "key", cast("Any", cluster), ledger)
    assert (cluster.asked, ledger.folders) == ([("put", str(here), "key")], ["key"])


def test_files_that_tasks_fetch_are_listed_by_their_paths_on_the_cluster(tmp_path: Path) -> None:
    """Those of this machine first; where there are none, the list alone is sent."""
    (tmp_path / "a").touch()
    for files, lines in (
        ([InputFile(str(tmp_path / "a"), "a")], "key/input/0000000/a\nhdfs:///logs/part-00000\n"),
        (
            [],
            "hdfs:///logs/part-00000\n",
        ),
    ):
        here = tmp_path / f"key-{len(files)}"
        laid = lay_out(Sources(files, ["hdfs:///logs"], ["hdfs:///logs"], True), here, "key", str)
        listed = list_inputs(laid, here, "key", cast("Any", Cluster()))
        assert (listed.names, listed.uris) == (laid.names, ("key/manifest",))
        assert (here / "manifest").read_text() == lines


def test_what_never_reached_the_cluster_is_not_in_the_ledger(tmp_path: Path) -> None:
    """Nobody could remove it either."""
    ledger = CleanupLedger()
    with pytest.raises(NoAnswer):
        send(tmp_path, "key", cast("Any", Cluster(refuses=True)), ledger)
    assert ledger.folders == []


def sent(tmp_path: Path, change: Callable[[Path], object]) -> list[tuple[str, ...]]:
    """What is asked of the cluster where a file of ten bytes changes while it is sent."""
    path, here, cluster = tmp_path / "a.txt", tmp_path / "key", Cluster()
    path.write_bytes(b"mill\nmill\n")
    found = find_files(str(path))
    lay_out(Sources(found, [], [], False), here, "key", str)
    cluster.on_put = lambda: change(path)
    send(here, "key", cast("Any", cluster), CleanupLedger(), found)
    return cluster.asked


def test_a_file_that_grows_while_it_is_sent_is_cut_to_what_it_was(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """As tasks on this machine read it, with one warning."""
    asked = sent(tmp_path, lambda path: path.open("ab").write(b"stone\n"))
    link = tmp_path / "key" / "input" / "0000000" / "a.txt"
    uri = "key/input/0000000/a.txt"
    assert asked == [("put", str(tmp_path / "key"), "key"), ("remove", uri), ("put", str(link), uri)]
    assert (link.is_symlink(), link.read_bytes()) == (False, b"mill\nmill\n")
    assert caplog.messages == [
        f"input {tmp_path}/a.txt grew while it was read: its first 10 bytes were read, as they were"
    ]


def test_a_file_that_changes_while_it_is_sent_is_an_error(tmp_path: Path) -> None:
    """What is on the cluster may be of both."""
    with pytest.raises(InputError, match="was cut from 10 bytes to 3"):
        sent(tmp_path, lambda path: path.write_bytes(b"new"))
