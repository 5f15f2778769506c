"""``_gristmill.json``, the file beside ``_SUCCESS`` that says what an output directory holds."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from gristmill.errors import RunError

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Hidden by its first letter from a job that reads the folder.
NAME = "_gristmill.json"


def manifest_bytes(manifest: Mapping[str, Any]) -> bytes:
    """The bytes of the file: the same for the same content. Raises RunError for what JSON cannot hold."""
    try:
        return json.dumps(manifest, indent=2, sort_keys=True, allow_nan=False).encode() + b"\n"
    except (TypeError, ValueError, RecursionError) as error:
        raise RunError(
            f"the job's manifest cannot be written as JSON: {error}; mend its method output_manifest()"
        ) from None
