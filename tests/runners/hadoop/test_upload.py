"""What goes to a cluster has names that it takes."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from gristmill.errors import InputError
from gristmill.input.find import InputFile
from gristmill.runners.hadoop.upload import is_remote, link_files, link_inputs, local_inputs, safe_name


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


def test_inputs_are_found_in_the_order_given(tmp_path: Path) -> None:
    """Folders with their files, standard input in its place, and none of the cluster's."""
    (tmp_path / "b").mkdir()
    for name in ("a.txt", "b/2.gz", "b/1.txt"):
        (tmp_path / name).touch()
    found = local_inputs([str(tmp_path / "b"), "-", "hdfs:///logs", str(tmp_path / "a.txt")])
    assert [file.name for file in found] == ["1.txt", "2.gz", "", str(tmp_path / "a.txt")]
    assert found[2] == InputFile("-", "")


@pytest.mark.parametrize("name", ["a.xz", "a.zip", "a.7z", "a.tar.gz", "hdfs:///logs/a.xz", "hdfs:///logs/*.tgz"])
def test_a_file_that_hadoop_would_take_for_text_is_refused(name: str, tmp_path: Path) -> None:
    """By its name, before anything starts."""
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).touch()
    path = name if is_remote(name) else str(tmp_path / name)
    with pytest.raises(InputError, match=r"(decompress the file first|unpack it and give the folder)$"):
        local_inputs([path])


@pytest.mark.parametrize("name", ["a.gz", "a.bz2", "a.zst", "a.deflate", "a.snappy", "a.txt"])
def test_a_file_that_hadoop_reads_is_taken(name: str, tmp_path: Path) -> None:
    """By its own codecs."""
    (tmp_path / name).touch()
    assert [file.path for file in local_inputs([str(tmp_path / name)])] == [str(tmp_path / name)]


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


def test_files_are_sent_under_the_names_that_tasks_want(tmp_path: Path) -> None:
    """As URIs, with whatever is in a path quoted; what the cluster has is named as it is."""
    odd = tmp_path / "odd, folder #1"
    odd.mkdir()
    (odd / "w.tar.gz").write_text("archive")
    named = [("words here", str(odd / "w.tar.gz")), ("w", "hdfs:///shared/w.txt")]
    first, second = link_files(odd / "files", named)
    assert second == "hdfs:///shared/w.txt#w"
    parts = urlsplit(first)
    assert (parts.scheme, unquote(parts.fragment)) == ("file", "words here")
    assert Path(unquote(parts.path)).read_text() == "archive"
    assert parts.path.endswith("/0-w.tar.gz")
