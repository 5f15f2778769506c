"""The folders of a run on Spark: on this machine, or in one folder on the cluster, which its nodes reach.

local[*], --spark-tmp-dir DIR   inputs as they lie; output beside its name, renamed
yarn, spark://                  inputs -> folder on the cluster -> output there -> fetched, or renamed to hdfs://…
"""

from __future__ import annotations

import logging
from base64 import b64encode
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any

from gristmill.errors import RunError
from mrjob.parse import is_uri, to_uri
from mrjob.spark.runner import SparkMRJobRunner
from mrjob.step import StepFailedException

from ..conventions import HadoopConventions
from ..manifest import manifest_bytes
from .submit import program, raw

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

log = logging.getLogger("mrjob.gristmill")


class SparkFolders(HadoopConventions, SparkMRJobRunner):
    """mrjob's hooks for the folders of a run."""

    _started = False
    _settled = False

    if TYPE_CHECKING:

        def _submit(self, args: list[str], step_num: int, result_file: Path) -> None: ...

    def __init__(self, *, output_dir: str | None = None, **kwargs: Any) -> None:
        super().__init__(output_dir=output_dir, **kwargs)
        self._named_output = output_dir
        # Spark's driver takes to the cluster what it needs there
        self._upload_mgr = None
        #: The run's folder on the cluster, a URI; "" where all folders are this machine's, or shared with it.
        self._cluster_dir = self._spark_tmp_dir if is_uri(self._spark_tmp_dir) else ""

    @property
    def _is_local(self) -> bool:
        return str(self._spark_master()).startswith("local")

    def _pick_spark_tmp_dir(self) -> str:
        if self._is_local and not self._opts["spark_tmp_dir"]:
            return str(Path(self._get_local_tmp_dir(), "spark"))
        return str(super()._pick_spark_tmp_dir())

    def _output_path(self) -> Path | None:
        if not self._named_output or is_uri(self._named_output):
            return None
        return Path(self._named_output).absolute()

    def _step_output_uri(self, step_num: int) -> str:
        if step_num != self._num_steps() - 1:
            return raw(super()._step_output_uri(step_num))
        if self._named_output and is_uri(self._named_output):
            folder, _, name = self._named_output.rstrip("/").rpartition("/")
            return f"{folder}/.{name}.gristmill.{self._job_key}"
        if self._cluster_dir:
            return f"{self._cluster_dir}/output"
        # Spark wants to make the folder itself
        return f"file://{self._staging.path}/output" if self._staging else raw(to_uri(self._output_dir))

    def _is_remote(self, path: str) -> bool:
        return is_uri(path) and not path.startswith("file:///")

    def _step_input_uris(self, step_num: int) -> list[str]:
        return [raw(uri) for uri in super()._step_input_uris(step_num)]

    def _run(self) -> None:
        super()._run()
        if self._named_output and is_uri(self._named_output):
            manifest = self.manifest(self._counters)
            data = b"" if manifest is None else manifest_bytes(manifest)
            self._settle_far(rename=[self._step_output_uri(self._num_steps() - 1), self._named_output], manifest=data)

    def _settle(self, folder: Path) -> None:
        output = folder / "output"
        if self._cluster_dir:
            self._settle_far(fetch=[f"{self._cluster_dir}/output", str(output)])
        for path in sorted(output.glob("part-*")):
            path.rename(folder / path.name)
        rmtree(output)

    def cat_output(self) -> Iterator[bytes]:
        """The job's output, from the cluster where it is there."""
        folder = self.get_output_dir()
        if folder is None or not is_uri(folder):
            return super().cat_output()
        here = Path(mkdtemp(dir=self._get_local_tmp_dir()), "output")
        self._settle_far(fetch=[folder, str(here)])
        return self._printed(here)

    def _folders_there(self) -> list[str]:
        """What this run makes on the cluster: its folder, and the hidden one of the output until that has its name."""
        hidden = self._step_output_uri(self._num_steps() - 1) if is_uri(self._named_output or "") else ""
        return [folder for folder in (self._cluster_dir, hidden) if folder]

    def _settle_far(self, fetch: Sequence[str] = (), rename: Sequence[str] = (), manifest: bytes = b"") -> None:
        """Bring output here, or give it its name and a manifest, and remove what else this run made on the cluster."""
        folder = Path(self._get_local_tmp_dir())
        script, result_file = folder / "settle.py", folder / "settle.json"
        data = b64encode(manifest).decode()
        script.write_text(program("settle", list(fetch), list(rename), self._folders_there(), str(result_file), data))
        first = min(step for step, description in enumerate(self._get_steps()) if description["type"] != "spark_jar")
        args = [*self.get_spark_submit_bin(), *self._spark_submit_args(first), str(script)]
        self._submit(args, first, result_file)
        self._settled = True

    def cleanup(self, mode: list[str] | None = None) -> None:
        """As HadoopConventions, and remove Spark's own folder on this machine."""
        super().cleanup(mode)
        if not self._cluster_dir:
            # --spark-tmp-dir may name another folder than --local-tmp-dir
            rmtree(self._spark_tmp_dir, ignore_errors=True)

    def _cleanup_hadoop_tmp(self) -> None:
        if self._started and not self._settled and (folders := self._folders_there()):
            try:
                self._settle_far()
            except (RunError, StepFailedException) as error:
                log.error("%s: not removed, since %s", ", ".join(folders), error)
