"""Pages of 50, as the List operations give them."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from tests.cluster.emr.errors import InvalidRequestError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Item = TypeVar("Item")

PAGE = 50


def page(
    items: Sequence[Item], marker: str | None, name: Callable[[Item], str]
) -> tuple[Sequence[Item], dict[str, str]]:
    """The page behind `marker`, and the marker of the next as a member of the answer.

    A marker names the last item that was shown, so that what is added in front meanwhile moves nothing.
    """
    start = 0
    if marker is not None:
        names = [name(item) for item in items]
        if marker not in names:
            raise InvalidRequestError(f"Marker '{marker}' is not valid.")
        start = names.index(marker) + 1
    shown = items[start : start + PAGE]
    more = len(items) > start + PAGE
    return shown, {"Marker": name(shown[-1])} if more else {}
