"""A run's name, of the job's label, its owner, the time, and letters that nobody knows before.

Folders are called by it, so it must not be too long for one, and nobody may have made one by it on a cluster.
"""

from __future__ import annotations

from secrets import token_hex
from typing import Any

from mrjob.runner import MRJobRunner

#: The most bytes of a label and of an owner in a run's name; a file system takes 255 in all, and ours add some.
MOST_BYTES = 64


class JobKey(MRJobRunner):
    """A runner whose run's name is short, however long --label and --owner are."""

    def _make_unique_job_key(self, label: str | None = None, owner: str | None = None) -> str:
        words = label or self._label(), owner or self._owner()
        key: str = super()._make_unique_job_key(*(_short(word) for word in words))
        return f"{key}.{token_hex(4)}"


def _short(word: Any) -> str:
    # one that YAML has read may be a number
    return str(word).encode(errors="replace")[:MOST_BYTES].decode(errors="ignore")
