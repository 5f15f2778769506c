"""Programs in any language: command lines that cannot be run, and why a program did not start or ended badly."""

from __future__ import annotations

import errno
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

#: What a shell would take for itself: pipes, redirections, lists, variables, a home folder, an assignment in front.
_SHELL = re.compile(r"&&|\|\||[|<>;&`]|\$(?=[\w{(])|(?<!\S)~|^\s*\w+=")
_QUOTED = re.compile(r"'[^']*'|\"(?:\\.|[^\"\\])*\"|\\.")
_JAVA_CLASS = re.compile(r"(?:[a-z_]\w*\.)+[A-Z]\w+(?:\$\w+)*")
_GREP = re.compile(r"(?:^|[\s/'\"])[efz]?grep\b")
#: Exit statuses by which a shell, or env, says that it could not start a program.
NOT_STARTED = (126, 127)


def fault_of_command(program: str) -> str | None:
    """Why a command line cannot be run: a word of Hadoop's, a Java class, or one for a shell; None where it can."""
    if program == "aggregate":
        return "aggregate: a reducer of Hadoop's in Java; name a program that adds up, such as awk -f add.awk"
    if _JAVA_CLASS.fullmatch(program) and not (shutil.which(program) or Path(program).exists()):
        return f"{program}: a Java class, which runs within Hadoop alone; name a program (cat passes lines as they are)"
    if sign := _SHELL.search(_QUOTED.sub("_", program)):
        return f"{program!r} has {sign[0].strip()}, and there is no shell here; write sh -c '…'"
    return None


def has_windows_head(path: str | Path) -> bool:
    """Whether a program's ``#!`` line ends in CR LF: the system then looks for an interpreter whose name ends in CR."""
    return bool(re.match(rb"#![^\n]*\r$", _head(path)))


def fault_of_head(path: str | Path) -> str:
    """Why a program's first line keeps it from starting here; "" where it does not."""
    if has_windows_head(path):
        return "its first line ends in CR LF, as on Windows"
    head = _head(path)
    if not head.startswith(b"#!"):
        return ""
    name, *rest = head[2:].decode(errors="replace").split() or [""]
    if Path(name).name == "env" and shutil.which(name):
        name = next((word for word in rest if not (word.startswith("-") or "=" in word)), name)
    return "" if shutil.which(name) else f"its first line names {name or 'nothing'}, which this machine does not have"


def _head(path: str | Path) -> bytes:
    try:
        with Path(path).open("rb") as file:
            return file.readline(256).rstrip(b"\n")
    except OSError:
        return b""


def start_fault(error: OSError, path: Path) -> str:
    """Why the system did not start the program at `path`, and what to do."""
    if error.errno in (errno.ENOENT, errno.ENOEXEC) and (fault := fault_of_head(path)):
        return f"{fault}; mend that line"
    if error.errno == errno.ENOEXEC:
        return f"{error.strerror}; let its first line name its interpreter, as #!/usr/bin/env python3"
    return f"{error.strerror}; ship it with --file, or give its path"


def exit_fault(command: str, status: int, paths: Iterable[Path] = ()) -> str:
    """What to know of a program that ended with an exit status other than 0; `paths` are files that it may be."""
    if status == 1 and _GREP.search(command):
        return " (as grep does where it finds nothing; write sh -c 'grep …; [ $? -le 1 ]')"
    faults = map(fault_of_head, paths) if status in NOT_STARTED else ()
    return next((f" ({fault})" for fault in faults if fault), "")
