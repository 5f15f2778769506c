"""The names of the job's counters of lines and posts: why a line is no post, and why a post is not counted.

The value of each member is the counter's name, to the letter.
"""

from __future__ import annotations

from enum import Enum

#: The second value of a member of Skip that ends a strict job.
_FAULT = True


class Skip(Enum):
    """Why a line, or a value in one, gives no post; counted in the group `input`.

    A fault ends a strict job. The others are what a stream says besides posts.
    """

    _value_: str
    #: Whether it ends a strict job.
    is_fault: bool

    def __new__(cls, counter: str, is_fault: bool = False) -> Skip:
        """A member whose value is the counter's name."""
        member = object.__new__(cls)
        member._value_ = counter
        member.is_fault = is_fault
        return member

    # lines that cannot be used
    BAD_HEADER = "header lacks a column", _FAULT
    ERROR_MESSAGE = "error message", _FAULT
    ID_NOT_A_SHORT_LINE = "id is not one short line", _FAULT
    ID_OF_WRONG_TYPE = "id of a wrong type", _FAULT
    ID_OUT_OF_RANGE = "id out of range", _FAULT
    ID_ROUNDED = "id was rounded", _FAULT
    LINE_TOO_LONG = "line too long", _FAULT
    NESTED_TOO_DEEP = "nested too deep", _FAULT
    NO_ID = "no id", _FAULT
    NO_OBJECT = "no object", _FAULT
    NO_TIME = "no time", _FAULT
    NOT_JSON = "not JSON", _FAULT
    NOT_IN_ENCODING = "not in the encoding", _FAULT
    NOT_UTF8 = "not UTF-8", _FAULT
    TEXT_OF_WRONG_TYPE = "text of a wrong type", _FAULT
    TIME_NOT_UNDERSTOOD = "time not understood", _FAULT
    TIME_OUT_OF_RANGE = "time out of range", _FAULT
    TORN_LINE = "torn line", _FAULT
    UNKNOWN_SHAPE = "unknown shape", _FAULT
    WRONG_NUMBER_OF_FIELDS = "wrong number of fields", _FAULT

    # rows of an earlier run that cannot be used, or not fully
    BAD_ROW = "row that breaks a rule", _FAULT
    ROW_OF_ANOTHER_TIME = "row of a window that lies in none of those asked for", _FAULT
    ROW_OF_FEWER_EXAMPLES = "row with fewer examples than asked for, and so has what it is added to", _FAULT

    # what files and streams hold besides posts
    BLANK_LINE = "blank line"
    BRACKET_ALONE = "bracket alone"
    EMPTY_PAGE = "empty page"
    EVENT_STREAM_LINE = "event stream line"
    HEADER_LINE = "header line"
    NO_TEXT = "no text"
    TEXT_REMOVED = "text was removed"

    # notices and events of platforms
    ACCOUNT_EVENT = "account event"
    BLOCK = "block"
    COMPLIANCE_EVENT = "compliance event"
    DELETE = "delete"
    DISCONNECT_NOTICE = "disconnect notice"
    EDIT = "edit"
    FOLLOW = "follow"
    FRIENDS = "list of friends"
    LIKE = "like"
    LIMIT_NOTICE = "limit notice"
    MORE_COMMENTS = "placeholder for more comments"
    NOTIFICATION = "notification"
    OTHER_EVENT = "event of another kind"
    OTHER_RECORD = "record of another kind"
    OTHER_THING = "thing of another kind"
    REPOST_WITHOUT_TEXT = "repost without the text"
    WARNING_NOTICE = "warning notice"


#: The counters of lines that give nothing though they should. Others of a strict job's faults cost no post.
_COST_NO_POST = (Skip.NOT_IN_ENCODING, Skip.NOT_UTF8, Skip.ROW_OF_FEWER_EXAMPLES)
LINES_THAT_GIVE_NOTHING = tuple(skip.value for skip in Skip if skip.is_fault and skip not in _COST_NO_POST)

#: Hashtags of a post that make rows: a post of more is spam.
MOST_HASHTAGS = 50


class LeftOut(Enum):
    """Why a post, a part of it, or a row adds nothing to the output; counted in the group `left out`."""

    COPY = "copy of a post"
    HASHTAGS = f"hashtags of a post beyond its first {MOST_HASHTAGS}"
    IN_NO_ROW = "in no row"
    OTHER_DIMENSION = "row of a dimension not asked for"
    OTHER_LANGUAGE = "language not asked for"
    REPOST = "repost"


_NAMED = "ar de es fa fr hi id it ja ko nl pl pt ru ta th tr uk ur vi zh"
#: Languages that have a counter of their own: Hadoop allows a job 120 counters, its own fifty among them.
NAMED = frozenset(_NAMED.split())


def language_counter(language: str) -> str:
    """The counter, in the group `unscored`, of posts in a language that no scorer knows."""
    return f"language {language}" if language in NAMED else "other languages"
