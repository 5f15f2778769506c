"""Files that the build makes: copies of other packages' lists."""

from __future__ import annotations

import pkgutil
from typing import cast

from gristmill.errors import RunError


def built(package: str, name: str) -> bytes:
    """The bytes of a package's file; RunError in a clone that has not been built."""
    try:
        # None comes only from loaders that have no files
        return cast("bytes", pkgutil.get_data(package, name))
    except FileNotFoundError:
        raise RunError(f"{name} is not here, since the build makes it; pip install . or make run") from None
