"""The programs of Gristmill, and how each was started: `gristmill index` or `python -m jobs.inverted_index`."""

from __future__ import annotations

import os.path
import sys
from typing import NamedTuple


class Program(NamedTuple):
    """A program in the package `jobs`."""

    #: Its module in that package.
    module: str
    #: The callable in the module that runs it, as a dotted name.
    entry: str
    #: What it makes of what, for the help.
    about: str


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
