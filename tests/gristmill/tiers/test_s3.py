"""Storage on S3, on a real server: uploads stream to it in parts, and a run takes what was uploaded or nothing."""

from __future__ import annotations

import hashlib
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable

import pytest
from django.core.files.storage import default_storage

from gristmill.errors import InputError, RunError
from gristmill.tiers import doctor, s3
from gristmill.tiers.models import Request, Role, State, Upload
from gristmill.tiers.queue.table import TableQueue
from gristmill.tiers.s3 import storages
from gristmill.tiers.upload import CountedFile, Given, NewRequest, upload
from tests.gristmill.tiers.conftest import work

if TYPE_CHECKING:
    from tests.gristmill.tiers.conftest import Bucket

    Ask = Callable[..., str]


def ask_index(*paths: Path) -> str:
    files = [Given(str(path), Role.INPUT) for path in paths]
    return upload(NewRequest("ann", "index", ["--payload=tf"], "ann@example.org", files), TableQueue())


def test_an_index_is_made_of_files_on_s3(state: Path, bucket: Bucket, documents: Path):
    """Their keys are of ids alone; nothing of them stays in the run's folder."""
    request = ask_index(documents)
    assert bucket.keys() == [f"kept/uploads/{request}/0"]
    assert not (state / "uploads").exists()
    work()
    found = Request.objects.get()
    assert (found.state, found.why) == (State.DONE, "")
    assert b"".join(sorted(path.read_bytes() for path in Path(found.result).glob("part-*"))) == (
        b"mill\ta:1\nrye\tb:1\nthe\ta:1\tb:1\n"
    )


def test_uploaded_programs_on_s3_are_run(state: Path, bucket: Bucket, ask: Ask, runs: Path, monkeypatch: Any):
    """They have the right to run, and no secret of ours."""
    monkeypatch.setenv("GRISTMILL_SECRET_KEY", "hush")
    ask(mapper=f"env > '{runs}.env'; cat")
    work()
    assert (Request.objects.get().state, runs.read_text()) == (State.DONE, "run\n")
    assert "AWS_SECRET_ACCESS_KEY" not in Path(f"{runs}.env").read_text()


def test_an_upload_that_has_changed_on_s3_fails_its_request(state: Path, bucket: Bucket, documents: Path):
    """As it does in a folder."""
    request = ask_index(documents)
    bucket.put(f"kept/uploads/{request}/0", documents.read_bytes().upper())
    work()
    found = Request.objects.get()
    assert (found.state, found.why) == (
        State.FAILED,
        "docs.tsv is not what was uploaded: its size or its SHA-256 has changed; upload it again",
    )


def test_an_upload_that_is_gone_fails_its_request(state: Path, bucket: Bucket, documents: Path):
    """In one line, with no traceback."""
    default_storage.delete(Upload.objects.get(request=ask_index(documents)).key)
    work()
    found = Request.objects.get()
    assert found.state == State.FAILED
    assert found.why.startswith("AWS: An error occurred (NoSuchKey)")


def test_a_large_file_goes_in_parts(bucket: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Of bytes that are read once, and counted as they are."""
    monkeypatch.setattr(s3, "_PART", 5 << 20)
    (tmp_path / "large").write_bytes(bytes(range(256)) * (11 << 12))
    with CountedFile(str(tmp_path / "large")) as content:
        assert default_storage.save("large", content) == "large"
    assert content.read_bytes == 11 << 20
    assert content.sha256.digest() == hashlib.sha256((tmp_path / "large").read_bytes()).digest()
    assert bucket.client.head_object(Bucket=bucket.name, Key="kept/uploads/large")["ETag"].endswith('-3"')
    with pytest.raises(FileNotFoundError, match=f"it is not there: 's3://{bucket.name}/kept/uploads/none'"):
        default_storage.open("none")
    with default_storage.open("large") as file:
        assert (file.size, b"".join(file.chunks())) == (11 << 20, (tmp_path / "large").read_bytes())


def test_a_file_that_grows_while_it_is_sent_leaves_nothing(bucket: Bucket, tmp_path: Path, monkeypatch):
    """No object, and no part of one."""
    monkeypatch.setattr(s3, "_PART", 5 << 20)
    (tmp_path / "grows").write_bytes(bytes(6 << 20))
    with CountedFile(str(tmp_path / "grows")) as content, suppress(InputError):
        content.most = 6_000_000
        default_storage.save("grows", content)
        pytest.fail("it was taken")
    assert bucket.keys() == []
    assert not bucket.client.list_multipart_uploads(Bucket=bucket.name).get("Uploads")


def test_a_link_serves_a_file_as_an_attachment_for_some_minutes(bucket: Bucket, tmp_path: Path, documents: Path):
    """Whoever has no link gets nothing."""
    with CountedFile(str(documents)) as content:
        default_storage.save("page", content)
    url = default_storage.url("page")
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url) as answer:
        assert (answer.read(), answer.headers["Content-Disposition"]) == (documents.read_bytes(), "attachment")
    assert "X-Amz-Expires=300" in url or "Expires=" in url
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url.partition("?")[0])


def test_what_s3_refuses_is_one_line(state: Path, bucket: Bucket, documents: Path, monkeypatch: pytest.MonkeyPatch):
    """A bucket that there is none of is told of by doctor too."""
    bucket.remove()
    with pytest.raises(RunError, match=r"^AWS: .*NoSuchBucket.*; mend that, and run again$"):
        ask_index(documents)
    told = {name: text for name, works, text in doctor.diagnose() if not works}
    assert list(told) == ["storage"]
    assert "NoSuchBucket" in told["storage"]


def test_doctor_stores_a_file_on_s3_and_removes_it(state: Path, bucket: Bucket):
    """And says where."""
    assert dict((name, text) for name, _, text in doctor.diagnose())["storage"] == f"s3://{bucket.name}/kept"
    assert bucket.keys() == []


@pytest.mark.parametrize("location", ["bucket", "s3://", "s3://B/x", "s3://bucket/a b", "s3://bucket//x", 5])
def test_what_is_no_place_on_s3_is_one_line(location: Any):
    """It says what to write."""
    with pytest.raises(RunError, match=r" is no place on S3; write s3://BUCKET/PREFIX, of letters, digits, dots, _ "):
        storages(location, Path("uploads"))


def test_without_boto3_there_is_no_storage_on_s3(monkeypatch: pytest.MonkeyPatch):
    """One line says what to install."""
    monkeypatch.setattr("gristmill.tiers.aws.find_spec", lambda _: None)
    with pytest.raises(RunError, match=r"^storage on S3 needs boto3, which is not installed: pip install 'gristmill"):
        storages("s3://bucket/prefix/", Path("uploads"))


def test_a_storage_may_be_a_whole_bucket():
    """The keys begin with what is in it."""
    assert s3.S3Storage("s3://bucket").uri("ID/0") == "s3://bucket/uploads/ID/0"
