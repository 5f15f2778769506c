"""Two users of one machine: root, who runs the tests, and another, in a process of their own."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: Their number; nobody has it.
OTHER = 54321

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as two users")


@pytest.fixture
def shared() -> Iterator[Path]:
    """A folder that all may write to, as /tmp is."""
    folder = Path(tempfile.mkdtemp(prefix="gristmill-shared-"))
    folder.chmod(0o1777)
    yield folder
    shutil.rmtree(folder)


def as_other(work: Callable[[], Any]) -> None:
    """Do some work as the other user, in a process that ends by it, also where the work is not to end."""
    if child := os.fork():
        assert os.waitpid(child, 0)[1] == 0
        return
    status = 1
    try:
        os.setgroups([])
        os.setgid(OTHER)
        os.setuid(OTHER)
        work()
        status = 0
    finally:
        # past the end of the test's process
        os._exit(status)
