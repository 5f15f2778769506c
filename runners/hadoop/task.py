"""The one script that all tasks of a job on Hadoop start: ``/bin/sh gristmill-task.sh 0-mapper``.

It holds the job's command lines as a shell reads them, since Hadoop Streaming splits a command by rules of its own and
hands it over in whatever encoding its Java has. On stderr, which YARN keeps as the task's log, it writes

    gristmill-task TAB attempt                                          before the command
    gristmill-failed TAB exit status TAB seconds since 1970 TAB attempt TAB host TAB input file TAB first byte TAB bytes

and, where the output of a map-only job is to be put in the order of its input, this first line in each part file:

    gristmill-split TAB input file TAB first byte
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: The script's name where a task runs.
NAME = "gristmill-task.sh"
#: What a part file of a map-only job begins with, if it is to be put in order.
SPLIT = b"gristmill-split\t"

_BEFORE = """\
attempt=$mapreduce_task_attempt_id
printf 'gristmill-task\\t%s\\n' "$attempt" >&2
{links}case $1 in
"""
# several tasks may run in one container
_LINK = "ln -sfn -- {sent} {name}\n"
_SUBSTEP = """\
{name})
    {header}{command}
    ;;
"""
_HEADER = """printf 'gristmill-split\\t%s\\t%s\\n' "$mapreduce_map_input_file" "$mapreduce_map_input_start"
    """
_AFTER = """\
*)
    echo "no part $1" >&2
    exit 2
    ;;
esac
status=$?
if [ "$status" -eq 0 ]; then
    # a program may want no more of its input; Hadoop would take the closed pipe for a failure
    cat >/dev/null
    exit 0
fi
printf 'gristmill-failed\\t%s\\t%s\\t%s\\t%s\\t%s\\t%s\\t%s\\n' "$status" "$(date +%s)" "$attempt" \\
    "${NM_HOST:-$(uname -n)}" "$mapreduce_map_input_file" "$mapreduce_map_input_start" \\
    "$mapreduce_map_input_length" >&2
exit "$status"
"""


def script(commands: Mapping[str, Sequence[str]], in_order: str = "", links: Mapping[str, str] | None = None) -> str:
    """The script for these command lines, by the names of their substeps; `in_order` writes its split first.

    The name of a substep is as ``0-mapper``. `links`: the names under which files are sent -> the names they are given.
    """
    names = [_LINK.format(sent=shlex.quote(sent), name=shlex.quote(name)) for sent, name in (links or {}).items()]
    cases = [
        _SUBSTEP.format(name=name, header=_HEADER if name == in_order else "", command=shlex.join(command))
        for name, command in commands.items()
    ]
    return "".join((_BEFORE.format(links="".join(names)), *cases, _AFTER))
