"""What the tests of formats share: things read from lines."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Callable

import pytest

from gristmill.posts.reader import Reader
from gristmill.posts.skip import Skip

if TYPE_CHECKING:
    from gristmill.posts.reader import Post


@pytest.fixture
def things() -> Callable[..., list[Post | str]]:
    """Parses objects, each as one line of JSON, with one reader; a Skip is shown as the name of its counter."""

    def read(*objects: Any) -> list[Post | str]:
        reader = Reader()
        found = (thing for made in objects for thing in reader.parse_line(json.dumps(made).encode()))
        return [thing.value if isinstance(thing, Skip) else thing for thing in found]

    return read
