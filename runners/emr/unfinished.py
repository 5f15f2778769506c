"""Whether what lies in --output-dir may be removed after a step that failed: another run may have written it.

kept       a step that has not ended names it; it has _SUCCESS or a manifest; the step failed since it was there
removed    anything else, where the run saw that nothing was there before it sent the step (see ledger)
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from gristmill.errors import RunError

from .. import manifest
from .clients import NoAnswer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .api import EmrApi
    from .s3_files import S3Files

#: What is in an output that is complete.
_COMPLETE = ("_SUCCESS", manifest.NAME)
#: How Hadoop and EMR say that a step has found its output there.
_FOUND = re.compile(r"already exists|AlreadyExists")
_SCHEME = re.compile(r"s3[an]?://")


def why_kept(output: str, names: Sequence[str], reason: str, api: EmrApi, files: S3Files) -> str:
    """Why an output stays that a run's steps of these `names` have not completed; "" where it may be removed.

    `reason` is why the last of them failed.
    """
    try:
        # looked at first: a step that ends between the two looks has written _SUCCESS
        for cluster, step in api.unended_steps():
            if step["Name"] not in names and _is_in(step, output):
                return f"the step {cluster}/{step['Id']} names it"
        if any(files.exists(f"{output}/{name}") for name in _COMPLETE):
            return "it is complete"
    except NoAnswer:
        raise
    except RunError as error:
        return f"who writes there cannot be told ({error})"
    return "the step has found it there" if _FOUND.search(reason) else ""


def _is_in(step: Mapping[str, Any], output: str) -> bool:
    """Whether an argument of a step is the output, or lies in it."""
    folder = f"{_bare(output)}/"
    return any(f"{_bare(text)}/".startswith(folder) for text in step.get("Config", {}).get("Args", ()))


def _bare(path: str) -> str:
    """A path on S3 without what its spellings differ in."""
    return _SCHEME.sub("", path, count=1).rstrip("/")
