"""Our own package `jobs`, which lies beside `gristmill`, by a name that no package of a user's can take from it."""

from pathlib import Path

# in a job's archive the modules lie in this folder, which therefore stays on the path
__path__ = [*__path__, str(Path(__file__).parents[2] / "jobs")]
