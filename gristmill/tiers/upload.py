"""Files -> storage, and a request. A file is streamed, and stored only where its size is within the limit."""

from __future__ import annotations

import hashlib
import os
import stat
import time
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.files.storage import default_storage
from django.core.validators import validate_email

from gristmill.errors import InputError, RunError
from gristmill.tiers import request as life
from gristmill.tiers.models import Request, Role, Upload

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gristmill.tiers.queue import Queue

#: The longest name in bytes, as most file systems have it, and some less: a copy in the making has a longer one.
_LONGEST_NAME = 200


class TooLarge(InputError):
    """The files have more bytes than those of one request may have."""


class Given(NamedTuple):
    """A file that a person gives, and what it is to the job."""

    path: str
    role: Role
    #: Its name where that is not the path's: it came from elsewhere, and lies in a temporary file.
    sent_as: str = ""

    @property
    def name(self) -> str:
        """Its name without its folder."""
        return self.sent_as or Path(self.path).name

    @property
    def shown(self) -> str:
        """What the person knows it by."""
        return self.sent_as or self.path


class NewRequest(NamedTuple):
    """What a person asks for; the job and its options are checked."""

    owner: str
    job: str
    options: Sequence[str]
    mail: str
    files: Sequence[Given]


def upload(new: NewRequest, queue: Queue) -> str:
    """Store the files of a request, and queue it; its id. RunError for what is refused, before anything is stored."""
    try:
        validate_email(new.mail)
    except ValidationError:
        raise RunError(f"{new.mail!r} is no mail address; give one as name@example.org") from None
    _check(new.files)
    request_id = new_id()
    request = Request(id=request_id, owner=new.owner, job=new.job, options=list(new.options), mail=new.mail)
    with removed_on_failure(request_id, len(new.files)):
        stored = [_store(request, f"{request_id}/{number}", given) for number, given in enumerate(new.files)]
        life.create(request, stored, queue)
    return request_id


@contextmanager
def removed_on_failure(request_id: str, count: int) -> Iterator[None]:
    """Remove the stored files of a request, ID/0 and so on, where the request is not made in the end."""
    try:
        yield
    except BaseException:
        for number in range(count):
            default_storage.delete(f"{request_id}/{number}")
        default_storage.delete(request_id)
        raise


def new_id() -> str:
    """An id that no request has."""
    return f"{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}-{token_hex(4)}"


def _check(files: Sequence[Given]) -> None:
    """Raise InputError for a file that cannot be had, for a name of no use, and for too many bytes in all."""
    size, names = 0, set()
    for given in files:
        try:
            about = os.stat(given.path)  # noqa: PTH116 (no word becomes a Path before it is one)
        except (OSError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) else "no path holds a NUL"
            raise InputError(f"{given.shown}: {why}; check the path") from None
        if not stat.S_ISREG(about.st_mode):
            raise InputError(f"{given.shown}: it is no file; give files, each by its path")
        if given.name[0] in "._-" or not given.name.isprintable() or len(os.fsencode(given.name)) > _LONGEST_NAME:
            raise InputError(
                f"{given.shown!r}: a name has no dot, _ or - in front, no control characters, and at most "
                f"{_LONGEST_NAME} bytes; rename the file"
            )
        if given.name in names:
            raise InputError(f"{given.shown}: two files of a request have this name; rename one")
        names.add(given.name)
        size += about.st_size
    if size > settings.MAX_UPLOAD:
        raise TooLarge(f"the files have {size:,} bytes, and a request at most {settings.MAX_UPLOAD:,}; give fewer")


class CountedFile(File):
    """A file whose bytes are counted and hashed as they are read; InputError where there are more than were to be."""

    def __init__(self, path: str) -> None:
        super().__init__(Path(path).open("rb"))  # noqa: SIM115 (closed by whoever uses this as a context)
        self.most = os.fstat(self.fileno()).st_size
        self.read_bytes = 0
        self.sha256 = hashlib.sha256()

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        """Its bytes."""
        while chunk := self.file.read(chunk_size or self.DEFAULT_CHUNK_SIZE):
            self.read_bytes += len(chunk)
            if self.read_bytes > self.most:
                raise InputError(f"{self.name}: it grew while it was read; upload it when it is whole")
            self.sha256.update(chunk)
            yield chunk


def _store(request: Request, key: str, given: Given) -> Upload:
    try:
        with CountedFile(given.path) as content:
            key = default_storage.save(key, content)
            size, sha256 = content.read_bytes, content.sha256.hexdigest()
    except OSError as error:
        raise InputError(f"{given.shown}: {error.strerror}; nothing of this request is kept") from None
    return Upload(request=request, role=given.role, name=given.name, key=key, size=size, sha256=sha256)
