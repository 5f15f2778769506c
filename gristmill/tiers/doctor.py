"""``gristmill doctor``: try each tier as a request uses it, and say what works and what does not."""

from __future__ import annotations

import shutil
import time
from typing import TYPE_CHECKING
from uuid import uuid4

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction

from gristmill import plain
from gristmill.errors import RunError
from gristmill.tiers.mail_server import mailer
from gristmill.tiers.models import TAKEN, Request, State
from gristmill.tiers.queue import configured_queue
from gristmill.tiers.run_folder import Command, Outcome
from gristmill.tiers.runner import trial
from gristmill.tiers.submit import run_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Callable

#: What is made to be tried has names of this kind, and is removed.
_TRIAL = "doctor"
_SECONDS = 60


def diagnose() -> Iterator[tuple[str, bool, str]]:
    """Each tier, whether it works, and what there is to say of it."""
    tiers: dict[str, Callable[[], str]] = {
        "database": _database,
        "queue": lambda: configured_queue().check(),
        "storage": _storage,
        "run": _run,
        "jobs": trial,
        "mail": _mail,
        "requests": _requests,
    }
    for name, attempt in tiers.items():
        try:
            yield name, True, attempt()
        except Exception as error:
            yield name, False, plain.line(f"{type(error).__name__}: {error}")


def _database() -> str:
    """Write a request, and take it back."""
    with transaction.atomic():
        Request.objects.create(id=f"{_TRIAL}-{uuid4().hex}")
        transaction.set_rollback(True)
    return f"{connection.vendor}, {settings.DATABASES['default']['NAME']}"


def _storage() -> str:
    name = default_storage.save(f"{_TRIAL}-{uuid4().hex}", ContentFile(b"tried"))
    try:
        with default_storage.open(name) as file:
            if file.read() != b"tried":
                raise RunError("what was stored is not what is read")
    finally:
        default_storage.delete(name)
    return str(default_storage.location)


def _run() -> str:
    """Run the program itself, as a job is run."""
    folder = run_folder(f"{_TRIAL}-{uuid4().hex}")
    try:
        folder.prepare(Command(["--version"], []))
        folder.start()
        end = time.monotonic() + _SECONDS
        while not isinstance(found := folder.look(), Outcome):
            if time.monotonic() > end:
                raise RunError(f"a run has not ended within {_SECONDS} s")
            time.sleep(0.05)
        if found != Outcome(State.DONE):
            raise RunError(f"a run ended as {found.ending}: {found.why}")
        return folder.log.read_text().strip()
    finally:
        shutil.rmtree(folder.path, ignore_errors=True)


def _mail() -> str:
    """Whether a mail would be taken from us; none is sent."""
    return str(mailer().trial())


def _requests() -> str:
    waiting = Request.objects.filter(state=State.QUEUED).count()
    taken = Request.objects.filter(state__in=TAKEN).count()
    return f"{waiting} wait, {taken} are worked on" + ("; gristmill consume takes them" if waiting else "")
