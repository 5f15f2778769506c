"""mrjob's modules compiled, in a folder of a job's archive: a task then starts in two thirds of the time.

A Python that imports from an archive keeps no bytecode, so each task would compile mrjob anew. The folder comes before
the archive on the path of a Python that has the compiling one's magic number; any other takes the sources.
"""

from __future__ import annotations

import marshal
from importlib.util import MAGIC_NUMBER, source_hash
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

#: The folder's name in the archive.
FOLDER = "bytecode"
#: What an archive's program begins with.
PROGRAM = f"""\
import importlib.util
import sys

# for the Python that compiled it
if importlib.util.MAGIC_NUMBER == {MAGIC_NUMBER!r}:
    sys.path.insert(0, f"{{sys.path[0]}}/{FOLDER}")

"""
#: The header's flags for bytecode that is valid whatever its source says: PEP 552, "unchecked hash-based".
_UNCHECKED = (1).to_bytes(4, "little")
#: The last version of marshal that writes no references, whose bytes are the same for the same code.
_WITHOUT_REFERENCES = 2


def compiled(files: Mapping[str, Path]) -> dict[str, bytes]:
    """The bytecode of mrjob's modules among `files`, both by their names in the archive.

    None at all where one cannot be compiled or is no module: it would not be found behind the others.
    """
    ours = {name: file for name, file in files.items() if name.startswith("mrjob/")}
    if not all(name.endswith(".py") for name in ours):
        return {}
    try:
        return {f"{FOLDER}/{name}c": _pyc(name, file.read_bytes()) for name, file in ours.items()}
    except SyntaxError:
        return {}


def _pyc(name: str, source: bytes) -> bytes:
    code: Any = compile(source, name, "exec", dont_inherit=True)
    return MAGIC_NUMBER + _UNCHECKED + source_hash(source) + marshal.dumps(code, _WITHOUT_REFERENCES)
