"""RemoteFiles of S3: ``s3://BUCKET/KEY``. A folder is what has its name and a slash before its own.

Requests carry no access list, so nothing is public that the bucket does not make so, and no key for encryption, so that
the bucket's own default holds.
"""

from __future__ import annotations

import logging
import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Callable

from gristmill.errors import InputError, OutputError, RunError
from gristmill.input.globs import as_regex, is_glob

from .clients import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

log = logging.getLogger("mrjob.gristmill")

#: Files that are copied at once; boto3's own pool has ten connections.
AT_ONCE = 8
#: Bytes of a file that is read that are held at once.
CHUNK = 1 << 16
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


class NothingThere(RunError):
    """S3 has no file and no folder by this name."""


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

    def has_input(self, path: str) -> bool:
        """Whether a path or glob names a file, or a folder that has any, as Hadoop takes inputs."""
        bucket, key = split(path)
        if not is_glob(key):
            return self.exists(path)
        named = re.compile(f"{_pattern(path)}(?:/.*)?", re.DOTALL)
        return any(named.fullmatch(name) and not _is_marker(name) for name in self._keys(bucket, _fixed(key)))

    def put(self, local: str, path: str) -> None:
        """Copy a file or folder of this machine to `path`."""
        (bucket, key), source = split(path), Path(local)
        files = [source] if source.is_file() else [each for each in source.rglob("*") if each.is_file()]

        def upload(file: Path) -> None:
            name = key if file == source else f"{key}/{file.relative_to(source).as_posix()}"
            self._client.upload_file(str(file), bucket, name, **self._options)

        _all(upload, files)

    def get(self, path: str, local: str) -> None:
        """Copy a file or folder to `local`; what has a name that leads out of it is left, and the log says so."""
        bucket, key = split(path)
        with one_line():
            keys = [name for name in self._keys(bucket, f"{key}/") if not _is_marker(name)]

        def download(name: str) -> None:
            below = PurePosixPath(name[len(key) + 1 :])
            if below.is_absolute() or ".." in below.parts:
                log.warning("s3://%s/%s leads out of its folder, and is left", bucket, name)
                return
            target = Path(local, below) if name != key else Path(local)
            target.parent.mkdir(parents=True, exist_ok=True)
            self._client.download_file(bucket, name, str(target))

        if not keys and not self.exists(path):
            raise NothingThere(f"{path}: there is nothing on S3 by this name")
        try:
            _all(download, keys or [key])
        except OSError as error:
            raise OutputError(f"{local}: {error.strerror}; make room, or name another --local-tmp-dir") from None
        # another driver may be removing it, and what was listed is then a part
        if {*keys} - {*self._keys(bucket, f"{key}/")}:
            raise NothingThere(f"{path}: it was removed while it was copied")

    def move(self, source: str, target: str) -> None:
        """Copy `source` to `target`, file by file, then remove it: S3 has no renaming."""
        (bucket, key), (to_bucket, to_key) = split(source), split(target)
        if self.exists(target):
            raise RunError(f"{target}: it is there already; name another")

        def copy(name: str) -> None:
            self._client.copy({"Bucket": bucket, "Key": name}, to_bucket, to_key + name[len(key) :])

        with one_line():
            names = list(self._below(bucket, key))
        # the last, since others take it to mean that all is there
        last = [name for name in names if name == f"{key}/_SUCCESS"]
        _all(copy, [name for name in names if name not in last])
        _all(copy, last)
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
        pattern = _pattern(path)
        with one_line():
            names = [name for name in self._keys(bucket, _fixed(key)) if not _is_marker(name)]
        named = re.compile(f"{pattern}(?:/[^/]+)?" if key else "[^/]+", re.DOTALL)
        return [f"s3://{bucket}/{name}" for name in sorted(names) if named.fullmatch(name)]

    def write(self, path: str, data: bytes) -> None:
        """Make or replace a small file."""
        bucket, key = split(path)
        with one_line():
            self._client.put_object(Bucket=bucket, Key=key, Body=data)

    def chunks(self, path: str) -> Iterator[bytes]:
        """The bytes of a file, some at a time."""
        bucket, key = split(path)
        with one_line(), closing(self._client.get_object(Bucket=bucket, Key=key)["Body"]) as body:
            yield from body.iter_chunks(CHUNK)

    def list_below(self, path: str) -> dict[str, str]:
        """All files below a folder, in order of names, and by what each version of one differs from others."""
        bucket, key = split(path)
        found = {each["Key"]: each["ETag"] for each in self._objects(bucket, f"{key}/")}
        return {f"s3://{bucket}/{name}": found[name] for name in sorted(found) if not _is_marker(name)}

    def _below(self, bucket: str, key: str) -> Iterator[str]:
        """The key where it is a file's, and those of all that is below it as a folder, markers too."""
        yield from (name for name in self._keys(bucket, key, most=1) if name == key)
        yield from self._keys(bucket, f"{key}/")

    def _keys(self, bucket: str, prefix: str, most: int | None = None) -> Iterator[str]:
        """The keys that begin so, in order; the first `most` of them."""
        return (each["Key"] for each in self._objects(bucket, prefix, most))

    def _objects(self, bucket: str, prefix: str, most: int | None = None) -> Iterator[Mapping[str, Any]]:
        """What S3 says of each object whose key begins so, in order; of the first `most` of them."""
        with one_line():
            config = {} if most is None else {"MaxItems": most, "PageSize": most}
            pages = self._client.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=bucket, Prefix=prefix, PaginationConfig=config):
                yield from page.get("Contents", ())


def _pattern(path: str) -> str:
    """The regular expression of the keys that a path or glob names; InputError for a glob that is none."""
    _, key = split(path)
    try:
        return as_regex(key) if is_glob(key) else re.escape(key)
    except ValueError as error:
        raise InputError(f"input {path} is no glob: {error}; mend it, or put a backslash before the sign") from None


def _fixed(glob: str) -> str:
    """What all begins with that a glob may match."""
    return re.split(r"[*?\[{\\]", glob, maxsplit=1)[0]


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
