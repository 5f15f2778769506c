"""A file of a cluster gets back the name that the user gave it."""

from __future__ import annotations

import json
import os

import pytest

from gristmill.input import names

TABLE = {
    "folder": "/gristmill.key/input/",
    "files": ["letters/a.txt", ""],
    "paths": [
        "hdfs:///logs",
        "hdfs://name:8020/data/20??/*.{tsv,csv}",
        "s3a://bucket/[a-c]x\\*/",
        "hdfs:///one.txt",
        "hdfs:///z//../not/[!b]",
        "hdfs:///z/../out/",
    ],
    "several": True,
}


@pytest.mark.parametrize(
    ("uri", "name"),
    [
        ("hdfs://name:8020/user/me/gristmill.key/input/0000000/a.txt", "letters/a.txt"),
        # standard input has no name
        ("hdfs://name:8020/user/me/gristmill.key/input/0000001/STDIN", ""),
        ("hdfs://name:8020/logs/2024/a b%20.txt", "hdfs:///logs/2024/a b%20.txt"),
        ("hdfs://name:8020/data/2024/b.csv", "hdfs://name:8020/data/2024/b.csv"),
        # the glob names a folder here
        ("hdfs://name:8020/data/2024/b.csv/part-00000", "hdfs://name:8020/data/2024/b.csv/part-00000"),
        ("s3a://bucket/bx*/deep/c.txt", "s3a://bucket/bx*/deep/c.txt"),
        ("hdfs://name:8020/not/a", "hdfs:///not/a"),
        ("hdfs://name:8020/not/b", ""),
        ("hdfs://name:8020/not//", ""),
        ("hdfs://name:8020/out/a", "hdfs:///z/../out/a"),
        ("hdfs://name:8020/one.txt", "hdfs:///one.txt"),
        # the output of a step before
        ("hdfs://name:8020/user/me/gristmill.key/step-output/0000/part-00000", ""),
        ("hdfs://name:8020/logs2/a.txt", ""),
        ("hdfs://name:8020/data/2024/deep/b.csv", ""),
        ("hdfs://name:8020/user/me/gristmill.key/input/0000007/a.txt", ""),
    ],
)
def test_a_file_has_the_name_that_the_user_gave_it(uri: str, name: str) -> None:
    """A path as given, or the one that matches a glob; in a folder with the folder's; what nobody named has no name."""
    assert names.resolve(TABLE, uri) == name


def test_a_file_in_the_one_folder_that_is_the_input_has_its_path_below_that() -> None:
    """Whatever the folder's spelling; what a glob matches has the whole of it."""
    table = {"folder": "/gristmill.key/input/", "files": [], "several": False}
    uri = "hdfs://name:8020/logs/2024/a.txt"
    for folder, name in {
        "hdfs:///logs": "2024/a.txt",
        "hdfs://name:8020/logs/2024/": "a.txt",
        "hdfs:///": "logs/2024/a.txt",
        "hdfs:///lo*": "hdfs:///logs/2024/a.txt",
        "hdfs:///logs/2024/a.txt": "hdfs:///logs/2024/a.txt",
    }.items():
        assert names.resolve({**table, "paths": [folder]}, uri) == name


def test_files_are_in_the_order_of_the_arguments() -> None:
    """Files of this machine come first, then what each path of the cluster names, by name and byte."""
    folder = "hdfs://name:8020/user/me/gristmill.key/input"
    uris = [
        (f"{folder}/0000000/z.txt", 0),
        (f"{folder}/0000000/z.txt", 7),
        (f"{folder}/0000001/a.txt", 0),
        ("hdfs://name:8020/logs/1", 0),
        ("hdfs://name:8020/logs/2", 0),
        ("hdfs://name:8020/data/2001/a.tsv", 3),
        ("hdfs://name:8020/who/knows", 0),
    ]
    assert sorted(reversed(uris), key=lambda split: names.input_order(TABLE, *split)) == uris


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ("gristmill_input_name", "mapreduce_map_input_file"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    return monkeypatch


def test_a_map_task_finds_the_name_in_its_environment(environment: pytest.MonkeyPatch) -> None:
    """As it does on one machine."""
    environment.setenv("mapreduce_map_input_file", "hdfs://name:8020/logs/a.txt")
    names.set_input_name(json.dumps(TABLE).encode())
    assert os.environ["gristmill_input_name"] == "hdfs:///logs/a.txt"


def test_a_task_that_has_its_name_keeps_it(environment: pytest.MonkeyPatch) -> None:
    """A runner that knew better has its way."""
    environment.setenv("mapreduce_map_input_file", "hdfs://name:8020/logs/a.txt")
    environment.setenv("gristmill_input_name", "b.txt")
    names.set_input_name(json.dumps(TABLE).encode())
    assert os.environ["gristmill_input_name"] == "b.txt"


def test_a_reduce_task_has_no_name(environment: pytest.MonkeyPatch) -> None:
    """It reads no file of the user's."""
    names.set_input_name(json.dumps(TABLE).encode())
    assert "gristmill_input_name" not in os.environ
