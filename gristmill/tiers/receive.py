"""Files that come by the web: each streams to a temporary file, for people who are signed in alone.

How long a request may be is checked before, by `gristmill.tiers.middleware`; what its files come to, before they are
stored, by `gristmill.tiers.upload`.
"""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import SkipFile, TemporaryFileUploadHandler

#: Seconds after which a temporary file is one that a killed process left: no upload takes so long.
_OLD = 7 * 86_400


class Receiver(TemporaryFileUploadHandler):
    """Django's handler of uploads of one request; the files of a stranger are passed over."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file."""
        # whoever comes with a token is known too: the API looks at that before it reads the form
        if not self.request.user.is_authenticated:
            raise SkipFile
        super().new_file(*args, **kwargs)


def sweep() -> None:
    """Remove what processes that were killed have left."""
    for path in settings.FILE_UPLOAD_TEMP_DIR.glob("*.upload*"):
        # one that has just come is stored, and gone
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < time.time() - _OLD:
                path.unlink()
