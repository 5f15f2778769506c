"""Hadoop Streaming's own options, in its spelling, for `jobs.streaming`: each is taken, or refused by its name.

Those that the job defines itself (-mapper, -input…) are not here. No option is read from a part of its name, so that
-outputformat is never -o utputformat.
"""

from __future__ import annotations

import re
from argparse import SUPPRESS
from typing import TYPE_CHECKING, Any

from gristmill.typed import nearest

if TYPE_CHECKING:
    from argparse import ArgumentParser

#: Hadoop's spelling -> ours, which takes the same.
SAME = {
    "-jobconf": "-D",
    "-files": "--files",
    "-cacheFile": "--files",
    "-archives": "--archives",
    "-archive": "--archives",
    "-cacheArchive": "--archives",
    "-libjars": "--libjars",
    "-cmdenv": "--cmdenv",
    "-verbose": "--verbose",
    "-debug": "--verbose",
    "-help": "--help",
    "-info": "--help",
}
#: Passed to Hadoop's jar, whatever they say; no other runner has them. Whether each takes a value.
FOR_HADOOP = {"-inputreader": True, "-mapdebug": True, "-reducedebug": True, "-lazyOutput": False}
#: Classes: the option -> what is no class of the user's but what every runner does.
CLASSES = {
    "-inputformat": "org.apache.hadoop.mapred.TextInputFormat",
    "-outputformat": "org.apache.hadoop.mapred.TextOutputFormat",
    "-partitioner": "org.apache.hadoop.mapred.lib.HashPartitioner",
}
#: Refused, with what to do in its place. Whether each takes a value.
REFUSED = {
    "-additionalconfspec": (True, "Hadoop has it no more; name settings by -D NAME=VALUE"),
    "-background": (False, "this program waits for its job; end the command with & in your shell"),
    "-conf": (True, "Hadoop's settings in XML are not read; name them by -D NAME=VALUE, or in the file of --conf-path"),
    "-dfs": (True, "Hadoop has it no more; the file system is that of the cluster's core-site.xml"),
    "-fs": (True, "the file system is that of the cluster's core-site.xml; name paths by their whole URI"),
    "-jt": (True, "the cluster is that of the command hadoop; name another command by --hadoop-bin"),
    "-tokenCacheFile": (True, "name the file in $HADOOP_TOKEN_FILE_LOCATION"),
}
_TEXT = "text"
#: Help lists the options that this program has in its own spelling.
_HIDDEN = SUPPRESS


def configure(parser: ArgumentParser) -> None:
    """Define those that ours have no word for."""
    parser.allow_abbrev = False
    for name, takes_value in {**FOR_HADOOP, **{name: value for name, (value, _) in REFUSED.items()}}.items():
        kind: dict[str, Any] = {} if takes_value else {"action": "store_true"}
        parser.add_argument(name, dest=name, help=_HIDDEN, **kind)
    for name in CLASSES:
        parser.add_argument(name, dest=name, metavar="CLASS", help=_HIDDEN)
    parser.add_argument("-io", dest="-io", metavar="NAME", help=_HIDDEN)
    parser.add_argument("-numReduceTasks", dest="-numReduceTasks", metavar="N", help=_HIDDEN)


def spelt(parser: ArgumentParser, args: list[str]) -> list[str]:
    """The command line in our spelling; a usage error for the first word that is like an option and is none.

    argparse would make -o of it, or -c.
    """
    known = [*parser._option_string_actions, *SAME]
    words: list[str] = []
    for number, word in enumerate(args):
        if word == "--":
            return [*words, *args[number:]]
        name, equals, value = word.partition("=")
        if re.match(r"-[^-\d\s]\S", word) and not (word.startswith("-D") or name in known):
            parser.error(f"{name}{nearest(name, known)}: there is no such option")
        words.append(SAME.get(name, name) + equals + value)
    return words


def take(options: Any) -> None:
    """Put what the options of Hadoop's say where ours have it; ValueError for one that cannot be had."""
    given = {name: value for name, value in vars(options).items() if name.startswith("-") and value}
    for name in REFUSED:
        if name in given:
            raise ValueError(f"{name}: {REFUSED[name][1]}")
    if given.get("-io", _TEXT) != _TEXT:
        raise ValueError(f"-io {given['-io']}: programs get lines of text; leave it out")
    if "-numReduceTasks" in given:
        options.jobconf = {**(options.jobconf or {}), "mapreduce.job.reduces": given["-numReduceTasks"]}
    on_hadoop = options.runner == "hadoop"
    for name in CLASSES:
        if foreign_class(options, name) and not (on_hadoop or name == "-partitioner"):
            raise ValueError(f"{name} {given[name]}: Hadoop alone runs Java classes; use -r hadoop, or leave it out")
    words: list[str] = []
    for name, takes_value in FOR_HADOOP.items():
        if name in given:
            if not on_hadoop:
                raise ValueError(f"{name}: Hadoop alone has it; use -r hadoop, or leave it out")
            words += [name, given[name]] if takes_value else [name]
    options.hadoop_extra_args = [*(options.hadoop_extra_args or []), *words] or None


def foreign_class(options: Any, name: str) -> str | None:
    """The class of one of `CLASSES` that the user named; None for none, and for the one that is the rule."""
    rule = CLASSES[name]
    value: str | None = getattr(options, name)
    return None if value in (None, rule, rule.rpartition(".")[2]) else value
