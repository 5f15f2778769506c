"""`--third COMMIT`: of the tests marked `long` run a third, so that one change waits for few and some changes run all.

With `--dealt runs` it is a third of the tests that are not of the library's own modules: most of those run whole jobs.

The tests with the cluster and those without are each dealt, in the order of their names, into three thirds: neighbours
cost alike, so the thirds do too. The hash of a commit chooses which runs. tests/conftest.py imports the hooks.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Callable

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable

THIRDS = 3
#: Where the tests of the library's own modules are.
OWN = ("gristmill/", "tests/gristmill/")
#: What may be dealt: its name in the report, and whether a test is of it.
DEALT: dict[str, tuple[str, Callable[[pytest.Item], bool]]] = {
    "long": ("long tests", lambda item: item.get_closest_marker("long") is not None),
    "runs": ("tests outside of the library", lambda item: not item.nodeid.startswith(OWN)),
}
_REPORT = pytest.StashKey[str]()


def third_of(commit: str) -> int:
    """Which third a commit runs, from 0; any text will do for a commit."""
    return int(sha256(commit.encode()).hexdigest(), 16) % THIRDS


def in_third(names: Iterable[str], third: int) -> set[str]:
    """The names of that third, whatever order they come in."""
    return set(sorted(names)[third::THIRDS])


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--third",
        metavar="COMMIT",
        default="",
        help="of the tests that are dealt run a third, which the hash COMMIT chooses (default: run all)",
    )
    parser.addoption(
        "--dealt",
        choices=tuple(DEALT),
        default="long",
        help="which tests --third deals: long ones, or those of no module of the library (default: long)",
    )


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect two thirds of the dealt tests that -m and -k have left."""
    commit = config.getoption("--third")
    if not commit:
        return
    third = third_of(commit)
    name, is_dealt = DEALT[config.getoption("--dealt")]
    dealt = [item for item in items if is_dealt(item)]
    chosen: set[str] = set()
    for on_cluster in (True, False):
        chosen |= in_third((item.nodeid for item in dealt if _on_cluster(item) == on_cluster), third)
    left_out = [item for item in dealt if item.nodeid not in chosen]
    items[:] = [item for item in items if item not in left_out]
    config.hook.pytest_deselected(items=left_out)
    config.stash[_REPORT] = (
        f"{name}: {len(chosen)} of {len(dealt)} run, the {('first', 'second', 'last')[third]} third, "
        f"chosen by {commit[:7]}; without --third all do"
    )


def _on_cluster(item: pytest.Item) -> bool:
    return item.get_closest_marker("cluster") is not None


def pytest_report_collectionfinish(config: pytest.Config) -> list[str]:
    """Say what was chosen, even under -q."""
    return [config.stash[_REPORT]] if _REPORT in config.stash else []
