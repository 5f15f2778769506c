"""Part files of a map alone are numbered in the order of its input."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gristmill.runners.spark.files import number_local_parts

if TYPE_CHECKING:
    from pathlib import Path


def test_parts_are_numbered_by_the_ranks_of_their_tasks_without_gaps(tmp_path: Path) -> None:
    """Spark's reader takes the largest split first, and a task without lines writes none."""
    for part, text in ((0, "b 1"), (2, "a"), (3, "b 0"), (7, "")):
        (tmp_path / f"part-{part:05d}").write_text(text)
    number_local_parts(tmp_path, {0: (1, 64), 2: (0, 0), 3: (1, 0)})
    found = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert found == {"part-00000": "a", "part-00001": "", "part-00002": "b 0", "part-00003": "b 1"}
