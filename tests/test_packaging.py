"""The package as it is handed on: built, installed where nothing else is, and used with the source tree gone."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from importlib.metadata import Distribution, distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from gristmill.native import loader

ROOT = Path(__file__).parents[1]

#: What a build reads, the packages aside.
BUILT_FROM = ["LICENSE", "README.md", "pyproject.toml", "setup.cfg", "setup.py"]


def run(*command: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a command that knows nothing of this test run: not its coverage, its Python path or its pip's settings."""
    strange = re.compile(r"PYTHON|COVERAGE|COV_|PYTEST|VIRTUAL_ENV|MRJOB_CONF")
    env = {name: value for name, value in os.environ.items() if not strange.match(name)}
    words = [str(word) for word in command]
    return subprocess.run(words, cwd=cwd, env=env, capture_output=True, text=True, timeout=240)


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the source distribution, and the wheel that was built from it, in an environment without network.

    The build has the setuptools of this environment, and the word lists that its own installation has fetched.
    """
    tree = tmp_path_factory.mktemp("tree")
    for name in BUILT_FROM:
        shutil.copy(ROOT / name, tree)
    for name in ("gristmill", "jobs", "runners"):
        shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    folder = tmp_path_factory.mktemp("dist")
    done = run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, cwd=tree)
    assert done.returncode == 0, done.stdout + done.stderr
    shutil.rmtree(tree)
    return folder


@pytest.fixture(scope="module")
def wheel(dist: Path) -> Path:
    (path,) = dist.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment that holds our wheel and what its metadata asks for, and nothing else.

    The dependencies are copied from this environment, file by file, so that no package index is needed.
    """
    home = tmp_path_factory.mktemp("empty") / "env"
    assert run(sys.executable, "-m", "venv", "--without-pip", home, cwd=wheel.parent).returncode == 0
    (site,) = home.glob("lib/python*/site-packages")
    executable = home / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", executable, "install", "--no-deps", "--no-index", wheel]
    done = run(*pip, cwd=wheel.parent)
    assert done.returncode == 0, done.stdout + done.stderr
    (info,) = site.glob("gristmill-*.dist-info")
    for needed in dependencies(Distribution.at(info)):
        for file in needed.files or []:
            if ".." not in file.parts and file.locate().is_file():
                target = site / file
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(file.locate(), target)
    return executable


def dependencies(of: Distribution) -> list[Distribution]:
    """The distributions that `of` needs on this Python, theirs too."""
    # Python 3.9 finds a distribution by the one spelling of its name alone that its folder has
    installed = {canonicalize_name(each.metadata["Name"]): each for each in distributions()}
    found: list[Distribution] = []
    for requirement in map(Requirement, of.requires or []):
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            needed = installed[canonicalize_name(requirement.name)]
            assert requirement.specifier.contains(needed.version), requirement
            found += [needed, *dependencies(needed)]
    return found


def test_the_wheel_holds_our_packages_and_nothing_else(wheel: Path):
    """Its top-level packages are gristmill, jobs and runners, with every module of theirs and none of the tests'."""
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.partition("/")[0] for name in names} == {"gristmill", "jobs", "runners", "gristmill-0.2.0.dist-info"}
    modules = {name for name in names if name.endswith(".py")}
    assert modules == {
        path.relative_to(ROOT).as_posix()
        for name in ("gristmill", "jobs", "runners")
        for path in (ROOT / name).rglob("*.py")
    }


def test_the_wheel_is_for_every_python_and_holds_what_was_compiled(wheel: Path):
    """One for all versions; where there is no compiler it holds what runs without."""
    assert wheel.name.startswith("gristmill-0.2.0-cp39-abi3-")
    found = [name for name in zipfile.ZipFile(wheel).namelist() if name.endswith(".so")]
    assert found == (["gristmill/native/_kernel.abi3.so"] if loader.kernel() else [])


def test_the_wheel_holds_data_files_and_licences(wheel: Path):
    """Data lies beside its reader, and lists that others wrote lie beside their licence."""
    names = set(zipfile.ZipFile(wheel).namelist())
    assert names >= {
        "gristmill-0.2.0.dist-info/licenses/LICENSE",
        "gristmill/text/short_stop_word_lists/LICENSE",
        "gristmill/text/short_stop_word_lists/SOURCE",
        "gristmill/text/short_stop_word_lists/english.txt",
        "gristmill/text/stop_word_lists/LICENSE",
        "gristmill/text/stop_word_lists/SOURCE",
        "gristmill/text/stop_word_lists/english.txt",
        "gristmill/text/stop_word_lists/languages.json",
        "gristmill/text/stop_word_lists/vietnamese.txt",
        "gristmill/text/unicode13.txt",
        "gristmill/tiers/static/tiers/page.css",
        "gristmill/tiers/static/tiers/page.js",
        "gristmill/tiers/templates/404.html",
        "gristmill/tiers/templates/admin/base_site.html",
        "gristmill/tiers/templates/tiers/new.html",
    }
    licence = zipfile.ZipFile(wheel).read("gristmill/text/stop_word_lists/LICENSE").decode()
    assert licence.startswith("Copyright (c) 2014, Alireza Savand, Contributors\nAll rights reserved.\n")
    licence = zipfile.ZipFile(wheel).read("gristmill/text/short_stop_word_lists/LICENSE").decode()
    assert licence.startswith("MIT License\n\nCopyright (c) 2024 Xing Han Lu\n")


def test_the_source_distribution_builds_without_a_package_index(dist: Path):
    """It holds the build step, and the lists that the build step would fetch."""
    (path,) = dist.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert names >= {"LICENSE", "README.md", "pyproject.toml", "setup.cfg", "setup.py"}
    assert names >= {
        "gristmill/text/short_stop_word_lists/english.txt",
        "gristmill/text/stop_word_lists/LICENSE",
        "gristmill/text/stop_word_lists/SOURCE",
        "gristmill/text/stop_word_lists/english.txt",
    }
    assert names >= {f"gristmill/native/{name}" for name in ("_gather.c", "_kernel.c", "_tokens.h", "_union.c")}


@pytest.mark.parametrize("runner", ["inline", "local"])
def test_the_wheel_works_alone_in_an_empty_environment(python: Path, tmp_path: Path, runner: str):
    """With the source tree gone the index of a file is made, stop words and stems included."""
    documents = tmp_path / "documents.tsv"
    documents.write_text("b\tThe miller grinds the rye\na\tMillers and their mills\n", encoding="utf-8")
    empty = tmp_path / "empty"
    empty.mkdir()
    options = ["--runner", runner, "--stop-words", "english", "--stem", "english"]
    done = run(python, "-m", "jobs.inverted_index", *options, documents, cwd=empty)
    assert done.stdout == "grind\tb\nmill\ta\nmiller\ta\tb\nrye\tb\n"
    assert done.returncode == 0, done.stderr
    assert list(empty.iterdir()) == []


#: A user's job, whose types a user's own mypy checks.
WORD_COUNT = """\
from collections.abc import Iterable, Iterator

from gristmill import Job


class WordCount(Job):
    def configure_args(self) -> None:
        super().configure_args()
        self.add_passthru_arg("--least", type=int, default=1)

    def mapper(self, _: object, line: str) -> Iterator[tuple[str, int]]:
        for word in line.split():
            if len(word) >= self.options.least:
                yield word, 1

    def reducer(self, word: str, counts: Iterable[int]) -> Iterator[tuple[str, int]]:
        self.increment_counter("words", "different")
        yield word, sum(counts)


def count(path: str) -> dict[str, int]:
    job = WordCount(["-r", "inline", path])
    with job.make_runner() as runner:
        runner.run()
        return dict(job.parse_output(runner.cat_output()))


if __name__ == "__main__":
    WordCount.run()
"""


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    """A user's folder: a job, its input, and a package `jobs` and a module `runners` that are not ours."""
    (tmp_path / "jobs").mkdir()
    (tmp_path / "jobs" / "__init__.py").write_text("raise ImportError('the jobs of the user')\n")
    (tmp_path / "runners.py").write_text("raise ImportError('the runners of the user')\n")
    (tmp_path / "word_count.py").write_text(WORD_COUNT)
    (tmp_path / "words.txt").write_text("to be or not to be\n")
    (tmp_path / "docs.tsv").write_text("b\tthe rye\na\tthe mill\n")
    return tmp_path


@pytest.mark.parametrize("runner", ["inline", "local"])
def test_the_command_of_the_wheel_works_beside_a_users_own_jobs_and_runners(python: Path, theirs: Path, runner: str):
    """Its script, and `python -m gristmill`."""
    for how in ([python.with_name("gristmill")], [python, "-m", "gristmill"]):
        done = run(*how, "index", "-q", "-r", runner, "docs.tsv", cwd=theirs)
        assert (done.stdout, done.stderr, done.returncode) == ("mill\ta\nrye\tb\nthe\ta\tb\n", "", 0)
        assert run(*how, "--version", cwd=theirs).stdout == "gristmill 0.2.0\n"


@pytest.mark.parametrize("runner", ["inline", "local"])
def test_a_users_job_works_beside_their_own_jobs_and_runners(python: Path, theirs: Path, runner: str):
    """From the command line and in a program."""
    done = run(python, "word_count.py", "-q", "-r", runner, "words.txt", cwd=theirs)
    assert (done.stdout, done.stderr, done.returncode) == ('"be"\t2\n"not"\t1\n"or"\t1\n"to"\t2\n', "", 0)
    code = "import word_count; print(word_count.count('words.txt'))"
    assert run(python, "-c", code, cwd=theirs).stdout == "{'be': 2, 'not': 1, 'or': 1, 'to': 2}\n"


def test_a_users_job_is_clean_under_a_strict_mypy(python: Path, theirs: Path):
    """With no settings of theirs for mrjob, which has no types."""
    options = ["--strict", "--config-file=", f"--python-executable={python}", "--cache-dir", theirs / "cache"]
    done = run(sys.executable, "-m", "mypy", *options, "word_count.py", cwd=theirs)
    assert (done.stdout, done.stderr) == ("Success: no issues found in 1 source file\n", "")
    (theirs / "wrong.py").write_text("from gristmill import Job\n\nJob.run(1)\n")
    done = run(sys.executable, "-m", "mypy", *options, "wrong.py", cwd=theirs)
    assert done.stdout.startswith('wrong.py:3: error: Too many arguments for "run" of "Job"  [call-arg]\n')


def test_the_wheel_asks_for_all_that_it_imports(python: Path, tmp_path: Path):
    """Every module can be imported where only the declared dependencies are, but for the tiers, an extra."""
    code = """if True:
        import importlib, pkgutil, gristmill, jobs, runners, sys
        for package in (gristmill, jobs, runners):
            for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
                if not module.name.startswith("gristmill.tiers."):
                    importlib.import_module(module.name)
        print(sorted(name for name in sys.modules if name.split(".")[0] in ("pytest", "hypothesis", "tests")))
        print(jobs.__file__.startswith(sys.prefix))
    """
    done = run(python, "-c", code, cwd=tmp_path)
    assert done.stderr == ""
    assert done.stdout == "[]\nTrue\n"
