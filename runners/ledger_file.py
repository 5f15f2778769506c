"""The ledger of a run, as JSON in a folder of this machine that the run owns: its next run reads it after a kill -9.

Others may write where such folders lie, so it is read only where nobody else can have written it.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from pathlib import Path
from typing import Any

from gristmill.errors import RunError

from .owned_folder import OwnedFolder, open_own, sweep

NAME = "left.json"
#: The most bytes of a ledger that are read.
_MOST = 1 << 20


def own_folder(parent: str | None, prefix: str, run: str) -> OwnedFolder:
    """A new folder `prefix``run` of this machine; RunError where it cannot be made.

    It lies in `parent`, or where temporary files do.
    """
    folder = Path(parent or tempfile.gettempdir()).absolute()
    try:
        return OwnedFolder(folder, prefix, run)
    except OSError as error:
        raise RunError(f"{folder}: {error.strerror}; name another folder by --local-tmp-dir") from None


def claim(parent: Path, prefix: str, name: str) -> OwnedFolder:
    """The folder `prefix``name` in `parent`, which one process has at a time; InUse where another has it."""
    sweep(parent, re.compile(re.escape(prefix + name)))
    return own_folder(str(parent), prefix, name)


def write(folder: Path, content: dict[str, Any]) -> None:
    """Write the ledger in `folder` anew: whole at every moment, since a run may be killed at any."""
    written = folder / "left.new"
    written.write_text(json.dumps(content), encoding="utf-8")
    written.replace(folder / NAME)


def read(folder: Path) -> Any:
    """What the ledger in `folder` holds; FileNotFoundError, NotOurs, another OSError, ValueError, RecursionError."""
    with open_own(folder) as opened, open_own(folder / NAME, opened) as file:
        return json.loads(os.read(file, _MOST))
