"""mrjob's scripts around a task, which run --setup or fetch a file for mapper_raw: every path quoted, no lock left."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from mrjob.bin import MRJobBinRunner

_FOLDER = re.compile(r'(?<!")\$__mrjob_PWD')
_PATH = re.compile(r'(?<!")\$(?:INPUT_URI|INPUT_PATH|FILE_EXT)\b')


class SetUpScripts(MRJobBinRunner):
    """A runner whose tasks take names that hold what a shell takes for its own."""

    if TYPE_CHECKING:

        def _setup_lock(self) -> str:
            """The path, as a shell reads it, of the file by which tasks run --setup one after the other."""

    def _setup_cmd_content(self, setup: Any) -> list[str]:
        # mrjob's lock would stay in /tmp for ever
        theirs, ours = f"exec 9>/tmp/wrapper.lock.{self._job_key}", f"exec 9>{self._setup_lock()}"
        lines: list[str] = super()._setup_cmd_content(setup)
        return [_FOLDER.sub('"$__mrjob_PWD"', ours if line == theirs else line) for line in lines]

    def _manifest_download_content(self) -> list[str]:
        lines: list[str] = super()._manifest_download_content()
        return [line if 'echo "' in line else _PATH.sub(r'"\g<0>"', line) for line in lines]
