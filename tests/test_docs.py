"""What docs/ and ARCHITECTURE.md say is there, and what is there stands in them."""

from __future__ import annotations

import doctest
import importlib
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gristmill.job.options import RUNNERS
from gristmill.job.programs import PROGRAMS
from gristmill.text import stems, stop_words

if TYPE_CHECKING:
    from tests.conftest import RunJob

ROOT = Path(__file__).parent.parent
#: Packages whose public names docs/python.md shows.
PUBLIC = ("gristmill", "gristmill.vader", "gristmill.posts", "gristmill.sentiment")


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


# options


def section(name: str) -> str:
    """What docs/options.md says of a command, and of every job where the command is one."""
    own, *_ = read("docs/options.md").partition(f"\n## gristmill {name}\n")[2].partition("\n## ")
    return own if name == "report" else own + read("docs/options.md").partition("\n## Every job\n")[2]


def flags(text: str) -> set[str]:
    """The options of a help, in each of their spellings."""
    written = [line.strip().partition("  ")[0] for line in text.splitlines() if line.startswith("  -")]
    return {flag for line in written for flag in re.findall(r"(?:^|(?<= ))--?\w[\w-]*", line)}


@pytest.mark.parametrize("name", PROGRAMS)
def test_every_option_of_the_help_stands_in_the_docs(run_job: RunJob, name: str) -> None:
    """Each way to write it, those of a runner and of one task too."""
    described = set(re.findall(r"(?<=`)--?\w[\w-]*", section(name)))
    for args in [[]] if name == "report" else [["-r", runner, "-v"] for runner in RUNNERS]:
        text = run_job("-m", "gristmill", name, "--help", *args).stdout.decode()
        shown = flags(text)
        assert "--help" in shown
        assert shown <= described, shown - described


@pytest.mark.parametrize("name", PROGRAMS)
def test_every_option_of_the_docs_is_one_of_the_help(run_job: RunJob, name: str) -> None:
    """None is left of an older version."""
    texts = [run_job("-m", "gristmill", name, "--help", "-v", "-r", runner).stdout.decode() for runner in RUNNERS]
    own = read("docs/options.md").partition(f"\n## gristmill {name}\n")[2].partition("\n## ")[0]
    for flag in re.findall(r"^\| `(--?\w[\w-]*)", own, re.MULTILINE):
        assert any(flag in flags(text) for text in texts), flag


def test_the_languages_of_the_index_stand_in_the_docs() -> None:
    """Those of stop words and those of stems."""
    text = " ".join(read("docs/options.md").split())
    assert f"Languages of `--stop-words`: {', '.join(stop_words.languages())}." in text
    assert f"Short lists, made for retrieval, are those of {', '.join(sorted(stop_words.SHORT.values()))}:" in text
    assert f"Languages of `--stem`: {', '.join(stems.languages())}." in text


def test_the_options_of_a_runner_are_told_for_the_runners_that_have_them(run_job: RunJob) -> None:
    """In the second column of their table."""
    table = read("docs/options.md").partition("\n## Options of a runner\n")[2]
    rows = re.findall(r"^\| `(--[\w-]+)[^|]*\| ([^|]*) \|", table, re.MULTILINE)
    for runner in RUNNERS:
        text = run_job("-m", "gristmill", "index", "--help", "-r", runner).stdout.decode()
        shown = re.findall(r"^  (--[\w-]+)", text.partition(f"\noptions of -r {runner}:\n")[2], re.MULTILINE)
        assert sorted(shown) == sorted(flag for flag, runners in rows if runner in runners or runners == "all")


# the Python API


def test_the_python_api_does_what_the_docs_show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each call with its result, and the commands between them, in order."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "word_count", raising=False)
    (tmp_path / "data").symlink_to(ROOT / "data")
    monkeypatch.setenv("PATH", os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
    runner = doctest.DocTestRunner()
    names: dict[str, object] = {}
    blocks = re.findall(r"^```(python|console)\n(.*?)^```", read("docs/python.md"), re.DOTALL | re.MULTILINE)
    for kind, block in blocks:
        if kind == "console":
            subprocess.run(["bash", "-c", block.removeprefix("$ ")], check=True, capture_output=True)
        elif not block.startswith(">>> "):
            # the one module that the page shows
            (tmp_path / "word_count.py").write_text(block, encoding="utf-8")
        else:
            test = doctest.DocTestParser().get_doctest(block, names, "docs/python.md", None, 0)
            said: list[str] = []
            runner.run(test, out=said.append, clear_globs=False)
            names = test.globs
            assert not said, "".join(said)
    assert runner.summarize(verbose=False).attempted > 10


@pytest.mark.parametrize("package", PUBLIC)
def test_every_public_name_is_called_in_the_docs(package: str) -> None:
    """In a block of code."""
    code = "".join(re.findall(r"^```python\n(.*?)^```", read("docs/python.md"), re.DOTALL | re.MULTILINE))
    for name in importlib.import_module(package).__all__:
        assert re.search(rf"\b{name}\b", code), name


# the architecture


def test_every_package_stands_in_the_architecture() -> None:
    """Each in a row of its own."""
    text = read("ARCHITECTURE.md")
    for top in ("gristmill", "runners"):
        for folder in (ROOT / top, *(ROOT / top).iterdir()):
            name = f"{folder.relative_to(ROOT).as_posix()}/"
            if (folder / "__init__.py").exists() and name != "gristmill/":
                assert re.search(rf"^\| .*`{name}`", text, re.MULTILINE), name


def test_what_the_architecture_names_exists() -> None:
    """Files, folders and methods."""
    text = read("ARCHITECTURE.md")
    paths = re.findall(r"`((?:[\w.]+/)+[\w.]*)`", text)
    assert len(paths) > 30
    assert [path for path in paths if not (ROOT / path).exists()] == []
    assert [name for name in re.findall(r"`InvertedIndex\.(\w+)`", text)] == ["mapper", "reducer"]
