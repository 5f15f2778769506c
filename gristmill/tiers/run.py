"""``python -m gristmill.tiers.run FOLDER LOCK``: the process of a run; see `gristmill.tiers.run_folder`.

LOCK is the descriptor of the folder's lock, which whoever started this has taken. The job inherits it, and so do its
tasks, so that the lock is free when all of them have ended.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from gristmill.tiers.run_folder import Command, Outcome, RunFolder, SentFile

_CHUNK = 1 << 20
#: Bytes of a log's end in which its error is looked for.
_TAIL = 4096


def main() -> None:
    """Run what the folder says, and store how it ended."""
    folder, lock = RunFolder(Path(sys.argv[1])), int(sys.argv[2])
    # this process leads its session, so that its number is the session's
    os.write(lock, str(os.getpid()).encode())
    folder.settle(_run(folder, folder.command(), lock))


def _run(folder: RunFolder, command: Command, lock: int) -> Outcome:
    work, tmp = folder.path / "work", folder.path / "tmp"
    try:
        for path in (work, tmp):
            shutil.rmtree(path, ignore_errors=True)
            path.mkdir()
        for file in command.files:
            if fault := _fetch(file, folder.path / file.target):
                return Outcome("FAILED", fault)
        with folder.log.open("wb") as log:
            done = subprocess.run(  # noqa: S603 (its words are checked where a request is made)
                [sys.executable, "-m", "gristmill", *command.words],
                # empty, so that no module is imported from there
                cwd=work,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=(lock,),
                env={**os.environ, "TMPDIR": str(tmp)},
            )
    except OSError as error:
        return Outcome("FAILED", f"{error.strerror}: {error.filename or folder.path}")
    if done.returncode < 0:
        return Outcome("FAILED", f"the job was killed by signal {-done.returncode} (is memory short?)")
    return Outcome("FAILED", error_in(folder.log)) if done.returncode else Outcome("DONE")


def _fetch(file: SentFile, target: Path) -> str:
    """Have a file of the storage in the run's folder; what is wrong where it is not what was uploaded."""
    target.parent.mkdir(exist_ok=True)
    target.unlink(missing_ok=True)
    if target.parent.name == "programs":
        shutil.copyfile(file.source, target)
        target.chmod(0o700)
    else:
        try:
            os.link(file.source, target)
        except OSError:  # on another disk, or links are forbidden
            shutil.copyfile(file.source, target)
    digest, size = hashlib.sha256(), 0
    with target.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
    if (size, digest.hexdigest()) == (file.size, file.sha256):
        return ""
    return f"{target.name} is not what was uploaded: its size or its SHA-256 has changed; upload it again"


def error_in(log: Path) -> str:
    """The last line of a log that is an error, or else the last line."""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - _TAIL))
        lines = file.read().decode("utf-8", "replace").split("\n")
    said = [line for line in lines if line.strip()]
    errors = [line for line in said if line.startswith("error: ")]
    return next(iter([*errors[::-1], *said[::-1]]), "the job failed and wrote nothing")


if __name__ == "__main__":
    main()
