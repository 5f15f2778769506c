"""Key -> reduce task, as by Hadoop's partitioners: a job has the same partitions on a laptop as on a cluster."""

from __future__ import annotations

import re
from operator import mul
from typing import Callable

#: 31 to the power of 0, 1, 2 … modulo 2**32: the weights of a Java hash, the last byte's first.
_POWERS = [pow(31, exponent, 1 << 32) for exponent in range(256)]
#: The bytes of a surrogate, or its first two: Java takes them for one malformed character, Python for one each.
_SURROGATE = re.compile(rb"\xed[\xa0-\xbf][\x80-\xbf]?")


def java_hash(key: bytes, seed: int) -> int:
    """Java's ``hash = 31 * hash + b`` from `seed` over the signed bytes of `key`, in 32 bits, its sign bit cleared."""
    if len(key) < len(_POWERS) and key.isascii():
        value = seed * _POWERS[len(key)] + sum(map(mul, key[::-1], _POWERS))
    else:
        value = seed
        for byte in key:
            value = (31 * value + (byte - 256 if byte > 127 else byte)) & 0xFFFFFFFF
    return int(value) & 0x7FFFFFFF


def as_java_text(key: bytes) -> bytes:
    """The UTF-8 of the Java string that Text makes of bytes: U+FFFD stands for what is none."""
    try:
        key.decode()
    except UnicodeDecodeError:
        return _SURROGATE.sub(b"\xff", key).decode(errors="replace").encode()
    return key


def partitioner(reduces: int, *, sort_values: bool) -> Callable[[bytes], int]:
    """A function that gives the reduce task, 0 to `reduces` - 1, of a key.

    Without SORT_VALUES it is Hadoop's HashPartitioner over Text, whose hash starts at 1; with it
    KeyFieldBasedPartitioner with ``-k1,1``, whose hash starts at 0 and is of the key as a Java string.
    """
    if reduces == 1:
        return lambda _: 0
    if not sort_values:
        return _hash_partitioner(reduces, 1)
    partition = _hash_partitioner(reduces, 0)
    return lambda key: partition(key if key.isascii() else as_java_text(key))


def _hash_partitioner(reduces: int, seed: int) -> Callable[[bytes], int]:
    if reduces == 2:
        # the powers of 31 are odd, and a signed byte differs by 0 or 256, which is even: hash and sum are odd together
        return lambda key: (sum(key) + seed) & 1
    if 32 % reduces == 0:
        # 31 is -1 modulo 2, 4, 8, 16, 32: bytes are added and subtracted in turn, at a third of the cost
        return lambda key: (sum(key[-1::-2]) - sum(key[-2::-2]) + (-seed if len(key) & 1 else seed)) % reduces
    return lambda key: java_hash(key, seed) % reduces
