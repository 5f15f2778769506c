"""The programs of Gristmill, and how each was started: `gristmill index` or `python -m jobs.inverted_index`."""

from __future__ import annotations

import os.path
import sys
from importlib import import_module
from operator import attrgetter
from typing import NamedTuple


class Program(NamedTuple):
    """A program in the package `jobs`."""

    module: str
    #: What runs it, from the module on.
    entry: str
    about: str

    def run(self, name: str, args: list[str]) -> None:
        """Run it as the command `gristmill NAME ARGS`; ends by SystemExit where it fails."""
        sys.argv = [f"gristmill {name}", *args]
        # by a name that a package `jobs` of the user's cannot take
        attrgetter(self.entry)(import_module(f"gristmill.jobs.{self.module}"))()


#: The programs by the name that `gristmill` gives them.
PROGRAMS = {
    "index": Program("inverted_index", "InvertedIndex.run", "documents to an inverted index"),
    "sentiment": Program("sentiment_agg", "SentimentAgg.run", "posts to sentiment by topic, author, hour and so on"),
    "report": Program("sentiment_report", "main", "the rows of `gristmill sentiment` to one HTML page"),
    "stream": Program("streaming", "Streaming.run", "any mapper program and any reducer program as a job"),
}


def program_name() -> str:
    """What the user typed to start this process: `gristmill index`, `python -m jobs.inverted_index`, `words.py`."""
    spec = getattr(sys.modules["__main__"], "__spec__", None)
    if spec is None or spec.origin != sys.argv[0]:
        return os.path.basename(sys.argv[0])  # noqa: PTH119 (`gristmill index` is no path)
    return f"python -m {spec.name.removesuffix('.__main__')}"


def as_typed(text: str) -> str:
    """A text in which `python -m jobs.…` stands as `gristmill …` where that is how this process was started."""
    if sys.argv[0].startswith("gristmill "):
        for name, program in PROGRAMS.items():
            text = text.replace(f"python -m jobs.{program.module}", f"gristmill {name}")
    return text
