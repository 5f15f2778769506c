"""Files of S3."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gristmill.errors import InputError, OutputError, RunError
from gristmill.runners.emr.s3_files import NothingThere, S3Files, split

if TYPE_CHECKING:
    from pathlib import Path

    from gristmill.runners.emr.clients import Clients
    from tests.runners.emr.service import Services


@pytest.fixture
def files(aws: Clients) -> S3Files:
    return S3Files(aws.s3)


def fill(services: Services, *keys: str) -> None:
    services.s3.update({("b", key): key.encode() for key in keys})


def test_a_path_is_a_bucket_and_a_key() -> None:
    """Whichever of Hadoop's schemes it has; a slash at its end says nothing."""
    assert split("s3://b/a/c/") == ("b", "a/c")
    assert split("s3a://b") == ("b", "")
    with pytest.raises(RunError, match=r"^hdfs:///a: this is no path on S3; give s3://BUCKET/PATH$"):
        split("hdfs:///a")


def test_a_folder_is_there_that_has_files(services: Services, files: S3Files) -> None:
    """Not one whose name is the start of another's."""
    fill(services, "out-2/a", "out/b", "lone")
    there = {path: files.exists(f"s3://b/{path}") for path in ("out", "out/", "out/b", "lone", "ou", "out-", "")}
    assert there == {"out": True, "out/": True, "out/b": True, "lone": True, "ou": False, "out-": False, "": True}


def test_files_and_folders_go_there_and_come_back(services: Services, files: S3Files, tmp_path: Path) -> None:
    """Links are what they lead to; nothing is made public, and no key for encryption is named."""
    (tmp_path / "in" / "deep").mkdir(parents=True)
    (tmp_path / "in" / "a").write_bytes(b"mill\r\n" * 10)
    (tmp_path / "in" / "deep" / "b c").symlink_to(tmp_path / "in" / "a")
    files.put(str(tmp_path / "in"), "s3://b/tmp/in")
    files.put(str(tmp_path / "in" / "a"), "s3://b/one")
    files.write("s3://b/tmp/in/small", b"1")
    assert services.keys("b") == ["one", "tmp/in/a", "tmp/in/deep/b c", "tmp/in/small"]
    assert services.s3["b", "tmp/in/deep/b c"] == b"mill\r\n" * 10 == b"".join(files.chunks("s3://b/one"))
    sent = {name.lower() for headers in services.headers for name in headers}
    assert not {name for name in sent if "acl" in name or "grant" in name or "encryption" in name}
    fill(services, "tmp/in/", "tmp/in_$folder$")
    files.get("s3://b/tmp/in", str(tmp_path / "back"))
    got = sorted(str(path.relative_to(tmp_path)) for path in (tmp_path / "back").rglob("*") if path.is_file())
    assert got == ["back/a", "back/deep/b c", "back/small"]
    files.get("s3://b/one", str(tmp_path / "one"))
    assert (tmp_path / "one").read_bytes() == b"mill\r\n" * 10
    with pytest.raises(RunError, match=r"^s3://b/none: there is nothing on S3 by this name$"):
        files.get("s3://b/none", str(tmp_path / "none"))


def test_a_folder_that_goes_while_it_is_copied_is_not_taken_for_whole(
    services: Services, files: S3Files, aws: Clients, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another driver may be removing it; what came meanwhile does no harm."""
    fill(services, "in/a", "in/b")
    download = aws.s3.download_file

    def slow(bucket: str, key: str, target: str) -> None:
        download(bucket, key, target)
        if key == gone:
            services.s3.pop((bucket, key))
        fill(services, "in/new")

    monkeypatch.setattr(aws.s3, "download_file", slow)
    gone = "none"
    files.get("s3://b/in", str(tmp_path / "whole"))
    gone = "in/b"
    services.s3.pop(("b", "in/new"))
    with pytest.raises(NothingThere, match=r"^s3://b/in: it was removed while it was copied$"):
        files.get("s3://b/in", str(tmp_path / "part"))


def test_a_name_that_leads_out_of_its_folder_is_left_and_told_of(
    services: Services, files: S3Files, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """S3 takes any letters in a key: two slashes make what follows the path of another place."""
    fill(services, "in/a", "in/../out", f"in/{tmp_path}/absolute")
    files.get("s3://b/in", str(tmp_path / "back"))
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a", "back"]
    assert sorted(caplog.messages) == [
        "s3://b/in/../out leads out of its folder, and is left",
        f"s3://b/in/{tmp_path}/absolute leads out of its folder, and is left",
    ]


def test_a_disk_that_is_full_is_one_line(services: Services, files: S3Files, tmp_path: Path) -> None:
    """So is any other place that cannot be written to."""
    fill(services, "in/a")
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match=r"file: (File exists|Not a directory); make room, or name another --local-"):
        files.get("s3://b/in", str(tmp_path / "file"))


@pytest.mark.parametrize(
    ("path", "there"),
    [
        ("in/*.txt", True),
        ("i*", True),
        ("in/{a,none}.txt", True),
        ("in/[!b].txt", True),
        ("in/[!ab].txt", False),
        ("in/d??p", True),
        ("*/deep/*", True),
        ("in/*/deeper", True),
        ("in/none*", False),
        ("e*", False),
        ("in/a.txt", True),
        ("in/none", False),
    ],
)
def test_an_input_may_be_a_glob(services: Services, files: S3Files, path: str, there: bool) -> None:
    """It names files and folders that hold some, at any depth; a folder's marker is no file."""
    fill(services, "in/a.txt", "in/b.txt", "in/deep/deeper/c", "empty/", "e_$folder$")
    assert files.has_input(f"s3://b/{path}") is there


def test_a_glob_that_is_none_is_one_line(files: S3Files) -> None:
    """As Hadoop would have it once the cluster is paid for."""
    with pytest.raises(InputError, match=r"^input s3://b/\[a is no glob: \[ without \]; mend it, or put a backslash"):
        files.has_input("s3://b/[a")
    with pytest.raises(InputError, match=r"^input s3://b/\{a is no glob: \{ without \}; mend it, or put a backslash"):
        files.list_files("s3://b/{a")


def test_a_large_file_goes_in_parts(services: Services, aws: Clients, tmp_path: Path) -> None:
    """Of the size that is asked for."""
    data = bytes(range(256)) * 45_000
    (tmp_path / "large").write_bytes(data)
    S3Files(aws.s3, 5 << 20).put(str(tmp_path / "large"), "s3://b/large")
    assert services.s3["b", "large"] == data
    assert sum("partNumber" in str(headers) or headers["method"] == "PUT" for headers in services.headers) == 3


def test_a_folder_is_moved_file_by_file(services: Services, files: S3Files) -> None:
    """To a name that is free."""
    fill(services, "out/_SUCCESS", "out/a", "out/b/c", "out-2")
    files.move("s3://b/out", "s3://b/new")
    moved = {("b", f"new/{name}"): f"out/{name}".encode() for name in ("_SUCCESS", "a", "b/c")}
    assert services.s3 == {**moved, ("b", "out-2"): b"out-2"}
    # _SUCCESS says that all is there, so it comes last
    assert list(services.s3)[-1] == ("b", "new/_SUCCESS")
    with pytest.raises(RunError, match=r"^s3://b/out-2: it is there already"):
        files.move("s3://b/new", "s3://b/out-2")


def test_what_is_removed_is_gone_with_all_below_it(services: Services, files: S3Files, aws: Clients) -> None:
    """More than a page of it, its markers and parts of what was never whole; what is gone is no error."""
    fill(services, *(f"tmp/x/{number}" for number in range(1_100)), "tmp/x_$folder$", "tmp/x2", "tmp/x/")
    aws.s3.create_multipart_upload(Bucket="b", Key="tmp/x/half")
    aws.s3.create_multipart_upload(Bucket="b", Key="other")
    files.remove("s3://b/tmp/x", "s3://b/none")
    assert services.keys("b") == ["tmp/x2"]
    assert [key for _, key, _ in services.uploads.values()] == ["other"]
    with pytest.raises(RunError, match="a whole bucket is not removed"):
        files.remove("s3://b/")
    fill(services, "tmp/kept")
    with pytest.raises(RunError, match=r"^s3://b/tmp/kept: no; remove it by hand$"):
        files.remove("s3://b/tmp")


def test_files_are_listed_by_path_and_by_glob(services: Services, files: S3Files) -> None:
    """Those directly in a folder, in order of names; all that is below it by another name."""
    fill(services, "in/b", "in/a", "in/deep/c", "in/", "in2", "in/deep_$folder$")
    listed = {
        "in": ["in/a", "in/b"],
        "in/a": ["in/a"],
        "in/[ab]": ["in/a", "in/b"],
        "i*": ["in/a", "in/b", "in2"],
        "in/{deep,no}": ["in/deep/c"],
        "in/[!ab]*": ["in/deep/c"],
        "*/*": ["in/a", "in/b", "in/deep/c"],
        "": ["in2"],
        "none": [],
    }
    for path, names in listed.items():
        assert files.list_files(f"s3://b/{path}") == [f"s3://b/{name}" for name in names], path
    assert list(files.list_below("s3://b/in")) == ["s3://b/in/a", "s3://b/in/b", "s3://b/in/deep/c"]


def test_what_s3_refuses_is_one_line(services: Services, files: S3Files, tmp_path: Path) -> None:
    """With what to do, and without a secret."""
    services.refused = "private"
    (tmp_path / "a").touch()
    calls = [
        lambda: files.put(str(tmp_path / "a"), "s3://b/private"),
        lambda: files.exists("s3://b/private"),
        lambda: list(files.chunks("s3://b/private")),
    ]
    for call in calls:
        with pytest.raises(RunError) as error:
            call()
        text = str(error.value)
        assert "AccessDenied" in text
        assert "\n" not in text
        assert "not-a-secret" not in text
