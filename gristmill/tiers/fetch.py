"""What a run needs of the storage: brought to where it is read, and compared with what was uploaded."""

from __future__ import annotations

import hashlib
import os
import shutil
from typing import TYPE_CHECKING

from gristmill.tiers.aws import S3, one_line, s3_client, s3_files, split_address

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from gristmill.tiers.run_folder import SentFile

_CHUNK = 1 << 20


def fetch(file: SentFile, target: Path) -> str:
    """Have a file of the storage at `target`; what is wrong where it is not what was uploaded, "" where it is.

    OSError, or RunError where S3 does not give it.
    """
    target.parent.mkdir(exist_ok=True)
    target.unlink(missing_ok=True)
    is_program = target.parent.name == "programs"
    if file.source.startswith(S3):
        chunks = _downloaded(file.source, target)
    else:
        chunks = _linked(file.source, target, copied=is_program)
    fault = _fault(file, chunks)
    if is_program:
        target.chmod(0o700)
    return fault


def copy_on_s3(file: SentFile) -> str:
    """The same for a file on S3 whose target is there too; RunError.

    What an earlier run has copied is not read again.
    """
    client, (bucket, key), target = s3_client(), split_address(file.source), split_address(file.target)
    with one_line():
        there = client.list_objects_v2(Bucket=target[0], Prefix=target[1], MaxKeys=1).get("Contents", ())
        if [(each["Key"], each["Size"]) for each in there] == [(target[1], file.size)]:
            return ""
        found = client.get_object(Bucket=bucket, Key=key)
        fault = _fault(file, found["Body"].iter_chunks(_CHUNK))
        if not fault:
            # no other has come in its place since it was read
            unchanged = {"CopySourceIfMatch": found["ETag"]}
            client.copy({"Bucket": bucket, "Key": key}, *target, ExtraArgs=unchanged)
    return fault


def _fault(file: SentFile, chunks: Iterable[bytes]) -> str:
    """What is wrong with the bytes of a file."""
    digest, size = hashlib.sha256(), 0
    for chunk in chunks:
        digest.update(chunk)
        size += len(chunk)
    if (size, digest.hexdigest()) == (file.size, file.sha256):
        return ""
    name = file.target.rpartition("/")[2]
    return f"{name} is not what was uploaded: its size or its SHA-256 has changed; upload it again"


def _downloaded(source: str, target: Path) -> Iterator[bytes]:
    """The bytes of a file on S3, each of which is written first."""
    with target.open("wb") as file:
        for chunk in s3_files().chunks(source):
            file.write(chunk)
            yield chunk


def _linked(source: str, target: Path, *, copied: bool) -> Iterator[bytes]:
    """The bytes of a file of this machine, which is at `target` too, by a link where it need not be `copied`."""
    if copied:
        shutil.copyfile(source, target)
    else:
        try:
            os.link(source, target)
        except OSError:  # on another disk, or links are forbidden
            shutil.copyfile(source, target)
    with target.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk
