"""The programs of Gristmill, by the names of their commands."""

from __future__ import annotations

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
#: The commands of the tiers, and what each does; they need Django.
TIERS = {
    "serve": "let people send requests by a browser",
    "upload": "send files, and ask for a job on them; prints the id of the request",
    "consume": "take requests in turn, and run them on this machine",
    "status": "say how requests are",
    "result": "print the output of a request that is done",
    "cancel": "end a request, whether it waits or runs",
    "dead": "list, redrive or discard requests that could not be begun",
    "token": "make a new token for programs that ask over http; prints it",
    "doctor": "try each tier, and say what works and what does not",
}
