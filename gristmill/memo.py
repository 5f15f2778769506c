"""A function's answers, remembered in bounded memory.

Both classes here are dicts that forget everything when they are full: that costs nothing on a look-up, unlike an order
of use, and the keys that are common come back at once. A look-up of a key that is held is the dict's own, in C.
"""

from __future__ import annotations

from typing import Callable, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class BoundedDict(dict[Key, Value]):
    """A dict that `remember` keeps at `most` entries; `most` is at least 1 and may be changed at any time."""

    def __init__(self, most: int) -> None:
        """An empty dict of up to `most` entries."""
        super().__init__()
        self.most = most

    def remember(self, key: Key, value: Value) -> None:
        """Set an entry; a full dict is emptied first."""
        if len(self) >= self.most:
            self.clear()
        self[key] = value


class BoundedMemo(BoundedDict[Key, Value]):
    """The answers of `compute` by its argument: `memo[key]` is `compute(key)`, computed when it is not held.

    What `compute` raises is raised by `memo[key]`, and nothing is held. An answer is not held where `keep(key)` is
    false: that bounds the bytes of keys as `most` bounds their number.
    """

    def __init__(self, compute: Callable[[Key], Value], most: int, keep: Callable[[Key], bool] | None = None) -> None:
        """An empty memo of up to `most` answers, of any key where `keep` is None."""
        super().__init__(most)
        self._compute = compute
        self._keep = keep

    def __missing__(self, key: Key) -> Value:
        """Compute an answer that is not held, and hold it where `keep` allows."""
        value = self._compute(key)
        if self._keep is None or self._keep(key):
            self.remember(key, value)
        return value
