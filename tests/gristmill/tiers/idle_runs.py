"""``python idle_runs.py FILE WORD…``: the command `gristmill WORD…`, whose runs do nothing but add their id to FILE."""

from __future__ import annotations

import os
import sys

import gristmill.command
from gristmill.tiers import database


def run_nothing(file: str) -> None:
    """Have the start of a run be its end."""
    from gristmill.tiers.run_folder import Outcome, RunFolder

    def start(folder: RunFolder) -> None:
        number = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.write(number, f"{folder.path.name}\n".encode())
        os.close(number)
        folder.settle(Outcome("DONE"))

    RunFolder.start = start  # type: ignore[method-assign]


def main() -> None:
    """Run the command."""
    file = sys.argv[1]
    sys.argv = ["gristmill", *sys.argv[2:], "--trust-programs"]
    make_ready = database.make_ready

    def ready_to_do_nothing() -> None:
        make_ready()
        run_nothing(file)

    database.make_ready = ready_to_do_nothing
    gristmill.command.main()


if __name__ == "__main__":
    main()
