"""A post on its way to its copies, to be counted once: by a hash of its platform and id.

    hash     32 hexadecimal digits
    record   7 digits, less the more text there is, and a JSON list: hash of the author, platform, id, time, sentiment,
             text as it is shown, and the keys of its rows

Of a post's copies the first stays, in the order of the records' bytes: one with the whole text before one that was cut.
"""

from __future__ import annotations

import json
from hashlib import blake2b
from typing import TYPE_CHECKING

from gristmill.sentiment import examples
from gristmill.sentiment.examples import Example
from gristmill.sentiment.tally import Scored

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gristmill.sentiment.rows import Key

_MOST = 9_999_999
_encode = json.JSONEncoder(separators=(",", ":")).encode


def pack(keys: Sequence[Key], one: Scored, text: int) -> tuple[bytes, bytes]:
    """The hash and the record of a post whose text has so many characters."""
    _, platform, name, *others = one.example()
    record = _encode([one.author.hex(), platform, name, *others, keys])
    hashed = blake2b(f"{platform}\0{name}".encode(), digest_size=16).hexdigest()
    return hashed.encode(), b"%07d%b" % (max(0, _MOST - text), record.encode())


def is_name(key: bytes) -> bool:
    """Whether a key is the hash of a post, and not that of a row."""
    return not key.startswith(b"[")


def first(records: Iterable[bytes]) -> tuple[bytes, int]:
    """The record that stays, and how many there were."""
    count, records = 1, iter(records)
    least = next(records)
    for record in records:
        count += 1
        if record < least:
            least = record
    return least, count


def unpack(record: bytes) -> tuple[list[Key], Scored, int]:
    """The keys, the post, and how many characters of text it shows."""
    author, platform, name, time, compound, text, keys = json.loads(record[7:])
    example = Example(examples.digest(platform, name), platform, name, time, compound, text)
    one = Scored.of(bytes.fromhex(author), example)
    return [(dimension, value, window) for dimension, value, window in keys], one, len(text)
