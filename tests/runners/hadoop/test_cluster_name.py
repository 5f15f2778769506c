"""Which cluster a command reaches."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gristmill.runners.hadoop.cluster import cluster_name
from tests.cluster.settings import xml

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def analyst(monkeypatch: pytest.MonkeyPatch) -> None:
    """The user on the cluster, of a command whose settings lie beside it."""
    for name in ("HADOOP_CONF_DIR", "HADOOP_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HADOOP_USER_NAME", "analyst")


def test_a_cluster_is_known_by_its_file_system_and_its_manager(tmp_path: Path) -> None:
    """Wherever their settings lie, and whatever else they say."""
    for number, more in enumerate(({}, {"dfs.webhdfs.enabled": "false"})):
        folder = tmp_path / str(number) / "etc" / "hadoop"
        folder.mkdir(parents=True)
        (folder / "core-site.xml").write_text(xml({"fs.defaultFS": "hdfs://node-1:9000", **more}))
        (folder / "yarn-site.xml").write_text(xml({"yarn.resourcemanager.address": "node-1:8032"}))
        hadoop = [str(tmp_path / str(number) / "bin" / "hadoop")]
        assert cluster_name(hadoop) == "hdfs://node-1:9000 node-1:8032 analyst"
        assert cluster_name([*hadoop, "--config", "b"]) == "hdfs://node-1:9000 node-1:8032 --config b analyst"


@pytest.mark.parametrize("text", [None, "<configuration>", "<configuration/>"])
def test_a_cluster_whose_settings_say_nothing_is_known_by_their_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str | None
) -> None:
    """And a user without a name there by the number here."""
    monkeypatch.setenv("HADOOP_CONF_DIR", str(tmp_path))
    monkeypatch.delenv("HADOOP_USER_NAME")
    monkeypatch.setattr("os.getuid", lambda: 1234)
    if text:
        (tmp_path / "core-site.xml").write_text(text)
    assert cluster_name(["hadoop"]) == f"{tmp_path} uid 1234"
