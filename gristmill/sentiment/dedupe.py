"""A post in the step that drops its copies: the key is a hash of its platform and id.

    hash     32 hexadecimal digits
    record   7 digits, the smaller the longer the text, and a JSON list: hash of the author, platform, id, time,
             sentiment, text cut as in an example, and the keys of its rows; of a post that is not scored 7 tildes
             stand for the digits, author and text are empty, and the sentiment is null

Of a post's copies the first in the order of the records' bytes stays: one that is scored before one that is not, and a
whole text before one that was cut.
"""

from __future__ import annotations

import json
from hashlib import blake2b
from typing import TYPE_CHECKING

from gristmill.sentiment import examples
from gristmill.sentiment.examples import Example, clean
from gristmill.sentiment.tally import Scored

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gristmill.posts.post import Post
    from gristmill.sentiment.rows import Key

_MOST = 9_999_999
#: After any digits.
_UNSCORED = b"~" * 7
_encode = json.JSONEncoder(separators=(",", ":")).encode


def pack(keys: Sequence[Key], scored: Scored, length: int) -> tuple[bytes, bytes]:
    """The hash and the record of a post whose text has `length` characters."""
    return _pack(b"%07d" % max(0, _MOST - length), scored.author, *scored.example()[1:], keys)


def pack_unscored(keys: Sequence[Key], post: Post) -> tuple[bytes, bytes]:
    """The hash and the record of a post that is not scored."""
    return _pack(_UNSCORED, b"", post.platform, clean(post.id), post.time, None, "", keys)


def _pack(rank: bytes, author: bytes, platform: str, name: str, *others: object) -> tuple[bytes, bytes]:
    record = _encode([author.hex(), platform, name, *others])
    hashed = blake2b(f"{platform}\0{name}".encode(), digest_size=16).hexdigest()
    return hashed.encode(), rank + record.encode()


def is_hash(key: bytes) -> bool:
    """Whether a key is the hash of a post, and not the key of a row."""
    return not key.startswith(b"[")


def first_record(records: Iterable[bytes]) -> tuple[bytes, int]:
    """The record that stays, and how many there were; there is one at least."""
    count, records = 1, iter(records)
    least = next(records)
    for record in records:
        count += 1
        if record < least:
            least = record
    return least, count


def unpack(record: bytes) -> tuple[list[Key], Scored | None, int]:
    """The keys and the post of a record, None if it is not scored, and how many characters of text it has."""
    author, platform, name, time, compound, text, pairs = json.loads(record[7:])
    keys = [(dimension, value, window) for dimension, value, window in pairs]
    if compound is None:
        return keys, None, 0
    example = Example(examples.hash_id(platform, name), platform, name, time, compound, text)
    return keys, Scored.from_example(bytes.fromhex(author), example), len(text)
