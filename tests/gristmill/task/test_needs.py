"""What a job's tasks import, read from import statements."""

from __future__ import annotations

import sys
import warnings
import zipfile
from pathlib import Path

import pytest

from gristmill.task.needs import Source, imported, named, needed, sent_sources

STATEMENTS = """
import a, b.c as other
from d.e import f, g as renamed
from . import near
from .near import thing
from ..above import *
if TYPE_CHECKING:
    import no_1
else:
    import h
if typing.TYPE_CHECKING:
    import no_2
if sys.version_info >= (3, 14):
    import i
try:
    import j
except ImportError:
    import k
finally:
    import l
class Job:
    import m
    def mapper(self):
        import n
        with self:
            async def deeper():
                import o
for _ in ():
    import p
while False:
    import q
"""


def names(text: str, name: str = "grist.mill.job", **how: bool) -> str:
    """What is imported, in order of names, in one line."""
    is_package = how.pop("is_package", False)
    return " ".join(sorted(imported(Source(name, text, is_package), **how)))


def test_every_import_statement_counts_but_those_for_type_checkers() -> None:
    """What is imported from a module may be a module itself."""
    expected = "a b.c d.e d.e.f d.e.g grist.above grist.above.* grist.mill grist.mill.near grist.mill.near"
    assert names(STATEMENTS) == f"{expected} grist.mill.near.thing h i j k l m n o p q"


def test_functions_are_left_out_on_demand() -> None:
    """What their module does when it is imported is all that counts then."""
    assert names("def f():\n    import a\nasync def g():\n    import b\nimport c\n", in_functions=False) == "c"


def test_names_with_dots_start_at_the_module_s_package() -> None:
    """Which is the module itself where that is a package; a dot too many leads nowhere."""
    assert names("from . import a", "grist.mill", is_package=True) == "grist.mill grist.mill.a"
    assert names("from .... import a\nimport b", "grist.mill") == "b"
    assert names("from . import a\nimport b", "script") == "b"


@pytest.mark.parametrize("text", ["print 'rye'", "import a\0"])
def test_what_is_no_python_imports_nothing(text: str) -> None:
    """As a template that lies in a package."""
    assert names(text) == ""


def packages(text: str, *modules: str) -> set[str]:
    """The packages of ours, and modules beside them, that a script of this text needs."""
    files = needed(modules, [Source("script", text)])
    inside = [name.split("/") for name in files if not name.startswith("mrjob/")]
    return {parts[0] if parts[0] == "jobs" else parts[1] for parts in inside}


def test_of_ours_whole_packages_go_as_they_are_imported() -> None:
    """Their data files too; sources and stubs of what is compiled do not."""
    assert packages("def f():\n    import gristmill.text.words\n") >= {"text"}
    files = needed(["gristmill.native", "gristmill.text"], [])
    assert {"gristmill/text/unicode13.txt", "gristmill/text/stems.py", "gristmill/native/loader.py"} <= set(files)
    assert {Path(name).suffix for name in files if name.startswith("gristmill/native/")} <= {".py", ".so"}
    assert [name for name in files if "__pycache__" in name] == []
    assert list(files) == sorted(files)


def test_an_index_needs_nothing_of_posts_and_what_reads_them() -> None:
    """No scorer, no report, no runner."""
    found = packages("", "jobs.inverted_index")
    assert found >= {"jobs", "job", "input", "index", "text", "errors.py"}
    assert found.isdisjoint({"posts", "vader", "sentiment", "report", "runners"})
    files = needed(["jobs.inverted_index"], [])
    assert [name for name in files if name.startswith("jobs/")] == ["jobs/__init__.py", "jobs/inverted_index.py"]


def test_a_job_of_ours_by_its_other_name() -> None:
    """In an archive it lies below gristmill, where no file of a user's can be."""
    files = needed(["gristmill.jobs.inverted_index"], [])
    inside = [name for name in files if "jobs" in name]
    assert inside == ["gristmill/jobs/__init__.py", "gristmill/jobs/inverted_index.py"]


def test_of_the_runners_a_task_of_spark_needs_its_own_side() -> None:
    """The driver's stays here, and so does what it imports of mrjob."""
    files = needed(["gristmill.runners.spark.harness"], [])
    inside = {Path(name).name for name in files if name.startswith("gristmill/runners/")}
    assert {"__init__.py", "harness.py", "files.py", "tasks.py"} <= inside
    assert inside.isdisjoint({"runner.py", "submit.py", "registry.py"})
    assert "gristmill/shuffle/merge.py" in files
    assert "mrjob/hadoop.py" not in files


def test_of_mrjob_modules_go_as_they_are_imported() -> None:
    """By our base class, and by a user's file anywhere in it; not by what mrjob's functions may import."""
    base = set(needed(["gristmill.job.base"], []))
    assert base >= {"mrjob/job.py", "mrjob/step.py", "mrjob/protocol.py"}
    assert base.isdisjoint({"mrjob/emr.py", "mrjob/local.py", "mrjob/hadoop.py", "mrjob/examples/mr_wc.py"})
    more = set(needed([], [Source("script", "def f():\n    from mrjob.logs.counters import _format_counters\n")]))
    assert more >= {"mrjob/__init__.py", "mrjob/logs/__init__.py", "mrjob/logs/counters.py"}


#: Modules beside a script, a package and an archive of modules: each leads to one package of ours.
BESIDE = {
    "helper.py": "from deep import more\n",
    "deep/more.py": "def f():\n    import gristmill.vader.scorer\n    import packed\n    from deep.none import x\n",
    "outer/inner/leaf.py": "import gristmill.report.page\n",
    "packed.py": "from gristmill.posts import reader\n",
}


def test_a_user_s_modules_lead_on_though_they_go_another_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As those that FILES or --py-files send; a folder without __init__.py counts, a file of an archive too."""
    for name, text in BESIDE.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    with zipfile.ZipFile(tmp_path / "lib.zip", "w") as archive:
        archive.write(tmp_path / "packed.py", "packed.py")
    (tmp_path / "packed.py").unlink()
    for path in ("", "lib.zip"):
        monkeypatch.syspath_prepend(str(tmp_path / path))
    assert packages("import helper\n") >= {"vader", "posts"}
    assert "vader" not in packages("import packed\n")
    # as long as outer.inner is not imported, Python itself cannot tell where it lies
    assert "report" not in packages("import outer.inner.leaf\n")
    __import__("outer.inner")
    assert "report" in packages("import outer.inner.leaf\n")
    for name in ("outer", "outer.inner"):
        monkeypatch.delitem(sys.modules, name)


def test_installed_modules_do_not_lead_on() -> None:
    """A node that has them has what they need."""
    assert packages("import pytest, os, yaml.reader, nothing.at.all\n") == set()


def test_a_source_that_python_warns_of_is_followed_in_silence() -> None:
    """It warns where the module is imported; here that would be once more, or with -W error the end of the run."""
    text = "PATTERN = '\\d'\nfrom gristmill.vader import score\n"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert "vader" in packages(text)


def test_a_name_in_a_string_is_followed_too() -> None:
    """What a user imports by such a name; other strings and longer ones name nothing."""
    text = "x = import_module('gristmill.vader.scorer')\ny = ['mrjob.logs', 'gristmill', 'see gristmill.report']\n"
    assert sorted(named(Source("script", text))) == ["gristmill.vader.scorer", "mrjob.logs"]
    assert "vader" in packages(text)
    assert "report" not in packages(text)


def test_what_is_sent_along_is_followed(tmp_path: Path) -> None:
    """A file, a folder, a zip archive, under another name too; what is no module, or not on this machine, is passed."""
    (tmp_path / "helper.py").write_text("import a\n")
    (tmp_path / "grist" / "mill").mkdir(parents=True)
    (tmp_path / "grist" / "mill" / "__init__.py").write_text("from . import b\n")
    (tmp_path / "words.txt").write_text("import c\n")
    with zipfile.ZipFile(tmp_path / "more.zip", "w") as archive:
        archive.writestr("more/__init__.py", "from .d import e\n")
        archive.writestr("more/words.txt", "import f\n")
    paths = ["helper.py#other.py", "grist", "words.txt", "more.zip", "gone.py", "hdfs:///far.py"]
    found = {source.name: source for source in sent_sources(str(tmp_path / path) for path in paths)}
    assert sorted(found) == ["helper", "mill", "more"]
    followed = [sorted(imported(found[name])) for name in sorted(found)]
    assert followed == [["a"], ["mill", "mill.b"], ["more.d", "more.d.e"]]
