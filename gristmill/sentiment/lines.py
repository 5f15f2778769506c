"""What lines of its input `jobs.sentiment_agg` can use."""

from __future__ import annotations

from gristmill.job.task_input import LONGER_LINE
from gristmill.job.usable_lines import LineRule
from gristmill.posts.skip import LINES_THAT_GIVE_NOTHING

#: Counters of the map tasks, by group and name: what was read, whether it makes a row or not.
POSTS, ROWS = ("read", "posts"), ("read", "rows")
RULE = LineRule(
    used=(POSTS, ROWS),
    faults=frozenset((*LINES_THAT_GIVE_NOTHING, LONGER_LINE)),
    wanted="a line is a post as JSON, a list of them, or a row of a table; name a table's columns by --columns, "
    "or put each post on a line of its own by jq -c .",
)
