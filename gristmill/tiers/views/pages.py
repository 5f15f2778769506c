"""One page of a list. Nothing is counted, so that it costs the same however long the list is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

#: Things of one page.
SIZE = 25


@dataclass(frozen=True)
class Page:
    """Its things, and where it is; templates read it like one of Django's."""

    things: Sequence[Any]
    number: int
    has_next: bool

    def __iter__(self) -> Iterator[Any]:
        return iter(self.things)

    @property
    def has_previous(self) -> bool:
        """Whether it is not the first."""
        return self.number > 1

    @property
    def previous_page_number(self) -> int:
        """That of the page before."""
        return self.number - 1

    @property
    def next_page_number(self) -> int:
        """That of the page after."""
        return self.number + 1


def page(found: Any, asked: str | None) -> Page:
    """The page that is asked for by its number, of a query; the first where that is no number of use."""
    asked = asked or "1"
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 9 else 1
    number = max(number, 1)
    start = (number - 1) * SIZE
    # one more says whether there is another page
    things = list(found[start : start + SIZE + 1])
    return Page(things[:SIZE], number, len(things) > SIZE)
