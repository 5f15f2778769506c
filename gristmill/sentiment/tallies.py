"""A task's tallies by key, in bounded memory: when they are too many, all are sent and the task starts anew."""

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
#: Bytes of a tally, and of a further post in one of few, besides its text.
_TALLY, _POST = 2500, 250


class Tallies:
    """A tally for each key, of up to `most` examples of each kind."""

    def __init__(self, most: int) -> None:
        """No tallies at first; each will have up to `most` examples of each kind."""
        self._most = most
        self._tallies: dict[Key, Tally] = {}
        self._held = 0
        #: Posts from which on a tally no longer grows, but for texts.
        self._full = 2 * KEPT + 3 * (2 * most + 8)

    def add_post(self, keys: Iterable[Key], scored: Scored, length: int) -> bool:
        """Add a post, its text of `length` characters, to each key; return whether `send` is due."""
        tallies = self._tallies
        cost = _POST + 2 * (length if length < TEXT else TEXT)
        for key in keys:
            tally = tallies.get(key)
            if tally is None:
                tally = tallies[key] = Tally(self._most)
                self._held += _TALLY + cost
            elif tally.n < self._full:
                self._held += cost
            tally.add_scored(scored)
        return self._held >= HELD

    def add_unscored(self, key: Key) -> bool:
        """Add a post that was not scored to a key; return whether `send` is due."""
        tally = self._tallies.get(key)
        if tally is None:
            tally = self._tallies[key] = Tally(self._most)
            self._held += _TALLY
        tally.unscored += 1
        return self._held >= HELD

    def add_tally(self, key: Key, tally: Tally, size: int) -> bool:
        """Add a tally whose row has `size` bytes to a key; return whether `send` is due."""
        if key not in self._tallies:
            self._tallies[key] = Tally(self._most)
        self._tallies[key].add(tally)
        self._held += _TALLY + 4 * size
        return self._held >= HELD

    def send(self) -> Iterator[tuple[bytes, bytes]]:
        """The keys and states of all tallies, which are then held no more."""
        tallies, self._tallies, self._held = self._tallies, {}, 0
        for key, tally in tallies.items():
            yield rows.format_key(*key), tally.state()
