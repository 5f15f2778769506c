"""The settings of a site, which lie as XML in the folder that the command `hadoop` reads."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from xml.etree import ElementTree

if TYPE_CHECKING:
    from collections.abc import Sequence

_TAGS = {"configuration", "property", "name", "value", "description", "final", "source"}


class SiteFile(NamedTuple):
    """What a file of a site says."""

    #: Value by name.
    settings: dict[str, str]
    #: Whether that is all; a file may also include others.
    is_plain: bool


def settings_folder(hadoop: Sequence[str]) -> Path:
    """The folder of the site's settings that the command `hadoop` reads, unless its arguments name another."""
    home = os.environ.get("HADOOP_HOME") or Path(hadoop[0]).resolve().parent.parent
    return Path(os.environ.get("HADOOP_CONF_DIR") or Path(home, "etc", "hadoop"))


def read_site(path: Path) -> SiteFile:
    """A file of a site's settings; OSError where it cannot be read."""
    try:
        rows = list(ElementTree.parse(path).iter())  # noqa: S314 (the site's own)
    except ElementTree.ParseError as error:
        raise OSError(f"{path}: {error}") from error
    texts = [[(row.findtext(tag) or "").strip() for tag in ("name", "value")] for row in rows if row.tag == "property"]
    return SiteFile(dict(texts), all(row.tag in _TAGS and not row.attrib for row in rows))
