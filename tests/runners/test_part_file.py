"""A part file has Hadoop's ends of lines, however a program wrote them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gristmill.runners.part_file import PartFile
from tests.runners.helpers import room_for

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("writes", "content"),
    [
        ([], b""),
        ([b"a\n", b"b"], b"a\nb\n"),
        ([b"a\rb\r\nc\r\r\nd\n\r"], b"a\nb\nc\n\nd\n\n"),
        # the LF of a CR LF comes in the next write, or does not
        ([b"a\r", b"\nb\r", b"c"], b"a\nb\nc\n"),
        ([b"a\r", b"", b"\r"], b"a\n\n"),
        ([b"\r", b"\n", b"\r"], b"\n\n"),
    ],
)
def test_each_record_ends_with_one_lf(tmp_path: Path, writes: list[bytes], content: bytes) -> None:
    """LF, CR LF or a lone CR end one; the last one may have no end."""
    with PartFile(tmp_path / "part-00000") as part:
        for data in writes:
            assert part.write(data) == len(data)
            part.flush()
    part.raw.close()
    assert (tmp_path / "part-00000").read_bytes() == content


def test_an_input_without_a_last_end_does_not_run_into_the_next(tmp_path: Path) -> None:
    """Where a task maps several."""
    with PartFile((tmp_path / "part").open("wb")) as part:
        for data in (b"a", b"", b"b\r", b"c\n"):
            part.write(data)
            part.end_line()
    assert (tmp_path / "part").read_bytes() == b"a\nb\nc\n"


def test_whole_lines_are_written_as_a_rule_makes_them(tmp_path: Path) -> None:
    """Whatever writes they came in; the last line is one too."""
    with PartFile(tmp_path / "part", lambda text: text.replace(b"\n", b";\n").replace(b"a", b"<a>")) as part:
        for data in (b"a", b"a\rb\n", b"c", b"a", b"d\na"):
            part.write(data)
            part.flush()
        part.end_line()
        part.write(b"e")
    assert (tmp_path / "part").read_bytes() == b"<a><a>;\nb;\nc<a>d;\n<a>;\ne;\n"


def test_a_disk_that_takes_a_part_of_the_last_write_only_is_full(tmp_path: Path) -> None:
    """No part file is cut in silence."""
    part = PartFile(tmp_path / "part-00000")
    part.write(b"0123456789ABCDE\n" * 6250)
    with room_for(50_000), pytest.raises(OSError, match="File too large"):
        part.close()
    assert part.closed
