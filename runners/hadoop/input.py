"""The input of a job on Hadoop: files of this machine, put on the cluster in one go, and paths of the cluster.

input/0000000/NAME, input/0000001/NAME, …    the files of this machine, in their order
manifest                                     of a job that fetches its files itself: their paths, a line each
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any

from gristmill.input.find import InputFile
from mrjob.hadoop import HadoopJobRunner

from .files import Left, is_remote, link_inputs, local_inputs
from .hdfs import Hdfs, NoAnswer


class HadoopInput(HadoopJobRunner):
    """The input of a job, by the user's names and by the cluster's."""

    _hdfs: Hdfs
    _left: Left
    #: The table of gristmill.input.names.
    _names: dict[str, Any]
    _files: list[InputFile]

    def _name(self) -> str:
        """The job's key, in letters that need no quoting anywhere."""
        return re.sub(r"[^A-Za-z0-9_.-]", "_", self._job_key)

    def _check_input_paths(self) -> None:
        """Find the input of this machine before anything starts; Hadoop looks for its own when a step starts."""
        self._files = local_inputs(self._input_paths)

    def _create_input_manifest_if_needed(self) -> None:
        """Nothing yet: what the input's paths on the cluster are is known once it is there."""

    def _upload(self) -> None:
        """Put the input of this machine on the cluster, and the table of its names into `self._names`."""
        remote = [path for path in self._input_paths if is_remote(path)]
        # a folder without files is input too, of no lines
        files = self._files or ([] if remote else [InputFile(self._no_lines(), "")])
        paths = [self._standard_input() if file.path == "-" else file.path for file in files]
        names = [file.name for file in files]
        self._names = {"folder": f"/{posixpath.basename(self._hadoop_tmp_dir)}/input/", "files": names, "paths": remote}
        folder = Path(self._get_local_tmp_dir(), self._name())
        link_inputs(folder / "input", paths)
        if self._uses_input_manifest():
            self._write_manifest(folder, paths, remote)
        if folder.is_dir():
            self._left.add(self._hadoop_tmp_dir)
            try:
                self._hdfs.put(str(folder), self._hadoop_tmp_dir)
            except NoAnswer:
                self._left.drop(self._hadoop_tmp_dir)
                raise

    def _no_lines(self) -> str:
        path = Path(self._get_local_tmp_dir(), "nothing")
        path.touch()
        return str(path)

    def _standard_input(self) -> str:
        """The file that standard input is kept in, however often it is named."""
        if self._stdin_path is None:
            self._stdin_path = self._dump_stdin_to_local_file()
        return str(self._stdin_path)

    def _write_manifest(self, folder: Path, paths: list[str], remote: list[str]) -> None:
        """A list of the input's files, which tasks fetch by themselves, a line each."""
        here = [str(link.relative_to(folder)) for link in sorted(folder.glob("input/*/*"))]
        there = [file for path in remote for file in self._hdfs.files(path)]
        self._input_manifest_path = f"{self._hadoop_tmp_dir}/manifest"
        lines = [f"{self._hadoop_tmp_dir}/{name}" for name in here] + there
        (folder / "manifest").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")

    def _manifest_download_commands(self) -> list[tuple[str, str]]:
        # a container has no `hadoop` on its path
        return [("*", 'PATH="$PATH:$HADOOP_HOME/bin:$HADOOP_COMMON_HOME/bin" hadoop fs -copyToLocal')]

    def _step_input_uris(self, step_num: int) -> list[str]:
        if step_num:
            return [self._intermediate_output_dir(step_num - 1)]
        if self._input_manifest_path:
            return [self._input_manifest_path]
        ours = [f"{self._hadoop_tmp_dir}/input/*"] if self._names["files"] else []
        return [*ours, *self._names["paths"]]
