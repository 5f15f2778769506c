"""Settings by which Hadoop reads, sorts, spreads or writes records in another way: the one table of who obeys which.

`hadoop` and `emr` obey all; `local` and `inline` those of SETTINGS, of whose classes they know the named ones; `spark`
refuses those that change its records, by name. Of any other name that changes records, the others say that they do
not obey it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Callable

from gristmill.task.environment import DELIMITER
from mrjob.compat import jobconf_from_dict, translate_jobconf

from .setting_values import is_true

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

COMPARATOR = "mapreduce.job.output.key.comparator.class"
COMPARATOR_OPTIONS = "mapreduce.partition.keycomparator.options"
PARTITIONER = "mapreduce.job.partitioner.class"
PARTITIONER_OPTIONS = "mapreduce.partition.keypartitioner.options"
KEY_SEPARATOR = "mapreduce.map.output.key.field.separator"
MAP_KEY_FIELDS = "stream.num.map.output.key.fields"
MAP_SEPARATOR = "stream.map.output.field.separator"
REDUCE_KEY_FIELDS = "stream.num.reduce.output.key.fields"
REDUCE_SEPARATOR = "stream.reduce.output.field.separator"
REDUCE_INPUT_SEPARATOR = "stream.reduce.input.field.separator"
MAP_INPUT_SEPARATOR = "stream.map.input.field.separator"
MAP_OUTPUT, REDUCE_INPUT, REDUCE_OUTPUT = "stream.map.output", "stream.reduce.input", "stream.reduce.output"
OUTPUT_SEPARATOR = "mapreduce.output.textoutputformat.separator"
FAILS = "stream.non.zero.exit.is.failure"
COMPRESS = "mapreduce.output.fileoutputformat.compress"
CODEC = f"{COMPRESS}.codec"
#: A number of fields from the first, from before there were options.
FIRST_FIELDS = "num.key.fields.for.partition"

#: Of the old programming interface, which Hadoop Streaming takes, by their last names.
PARTITIONERS = {
    name: f"org.apache.hadoop.mapred.lib.{name}" for name in ("HashPartitioner", "KeyFieldBasedPartitioner")
}
HASH, BY_FIELDS = PARTITIONERS.values()
_PARTITIONER_PACKAGES = ("org.apache.hadoop.mapred.lib", "org.apache.hadoop.mapreduce.lib.partition")
#: Whether each comparator sorts by fields; Text's is what sorts where none is named.
COMPARATORS = {
    **{f"{package}.KeyFieldBasedComparator": True for package in _PARTITIONER_PACKAGES},
    "org.apache.hadoop.io.Text$Comparator": False,
}
TEXT, LINES = "text", "keyonlytext"


@dataclass(frozen=True)
class Setting:
    """A setting that local and inline obey as Hadoop does."""

    name: str
    #: What it does, for docs/runners.md, which has a row for each.
    about: str
    #: Whether records are then key and value by Hadoop's own ways, which give a TAB to a line that has none.
    own_records: bool = True
    #: Whether a value is one that these runners know.
    knows: Callable[[str], bool] = lambda _: True
    #: Whether Spark gives the same records, of such a value.
    on_spark: Callable[[str], bool] = lambda _: False


def _is_format(value: str) -> bool:
    return value.lower() in (TEXT, LINES)


SETTINGS = (
    Setting(COMPARATOR, "sorts by fields: KeyFieldBasedComparator", knows=COMPARATORS.__contains__),
    Setting(COMPARATOR_OPTIONS, "its fields: `-k2,2nr -k1,1`, `-n`, `-r`"),
    Setting(
        PARTITIONER,
        "as `-partitioner`: KeyFieldBasedPartitioner, HashPartitioner",
        own_records=False,
        knows=lambda value: partitioner_class(value) in (HASH, BY_FIELDS),
        on_spark=lambda value: partitioner_class(value) == HASH,
    ),
    Setting(PARTITIONER_OPTIONS, "its fields: `-k1,1`"),
    Setting(KEY_SEPARATOR, "stands between the fields of a key (TAB)"),
    Setting(MAP_KEY_FIELDS, "so many fields of a mapper's line are its key (1)"),
    Setting(MAP_SEPARATOR, "stands between these fields (TAB)"),
    Setting(REDUCE_KEY_FIELDS, "the same of a reducer's and a combiner's line"),
    Setting(REDUCE_SEPARATOR, "the same of a reducer's and a combiner's line"),
    Setting(REDUCE_INPUT_SEPARATOR, "stands between key and value for a reducer (TAB)"),
    Setting(MAP_INPUT_SEPARATOR, "changes nothing where lines are read", own_records=False, on_spark=lambda _: True),
    Setting(MAP_OUTPUT, "`text`, or `keyonlytext`: a line is all key", knows=_is_format),
    Setting(REDUCE_INPUT, "the same of a reducer's input", knows=_is_format),
    Setting(REDUCE_OUTPUT, "the same of a reducer's output", knows=_is_format),
    Setting(OUTPUT_SEPARATOR, "stands between key and value in a part file (TAB)"),
    Setting(DELIMITER, "ends a record of the input (an end of a line)", own_records=False),
    Setting(
        FAILS,
        "`false`: a mapper or reducer that ends with another status than 0 is no failure (`true`)",
        own_records=False,
        on_spark=lambda value: is_true(value, default=True),
    ),
    Setting(
        COMPRESS,
        "compresses part files",
        own_records=False,
        on_spark=lambda value: not is_true(value, default=False),
    ),
    Setting(
        CODEC,
        "by DefaultCodec (.deflate), GzipCodec, BZip2Codec or ZStandardCodec",
        own_records=False,
        on_spark=lambda _: True,
    ),
)
_BY_NAME = {setting.name: setting for setting in SETTINGS}
#: Names that mrjob does not translate.
_OTHER_NAMES = {
    "-partitioner": PARTITIONER,
    "mapred.partitioner.class": PARTITIONER,
    FIRST_FIELDS: PARTITIONER_OPTIONS,
}
#: Other names that change records on Hadoop; of Hadoop Streaming's, all but what changes no byte.
_OTHERS = re.compile(
    r"^stream\.(?!tmpdir$|shipped\.|joindelay\.|jobconf\.truncate\.|stderr\.reporter\.|addenvironment$"
    r")|comparator|partitioner|textoutputformat"
)


def find(name: str) -> Setting | None:
    """The setting of a name, which may be one of older releases."""
    return _BY_NAME.get(_OTHER_NAMES.get(name) or str(translate_jobconf(name, "3.0.0")))


def is_partitioner(name: str) -> bool:
    """Whether a setting names the class that spreads keys."""
    return find(name) is _BY_NAME[PARTITIONER]


def is_own_records(name: str) -> bool:
    """Whether by a setting of this name the job handles records, keys or partitions itself."""
    setting = find(name)
    return setting.own_records if setting else bool(_OTHERS.search(name))


def value(conf: Mapping[str, Any], name: str) -> str:
    """What `conf` gives for a setting, under whichever name; "" for nothing: Hadoop loses a value that is empty."""
    given = jobconf_from_dict(conf, name)
    others = (conf[other] for other, meant in _OTHER_NAMES.items() if meant == name and other in conf)
    found = next(others, None) if given is None else given
    return "" if found is None else str(found)


def partitioner_class(name: str) -> str:
    """The class that Hadoop Streaming takes: of the new programming interface's, the same one of the old."""
    package, _, last = name.rpartition(".")
    return PARTITIONERS[last] if package in ("", *_PARTITIONER_PACKAGES) and last in PARTITIONERS else name


def unknown(given: Iterable[tuple[str, Any]]) -> Iterator[str]:
    """Those of settings that change records on Hadoop alone: names, and classes that only Hadoop has."""
    for name, found in given:
        setting = find(name)
        if setting is None and (_OTHERS.search(name) or name.startswith("textinputformat.")):
            yield name
        elif setting and not setting.knows(str(found)):
            yield f"{name}={found}"


def refused_by_spark(given: Iterable[tuple[str, Any]]) -> Iterator[str]:
    """Those of settings that Hadoop, local and inline obey, and Spark does not."""
    for name, found in given:
        setting = find(name)
        if setting and setting.knows(str(found)) and not setting.on_spark(str(found)):
            yield name
