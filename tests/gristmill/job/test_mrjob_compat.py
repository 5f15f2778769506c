"""mrjob is imported on every Python by stand-ins that leave no trace."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from gristmill.job.mrjob_compat import LooseVersion, install

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import RunJob

#: What mrjob compares, from the oldest: releases of Hadoop, of EMR's images and of Amazon's clients.
VERSIONS = ["0.20.203", "0.20.203-cdh", "0.20.203.1", "1.0.3", "2.4.0", "2.10.1", "3.4.1", "3.4.10", "4", "4.0", "10"]


@pytest.mark.parametrize(("older", "newer"), list(zip(VERSIONS, VERSIONS[1:])))
def test_versions_are_in_order_of_their_numbers(older: str, newer: str) -> None:
    """10 comes after 2, and letters before numbers."""
    assert LooseVersion(older) < LooseVersion(newer)
    assert not LooseVersion(newer) < LooseVersion(older)
    assert LooseVersion(newer) >= LooseVersion(older)
    assert not LooseVersion(older) >= LooseVersion(newer)


def test_a_version_is_no_less_than_itself() -> None:
    """Nor than the same numbers with other marks between them."""
    assert LooseVersion("3.4.1") >= LooseVersion("3.4.1")
    assert LooseVersion("3.4.1") >= LooseVersion("3-4-1")


def test_mrjobs_comparison_of_versions_is_by_numbers(run_job: RunJob) -> None:
    """mrjob.compat has our class, by the name that it asked distutils for."""
    code = "import gristmill.job.mrjob_compat, mrjob.compat as m; "
    code += "print(m.version_gte('2.10.0', '2.9'), m.version_gte('2.8', '2.9'))"
    assert run_job("-c", code).stdout == b"True False\n"


def test_no_distutils_of_ours_stays_and_none_is_imported(run_job: RunJob) -> None:
    """The real one costs a task 0.2 s, and who asks for it later gets it."""
    code = (
        "import gristmill.job.base, sys; print(sorted(name for name in sys.modules if 'distutils' in name.split('.')))"
    )
    assert run_job("-S", "-c", f"import sys; sys.path += {sys.path!r}; {code}").stdout == b"[]\n"


def test_a_urllib_that_is_there_already_is_left_alone(run_job: RunJob) -> None:
    """A program that has imported it keeps it."""
    code = "import urllib.request as before, sys, gristmill.job.base; print(before is sys.modules['urllib.request'])"
    assert run_job("-c", code).stdout == b"True\n"


def test_who_asks_for_distutils_afterwards_gets_the_real_one(run_job: RunJob) -> None:
    """From setuptools where the standard library has none; none where neither has."""
    code = """
import gristmill.job.base
try:
    import setuptools
    import distutils.command
except ImportError as error:
    print("none:", error.name.partition(".")[0])
else:
    print("real:", "stand-in" not in (distutils.__doc__ or ""))
"""
    ran = run_job("-W", "ignore", "-c", code)
    assert ran.stdout in (b"real: True\n", b"none: setuptools\n"), ran.stderr


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="this Python has no distutils of its own")
def test_a_distutils_that_is_there_already_is_left_alone(run_job: RunJob) -> None:
    """A program that has imported it keeps it, and so does mrjob."""
    code = "import distutils, sys, gristmill.job.base, mrjob.util as m; "
    code += "print(distutils is sys.modules['distutils'], m.__name__)"
    assert run_job("-W", "ignore", "-c", code).stdout == b"True mrjob.util\n"


def test_stand_ins_are_taken_away_when_the_import_fails(run_job: RunJob) -> None:
    """The error is the import's own."""
    code = """
import sys
sys.modules["mrjob.compat"] = None
try:
    import gristmill.job.mrjob_compat
except ImportError as error:
    print(error.name, [name for name in sys.modules if name.startswith("distutils.")])
"""
    ran = run_job("-c", code)
    assert ran.stdout == b"mrjob.compat []\n", ran.stderr


def test_what_opens_urls_is_imported_when_one_is_opened(run_job: RunJob, tmp_path: Path) -> None:
    """mrjob's EMR runner opens some; http, ssl and email would cost every task 25 ms."""
    code = """
import sys
import gristmill.job.base
print(sorted({"http", "ssl", "email", "urllib.request"} & set(sys.modules)))
from mrjob.parse import to_uri
from mrjob.py2 import urlopen
uri = to_uri(sys.argv[1])
print(uri.rpartition("/")[2], urlopen(uri).read())
"""
    path = tmp_path / "a %.txt"
    path.write_text("milled")
    assert run_job("-c", code, path).stdout == b"[]\na%20%25.txt b'milled'\n"


def test_a_second_call_does_nothing() -> None:
    """mrjob is imported already."""
    before = set(sys.modules)
    install()
    assert set(sys.modules) == before


@pytest.mark.skipif(sys.version_info < (3, 13), reason="this Python has a pipes of its own")
def test_pipes_stays_since_mrjob_imports_it_later(run_job: RunJob) -> None:
    """It quotes for a shell."""
    code = (
        "import gristmill.job.mrjob_compat, pipes, mrjob.util; print(pipes.quote('a b'), mrjob.util.cmd_line(['a b']))"
    )
    assert run_job("-c", code).stdout == b"'a b' 'a b'\n"


def test_all_of_mrjob_that_needs_no_service_is_imported(run_job: RunJob) -> None:
    """Its runners of this machine and of Hadoop, its tools, and its launcher."""
    names = ["job", "inline", "local", "hadoop", "emr", "fs.composite", "tools.diagnose"]
    code = "import gristmill.job.mrjob_compat, importlib as i; "
    code += f"[i.import_module('mrjob.' + name) for name in {names!r}]; print('ok')"
    assert run_job("-W", "ignore", "-c", code).stdout == b"ok\n"
