"""``python -m gristmill.tiers.run FOLDER LOCK``: the process of a run; see `gristmill.tiers.run_folder`.

LOCK is the descriptor of the folder's lock, which whoever started this has taken. The job inherits it, and so do its
tasks, so that the lock is free when all of them have ended.

A job that runs elsewhere is asked to stop, and stops what is there. It leaves no outcome where nobody can tell how it
is there: the next run of the same request takes over what it finds.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import signal
import subprocess
import sys
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from gristmill import plain
from gristmill.errors import RunError
from gristmill.tiers.aws import S3, may_pass, s3_files
from gristmill.tiers.fetch import copy_on_s3, fetch
from gristmill.tiers.run_folder import Command, Outcome, RunFolder

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from typing import BinaryIO

#: Bytes of a log's end in which its error is looked for.
_TAIL = 4096
#: Seconds between two looks whether a job is to stop.
_LOOK = 0.2
#: The disk is full, or this user's part of it.
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
#: Statuses of a job that stopped when it was asked to: by Ctrl-C, by SIGTERM, and before it could see to either.
_STOPPED = (130, 128 + signal.SIGTERM, -signal.SIGTERM)
#: That of one that does not know what became of what it asked for, and how an error of one that got no answer ends.
_UNKNOWN, _AGAIN = 3, (" with --request-id {}", " with --request-id {}, which takes over what runs")
#: What a driver logs when it has what an earlier one left: it will stop that too.
_FOLLOWS = re.compile(rb"^(?:Adopting|Cluster|Step) ", re.MULTILINE)


def main() -> None:
    """Run what the folder says, and store how it ended."""
    folder, lock = RunFolder(Path(sys.argv[1])), int(sys.argv[2])
    # this process leads its session, so that its number is the session's
    os.write(lock, str(os.getpid()).encode())
    command = folder.command()
    if outcome := _run(folder, command, lock):
        if command.scratch:
            # what cannot be removed now goes by the bucket's rule
            with suppress(RunError):
                s3_files().remove(command.scratch)
        folder.settle(outcome)


def _run(folder: RunFolder, command: Command, lock: int) -> Outcome | None:
    """How a run ended; None where it is to be run again."""
    try:
        _make_ready(folder, command)
        for file in command.files:
            if fault := copy_on_s3(file) if file.target.startswith(S3) else fetch(file, folder.path / file.target):
                return Outcome("FAILED", fault)
        code, is_stopped = _run_job(folder, command, lock)
    except OSError as error:
        if error.errno in _NO_ROOM:
            # there may be room later
            return None
        return Outcome("FAILED", f"{error.strerror}: {error.filename or folder.path}")
    except RunError as error:
        return None if may_pass(error) else Outcome("FAILED", str(error))
    if command.is_here and code < 0:
        return Outcome("FAILED", f"the job was killed by signal {-code} (is memory short?)")
    if code == 0:
        return Outcome("DONE", "", command.result)
    last_error = error_in(folder.log)
    if command.is_here:
        return Outcome("FAILED", last_error)
    if is_stopped and code in _STOPPED:
        return Outcome("CANCELLED")
    # in the middle it may stand in the name of a file, or be what a program has printed
    if code == _UNKNOWN or code < 0 or last_error.endswith(tuple(each.format(folder.path.name) for each in _AGAIN)):
        return None
    return Outcome("CANCELLED" if is_stopped else "FAILED", last_error)


def _make_ready(folder: RunFolder, command: Command) -> None:
    """Make the folders of a run, new; a driver elsewhere finds in tmp/ what one that was killed has left there."""
    for path in (folder.path / "work", folder.path / "tmp"):
        if command.is_here or path.name != "tmp":
            shutil.rmtree(path, ignore_errors=True)
        path.mkdir(exist_ok=True)


def _run_job(folder: RunFolder, command: Command, lock: int) -> tuple[int, bool]:
    """The status of a job, and whether it was asked to stop."""
    env = {**os.environ, "TMPDIR": str(folder.path / "tmp")}
    if command.is_here:
        # uploaded programs have no use for secrets of ours
        env = {name: value for name, value in env.items() if not plain.is_secret(name)}
    with folder.log.open("wb") as log, _printed(folder, command, log) as printed:
        job = subprocess.Popen(  # noqa: S603 (its words are checked where a request is made)
            [sys.executable, "-m", "gristmill", *command.words],
            # empty, so that no module is imported from there
            cwd=folder.path / "work",
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=log,
            pass_fds=(lock,),
            env=env,
        )
        is_stopped = False
        # one here is ended by the consumer, with this process
        while not _has_ended(job, None if command.is_here else _LOOK):
            if not is_stopped and _is_to_stop(folder, command):
                job.terminate()
                is_stopped = True
    if command.keeps_printed and job.returncode == 0:
        folder.keep_printed()
    return job.returncode, is_stopped


def _printed(folder: RunFolder, command: Command, log: BinaryIO) -> AbstractContextManager[BinaryIO]:
    """The file that what a job prints goes to."""
    return folder.printed().open("wb") if command.keeps_printed else nullcontext(log)


def _has_ended(job: subprocess.Popen[bytes], seconds: float | None) -> bool:
    """Whether a job has ended, so many seconds later."""
    try:
        job.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def _is_to_stop(folder: RunFolder, command: Command) -> bool:
    """Whether a job that runs elsewhere is to stop now: not before it has what an earlier driver may have left."""
    return folder.is_to_stop() and (command.is_first or bool(_FOLLOWS.search(folder.log.read_bytes())))


def error_in(log: Path) -> str:
    """The last line of a log that is an error, or else the last line."""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - _TAIL))
        lines = file.read().decode("utf-8", "replace").split("\n")
    written = [line for line in lines if line.strip()]
    errors = [line for line in written if line.startswith("error: ")]
    return next(iter([*errors[::-1], *written[::-1]]), "the job failed and wrote nothing")


if __name__ == "__main__":
    main()
