"""Which cluster a `hadoop` command reaches, and as whom: what a ledger holds means nothing elsewhere."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from .site import read_site, settings_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

#: The settings that tell one cluster from another, by the site's file that has them.
_TELLING = {
    "core-site.xml": ("fs.defaultFS",),
    "yarn-site.xml": (
        "yarn.resourcemanager.cluster-id",
        "yarn.resourcemanager.hostname",
        "yarn.resourcemanager.address",
    ),
}


def cluster_name(hadoop: Sequence[str]) -> str:
    """The cluster and the user there, by the site's settings; where these say nothing, by the folder they lie in."""
    folder = settings_folder(hadoop)
    told = [value for name, settings in _TELLING.items() for value in _values(folder / name, settings)]
    user = os.environ.get("HADOOP_USER_NAME") or f"uid {os.getuid()}"
    return " ".join([*(told or [str(folder)]), *hadoop[1:], user])


def _values(path: Path, names: Sequence[str]) -> Iterator[str]:
    """The values of some settings in a file of the site's; none where it cannot be read."""
    with suppress(OSError):
        yield from (value for name, value in read_site(path).settings.items() if name in names)
