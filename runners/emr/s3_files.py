"""RemoteFiles of S3: ``s3://BUCKET/KEY``. A folder is what has its name and a slash before its own.

Requests carry no access list, so nothing is public that the bucket does not make so, and no key for encryption, so that
the bucket's own default holds.
"""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Callable

from gristmill.errors import RunError
from gristmill.input.globs import as_regex, is_glob

from .clients import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: Files that are copied at once; boto3's own pool has ten connections.
AT_ONCE = 8
#: The most keys that DeleteObjects takes.
BATCH = 1000
#: What EMR's file system leaves beside a folder that it makes.
MARKER = "_$folder$"
_URI = re.compile(r"s3[an]?://([^/]+)(?:/(.*))?", re.DOTALL)


def split(path: str) -> tuple[str, str]:
    """Bucket and key of a URI; RunError for one that is not S3's."""
    found = _URI.fullmatch(path)
    if not found:
        raise RunError(f"{path}: this is no path on S3; give s3://BUCKET/PATH")
    return found[1], (found[2] or "").rstrip("/")


class S3Files:
    """RemoteFiles by a client of boto3's, in parts of `part_size` bytes where that is given."""

    def __init__(self, client: Any, part_size: int | None = None) -> None:
        self._client = client
        self._options: dict[str, Any] = {}
        if part_size:
            from boto3.s3.transfer import TransferConfig

            self._options = {"Config": TransferConfig(multipart_threshold=part_size, multipart_chunksize=part_size)}

    def exists(self, path: str) -> bool:
        """Whether there is a file or folder at `path`, of any number of bytes."""
        bucket, key = split(path)
        folder = f"{key}/" if key else ""
        return any(self._keys(bucket, folder, most=1)) or key in self._keys(bucket, key, most=1)

    def put(self, local: str, path: str) -> None:
        """Copy a file or folder of this machine to `path`."""
        (bucket, key), source = split(path), Path(local)
        files = [source] if source.is_file() else [each for each in source.rglob("*") if each.is_file()]

        def upload(file: Path) -> None:
            name = key if file == source else f"{key}/{file.relative_to(source).as_posix()}"
            self._client.upload_file(str(file), bucket, name, **self._options)

        _all(upload, files)

    def get(self, path: str, local: str) -> None:
        """Copy a file or folder to `local`; a name that leads out of it is no error, and is left."""
        bucket, key = split(path)
        with one_line():
            keys = [name for name in self._keys(bucket, f"{key}/") if not _is_marker(name)]

        def download(name: str) -> None:
            below = PurePosixPath(name[len(key) + 1 :])
            target = Path(local, below) if name != key else Path(local)
            if ".." not in below.parts:
                target.parent.mkdir(parents=True, exist_ok=True)
                self._client.download_file(bucket, name, str(target))

        if not keys and not self.exists(path):
            raise RunError(f"{path}: there is nothing on S3 by this name")
        _all(download, keys or [key])

    def move(self, source: str, target: str) -> None:
        """Copy `source` to `target`, file by file, then remove it: S3 has no renaming."""
        (bucket, key), (to_bucket, to_key) = split(source), split(target)
        if self.exists(target):
            raise RunError(f"{target}: it is there already; name another")

        def copy(name: str) -> None:
            self._client.copy({"Bucket": bucket, "Key": name}, to_bucket, to_key + name[len(key) :])

        with one_line():
            names = list(self._below(bucket, key))
        _all(copy, names)
        self.remove(source)

    def remove(self, *paths: str) -> None:
        """Remove files, and folders with all they hold, and what was sent of files that are not whole."""
        for path in paths:
            bucket, key = split(path)
            if not key:
                raise RunError(f"{path}: a whole bucket is not removed; name a folder in it")
            with one_line():
                names = [*self._below(bucket, key), f"{key}{MARKER}"]
                for start in range(0, len(names), BATCH):
                    keys = [{"Key": name} for name in names[start : start + BATCH]]
                    gone = self._client.delete_objects(Bucket=bucket, Delete={"Objects": keys, "Quiet": True})
                    for error in gone.get("Errors", ())[:1]:
                        raise RunError(f"s3://{bucket}/{error['Key']}: {error.get('Message')}; remove it by hand")
                pages = self._client.get_paginator("list_multipart_uploads").paginate(Bucket=bucket, Prefix=f"{key}/")
                for upload in [each for page in pages for each in page.get("Uploads", ())]:
                    self._client.abort_multipart_upload(Bucket=bucket, Key=upload["Key"], UploadId=upload["UploadId"])

    def list_files(self, path: str) -> list[str]:
        """The files that a path or glob names, and those directly in it where it is a folder, in order of names."""
        bucket, key = split(path)
        pattern = as_regex(key) if is_glob(key) else re.escape(key)
        # all that a glob may match begins so
        start = re.split(r"[*?\[{\\]", key, maxsplit=1)[0]
        with one_line():
            names = [name for name in self._keys(bucket, start) if not _is_marker(name)]
        named = re.compile(f"{pattern}(?:/[^/]+)?" if key else "[^/]+", re.DOTALL)
        return [f"s3://{bucket}/{name}" for name in sorted(names) if named.fullmatch(name)]

    def write(self, path: str, data: bytes) -> None:
        """Make or replace a small file."""
        bucket, key = split(path)
        with one_line():
            self._client.put_object(Bucket=bucket, Key=key, Body=data)

    def read(self, path: str) -> bytes:
        """The bytes of a file."""
        bucket, key = split(path)
        with one_line():
            data: bytes = self._client.get_object(Bucket=bucket, Key=key)["Body"].read()
        return data

    def list_below(self, path: str) -> list[str]:
        """All files below a folder, in order of names."""
        bucket, key = split(path)
        with one_line():
            return sorted(f"s3://{bucket}/{name}" for name in self._keys(bucket, f"{key}/") if not _is_marker(name))

    def _below(self, bucket: str, key: str) -> Iterator[str]:
        """The key where it is a file's, and those of all that is below it as a folder, markers too."""
        yield from (name for name in self._keys(bucket, key, most=1) if name == key)
        yield from self._keys(bucket, f"{key}/")

    def _keys(self, bucket: str, prefix: str, most: int | None = None) -> Iterator[str]:
        """The keys that begin so, in order; the first `most` of them."""
        with one_line():
            config = {} if most is None else {"MaxItems": most, "PageSize": most}
            pages = self._client.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=bucket, Prefix=prefix, PaginationConfig=config):
                yield from (each["Key"] for each in page.get("Contents", ()))


def _is_marker(key: str) -> bool:
    """Whether an object only says that there is a folder."""
    return key.endswith(("/", MARKER))


def _all(copy: Callable[[Any], None], names: Iterable[Any]) -> None:
    """Copy files, some at once; the first error of any ends it."""
    pool = ThreadPoolExecutor(AT_ONCE)
    try:
        with one_line():
            for _ in pool.map(copy, names):
                pass
    finally:
        pool.shutdown(cancel_futures=True)
