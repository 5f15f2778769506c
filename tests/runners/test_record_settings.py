"""Each setting for records gives the same part files on every runner that obeys it, and Spark refuses it by its name.

The part files are those of Hadoop 3.4.2, which tests/runners/hadoop/test_record_settings.py asks.
"""

from __future__ import annotations

from codecs import BOM_UTF8
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from gristmill.errors import RunError
from gristmill.runners import record_settings as settings
from gristmill.runners.printing import plain
from gristmill.task.environment import DELIMITER
from tests.runners.record_jobs import Combined, Maps, Raising, Records, Sorted, SortedAndSpread, Spread, Twice

if TYPE_CHECKING:
    from gristmill.job.base import Job
    from tests.runners.conftest import RunHere

OLD, NEW = "org.apache.hadoop.mapred.lib", "org.apache.hadoop.mapreduce.lib.partition"
REDUCES = "mapreduce.job.reduces"


COMPRESSED = {settings.COMPRESS: "true", REDUCES: "2"}
CODECS = "org.apache.hadoop.io.compress"
ROWS = b"rye\t7\tx\noat\t12\ty\nrye\t-3\tz\noat\n"
BY_NUMBER = {
    settings.COMPARATOR: f"{OLD}.KeyFieldBasedComparator",
    settings.COMPARATOR_OPTIONS: "-k2,2nr",
    settings.MAP_KEY_FIELDS: "2",
}
COMMAS = b"b,2,x\na,1,y\nb,1,z\nc\n"
#: setting -> job, settings, input, part files.
CASES: dict[str, tuple[type[Job], dict[str, str], bytes, list[bytes]]] = {
    settings.COMPARATOR: (Records, BY_NUMBER, ROWS, [b"oat\t12\ty\nrye\t7\tx\nrye\t-3\tz\noat\t\n"]),
    settings.COMPARATOR_OPTIONS: (
        Combined,
        {
            **BY_NUMBER,
            settings.COMPARATOR: f"{NEW}.KeyFieldBasedComparator",
            settings.COMPARATOR_OPTIONS: "-k1.2,1.3r -k1",
            # of what the combiner writes too
            settings.REDUCE_KEY_FIELDS: "2",
        },
        ROWS,
        [b"rye\t-3\tz\nrye\t7\tx\noat\t\t\noat\t12\ty\n"],
    ),
    settings.PARTITIONER: (
        Records,
        {settings.PARTITIONER: f"{OLD}.KeyFieldBasedPartitioner", REDUCES: "3"},
        b"rye\t1\noat\nmill\n",
        [b"oat\nrye\t1\n", b"mill\n", b""],
    ),
    settings.PARTITIONER_OPTIONS: (
        Spread,
        {settings.PARTITIONER_OPTIONS: "-k2,2", settings.MAP_KEY_FIELDS: "2", REDUCES: "3"},
        ROWS,
        [b"oat\t\noat\t12\ty\nrye\t-3\tz\n", b"rye\t7\tx\n", b""],
    ),
    settings.KEY_SEPARATOR: (
        Records,
        {
            **BY_NUMBER,
            settings.COMPARATOR_OPTIONS: "-k2,2nr -k1,1",
            settings.KEY_SEPARATOR: ",",
            settings.MAP_KEY_FIELDS: "1",
        },
        COMMAS,
        [b"b,2,x\t\na,1,y\t\nb,1,z\t\nc\t\n"],
    ),
    settings.MAP_KEY_FIELDS: (
        Records,
        {settings.MAP_KEY_FIELDS: "2"},
        b"b\t2\tx\na\nb\t1\ty\n",
        [b"a\t\nb\t1\ty\nb\t2\tx\n"],
    ),
    settings.MAP_SEPARATOR: (
        Combined,
        {settings.MAP_SEPARATOR: ",", settings.MAP_KEY_FIELDS: "2"},
        COMMAS,
        [b"a,1\ty\nb,1\tz\nb,2\tx\nc\t\n"],
    ),
    settings.REDUCE_KEY_FIELDS: (
        Records,
        {settings.REDUCE_KEY_FIELDS: "3", settings.OUTPUT_SEPARATOR: ";"},
        b"a\tb\tc\td\ne\n",
        [b"a\tb\tc;d\ne\t;\n"],
    ),
    settings.REDUCE_SEPARATOR: (
        Records,
        {settings.REDUCE_SEPARATOR: ","},
        COMMAS,
        [b"a\t1,y\t\nb\t1,z\t\nb\t2,x\t\nc\t\t\n"],
    ),
    settings.REDUCE_INPUT_SEPARATOR: (
        Records,
        {settings.REDUCE_INPUT_SEPARATOR: "=", settings.REDUCE_SEPARATOR: "="},
        b"a\tb\nc\n",
        [b"a\tb\nc\t\n"],
    ),
    settings.MAP_INPUT_SEPARATOR: (Records, {settings.MAP_INPUT_SEPARATOR: ","}, b"b\na\t\n", [b"a\t\nb\n"]),
    settings.MAP_OUTPUT: (
        Records,
        {settings.MAP_OUTPUT: "keyonlytext", settings.REDUCE_INPUT: "KeyOnlyText"},
        b"b\na\tc\n",
        [b"a\tc\nb\t\n"],
    ),
    settings.REDUCE_INPUT: (Records, {settings.REDUCE_INPUT: "keyonlytext"}, b"b\na\tc\n", [b"a\t\nb\t\n"]),
    settings.REDUCE_OUTPUT: (Records, {settings.REDUCE_OUTPUT: "keyonlytext"}, b"b\na\tc\n", [b"a\tc\nb\t\n"]),
    settings.OUTPUT_SEPARATOR: (Maps, {settings.OUTPUT_SEPARATOR: " = "}, b"b\tc\na\n", [b"b = c\na = \n"]),
    DELIMITER: (
        Records,
        {DELIMITER: "--"},
        BOM_UTF8 + b"c--b\r\na\n--\n----d",
        [b"\n\n\n\na\nb\nc\nd\n"],
    ),
    settings.FAILS: (Raising, {settings.FAILS: "False", REDUCES: "1"}, b"b\nc\n", [b"b\n"]),
    settings.COMPRESS: (Records, COMPRESSED, b"b\na\nc", [b"a\nc\n", b"b\n"]),
    settings.CODEC: (Maps, {**COMPRESSED, settings.CODEC: f"{CODECS}.GzipCodec"}, b"b\na\n", [b"b\na\n"]),
}
#: What several of them make together, and names of older releases.
MORE: list[tuple[type[Job], dict[str, str], bytes, list[bytes]]] = [
    (
        Records,
        {
            "mapred.output.key.comparator.class": f"{OLD}.KeyFieldBasedComparator",
            "mapred.text.key.comparator.options": "-k2,2 -k1,1r",
            "map.output.key.field.separator": ",",
            "stream.map.output.field.separator": ",",
            "stream.num.map.output.key.fields": "2",
            "mapred.partitioner.class": f"{OLD}.KeyFieldBasedPartitioner",
            "num.key.fields.for.partition": "1",
            "mapred.reduce.tasks": "2",
        },
        b"b,2,x\na,1,y\nb,1,z\nc,2\n",
        [b"b,1\tz\nb,2\tx\n", b"a,1\ty\nc,2\t\n"],
    ),
    (Twice, {}, b"9\n10\n-1\n", [b"10\t\n9\t\n-1\t\n"]),
    (Sorted, {settings.MAP_KEY_FIELDS: "1"}, b"b\t2\nb\t1\na\n", [b"a\t\nb\t1\nb\t2\n"]),
    (SortedAndSpread, {}, b"b\t2\nb\t1\tx\na\n", [b"a\t\nb\t1\tx\nb\t2\t\n"]),
    (Records, {**COMPRESSED, settings.CODEC: f"{CODECS}.BZip2Codec"}, b"", [b"", b""]),
    (Twice, {**COMPRESSED, settings.CODEC: f"{CODECS}.ZStandardCodec", REDUCES: "1"}, b"1\n2\n", [b"2\t\n1\t\n"]),
    (Records, {settings.COMPRESS: "yes", DELIMITER: ""}, b"b\na\n", [b"a\nb\n"]),
    (Records, {settings.COMPARATOR: "org.apache.hadoop.io.Text$Comparator"}, b"b\na\n", [b"a\t\nb\t\n"]),
    (Spread, {"num.key.fields.for.partition": "0", REDUCES: "1"}, b"b\na\n", [b"a\t\nb\t\n"]),
]


#: What the names of part files end with.
SUFFIXES = {settings.COMPRESS: ".deflate", "GzipCodec": ".gz", "BZip2Codec": ".bz2", "ZStandardCodec": ".zst"}


def suffix(conf: dict[str, str]) -> str:
    if conf.get(settings.COMPRESS) != "true":
        return ""
    return SUFFIXES[conf.get(settings.CODEC, settings.COMPRESS).removeprefix(f"{CODECS}.")]


def words(conf: dict[str, str]) -> list[str]:
    return [word for name, value in conf.items() for word in ("-D", f"{name}={value}")]


def test_every_setting_has_a_row() -> None:
    """Of the one table."""
    assert list(CASES) == [setting.name for setting in settings.SETTINGS]


#: Values by which Spark refuses a setting.
REFUSED = {settings.FAILS: "false", settings.COMPRESS: "true"}


def row(setting: settings.Setting) -> str:
    """What docs/runners.md has of a setting."""
    if setting.name == settings.PARTITIONER:
        spark = "HashPartitioner"
    else:
        spark = "no effect" if setting.on_spark(REFUSED.get(setting.name, "")) else "refused"
    return f"| `{setting.name}` | {setting.about} | yes | {spark} |"


def test_docs_have_the_table() -> None:
    """Row by row, in its order."""
    text = (Path(__file__).parents[2] / "docs" / "runners.md").read_text()
    head = "| setting | what it does (default) | `local` `inline` `hadoop` `emr` | `spark` |"
    assert "\n".join([head, "|---|---|---|---|", *map(row, settings.SETTINGS), "\n"]) in text


@pytest.mark.parametrize("runner", ["local", "inline"])
@pytest.mark.parametrize("case", [*CASES.values(), *MORE], ids=[*CASES, *(f"more-{n}" for n in range(len(MORE)))])
@pytest.mark.parametrize("maps", [1, 3])
def test_part_files_are_hadoops(
    run_here: RunHere,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    runner: str,
    case: tuple[type[Job], dict[str, str], bytes, list[bytes]],
    maps: int,
) -> None:
    """On local and inline, in any number of splits, and nothing is warned of but tasks that failed."""
    job, conf, text, parts = case
    (tmp_path / "in").write_bytes(text)
    if job is Maps and maps > 1:
        parts = [line + b"\n" for line in parts[0][:-1].split(b"\n")]
    maps = 1 if job is Raising else maps
    given = {REDUCES: "1", "mapreduce.job.maps": str(maps), **conf}
    if "mapred.reduce.tasks" in given:
        del given[REDUCES]
    ran = run_here(job, "-v", "-r", runner, *words(given), tmp_path / "in", "--output-dir", tmp_path / "out")
    found = sorted((tmp_path / "out").glob("part-*"))
    assert [path.name for path in found] == [f"part-{number:05d}{suffix(conf)}" for number in range(len(parts))]
    assert [plain(path, tmp_path / "plain").read_bytes() for path in found] == parts
    assert ran.output == b"".join(parts)
    assert (tmp_path / "out" / "_SUCCESS").exists()
    said = [record.getMessage() for record in caplog.records if record.name == "mrjob.gristmill"]
    assert [message[:35] for message in said] == (["warning: step 1 of 1: failed tasks:"] if job is Raising else [])


@pytest.mark.parametrize("name", CASES)
def test_spark_refuses_a_setting_by_name_before_anything_starts(name: str) -> None:
    """Or gives the same records."""
    job, conf, _, _ = CASES[name]
    changed = [word for word in conf if word != REDUCES]
    made: Any = job(["-r", "spark", "--no-conf", *words(conf)])
    if name == settings.MAP_INPUT_SEPARATOR:  # it changes nothing
        made.make_runner().cleanup()
        return
    with pytest.raises(NotImplementedError) as error:
        made.make_runner()
    assert str(error.value).startswith("it sets ")
    assert str(error.value).removeprefix("it sets ").partition(";")[0] in [*changed, "-partitioner"]


def test_spark_takes_values_that_change_nothing() -> None:
    """A codec where nothing is compressed, and a failure that is one."""
    conf = {settings.COMPRESS: "false", settings.CODEC: f"{CODECS}.GzipCodec", settings.FAILS: "true"}
    Records(["-r", "spark", "--no-conf", *words(conf)]).make_runner().cleanup()


def test_spark_takes_hadoops_own_partitioner() -> None:
    """Which is its own."""
    Records(["-r", "spark", "--no-conf", "-D", f"{settings.PARTITIONER}={OLD}.HashPartitioner"]).make_runner().cleanup()


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        (settings.MAP_KEY_FIELDS, "two", f"{settings.MAP_KEY_FIELDS} is 'two'; give it a whole number, 0 or more"),
        (settings.REDUCE_KEY_FIELDS, "-1", f"{settings.REDUCE_KEY_FIELDS} is '-1'; give it a whole number, 0 or more"),
        (settings.REDUCE_INPUT_SEPARATOR, "\n", "ends a line; use -r hadoop, or another separator"),
        (settings.COMPARATOR_OPTIONS, "-kx", "-kx: write -kFIELD"),
        (settings.PARTITIONER_OPTIONS, "-k1.0", "-k1.0: write -kFIELD"),
        (settings.CODEC, f"{CODECS}.SnappyCodec", f"{CODECS}.SnappyCodec: not written here, only DefaultCodec, "),
        (settings.CODEC, "GzipCodec", f"of {CODECS}; use -r hadoop"),
    ],
)
@pytest.mark.parametrize("runner", ["local", "inline"])
def test_a_value_of_no_use_is_one_line_before_anything_starts(
    run_here: RunHere, runner: str, name: str, value: str, why: str
) -> None:
    """It names the setting."""
    conf = {settings.COMPARATOR: f"{OLD}.KeyFieldBasedComparator", settings.COMPRESS: "true", name: value}
    with pytest.raises(RunError) as error:
        run_here(Spread, "-r", runner, *words(conf), stdin=b"a\n")
    assert str(error.value).startswith(name)
    assert why in str(error.value)
