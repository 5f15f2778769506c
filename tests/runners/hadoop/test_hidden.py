"""Hidden files and folders of the cluster: read where they are named outright, counted elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from gristmill.runners.hadoop.hidden import as_read, bring_hidden, count_hidden


class Files:
    """A cluster of a hidden file, a hidden folder with a file in it, and one with hidden files alone."""

    def list_files(self, path: str) -> list[str]:
        lists = {
            "hdfs:///in/_h.txt": ["hdfs:///in/_h.txt"],
            "hdfs:///in/_d/": ["hdfs:///in/_d/a", "hdfs:///in/_d/_b"],
            "hdfs:///in/.e": ["hdfs:///in/.e/_b"],
        }
        return lists[path]

    def get(self, path: str, local: str) -> None:
        Path(local).write_text(path)


def test_what_is_named_outright_is_read(tmp_path: Path) -> None:
    """A hidden file is brought here, to be sent under another name; in a hidden folder Hadoop finds the files."""
    paths = ["hdfs:///in/_h.txt", "hdfs:///in/_d/", "hdfs:///in/.e", "hdfs:///in/_*", "hdfs:///in/x"]
    copies, left = bring_hidden(paths, tmp_path, cast("Any", Files()))
    assert [(file.name, Path(file.path).read_text()) for file in copies] == [("hdfs:///in/_h.txt", "hdfs:///in/_h.txt")]
    assert left == ["hdfs:///in/_d/", "hdfs:///in/_*", "hdfs:///in/x"]
    assert [as_read(path) for path in left] == ["hdfs:///in/_d/*", "hdfs:///in/_*", "hdfs:///in/x"]


def test_what_is_passed_over_is_counted_once(tmp_path: Path) -> None:
    """A hidden folder counts, and not what is in it; what a glob names by its last part too."""
    listed = ["/a/_x", "/a/_x/y", "/a/b", "/a/c/.d", "/e/_f/g", "/e/_f/_h", "/e/i/j", "/elsewhere/_k"]
    assert count_hidden(["hdfs:///a", "hdfs:///e/*"], [f"hdfs://name:8020{path}" for path in listed]) == 3
