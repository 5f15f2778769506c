"""Files that the build makes, and a clone in which it has not."""

from __future__ import annotations

import pytest

from gristmill.built import built
from gristmill.errors import RunError


def test_a_file_of_the_build_is_read() -> None:
    """As it lies beside the package's modules."""
    assert b"\ngood\t1.9\t" in built("gristmill.vader", "vader_lexicon/vader_lexicon.txt")


def test_a_clone_that_is_not_built_says_so() -> None:
    """And how to build it."""
    with pytest.raises(RunError) as error:
        built("gristmill.vader", "other_lexicon/other.txt")
    said = "other_lexicon/other.txt is not here, since the build makes it; pip install . or make run"
    assert str(error.value) == said
