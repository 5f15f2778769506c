"""What lines of its input `jobs.sentiment_agg` can use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gristmill.errors import InputError
from gristmill.job.task_input import LONGER_LINE
from gristmill.job.usable_lines import LineRule
from gristmill.posts.skip import LINES_THAT_GIVE_NOTHING, LeftOut, Skip

if TYPE_CHECKING:
    from gristmill.task.counters import Counters

#: Counters of the map tasks, by group and name: what was read, whether it makes a row or not.
POSTS, ROWS = ("read", "posts"), ("read", "rows")
#: Rows of posts that were not scored, which are of any dimension.
UNSCORED_ROWS = ("read", "rows of unscored posts")
#: Counters of rows that an option leaves out, by group and name, and what to try.
_LEFT_OUT = {
    ("left out", LeftOut.OTHER_DIMENSION.value): "name by --by what the rows are of, or leave it out",
    ("input", Skip.ROW_OF_ANOTHER_TIME.value): "give the rows' own --window, or a wider one: hours add up to days, "
    "days to weeks and months, and all of them to all",
}


def check_rows(counters: Counters) -> None:
    """Raise InputError where rows were read, and options leave out all that have a sentiment."""

    def counted(group: str, name: str) -> int:
        return counters.get(group, {}).get(name, 0)

    left_out = {(group, name): count for group, name in _LEFT_OUT if (count := counted(group, name))}
    count = sum(left_out.values())
    if not count or counted(*POSTS) or count + counted(*UNSCORED_ROWS) < counted(*ROWS):
        return
    reasons = ", ".join(f"{name}: {rows:,}" for (_, name), rows in left_out.items())
    hints = "; ".join(map(_LEFT_OUT.__getitem__, left_out))
    raise InputError(f"none of {count:,} row{'s' * (count > 1)} could be used ({reasons}); {hints}")


_NAME_TIMES = "name the form of its times by --time-format, such as '%d.%m.%Y %H:%M'"
_NAME_FIELDS = (
    "a post has an id, a text and a time, under names such as id, text, created_at; rename its own by "
    "jq -c '{id, text: .body, created_at: .date}', or take posts out of what they are nested in by jq -c '.items[]'"
)
RULE = LineRule(
    used=(POSTS, ROWS),
    faults=frozenset((*LINES_THAT_GIVE_NOTHING, LONGER_LINE)),
    wanted="a line is a post as JSON, a list of them, or a row of a table; name a table's columns by --columns, "
    "or put each post on a line of its own by jq -c .",
    hints={
        **dict.fromkeys((skip.value for skip in (Skip.TIME_NOT_UNDERSTOOD, Skip.TIME_OUT_OF_RANGE)), _NAME_TIMES),
        **dict.fromkeys(
            (skip.value for skip in (Skip.NO_ID, Skip.NO_OBJECT, Skip.NO_TIME, Skip.UNKNOWN_SHAPE)), _NAME_FIELDS
        ),
    },
    doubts={
        Skip.NOT_UTF8.value: "letters are lost there; name the encoding, such as by --encoding cp1252",
        Skip.NOT_IN_ENCODING.value: "letters are lost there; name another by --encoding, or leave it out for UTF-8",
    },
    check=check_rows,
)
