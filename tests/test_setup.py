"""The build step of setup.py: other packages' word lists, copied into ours."""

from __future__ import annotations

import importlib.util
import sys
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture
def setup(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    spec = importlib.util.spec_from_file_location("gristmill_setup", ROOT / "setup.py")
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, module)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def lists(setup, tmp_path: Path):
    """A row of the table, whose wheel is never to be had, and the folder that it fills."""
    (tmp_path / "jobs").mkdir()
    return setup.Lists(wheel="grains==1.0", sha256="0" * 64, patterns=("grains/*.txt",), folder="jobs/grains")


def a_wheel(folder: Path, content: dict[str, str]) -> Path:
    path = folder / "grains-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in content.items():
            archive.writestr(name, text)
    return path


def listing(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir()}


def test_the_files_that_match_are_copied_with_a_note_of_where_they_are_from(setup, lists, tmp_path, monkeypatch):
    """A folder is filled with the matching files of the wheel, and says which wheel that was."""
    content = {
        "grains/rye.txt": "rye\n",
        "grains/old/oat.txt": "oat\n",
        "grains/code.py": "",
        "other/rice.txt": "rice\n",
    }
    monkeypatch.setattr(setup, "download", lambda _, scratch: a_wheel(scratch, content))
    setup.fetch(lists, tmp_path)
    assert listing(tmp_path / "jobs" / "grains") == {
        "rye.txt": "rye\n",
        "oat.txt": "oat\n",
        "SOURCE": "grains==1.0 --hash=sha256:0000000000000000000000000000000000000000000000000000000000000000\n",
    }
    assert [path.name for path in (tmp_path / "jobs").iterdir()] == ["grains"]


def test_what_is_there_already_is_not_downloaded_again(setup, lists, tmp_path, monkeypatch):
    """A second build needs no package index."""
    monkeypatch.setattr(setup, "download", lambda _, scratch: a_wheel(scratch, {"grains/rye.txt": "rye\n"}))
    setup.fetch(lists, tmp_path)
    monkeypatch.setattr(setup, "download", None)
    setup.fetch(lists, tmp_path)
    assert sorted(listing(tmp_path / "jobs" / "grains")) == ["SOURCE", "rye.txt"]


def test_the_files_of_another_version_are_replaced(setup, lists, tmp_path, monkeypatch):
    """A change of the pin leaves nothing of the version before."""
    old = tmp_path / "jobs" / "grains"
    old.mkdir()
    (old / "wheat.txt").write_text("wheat\n")
    (old / "SOURCE").write_text("grains==0.9 --hash=sha256:1\n")
    monkeypatch.setattr(setup, "download", lambda _, scratch: a_wheel(scratch, {"grains/rye.txt": "rye\n"}))
    setup.fetch(lists, tmp_path)
    assert sorted(listing(old)) == ["SOURCE", "rye.txt"]


def test_a_download_that_fails_is_one_line_and_leaves_nothing(setup, lists, tmp_path, monkeypatch):
    """The line names the wheel, what it is for, pip's reason and what to do."""
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    with pytest.raises(SystemExit) as refusal:
        setup.fetch(lists, tmp_path)
    assert str(refusal.value) == (
        "error: cannot download grains==1.0, whose word lists go into jobs/grains: "
        "pip says: ERROR: No matching distribution found for grains==1.0; "
        "check that pip reaches its package index and build again"
    )
    assert list((tmp_path / "jobs").iterdir()) == []


def test_a_wheel_of_another_hash_is_refused(setup, lists, tmp_path, monkeypatch):
    """Only the very file that was looked at goes into our package."""
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    wheel = {
        "grains/rye.txt": "rye\n",
        "grains-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: grains\nVersion: 1.0\n",
    }
    a_wheel(shelf, wheel)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(shelf))
    with pytest.raises(
        SystemExit, match=r"^error: cannot download grains==1\.0, .* ERROR: THESE PACKAGES DO NOT MATCH THE HASHES "
    ):
        setup.fetch(lists, tmp_path)
    assert list((tmp_path / "jobs").iterdir()) == []


def test_a_wheel_that_lacks_what_is_wanted_is_one_line(setup, lists, tmp_path, monkeypatch):
    """A row that no longer fits its wheel is not a package without word lists."""
    monkeypatch.setattr(setup, "download", lambda _, scratch: a_wheel(scratch, {"other/rice.txt": "rice\n"}))
    with pytest.raises(SystemExit) as refusal:
        setup.fetch(lists, tmp_path)
    assert str(refusal.value) == ("error: grains-1.0-py3-none-any.whl holds no grains/*.txt; mend its row in setup.py")
    assert list((tmp_path / "jobs").iterdir()) == []
