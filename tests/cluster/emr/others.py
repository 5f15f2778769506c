"""Environments for what others wrote and pin: no part of ours is in them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests import without

#: mrjob 0.7.4 imports on no later Python, and the AWS command line on none before 3.10.
PYTHON = "3.11"


def environment(folder: Path, *packages: str) -> Path:
    """The bin folder of a new environment in `folder` with these packages; the test does without it elsewhere."""
    named = f"python{PYTHON}"
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv", "versions")
    found = [shutil.which(named), *map(str, sorted(pyenv.glob(f"{PYTHON}.*/bin/{named}")))]
    for python in [sys.executable, *filter(None, found)]:
        asked = subprocess.run([python, "--version"], capture_output=True, text=True, check=False)
        if asked.stdout.startswith(f"Python {PYTHON}."):
            env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
            subprocess.run([python, "-m", "venv", str(folder)], check=True, env=env)
            subprocess.run([folder / "bin" / "pip", "install", "-q", *packages], check=True, env=env)
            return folder / "bin"
    without.do_without(f"there is no Python {PYTHON}")
