"""Our own package `runners`, which lies beside `gristmill`, by a name that no package of a user's can take from it."""

from pathlib import Path

# the archive of a job has its modules here
__path__ = [*__path__, str(Path(__file__).parents[2] / "runners")]
