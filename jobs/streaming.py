"""A mapper program and a reducer program as a job, as Hadoop Streaming runs them.

    input    lines                      each ended by one LF, whatever ended it
    mapper   PROGRAM: lines -> key TAB value lines
    shuffle  by key, what comes before the first TAB
    reducer  PROGRAM: lines in order of keys -> lines

A program is a command line without a shell. Files that it names by a relative path are sent along; a task has them in
its working directory, by their base names. An absolute path is one on the machine that runs the task. So is a program
that the PATH has, where it is named without a folder. Hadoop's own options are in `gristmill/job/hadoop_options.py`.
"""

from __future__ import annotations

import os.path
import shlex
import shutil
from pathlib import Path
from typing import Any

from gristmill.input.globs import split_commas
from gristmill.job import hadoop_options
from gristmill.job.base import Job
from gristmill.job.driver import prepared
from gristmill.task import programs
from gristmill.typed import is_file
from mrjob.step import MRStep
from mrjob.util import cmd_line

#: The program where none is named: lines pass as they are.
IDENTITY = "cat"


class Streaming(Job):
    """Run any mapper program and any reducer program as a job, as Hadoop Streaming does.

    examples:
      python -m jobs.streaming --mapper ./map.py --reducer ./reduce.py data/documents.tsv
      python -m jobs.streaming --mapper 'awk -f map.awk' --reducer 'uniq -c' --output-dir counts/ logs/
      python -m jobs.streaming --mapper 'wc -w' --reducer NONE data/documents/
      python -m jobs.streaming --mapper 'python3 map.py' --combiner 'python3 add.py' --reducer 'python3 add.py' \\
          --file words.txt -D mapreduce.job.reduces=3 data/documents.tsv
    """

    def configure_args(self) -> None:
        """Define the programs' options, in our spelling and in Hadoop's."""
        parser = self.arg_parser
        # --mapper takes a program here, so mrjob's flag of that name, which runs a single task, must go
        for group in (parser, *parser._action_groups):
            group.conflict_handler = "resolve"
        super().configure_args()
        hadoop_options.configure(parser)
        parser.set_defaults(run_mapper=False, run_combiner=False, run_reducer=False)
        about_each = {
            "mapper": "the mapper (default: lines pass as they are)",
            "combiner": "the combiner, which gets a mapper's sorted output",
            "reducer": "the reducer, or NONE for no reduce (default: lines pass as they are)",
        }
        for mrc, about in about_each.items():
            parser.add_argument(f"-{mrc}", f"--{mrc}", metavar="PROGRAM", default="", help=about)
        parser.add_argument(
            "-file",
            "--file",
            action="append",
            default=[],
            metavar="FILE",
            help="a file to send along (may be repeated)",
        )
        parser.add_argument(
            "-input", "--input", action="append", default=[], metavar="PATH", help="input, as a plain argument is"
        )
        parser.add_argument("-output", "--output", dest="output_dir", metavar="DIR", help="the same as --output-dir")

    def load_args(self, args: list[str]) -> None:
        """Parse the command line; a usage error where the programs cannot be run."""
        # mrjob reads them once more for its runner
        self._cl_args = hadoop_options.spelt(self.arg_parser, args)
        super().load_args(self._cl_args)
        self.options.args += [path for given in self.options.input for path in _input_paths(given)]
        try:
            hadoop_options.take(self.options)
            self._check()
        except ValueError as error:
            self.arg_parser.error(str(error))

    def _check(self) -> None:
        options = self.options
        for program in self._programs():
            if fault := programs.fault_of_command(program):
                raise ValueError(fault)
        if options.mapper == "NONE":
            raise ValueError("--mapper cannot be NONE; leave it out to pass lines as they are")
        if options.reducer == "NONE" and options.combiner:
            raise ValueError("with --reducer NONE there is nothing to combine; leave out --combiner")
        named: dict[str, str] = {}
        starting = {os.path.normpath(word) for program in self._programs() for word, _ in _words(program)[:1]}
        for path in self.files():
            if not is_file(path):
                raise ValueError(f"--file {path}: there is no such file; check the path")
            if path in starting and programs.has_windows_head(path):
                raise ValueError(f"{path}: its first line ends in CR LF, as on Windows; save it with LF alone")
            other = named.setdefault(Path(path).name, path)
            if other != path:
                raise ValueError(f"{other} and {path} have one name where a task runs; rename one of them")

    def steps(self) -> list[MRStep]:
        """One step, of commands."""
        options = self.options
        commands = {"mapper_cmd": options.mapper or IDENTITY}
        if options.reducer != "NONE":
            commands["reducer_cmd"] = options.reducer or IDENTITY
            if options.combiner:
                commands["combiner_cmd"] = options.combiner
        return [MRStep(**{name: _command(program) for name, program in commands.items()})]

    def _programs(self) -> tuple[str, str, str]:
        return self.options.mapper, self.options.combiner, self.options.reducer

    def hadoop_input_format(self) -> str | None:
        """The class of -inputformat, for Hadoop."""
        return hadoop_options.foreign_class(self.options, "-inputformat")

    def hadoop_output_format(self) -> str | None:
        """The class of -outputformat, for Hadoop."""
        return hadoop_options.foreign_class(self.options, "-outputformat")

    def partitioner(self) -> str | None:
        """The class of -partitioner."""
        return hadoop_options.foreign_class(self.options, "-partitioner")

    def files(self) -> list[str]:
        """The paths of the files that go along, each once."""
        named = [word for program in self._programs() for word, sent in _words(program) if sent]
        return list(dict.fromkeys(map(os.path.normpath, [*named, *self.options.file])))

    def make_runner(self) -> Any:
        """The runner of this job."""
        # mrjob's own method refuses a command line with --mapper, which it takes for that of a task
        return prepared(self._runner_class()(**self._runner_kwargs()), self)


def _input_paths(given: str) -> list[str]:
    """The paths of an --input, commas between as Hadoop has it; one where a file or folder has that name."""
    return [given] if os.path.lexists(given) else split_commas(given) or [given]


def _words(program: str) -> list[tuple[str, bool]]:
    """The words of a command line, and whether each is a file to send along; ValueError if it is none."""
    if not program:
        return []
    try:
        words = shlex.split(program)
    except ValueError as error:
        raise ValueError(f"{program!r} is no command line: {error}") from None
    if not words or not words[0]:
        raise ValueError(f"{program!r} is no command line: it names no program")
    on_path = Path(words[0]).name == words[0] and shutil.which(words[0]) is not None
    return [(word, _is_file_here(word) and not (index == 0 and on_path)) for index, word in enumerate(words)]


def _is_file_here(word: str) -> bool:
    return not Path(word).is_absolute() and is_file(word)


def _command(program: str) -> str:
    """The command line as the task's working directory has it."""
    (first, sent), *others = _words(program)
    words = [f"./{Path(first).name}" if sent else first]
    words += [Path(word).name if sent else word for word, sent in others]
    return str(cmd_line(words))


if __name__ == "__main__":
    Streaming.run()
