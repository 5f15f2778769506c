"""Tallies by key in bounded memory: those of a task, until they are too many and go on their way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gristmill.sentiment import rows
from gristmill.sentiment.distinct import KEPT
from gristmill.sentiment.examples import TEXT
from gristmill.sentiment.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gristmill.sentiment.rows import Key
    from gristmill.sentiment.tally import Scored

#: Bytes of tallies that are held, about.
HELD = 24 << 20
#: What a tally costs, and a further post of one that has few, besides its text.
_TALLY, _POST = 2500, 250


class Tallies:
    """A tally for each key, of up to `most` examples of each kind."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._tallies: dict[Key, Tally] = {}
        self._held = 0
        #: With so many posts a tally is as large as it gets, but for texts.
        self._full = 2 * KEPT + 3 * (2 * most + 8)

    def count(self, keys: Iterable[Key], one: Scored, text: int) -> bool:
        """Add a post, its text of so many characters, to each key; whether it is time to send all."""
        tallies = self._tallies
        cost = _POST + 2 * (text if text < TEXT else TEXT)
        for key in keys:
            tally = tallies.get(key)
            if tally is None:
                tally = tallies[key] = Tally(self._most)
                self._held += _TALLY + cost
            elif tally.n < self._full:
                self._held += cost
            tally.count(one)
        return self._held >= HELD

    def merge(self, key: Key, other: Tally, size: int) -> bool:
        """Add a tally, written in so many bytes, to a key; whether it is time to send all."""
        if key not in self._tallies:
            self._tallies[key] = Tally(self._most)
        self._tallies[key].merge(other)
        self._held += _TALLY + 4 * size
        return self._held >= HELD

    def send(self) -> Iterator[tuple[bytes, bytes]]:
        """The keys and states of all tallies, which leave."""
        tallies, self._tallies, self._held = self._tallies, {}, 0
        for key, tally in tallies.items():
            yield rows.format_key(*key), tally.state()
