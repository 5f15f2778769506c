"""Hadoop's commands are found on this machine, and what keeps them from their work is one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gristmill.errors import RunError
from gristmill.runners.hadoop.command import NoAnswer, find_hadoop
from gristmill.runners.hadoop.hdfs import HdfsCommand

if TYPE_CHECKING:
    from pathlib import Path


def program(folder: Path, name: str, *lines: str) -> str:
    """A command that does this."""
    folder.mkdir(parents=True)
    path = folder / name
    path.write_text("\n".join(["#!/bin/sh", *lines, ""]))
    path.chmod(0o755)
    return str(path)


def test_the_first_of_hadoops_homes_that_has_the_command_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before the path; a command that is named is looked for by its name."""
    for name in ("HADOOP_HOME", "HADOOP_PREFIX", "HADOOP_INSTALL"):
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    with pytest.raises(RunError, match=r"^there is no command 'hadoop'; install Hadoop's, and set HADOOP_HOME or"):
        find_hadoop([])
    on_path = program(tmp_path / "path", "hadoop")
    assert find_hadoop([]) == [on_path]
    at_home = program(tmp_path / "HADOOP_PREFIX" / "bin", "hadoop")
    assert find_hadoop([]) == [at_home]
    assert find_hadoop([on_path, "--config", "etc"]) == [on_path, "--config", "etc"]
    with pytest.raises(RunError, match=r"^there is no command 'yellow elephant'; "):
        find_hadoop(["yellow elephant"])


@pytest.mark.parametrize(
    ("error", "daemon"),
    [
        (
            "Call From a/127.0.0.1 to b:9 failed on connection exception: java.net.ConnectException: refused",
            "b:9",
        ),
        ("java.net.UnknownHostException: nowhere", "java.net.UnknownHostException: nowhere"),
    ],
)
def test_a_name_node_that_does_not_answer_is_one_line(tmp_path: Path, error: str, daemon: str) -> None:
    """With its address, where the error has it."""
    hadoop = program(tmp_path / "bin", "hadoop", f"echo 'put: {error}' >&2; exit 1")
    with pytest.raises(NoAnswer) as raised:
        HdfsCommand([hadoop]).put("a", "b")
    assert str(raised.value) == f"the cluster does not answer: {daemon}; start it, or check HADOOP_CONF_DIR"


LISTED = """\
drwxr-xr-x   - analyst grinders          0 2026-11-27 20:00 hdfs:///in/a folder
-rw-r--r--   3 analyst domain users     12 2026-11-27 20:00 hdfs:///in/a folder/2026-01-01 00:00 b
-rwxrwx---+  1 analyst grinders          0 2026-11-27 20:00 hdfs:///in/none.gz
Found 2 items
"""


def test_a_list_is_what_a_command_prints_and_not_what_it_logs(tmp_path: Path) -> None:
    """Files, with their sizes; what keeps it from listing is one line."""
    (tmp_path / "listed").write_text(LISTED)
    said = "echo 'INFO ipc.Client: -rw-r--r-- 1 a b 7 2026-11-27 20:00 no file' >&2"
    hadoop = program(tmp_path / "bin", "hadoop", said, f"echo \"$*\" > '{tmp_path}/asked'", f"cat '{tmp_path}/listed'")
    assert HdfsCommand([hadoop]).list_sizes("hdfs:///in", "hdfs:///x*") == [
        ("hdfs:///in/a folder/2026-01-01 00:00 b", 12),
        ("hdfs:///in/none.gz", 0),
    ]
    assert (tmp_path / "asked").read_text() == "fs -ls -R hdfs:///in hdfs:///x*\n"
    assert HdfsCommand([hadoop]).list_files("hdfs:///in") == LISTED.splitlines()
    fails = program(tmp_path / "fails", "hadoop", "echo lines; echo 'ls: Permission denied' >&2; exit 1")
    with pytest.raises(RunError, match=r"^hadoop fs -ls: Permission denied; mend that, or name other paths$"):
        HdfsCommand([fails]).list_sizes("hdfs:///in")
