"""``-r inline``: mrjob's own inline runner, for a debugger, with the input and output conventions of the others."""

from __future__ import annotations

import shutil
from typing import Any

from runners import inputs, substep
from runners.sim import Simulated
from mrjob.inline import InlineMRJobRunner


class InlineRunner(Simulated, InlineMRJobRunner):
    """Runs a job in this process, one task at a time; an exception of the job's comes out as it is."""

    alias = "inline"

    def _split_mapper_input(self, input_paths: list[str], step_num: int) -> list[dict[str, Any]]:
        """The splits of the local runner, each written out, decompressed, as the file that mrjob's task reads."""
        splits = self._splits(step_num)
        for split, target in zip(splits, self._yield_split_fileobjs("mapper", step_num)):
            with inputs.read(split) as source, target:
                if step_num == 0 and self._uses_input_manifest():
                    target.write(b"%d\t" % split.start)
                if "mapper" in self._get_step(step_num):
                    shutil.copyfileobj(source, target, inputs.CHUNK)
                else:  # this is what is sorted
                    target.writelines(map(substep.ended, source))
        return [{"file": split.file.path, "start": split.start, "length": split.length} for split in splits]
