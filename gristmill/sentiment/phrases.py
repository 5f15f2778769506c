"""Many phrases found at once in a row of words, in time linear in the words, however many and however they overlap.

By the automaton of A. Aho and M. Corasick, "Efficient String Matching", CACM 18, 1975, over words.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class _Node:
    """A beginning of some phrases."""

    __slots__ = ("ending", "longer", "names", "shorter")

    def __init__(self) -> None:
        #: By the next word, the beginning that is one word longer.
        self.longer: dict[str, _Node] = {}
        #: Of the phrases that end here.
        self.names: list[str] = []
        #: The longest other beginning that this one ends with; None at the root alone.
        self.shorter: _Node | None = None
        #: The nearest by way of `shorter` at which a phrase ends.
        self.ending: _Node | None = None


class Phrases:
    """Phrases by name; several may have one name, and a phrase several."""

    def __init__(self, phrases: Iterable[tuple[str, Iterable[str]]]) -> None:
        """Names, each with a phrase of one word or more."""
        self._root = _Node()
        for name, phrase in phrases:
            node = self._root
            for word in phrase:
                node = node.longer.setdefault(word, _Node())
            node.names.append(name)
        #: The words with which phrases begin.
        self.first = self._root.longer.keys()
        self._link()

    def names_in(self, words: Iterable[str]) -> set[str]:
        """The names of all phrases that stand in these words."""
        names: set[str] = set()
        seen: set[_Node] = set()
        root = node = self._root
        for word in words:
            if node is root and word not in self.first:  # as most are
                continue
            while word not in node.longer and node.shorter:
                node = node.shorter
            node = node.longer.get(word, root)
            end = node if node.names else node.ending
            while end and end not in seen:
                seen.add(end)
                names.update(end.names)
                end = end.ending
        return names

    def _link(self) -> None:
        nodes = deque([self._root])
        while nodes:
            node = nodes.popleft()
            for word, longer in node.longer.items():
                shorter = node.shorter
                while shorter and word not in shorter.longer:
                    shorter = shorter.shorter
                found = longer.shorter = shorter.longer[word] if shorter else self._root
                longer.ending = found if found.names else found.ending
                nodes.append(longer)
