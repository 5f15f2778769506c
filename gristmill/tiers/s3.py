"""Storage on S3, ``storage: s3://BUCKET/PREFIX`` of the section `tiers`, by boto3's credentials.

    PREFIX/uploads/ID/0            an upload
    PREFIX/runs/ID/input/NAME      the same, once it is checked, for a job on EMR that reads it there
    PREFIX/results/ID/…            the part files of a job that ran on EMR

django-storages has such a storage, which holds in memory what it reads. No request carries an access list, so nothing
is public that the bucket does not make so, and no key for encryption, so that the bucket's own default holds.
"""

from __future__ import annotations

import re
import sys
from errno import ENOENT
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import Storage

from gristmill.errors import RunError
from gristmill.tiers.aws import S3, check_installed, one_line, s3_client, split_address

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: Bytes of a part, where a file of the largest size has no more than S3's most parts; S3 takes 5 MB at least.
_PART, _MOST_PARTS = 8 << 20, 10_000
#: Parts that are held in memory, and that are sent at once.
_HELD, _SENT = 2, 4
#: Seconds that a signed address is good for.
LINK_SECONDS = 300
#: A browser that is sent one saves it, and shows nothing of it as a page of ours.
_KEPT_AS = {"ContentType": "application/octet-stream", "ContentDisposition": "attachment"}
_LOCATION = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?:/[A-Za-z0-9._=-]+)*")


def storages(location: str | None, folder: Path) -> dict[str, Any]:
    """Django's STORAGES for a value of ``storage``, None for a folder of this machine; RunError for one of no use."""
    if location is None:
        options = {"location": folder, "file_permissions_mode": 0o600, "directory_permissions_mode": 0o700}
        return {"default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": options}}
    location = str(location).rstrip("/")
    if not _LOCATION.fullmatch(location):
        raise RunError(
            f"{location!r} is no place on S3; write s3://BUCKET/PREFIX, of letters, digits, dots, _ and -, or leave it "
            "out for a folder of this machine"
        )
    check_installed("storage on S3")
    return {"default": {"BACKEND": "gristmill.tiers.s3.S3Storage", "OPTIONS": {"location": location}}}


class S3Storage(Storage):
    """Files by names that are ours, each of them written once."""

    def __init__(self, location: str) -> None:
        self.location = location
        self._bucket, prefix = split_address(location)
        self._prefix = f"{prefix}/uploads/".lstrip("/")

    @cached_property
    def _client(self) -> Any:
        return s3_client()

    def uri(self, name: str) -> str:
        """The address of a file."""
        return f"{S3}{self._bucket}/{self._prefix}{name}"

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """The name as it is: it comes from an id, and S3 need not be asked."""
        return name

    def _save(self, name: str, content: Any) -> str:
        """Store a file's chunks as they come, in parts; it is there whole, or not at all."""
        from boto3.s3.transfer import TransferConfig

        size = max(_PART, -(-settings.MAX_UPLOAD // _MOST_PARTS))
        config = TransferConfig(multipart_threshold=size, multipart_chunksize=size, max_concurrency=_SENT)
        config.max_in_memory_upload_chunks = _HELD
        with one_line():
            self._client.upload_fileobj(_Chunks(content.chunks()), **self._at(name), ExtraArgs=_KEPT_AS, Config=config)
        return name

    def _open(self, name: str, mode: str = "rb") -> File:
        """A file to be read from its beginning to its end; FileNotFoundError where there is none."""
        with one_line():
            try:
                found = self._client.get_object(**self._at(name))
            except self._client.exceptions.NoSuchKey:
                raise FileNotFoundError(ENOENT, "it is not there", self.uri(name)) from None
        file = File(found["Body"], name)
        file.size = found["ContentLength"]
        return file

    def delete(self, name: str) -> None:
        """Remove a file; one that is not there is no error."""
        with one_line():
            self._client.delete_object(**self._at(name))

    def url(self, name: str | None) -> str:
        """An address by which whoever has it can load the file for some minutes."""
        params = {**self._at(str(name)), "ResponseContentDisposition": "attachment"}
        return str(self._client.generate_presigned_url("get_object", params, LINK_SECONDS))

    def _at(self, name: str) -> dict[str, str]:
        return {"Bucket": self._bucket, "Key": f"{self._prefix}{name}"}


class _Chunks:
    """Chunks as a file that boto3 reads."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._left = b""

    def read(self, size: int = sys.maxsize) -> bytes:
        """So many bytes; fewer at the end."""
        parts, found = [self._left], len(self._left)
        while found < size and (chunk := next(self._chunks, b"")):
            parts.append(chunk)
            found += len(chunk)
        data = b"".join(parts)
        self._left = data[size:]
        return data[:size]
