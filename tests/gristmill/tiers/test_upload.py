"""Files to storage, and what is refused before anything is stored."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Callable

import pytest
from django.core.files.storage import default_storage
from django.test import override_settings

from gristmill.errors import InputError, RunError
from gristmill.tiers import upload as uploading
from gristmill.tiers.models import Request, Role, Upload
from gristmill.tiers.queue.table import TableQueue
from gristmill.tiers.upload import Given, NewRequest, TooLarge, upload

if TYPE_CHECKING:
    from collections.abc import Iterator

    Send = Callable[..., str]


@pytest.fixture
def send(state: Path) -> Send:
    """Upload files for an index."""

    def upload_files(*paths: str | Path, mail: str = "ann@example.org") -> str:
        files = [Given(str(path), Role.INPUT) for path in paths]
        return upload(NewRequest("ann", "index", ["--strict"], mail, files), TableQueue())

    return upload_files


def stored(state: Path) -> list[str]:
    return [path.relative_to(state / "uploads").as_posix() for path in (state / "uploads").rglob("*")]


def test_a_file_is_stored_under_the_requests_id_with_its_size_and_hash(send: Send, state: Path, documents: Path):
    """No name that a person gives is a key of the storage."""
    request = send(documents)
    (found,) = Upload.objects.all()
    content = documents.read_bytes()
    assert (found.name, found.key, found.role) == ("docs.tsv", f"{request}/0", "input")
    assert (found.size, found.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert default_storage.open(found.key).read() == content
    one = Request.objects.get()
    assert (one.pk, one.owner, one.job, one.options, one.mail) == (
        request,
        "ann",
        "index",
        ["--strict"],
        found.request.mail,
    )
    message = TableQueue().receive(60)
    assert message
    assert message.request_id == request


def test_a_file_is_read_in_pieces(send: Send, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """One larger than the memory can be sent."""
    path = tmp_path / "large.tsv"
    path.write_bytes(b"a\tb\n" * 100_000)
    pieces = []
    chunks = uploading.CountedFile.chunks

    def noted(file: uploading.CountedFile, chunk_size: int | None = None) -> Iterator[bytes]:
        for chunk in chunks(file, chunk_size):
            pieces.append(len(chunk))
            yield chunk

    monkeypatch.setattr(uploading.CountedFile, "chunks", noted)
    send(path)
    assert sum(pieces) == 400_000
    assert max(pieces) <= 65_536


def test_more_bytes_than_the_limit_are_refused_before_they_are_stored(send: Send, state: Path, tmp_path: Path):
    """All files of a request together; one that takes no room on the disk counts as large as it says it is."""
    with (tmp_path / "sparse.tsv").open("wb") as file:
        file.truncate(1000)
    (tmp_path / "more.tsv").write_bytes(b"a")
    with override_settings(MAX_UPLOAD=1000):
        assert send(tmp_path / "sparse.tsv")
        before = stored(state)
        with pytest.raises(TooLarge, match=r"^the files have 1,001 bytes, and a request at most 1,000; give fewer$"):
            send(tmp_path / "sparse.tsv", tmp_path / "more.tsv")
    assert (stored(state), Request.objects.count()) == (before, 1)


def test_a_file_that_grows_while_it_is_read_leaves_nothing(send: Send, state: Path, documents: Path, monkeypatch):
    """The limit was met by the size that it had."""

    class Growing(uploading.CountedFile):
        def __init__(self, path: str) -> None:
            super().__init__(path)
            with documents.open("ab") as more:
                more.write(b"c\tthe mill\n")

    monkeypatch.setattr(uploading, "CountedFile", Growing)
    with pytest.raises(InputError, match=r"docs\.tsv: it grew while it was read; upload it when it is whole$"):
        send(documents)
    assert (stored(state), Request.objects.count()) == ([], 0)


def test_a_disk_that_is_full_leaves_nothing(send: Send, state: Path, documents: Path, monkeypatch):
    """The line says that."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(type(default_storage), "save", full, raising=False)
    with pytest.raises(InputError, match=r"docs\.tsv: No space left on device; nothing of this request is kept$"):
        send(documents)
    assert Request.objects.count() == 0


@pytest.mark.parametrize(
    "mail", ["", "ann", "ann@", "ann@example.org\nBcc: ben@example.org", "a@example.org, b@example.org"]
)
def test_what_is_no_mail_address_is_one_line(send: Send, documents: Path, mail: str):
    """Nobody adds a header, or a second reader."""
    with pytest.raises(RunError) as refusal:
        send(documents, mail=mail)
    assert str(refusal.value) == f"{mail!r} is no mail address; give one as name@example.org"


@pytest.mark.parametrize("name", [".hidden", "_SUCCESS", "-x", "a\nb", "a\x1bb", "x" * 201, "\u202egnp.tsv"])
def test_a_name_of_no_use_is_one_line(send: Send, state: Path, tmp_path: Path, name: str):
    """It would be passed over, taken for an option, or deceive who reads it."""
    (tmp_path / name).write_text("a\tb\n")
    with pytest.raises(InputError, match="a name has no dot, _ or - in front"):
        send(tmp_path / name)


@pytest.mark.parametrize("name", ["it's", 'a "b".tsv', "a;b.tsv", "émile.tsv", "a b.tsv", "a#b.tsv", "a,b.tsv"])
def test_a_name_with_signs_in_it_is_kept(send: Send, tmp_path: Path, name: str):
    """It is shown as it was given."""
    (tmp_path / name).write_text("a\tb\n")
    send(tmp_path / name)
    assert Upload.objects.get().name == name


def test_what_cannot_be_read_is_one_line(send: Send, tmp_path: Path, documents: Path):
    """A file that is missing, a folder, a pipe, and a name twice."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "docs.tsv").write_text("a\tb\n")
    for paths, said in (
        (["missing.tsv"], "missing.tsv: No such file or directory; check the path"),
        ([tmp_path], f"{tmp_path}: it is no file; give files, each by its path"),
        ([tmp_path / "pipe"], f"{tmp_path / 'pipe'}: it is no file; give files, each by its path"),
        (["a\0b"], "a\0b: no path holds a NUL; check the path"),
        (
            [documents, tmp_path / "other" / "docs.tsv"],
            f"{tmp_path / 'other' / 'docs.tsv'}: two files of a request have this name; rename one",
        ),
    ):
        with pytest.raises(InputError) as refusal:
            send(*paths)
        assert str(refusal.value) == said
