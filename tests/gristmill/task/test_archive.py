"""A job as one file: whatever way its code is laid out, it runs from the archive as it runs from its folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import gristmill
from gristmill.job.base import Job
from gristmill.task.archive import write_archive
from jobs.inverted_index import InvertedIndex

if TYPE_CHECKING:
    from tests.conftest import RunJob

#: How a started task differs from a forked one: the archive is what it runs.
STARTED = ("--python-bin", sys.executable, "-D", "mapreduce.job.maps=1")

IMPORT = "from gristmill.job.base import Job\n"
UPPER = """
class Upper(Job):
    def mapper(self, _, line):
        yield line.upper(), {value}
"""
RUN = """
if __name__ == "__main__":
    Upper.run()
"""


def lay(root: Path, files: dict[str, str]) -> None:
    """Write files, by their paths under `root`."""
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content)


#: A package with a data file and a module beside the job.
PACKAGE = {
    "grist/__init__.py": "",
    "grist/words/__init__.py": "",
    "grist/words/helper.py": "VALUE = 7\n",
    "grist/words/list.txt": "mill\n",
    "grist/upper.py": (
        "import importlib.resources\n"
        "import pkgutil\n"
        + IMPORT
        + "from .words.helper import VALUE\n"
        + "from . import words\n"
        + UPPER.format(
            value=(
                "[VALUE, pkgutil.get_data('grist.words', 'list.txt').decode(),"
                " importlib.resources.files(words).joinpath('list.txt').read_text()]"
            )
        )
        + RUN
    ),
}


@pytest.mark.parametrize("how", [(), STARTED], ids=["forked", "started"])
class TestEveryWayToRunAJob:
    """Each job here runs in forked processes, and from its archive."""

    def test_a_module_of_a_package(self, run_job: RunJob, tmp_path: Path, how: tuple[str, ...]) -> None:
        """With relative imports, and data files read by importlib.resources and by pkgutil."""
        lay(tmp_path, PACKAGE)
        done = run_job("-m", "grist.upper", "--no-conf", *how, cwd=tmp_path, stdin=b"rye\n")
        assert (done.stdout, done.returncode) == (b'"RYE"\t[7, "mill\\n", "mill\\n"]\n', 0), done.stderr.decode()

    def test_a_script(self, run_job: RunJob, tmp_path: Path, how: tuple[str, ...]) -> None:
        """From another folder, and with a name that is no Python name."""
        lay(tmp_path, {"bin/my-job.py": IMPORT + UPPER.format(value=1) + RUN})
        done = run_job("bin/my-job.py", "--no-conf", *how, cwd=tmp_path, stdin=b"rye\n")
        assert (done.stdout, done.returncode) == (b'"RYE"\t1\n', 0), done.stderr.decode()

    def test_a_script_with_dots_in_its_name(self, run_job: RunJob, tmp_path: Path, how: tuple[str, ...]) -> None:
        """They are no packages."""
        lay(tmp_path, {"upper.v2.py": IMPORT + UPPER.format(value=2) + RUN})
        done = run_job("upper.v2.py", "--no-conf", *how, cwd=tmp_path, stdin=b"rye\n")
        assert (done.stdout, done.returncode) == (b'"RYE"\t2\n', 0), done.stderr.decode()

    def test_a_script_with_a_module_that_is_sent_along(
        self, run_job: RunJob, tmp_path: Path, how: tuple[str, ...]
    ) -> None:
        """FILES names what lies beside it and is imported."""
        job = IMPORT + "import helper\n" + UPPER.format(value="helper.VALUE") + "    FILES = ['helper.py']\n" + RUN
        lay(tmp_path, {"job.py": job, "helper.py": "VALUE = 3\n"})
        done = run_job("job.py", "--no-conf", *how, cwd=tmp_path, stdin=b"rye\n")
        assert (done.stdout, done.returncode) == (b'"RYE"\t3\n', 0), done.stderr.decode()

    def test_a_package_that_is_run_by_its_name(self, run_job: RunJob, tmp_path: Path, how: tuple[str, ...]) -> None:
        """Its __main__ holds the job."""
        lay(tmp_path, {"grist/__init__.py": "", "grist/__main__.py": IMPORT + UPPER.format(value=4) + RUN})
        done = run_job("-m", "grist", "--no-conf", *how, cwd=tmp_path, stdin=b"rye\n")
        assert (done.stdout, done.returncode) == (b'"RYE"\t4\n', 0), done.stderr.decode()

    def test_folders_without_init_files(self, run_job: RunJob, tmp_path: Path, how: tuple[str, ...]) -> None:
        """They are packages too, at any depth."""
        job = IMPORT + "from ..helper import VALUE\n" + UPPER.format(value="VALUE") + RUN
        lay(tmp_path, {"grist/deep/upper.py": job, "grist/helper.py": "VALUE = 5\n"})
        done = run_job("-m", "grist.deep.upper", "--no-conf", *how, cwd=tmp_path, stdin=b"rye\n")
        assert (done.stdout, done.returncode) == (b'"RYE"\t5\n', 0), done.stderr.decode()

    def test_a_folder_named_as_ours(self, run_job: RunJob, tmp_path: Path, how: tuple[str, ...]) -> None:
        """A user's jobs/ lives beside ours, with folders and data of its own."""
        job = (
            "import pkgutil\n"
            + IMPORT
            + "from jobs.mine.helper import VALUE\n"
            + "from jobs.plain.helper import MORE\nfrom .streaming import IDENTITY\n"
            + UPPER.format(value="[VALUE, MORE, pkgutil.get_data('jobs.mine', 'list.txt').decode(), IDENTITY == 'cat']")
            + RUN
        )
        files = {
            "jobs/upper.py": job,
            "jobs/mine/__init__.py": "",
            "jobs/mine/helper.py": "VALUE = 6\n",
            "jobs/mine/list.txt": "rye",
            "jobs/plain/helper.py": "MORE = 7\n",
        }
        lay(tmp_path, files)
        done = run_job("-m", "jobs.upper", "--no-conf", *how, cwd=tmp_path, stdin=b"rye\n")
        assert (done.stdout, done.returncode) == (b'"RYE"\t[6, 7, "rye", true]\n', 0), done.stderr.decode()

    def test_a_driver_program(self, run_job: RunJob, tmp_path: Path, how: tuple[str, ...]) -> None:
        """It imports jobs from a module, a package and a package's own module, runs them, and reads their output."""
        driver = (
            "import sys\n"
            "from grist import Upper as First\n"
            "from grist.upper import Upper as Second\n"
            "from plain import Upper as Third\n"
            "for job in (First, Second, Third):\n"
            "    with job(['--no-conf', *sys.argv[1:]]).make_runner() as runner:\n"
            "        runner.run()\n"
            "        for key, value in job([]).parse_output(runner.cat_output()):\n"
            "            print(key, value)\n"
        )
        init = IMPORT + "from .helper import VALUE\n" + UPPER.format(value="VALUE")
        files = {
            "driver.py": driver,
            "grist/__init__.py": init,
            "grist/helper.py": "VALUE = 8\n",
            "grist/upper.py": IMPORT + UPPER.format(value="'grist'"),
            "plain.py": IMPORT + UPPER.format(value="'plain'"),
            "in.txt": "rye\n",
        }
        lay(tmp_path, files)
        done = run_job("driver.py", *how, "in.txt", cwd=tmp_path)
        assert (done.stdout, done.returncode) == (b"RYE 8\nRYE grist\nRYE plain\n", 0), done.stderr.decode()


class Kept(Job):
    """A job of this test's own."""

    PACKAGES = ("email", "gristmill.vader")


def test_an_archive_of_the_same_content_is_the_same_bytes(tmp_path: Path) -> None:
    """Whenever its files were written, so a node may keep it."""
    write_archive(InvertedIndex, tmp_path / "a.zip")
    write_archive(InvertedIndex, tmp_path / "b.zip")
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_an_archive_holds_the_packages_that_a_job_names(tmp_path: Path) -> None:
    """Its own and those of PACKAGES whole, of ours and mrjob what they import; no bytecode."""
    write_archive(Kept, tmp_path / "a.zip")
    names = set(zipfile.ZipFile(tmp_path / "a.zip").namelist())
    assert names >= {
        "__main__.py",
        "gristmill/__init__.py",
        "gristmill/text/words.py",
        "mrjob/job.py",
        "email/mime/text.py",
        "gristmill/vader/scorer.py",
    }
    assert [name for name in names if "__pycache__" in name or name.startswith("runners/")] == []


def archived(folder: Path, module: str, job: str, *others: str) -> list[str]:
    """The names in the archive, made in `folder`, which a driver's search path begins with, as ``job.zip``."""
    make = "import importlib, pathlib, sys\nfrom gristmill.task.archive import write_archive\n"
    make += "module, job, *others = sys.argv[1:]\n"
    make += "job = getattr(importlib.import_module(module), job)\n"
    make += "write_archive(job, pathlib.Path('job.zip'), *others)\n"
    subprocess.run([sys.executable, "-c", make, module, job, *others], cwd=folder, check=True)
    return zipfile.ZipFile(folder / "job.zip").namelist()


def run_archive(folder: Path, *args: str, stdin: bytes = b"") -> bytes:
    """What ``job.zip`` of `folder` prints on a node where Python alone is installed."""
    (folder / "empty").mkdir()
    command = [sys.executable, "-I", "-S", "../job.zip", *args]
    done = subprocess.run(command, cwd=folder / "empty", input=stdin, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


#: What bears the names of our packages and is a user's.
HIDES = {
    "jobs/__init__.py": "",
    "jobs/inverted_index.py": "raise SystemExit('wrong jobs')\n",
    "runners.py": "HERE = 9\n",
}


def test_a_job_of_ours_runs_where_a_user_s_package_has_our_name(tmp_path: Path) -> None:
    """It is taken from where gristmill lies, and nothing of the user's goes with it."""
    lay(tmp_path, HIDES)
    names = archived(tmp_path, "gristmill.jobs.inverted_index", "InvertedIndex")
    assert [name for name in names if name.startswith(("jobs", "runners"))] == []
    assert run_archive(tmp_path, "--mapper", stdin=b"d1\tthe mill\n") == b"mill\td1\nthe\td1\n"


def test_a_user_s_modules_with_our_names_go_beside_ours(tmp_path: Path) -> None:
    """A job in one of them imports the other and, by their own names, ours."""
    job = IMPORT + "from gristmill.jobs.inverted_index import InvertedIndex\nimport jobs\n"
    ours = "InvertedIndex.__module__, InvertedIndex.OUTPUT_PROTOCOL().write(b'a', [b'b']).decode()"
    job += UPPER.format(value=f"[HERE, {ours}, jobs.HERE]")
    lay(tmp_path, {**HIDES, "runners.py": f"HERE = 9\n{job}", "jobs/__init__.py": "HERE = 7\n"})
    lay(tmp_path, {"runners.py": f"HERE = 9\n{job}    PACKAGES = ('jobs',)\n"})
    names = archived(tmp_path, "runners", "Upper", "gristmill.runners.spark.harness")
    assert {"runners.py", "gristmill/runners/spark/tasks.py", "gristmill/jobs/inverted_index.py"} <= set(names)
    expected = b'"RYE"\t[9, "gristmill.jobs.inverted_index", "a\\tb", 7]\n'
    assert run_archive(tmp_path, "--mapper", stdin=b"rye\n") == expected


def test_a_user_s_modules_bring_what_they_import(tmp_path: Path) -> None:
    """A package of the job's names one by its name alone, a file is sent beside the archive, functions import too."""
    job = IMPORT + "import importlib\nimport helper\n"
    job += UPPER.format(value="[importlib.import_module('grist.late').VALUE, helper.value()]")
    job += "        from mrjob.parse import is_uri\n        assert is_uri('hdfs:///mill')\n"
    files = {
        "grist/__init__.py": "",
        "grist/upper.py": job,
        "grist/late.py": "from gristmill.text.words import Analyser\nVALUE = Analyser.__name__\n",
        "helper.py": "def value():\n    from mrjob.cmd import commands\n    return type(commands).__name__\n",
    }
    lay(tmp_path, files)
    names = archived(tmp_path, "grist.upper", "Upper")
    assert "helper.py" not in names
    lay(tmp_path, {"empty/helper.py": files["helper.py"]})
    (tmp_path / "helper.py").unlink()
    done = subprocess.run(
        [sys.executable, "-I", "-S", "../job.zip", "--mapper"],
        cwd=tmp_path / "empty",
        input=b"rye\n",
        capture_output=True,
        check=False,
    )
    assert (done.stdout, done.returncode) == (b'"RYE"\t["Analyser", "dict"]\n', 0), done.stderr.decode()


def test_the_archive_of_the_index_is_small(tmp_path: Path) -> None:
    """It has nothing of what other jobs read, score and show, and of mrjob what a task imports."""
    names = archived(tmp_path, "jobs.inverted_index", "InvertedIndex")
    ours = {name.split("/")[1] for name in names if name.startswith("gristmill/")}
    assert ours.isdisjoint({"posts", "vader", "sentiment", "report", "runners", "jobs"})
    assert [name for name in names if name.startswith("jobs/")] == [
        "jobs/",
        "jobs/__init__.py",
        "jobs/inverted_index.py",
    ]
    assert sum(name.startswith("mrjob/") for name in names) < 25
    assert (tmp_path / "job.zip").stat().st_size < 600_000


def test_an_archive_runs_where_nothing_is_installed(tmp_path: Path) -> None:
    """Python without our folder and its packages, as on a node, and with the archive as a file of another name."""
    lay(tmp_path, {"job.py": IMPORT + UPPER.format(value=1) + RUN})
    archived(tmp_path, "job", "Upper")
    (tmp_path / "job.zip").rename(tmp_path / "other.name")
    (tmp_path / "empty").mkdir()
    done = subprocess.run(
        [sys.executable, "-I", "-S", "../other.name", "--mapper"],
        cwd=tmp_path / "empty",
        input=b"rye\n",
        capture_output=True,
        check=False,
    )
    assert (done.stdout, done.returncode) == (b'"RYE"\t1\n', 0), done.stderr.decode()


def test_a_package_in_several_folders_is_sent_as_python_sees_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two files of a name, the first is imported."""
    lay(tmp_path, {"one/parts/a.py": "1", "two/parts/a.py": "2", "two/parts/b.py": "2"})
    monkeypatch.syspath_prepend(str(tmp_path / "two"))
    monkeypatch.syspath_prepend(str(tmp_path / "one"))

    class Parts(Kept):
        PACKAGES = ("parts",)

    Parts.__qualname__ = "Parts"
    write_archive(Parts, tmp_path / "a.zip")
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert {name: archive.read(name) for name in archive.namelist() if name.startswith("parts/")} == {
            "parts/": b"",
            "parts/a.py": b"1",
            "parts/b.py": b"2",
        }


def test_a_package_of_ours_that_a_job_names_goes_whole(tmp_path: Path) -> None:
    """A module of one goes as if the job imported it."""
    job = IMPORT + UPPER.format(value="1") + "    PACKAGES = ('jobs', 'mrjob', 'gristmill.vader')\n"
    job += "\n\nclass Other(Upper):\n    PACKAGES = ('jobs.streaming', 'gristmill')\n"
    lay(tmp_path, {"job.py": job})
    names = archived(tmp_path, "job", "Upper")
    assert {"jobs/sentiment_agg.py", "mrjob/examples/mr_wc.py", "gristmill/vader/rules.py"} <= set(names)
    names = archived(tmp_path, "job", "Other")
    assert {"jobs/streaming.py", "gristmill/report/cards.py"} <= set(names)
    assert [name for name in names if name.startswith(("jobs/sent", "mrjob/examples"))] == []


def test_what_is_sent_along_imports_from_the_archive(run_job: RunJob, tmp_path: Path) -> None:
    """Python on a node finds nothing but that: here a Python without what is installed."""
    job = IMPORT + UPPER.format(value="__import__('helper').VALUE") + RUN
    lay(tmp_path, {"job.py": job, "sent/helper.py": "from gristmill.vader import compound\nVALUE = compound('good')\n"})
    how = ["--files", "sent/helper.py", "--python-bin", f"{sys.executable} -S"]
    done = run_job("job.py", "--no-conf", *how, cwd=tmp_path, stdin=b"rye\n")
    assert (done.stdout, done.returncode) == (b'"RYE"\t4404\n', 0), done.stderr.decode()


def test_an_installation_of_links_is_ours(tmp_path: Path) -> None:
    """As `pip install --config-settings editable_mode=strict` makes one, and other tools do."""
    root = Path(gristmill.__file__).parents[1]
    for name in ("gristmill", "jobs", "runners"):
        shutil.copytree(root / name, tmp_path / "links" / name, copy_function=os.symlink)
    make = "from jobs.inverted_index import InvertedIndex as Job\n"
    make += "from gristmill.task.archive import write_archive\nimport pathlib\n"
    make += "class Mine(Job):\n    pass\n"
    lay(tmp_path, {"mine.py": make + "if __name__ == '__main__':\n    write_archive(Mine, pathlib.Path('job.zip'))\n"})
    env = {**os.environ, "PYTHONPATH": str(tmp_path / "links")}
    subprocess.run([sys.executable, "mine.py"], cwd=tmp_path, env=env, check=True)
    assert "jobs/inverted_index.py" in zipfile.ZipFile(tmp_path / "job.zip").namelist()
