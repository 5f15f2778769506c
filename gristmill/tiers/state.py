"""The folder that holds all that the tiers keep on this machine: this user's, and nobody else can write to it.

    tiers.sqlite3   the database
    uploads/        the storage
    incoming/       files that come by the web, as long as they come
    runs/ID/        a run: see `gristmill.tiers.run_folder`
    mail/           mails, where no server sends them
    secret_key      made once

It is $GRISTMILL_STATE, or `state_dir` of the section `tiers` in mrjob.conf, or ``~/.local/state/gristmill``.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import stat
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from gristmill.errors import RunError
from gristmill.tiers.whole_file import write_once

if TYPE_CHECKING:
    from collections.abc import Iterator


def state_folder(configured: str | None) -> Path:
    """The folder, made where there is none; RunError for one that another user may have written to."""
    default = Path(os.environ.get("XDG_STATE_HOME") or "~/.local/state", "gristmill")
    path = Path(os.environ.get("GRISTMILL_STATE") or configured or default).expanduser().absolute()
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        about = path.stat()
    except OSError as error:
        raise RunError(f"state folder {path}: {error.strerror}; name another by $GRISTMILL_STATE") from None
    if about.st_uid != os.geteuid() or about.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise RunError(
            f"state folder {path}: another user may write to it; make it yours alone (chmod 700), or name another by "
            "$GRISTMILL_STATE"
        )
    return path


def secret_key(folder: Path) -> str:
    """Django's SECRET_KEY: $GRISTMILL_SECRET_KEY, or the one in a file of this user's, which is made once."""
    if given := os.environ.get("GRISTMILL_SECRET_KEY"):
        return given
    path = folder / "secret_key"
    if not path.exists():
        write_once(path, secrets.token_urlsafe(50).encode())
    return path.read_text()


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock file at `path`, after whoever holds it; it is made where there is none."""
    number = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(number, fcntl.LOCK_EX)
        yield
    finally:
        os.close(number)
