"""Settings for records, made up by chance: the local runner's part files are those of Hadoop's own code, one by one."""

from __future__ import annotations

import random
import re
from itertools import count, groupby
from typing import TYPE_CHECKING

import pytest

from gristmill.shuffle.key_fields import orderer
from gristmill.shuffle.record_rules import LineFields
from tests.cluster.local_runner import LocalHadoop
from tests.cluster.parts import MissingError
from tests.cluster.plugin import do_without

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import RunJob

pytestmark = [pytest.mark.cluster, pytest.mark.long]

COMPARATOR = "org.apache.hadoop.mapred.lib.KeyFieldBasedComparator"
BY_FIELDS = "org.apache.hadoop.mapred.lib.KeyFieldBasedPartitioner"
KEY_SEPARATOR = "mapreduce.map.output.key.field.separator"
SEPARATORS = ["\t", ",", "::", ".", "-", "é"]
NUMBERS = ["7", "12", "-3", "-12", "007", "3.5", "-3.25", "0", "3.50", "120", "-0", "9.05", "0.5"]
WORDS = ["rye", "oat", "Rye", "é", "mill x", "12kg", "", "rye1", "z" * 20, "\U0001f35e"]
#: In one column, numbers with and without zeros before them and places behind them are equal in some pairs only.
KINDS = [NUMBERS[:4], ["3.5", "3.50", "-3.25", "12", "9.05", "0.5"], WORDS, ["", *WORDS[:4]], ["12kg", "7kg", "7g"]]


@pytest.fixture(scope="module")
def hadoop(tmp_path_factory: pytest.TempPathFactory) -> LocalHadoop:
    try:
        return LocalHadoop(tmp_path_factory.mktemp("hadoop"))
    except MissingError as error:
        do_without(error)


class Made:
    """A made-up job: its settings and its input."""

    def __init__(self, seed: int, attempt: int) -> None:
        self.chance = random.Random(f"{seed} {attempt}")
        self.separator = self.chance.choice(SEPARATORS)
        self.between = self.chance.choice([self.separator, "\t", " "])
        self.comparator = ""
        self.conf = {"mapreduce.job.reduces": str(self.chance.choice([1, 2, 3, 4]))}
        if self.chance.random() < 0.7:
            self.conf[KEY_SEPARATOR] = self.separator
        else:
            self.separator = "\t"
        if self.chance.random() < 0.7:
            self.comparator = self.parts()
            self.conf["mapreduce.job.output.key.comparator.class"] = COMPARATOR
            self.conf["mapreduce.partition.keycomparator.options"] = self.comparator
        if self.chance.random() < 0.7:
            self.conf["stream.map.output.field.separator"] = self.between
            self.conf["stream.num.map.output.key.fields"] = str(self.chance.randint(1, 4))
        for name in ("stream.reduce.input.field.separator", "mapreduce.output.textoutputformat.separator"):
            if self.chance.random() < 0.3:
                self.conf[name] = self.chance.choice([*SEPARATORS, "|"])
        if self.chance.random() < 0.3:
            self.conf["stream.reduce.output.field.separator"] = self.chance.choice(SEPARATORS)
            self.conf["stream.num.reduce.output.key.fields"] = str(self.chance.randint(1, 3))
        self.conf["mapreduce.partition.keypartitioner.options"] = self.chance.choice(
            ["", "-k1,1", "-k2,2", "-k1.2,1.3 -k3"]
        )
        self.arguments = ["-mapper", "cat", "-reducer", "cat"]
        if self.chance.random() < 0.5:
            self.arguments += ["-partitioner", BY_FIELDS]
        self.lines = self._lines()

    def parts(self) -> str:
        """Options of a comparator; the last is the whole key, or ties may come in any order."""
        options = []
        for _ in range(self.chance.randint(0, 2)):
            field = self.chance.randint(1, 3)
            start, end = self.chance.choice([("", ""), ("", ""), (".2", ""), (".1", ".2"), (".2", ".3")])
            options.append(f"-k{field}{start},{field}{end}{self.chance.choice(['', 'n', 'r', 'nr'])}")
        last = self.chance.choice(["-k1", "-k1r", ""])
        return " ".join([*options, *filter(None, [last]), *self.chance.choice([[], [], ["-r"]])])

    def _lines(self) -> bytes:
        """Lines of three fields of a key and a value; all have all fields, whatever bytes these hold."""
        kinds = [self.chance.choice(KINDS) for _ in range(3)]
        lines = []
        for number in range(40):
            key = self.separator.join(self.chance.choice(kind) for kind in kinds)
            lines.append(f"{key}{self.between}#{number}{self.chance.choice(['', self.between, self.between + 'w'])}\n")
        return "".join(lines).encode()


def fields(made: Made) -> LineFields:
    separator = made.conf.get("stream.map.output.field.separator", "\t").encode()
    return LineFields(separator, int(made.conf.get("stream.num.map.output.key.fields", "1")))


def is_defined(made: Made) -> bool:
    """Whether no two keys lack a field by which they are compared: Hadoop says of both that they come first."""
    separator = made.conf.get(KEY_SEPARATOR, "\t").encode()
    keys = [fields(made).cut(line)[0] for line in made.lines.splitlines()]
    parts = [word for word in made.comparator.split() if word.startswith("-k")]
    return all(sum(orderer(part, separator)(key) in (b"\0", b"\xff") for key in keys) < 2 for part in parts)


def ties_sorted(text: bytes, made: Made, lines: list[bytes]) -> list[list[bytes]]:
    """The lines of a part file, those in a row whose keys are equal sorted: Hadoop promises no order of these."""
    order = orderer(made.comparator, made.conf.get(KEY_SEPARATOR, "\t").encode())

    def order_of(line: bytes) -> bytes:
        found = re.search(rb"#([0-9]+)", line)
        assert found
        return order(fields(made).cut(lines[int(found[1])])[0])

    return [sorted(group) for _, group in groupby(text.splitlines(), order_of)]


@pytest.mark.parametrize("seed", range(8))
def test_part_files_are_hadoops(hadoop: LocalHadoop, run_job: RunJob, tmp_path: Path, seed: int) -> None:
    """Fields, separators, comparator and partitioner; part by part, the same lines in the same order."""
    made = next(filter(is_defined, (Made(seed, attempt) for attempt in count())))
    (tmp_path / "in").write_bytes(made.lines)
    conf = [word for name, value in made.conf.items() for word in ("-D", f"{name}={value}")]
    job = [*conf, "-input", str(tmp_path / "in"), *made.arguments]
    there = hadoop.stream(*job, "-output", tmp_path / "there")
    assert there.returncode == 0, there.stderr.decode()
    here = run_job("-m", "jobs.streaming", "--no-conf", *job, "-output", tmp_path / "here", cwd=tmp_path)
    assert here.returncode == 0, here.stderr.decode()
    for path in sorted((tmp_path / "there").glob("part-*")):
        ours, theirs = (tmp_path / "here" / path.name).read_bytes(), path.read_bytes()
        lines = made.lines.splitlines()
        assert ties_sorted(ours, made, lines) == ties_sorted(theirs, made, lines), (made.conf, made.arguments)
