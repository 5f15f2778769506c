"""mrjob compiled, in a job's archive: the same tasks, for the Python that compiled it and for any other."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from gristmill.jobs.inverted_index import InvertedIndex
from gristmill.task import bytecode
from gristmill.task.archive import write_archive
import mrjob

LINES = b"d1\tthe mill\n"
BLOCKS = b"mill\td1\nthe\td1\n"
#: Prints where mrjob's modules come from when the task has ended.
ORIGINS = (
    "import atexit, sys\natexit.register(lambda: print({m.__file__ for m in map(sys.modules.get, ['mrjob.job'])}))\n"
)


def run(archive: Path) -> tuple[bytes, bytes]:
    """What a map task writes, and the line that tells where mrjob came from."""
    command = [sys.executable, "-I", "-S", archive.name, "--mapper"]
    done = subprocess.run(command, cwd=archive.parent, input=LINES, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    lines = done.stdout.splitlines(keepends=True)
    return b"".join(lines[:-1]), lines[-1]


def with_origins(folder: Path, **changes: bytes) -> Path:
    """The archive of the index, whose program also tells where mrjob came from, with changes to its program's bytes."""
    write_archive(InvertedIndex, folder / "whole.zip")
    with zipfile.ZipFile(folder / "whole.zip") as source, zipfile.ZipFile(folder / "index.zip", "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name == "__main__.py":
                data = ORIGINS.encode() + data.replace(
                    repr(bytecode.MAGIC_NUMBER).encode(), changes.get("magic", b"b''")
                )
            target.writestr(name, data)
    return folder / "index.zip"


def test_the_python_that_compiled_it_imports_the_bytecode(tmp_path: Path) -> None:
    """And gives the same blocks."""
    archive = with_origins(tmp_path, magic=repr(bytecode.MAGIC_NUMBER).encode())
    output, origin = run(archive)
    assert output == BLOCKS
    assert b"index.zip/bytecode/mrjob/job.pyc" in origin


def test_any_other_python_imports_the_sources(tmp_path: Path) -> None:
    """Bytecode of another magic number is not so much as looked for."""
    output, origin = run(with_origins(tmp_path))
    assert output == BLOCKS
    assert b"index.zip/mrjob/job.py'" in origin


def test_every_module_of_mrjob_that_goes_along_is_compiled(tmp_path: Path) -> None:
    """One that is missing there would not be found beside."""
    write_archive(InvertedIndex, tmp_path / "a.zip")
    names = zipfile.ZipFile(tmp_path / "a.zip").namelist()
    sources = [name for name in names if name.startswith("mrjob/") and name.endswith(".py")]
    assert sorted(name for name in names if name.startswith("bytecode/mrjob/") and name.endswith(".pyc")) == sorted(
        f"bytecode/{name}c" for name in sources
    )
    assert len(sources) > 10


def test_all_go_as_sources_where_one_cannot_be_compiled_or_is_no_module(tmp_path: Path) -> None:
    """Of a package in two folders Python sees the first alone."""
    job = Path(mrjob.__file__).with_name("job.py")
    (tmp_path / "broken.py").write_text("print 'rye'\n")
    assert set(bytecode.compiled({"mrjob/job.py": job, "gristmill/x.py": job})) == {"bytecode/mrjob/job.pyc"}
    assert bytecode.compiled({"mrjob/job.py": job, "mrjob/broken.py": tmp_path / "broken.py"}) == {}
    assert bytecode.compiled({"mrjob/job.py": job, "mrjob/words.txt": job}) == {}


def test_bytecode_of_the_same_source_is_the_same_bytes() -> None:
    """Whatever else refers to the names in it."""
    job = {"mrjob/job.py": Path(mrjob.__file__).with_name("job.py")}
    first = bytecode.compiled(job)
    kept = [sys.intern(name) for name in ("mapper", "reducer", "step_num")]
    assert bytecode.compiled(job) == first
    assert kept


@pytest.fixture(autouse=True)
def no_user_site(monkeypatch: pytest.MonkeyPatch) -> None:
    """A task on a node finds the archive and nothing else."""
    monkeypatch.delenv("PYTHONPATH", raising=False)
