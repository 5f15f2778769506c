"""The folders of a run on Hadoop: one of this machine, in which a ledger names those on the cluster (see ledger)."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from mrjob.hadoop import HadoopJobRunner

from .hdfs import ClusterFiles
from .ledger import CleanupLedger, own_folder, remove_folders
from .step import run_name

if TYPE_CHECKING:
    from ..owned_folder import OwnedFolder


class HadoopFolders(HadoopJobRunner):
    """mrjob's hooks for the folders of a run."""

    _scratch: OwnedFolder | None = None

    @property
    def _name(self) -> str:
        return run_name(self._job_key)

    @cached_property
    def _ledger(self) -> CleanupLedger:
        return CleanupLedger()

    @cached_property
    def _files(self) -> ClusterFiles:
        return ClusterFiles(self.get_hadoop_bin())

    def _get_local_tmp_dir(self) -> str:
        if self._local_tmp_dir is None:
            self._scratch = own_folder(self._opts["local_tmp_dir"], self._name, self._ledger)
            self._local_tmp_dir = str(self._scratch.path)
        return str(self._local_tmp_dir)

    def cleanup(self, mode: list[str] | None = None) -> None:
        """Remove what the run made here and on the cluster; what --cleanup keeps, no later run removes."""
        super().cleanup(mode)
        if self._scratch:
            self._scratch.keep()

    def _cleanup_hadoop_tmp(self) -> None:
        if self._ledger.folders and not remove_folders(self._ledger, self._files) and self._scratch:
            self._scratch.release()
            self._scratch = None

    def _cleanup_local_tmp(self) -> None:
        if self._scratch:
            self._scratch.remove()
        self._scratch, self._local_tmp_dir = None, None
