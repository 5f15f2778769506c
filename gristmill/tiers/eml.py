"""Mail where no server sends it: a folder of .eml files, which mail programs open."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend

from gristmill.tiers.notify import HEADER

if TYPE_CHECKING:
    from collections.abc import Sequence


class EmailBackend(BaseEmailBackend):
    """A file a request, named by our header: a second mail of the same request is the one that is there."""

    def send_messages(self, email_messages: Sequence[Any]) -> int:
        """Write the messages; their number."""
        folder = Path(settings.MAIL_FOLDER)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for message in email_messages:
            name = message.extra_headers[HEADER]
            new = folder / f".{name}.{os.getpid()}"
            with new.open("wb") as file:
                file.write(message.message().as_bytes())
                file.flush()
                os.fsync(file.fileno())
            with suppress(FileExistsError):
                os.link(new, folder / f"{name}.eml")
            new.unlink()
        return len(email_messages)
