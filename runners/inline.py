"""``-r inline``: mrjob's own inline runner, for a debugger, with the input and output conventions of the others."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from runners import inputs
from runners.sim import Simulated
from mrjob.inline import InlineMRJobRunner


class InlineRunner(Simulated, InlineMRJobRunner):
    """Runs a job in this process, one task at a time; an exception of the job's comes out as it is."""

    alias = "inline"

    def _split_mapper_input(self, input_paths: list[str], step_num: int) -> list[dict[str, Any]]:
        """Compressed input is decompressed first, by the same readers as on the local runner."""
        plain = []
        for number, path in enumerate(input_paths):
            if path.endswith(tuple(inputs.OPENERS)):
                target = Path(self._get_local_tmp_dir(), f"input-{step_num}-{number}")
                split = inputs.whole(inputs.Input(path, path))
                with inputs.read(split) as source, target.open("wb") as sink:
                    shutil.copyfileobj(source, sink, inputs.CHUNK)
                plain.append(str(target))
            else:
                plain.append(path)
        named = dict(zip(plain, input_paths))
        return [{**split, "file": named[split["file"]]} for split in super()._split_mapper_input(plain, step_num)]
