"""The one script that all tasks of a job on Hadoop start: ``/bin/sh gristmill-task.sh 0-mapper``.

It holds the job's command lines, and those of the filters of their records (task_records.py), as a shell reads them,
since Hadoop Streaming splits a command by rules of its own and hands it over in whatever encoding its Java has. On
stderr, which YARN keeps as the task's log, it writes

    gristmill-task TAB attempt                                          before the command
    gristmill-failed TAB exit status TAB seconds since 1970 TAB attempt TAB host TAB input file TAB first byte TAB bytes

and, where the output of a map-only job is to be put in the order of its input, this first line in each part file:

    gristmill-split TAB input file TAB first byte
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, NamedTuple

from gristmill.input import compression
from gristmill.input.usable import BLOCKS
from gristmill.task import allowed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: The script's name where a task runs.
NAME = "gristmill-task.sh"
#: The name of the filter of records there.
FILTER = "gristmill-records.py"
#: What a part file of a map-only job begins with, if it is to be put in order.
SPLIT = b"gristmill-split\t"

_BEFORE = """\
attempt=$mapreduce_task_attempt_id
printf 'gristmill-task\\t%s\\n' "$attempt" >&2
{links}case $1 in
"""
#: Fails a task whose file Hadoop would take for text by its name, or whose framing it would read nothing of.
_CHECK = """\
refused=
case $mapreduce_map_input_file in
{archives}) refused='an archive of files is not read here; unpack it and give the folder' ;;
{blocks})
    # a codec of Hadoop's finds no records in what is framed in another way
    hadoop=$(PATH="$PATH:$HADOOP_HOME/bin:$HADOOP_COMMON_HOME/bin" command -v hadoop)
    case $("$hadoop" fs -cat "$mapreduce_map_input_file" 2>/dev/null | head -c 4 | od -An -tx1 | tr -d ' ') in
    04224d18|02214c18|ff060000|82534e41)
        refused='not in the framing of Hadoop, which reads nothing of it; decompress it, or make it a .gz' ;;
    esac
    ;;
{read}) ;;
{text}) refused='by this name Hadoop takes it for text; decompress it, or rename it in small letters' ;;
esac
if [ -n "$refused" ]; then
    echo "error: $mapreduce_map_input_file: $refused" >&2
    set -- refused
fi
"""
_REFUSED = """\
refused)
    status=1
    ;;
"""
# several tasks may run in one container
_LINK = "ln -sfn -- {sent} {name}\n"
_SUBSTEP = """\
{name})
    {header}{command}
    status=$?
    ;;
"""
#: The status is that of the command, or of a filter that fails; one that has no reader any more (141) has not.
_FILTERED = """\
{name})
    exec 4>&1
    ended=$({{ {before}{{ {command} 3>&- 4>&-; echo "$?" >&3; }}{after} >&4; }} 3>&1)
    status=0
    for each in $ended; do
        case $each in
        0) ;;
        filter) [ "$status" -ne 0 ] || status=1 ;;
        *) status=$each ;;
        esac
    done
    ;;
"""
_GUARDED = '{{ {} || [ "$?" -eq 141 ] || echo filter >&3; }}'
_HEADER = """printf 'gristmill-split\\t%s\\t%s\\n' "$mapreduce_map_input_file" "$mapreduce_map_input_start"
    """
_ALLOWED = f"""\
*)
    echo "no part $1" >&2
    exit 2
    ;;
esac
case $stream_non_zero_exit_is_failure in
[Ff][Aa][Ll][Ss][Ee])
    # what the program wrote last to stderr may be a line that has not ended
    [ "$status" -eq 0 ] || printf '\\n%s\\n' 'reporter:counter:{",".join(allowed.COUNTER)},1' >&2
    status=0
    ;;
esac
"""
_AFTER = """\
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


class Filters(NamedTuple):
    """Command lines that a substep's input and output pass; none where they are empty."""

    before: Sequence[str] = ()
    after: Sequence[str] = ()


def script(
    commands: Mapping[str, Sequence[str]],
    in_order: str = "",
    links: Mapping[str, str] | None = None,
    filters: Mapping[str, Filters] | None = None,
    *,
    reads_any: bool = False,
) -> str:
    """The script for these command lines, by the names of their substeps; `in_order` writes its split first.

    The name of a substep is as ``0-mapper``. `links`: the names under which files are sent -> the names they are given.
    A file that Hadoop would take for text by its name fails its task, unless it `reads_any`.
    """
    names = [_LINK.format(sent=shlex.quote(sent), name=shlex.quote(name)) for sent, name in (links or {}).items()]
    cases = [
        _case(name, command, _HEADER if name == in_order else "", (filters or {}).get(name, Filters()))
        for name, command in commands.items()
    ]
    check = [] if reads_any else [_CHECK.format(**_name_patterns())]
    before = _BEFORE.format(links="".join([*names, *check]))
    return "".join((before, _REFUSED, *cases, _ALLOWED, _AFTER))


def _case(name: str, command: Sequence[str], header: str, filters: Filters) -> str:
    if not any(filters):
        return _SUBSTEP.format(name=name, header=header, command=shlex.join(command))
    before = f"{_GUARDED.format(shlex.join(filters.before))} | " if filters.before else ""
    after = f" | {_GUARDED.format(shlex.join(filters.after))}" if filters.after else ""
    return _FILTERED.format(name=name, before=before, command=shlex.join(command), after=after)


def _name_patterns() -> dict[str, str]:
    """Patterns of a shell for the names of archives, of what Hadoop's codecs read, and of what they take for text."""
    archives = [*compression.ARCHIVES, *(f".tar{suffix}" for suffix in compression.COMPRESSIONS)]
    read = [suffix for suffix, one in compression.COMPRESSIONS.items() if one.hadoop]
    return {
        "archives": "|".join(map(_any_case, archives)),
        "blocks": "|".join(f"*{suffix}" for suffix in BLOCKS),
        "read": "|".join(f"*{suffix}" for suffix in read),
        "text": "|".join(map(_any_case, compression.COMPRESSIONS)),
    }


def _any_case(suffix: str) -> str:
    return "*" + "".join(f"[{letter}{letter.upper()}]" if letter.isalpha() else letter for letter in suffix)
