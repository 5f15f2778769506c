"""Mail where no server sends it: a folder of .eml files, which mail programs open."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from gristmill.tiers.notify import HEADER
from gristmill.tiers.whole_file import write_once

if TYPE_CHECKING:
    from collections.abc import Sequence


class EmailBackend(BaseEmailBackend):
    """A file a request, named by our header: a second mail of the same request is the one that is there."""

    def send_messages(self, email_messages: Sequence[Any]) -> int:
        """Write the messages; their number."""
        folder = Path(settings.MAIL_FOLDER)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for message in email_messages:
            write_once(folder / f"{message.extra_headers[HEADER]}.eml", message.message().as_bytes())
        return len(email_messages)

    def trial(self) -> str:
        """The folder, once a mail could be written to it; none stays."""
        name = f"trial-{uuid4().hex}"
        self.send_messages([EmailMessage("trial", to=["nobody@localhost"], headers={HEADER: name})])
        folder = Path(settings.MAIL_FOLDER)
        (folder / f"{name}.eml").unlink()
        return str(folder)
