"""What the tests of formats share: things read from lines."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Callable

import pytest

from gristmill.posts.reader import Reader

if TYPE_CHECKING:
    from gristmill.posts.reader import Post


@pytest.fixture
def things() -> Callable[..., list[Post | str]]:
    """Reads objects, each as one line of JSON, with one reader."""

    def read(*objects: Any) -> list[Post | str]:
        reader = Reader()
        return [thing for made in objects for thing in reader.read(json.dumps(made).encode())]

    return read
