"""Our own package `runners`, which lies beside `gristmill`, by a name that no package of a user's can take from it."""

from pathlib import Path

import gristmill.job.mrjob_compat  # noqa: F401 (before any mrjob module, which the runners import)

# in a job's archive the modules lie in this folder, which therefore stays on the path
__path__ = [*__path__, str(Path(__file__).parents[2] / "runners")]
