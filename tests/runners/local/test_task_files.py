"""Files that tasks open: no more than they may, and none that was there before."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from gristmill.runners.part_file import PartFile

if TYPE_CHECKING:
    from pathlib import Path


def test_a_merge_heeds_how_many_files_may_be_open(tmp_path: Path) -> None:
    """By ulimit -n: a reduce of 60 runs has fewer open than that."""
    (tmp_path / "in.txt").write_bytes(b"".join(b"%02d\n" % number for number in range(60)))
    job = f"{sys.executable} -m jobs.streaming --no-conf -D mapreduce.job.maps=60 -D mapreduce.job.reduces=1"
    command = f"ulimit -n 40; exec {job} --local-tmp-dir {tmp_path} --reducer cat {tmp_path}/in.txt"
    done = subprocess.run(["sh", "-c", command], capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (0, (tmp_path / "in.txt").read_bytes()), done.stderr.decode()


def test_a_part_file_is_new(tmp_path: Path) -> None:
    """A link that lies there is not followed."""
    (tmp_path / "part-00000").symlink_to("elsewhere")
    with pytest.raises(FileExistsError):
        PartFile(tmp_path / "part-00000")
    assert not (tmp_path / "elsewhere").exists()
