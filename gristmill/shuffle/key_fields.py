"""Hadoop's KeyFieldBasedComparator and KeyFieldBasedPartitioner: fields of a key -> its order, its reduce task.

options    -k FIELD[.CHAR][nr][,FIELD[.CHAR][nr]] …, -n, -r, -nr; of a -k without n or r those that stand alone hold
order      bytes whose plain order is that of the keys: one code for each -k, of which none begins another

    no such field               00
    text                        02 bytes ESCAPED 00 00, where 00 is 00 01
    text of fewer bytes than 0  01 four bytes, as a start behind the end of a short field leaves it
    number                      02 sign magnitude; with r, of all these, every byte's complement

A number is `-`, digits, `.`, digits; what is none counts as 0 and is ordered by its first byte. Hadoop compares numbers
in pairs, and where letters stand behind them its answers contradict each other; here there is one order.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from struct import pack
from typing import Callable

from gristmill.shuffle.partition import as_java_text, java_hash

_OPTION = re.compile(r"([0-9]+)(?:\.([0-9]+))?([nr]*)(?:,([0-9]+)(?:\.([0-9]+))?([nr]*))?")
_COMPLEMENT = bytes(255 - byte for byte in range(256))
_DIGITS = re.compile(rb"0*([0-9]*)")
_FRACTION = re.compile(rb"\.([0-9]*)")
_LARGEST = (1 << 32) - 1
#: The longest number of a field or a character: Java's int.
_MOST = (1 << 31) - 1
_MINUS, _POINT, _ZERO = b"-.0"


@dataclass(frozen=True)
class KeyPart:
    """What one -k names: fields and characters count from 1; `end_field` 0 is the key's end, `end_char` 0 a field's."""

    field: int = 1
    char: int = 1
    end_field: int = 0
    end_char: int = 0
    numeric: bool = False
    reverse: bool = False


def key_parts(options: str) -> tuple[KeyPart, ...]:
    """The parts that options name, as Hadoop reads them: none of options without a word; ValueError for a bad -k."""
    if not options.strip():
        return ()
    words = iter(options.split())
    parts: list[KeyPart] = []
    numeric = reverse = False
    for word in words:
        numeric = numeric or word in ("-n", "-nr")
        reverse = reverse or word in ("-r", "-nr")
        if word.startswith("-k") and (given := word[2:] or next(words, "")):
            parts.append(_key_part(given))
    whole = KeyPart(numeric=numeric, reverse=reverse)
    has_own = (part.numeric or part.reverse for part in parts)
    return tuple(
        part if own else replace(part, numeric=numeric, reverse=reverse) for part, own in zip(parts, has_own)
    ) or (whole,)


def _key_part(given: str) -> KeyPart:
    found = _OPTION.fullmatch(given)
    numbers = [int(number or default) for number, default in zip(found.group(1, 2, 4, 5), "1100")] if found else [0, 0]
    if not found or numbers[1] == 0 or max(numbers) > _MOST:
        raise ValueError(f"-k{given}: write -kFIELD[.CHAR][nr][,FIELD[.CHAR][nr]], of which the first are 1")
    flags = found[3] + (found[6] or "")
    field, char, end_field, end_char = numbers
    return KeyPart(field, char, end_field, end_char, "n" in flags, "r" in flags)


def orderer(options: str, separator: bytes) -> Callable[[bytes], bytes]:
    """A function that gives the order of a key, as bytes; ValueError for options that Hadoop refuses."""
    parts = key_parts(options)
    if not parts:
        return bytes

    def order(key: bytes) -> bytes:
        lengths = _field_lengths(key, separator)
        return b"".join(_code(key, _span(len(key), lengths, len(separator), part), part) for part in parts)

    return order


def field_partitioner(options: str, separator: bytes, reduces: int) -> Callable[[bytes], int]:
    """A function that gives the reduce task of a key; ValueError for options that Hadoop refuses.

    Without options it hashes the key as a Java string.
    """
    parts = key_parts(options)

    def partition(key: bytes) -> int:
        key = key if key.isascii() else as_java_text(key)
        if not parts:
            return _string_hash(key) % reduces
        lengths = _field_lengths(key, separator)
        spans = [_span(len(key), lengths, len(separator), part) for part in parts]
        return java_hash(b"".join(key[slice(*span)] for span in spans if span), 0) % reduces

    return partition


def _string_hash(key: bytes) -> int:
    """Java's hash of a string, of its UTF-16, its sign bit cleared."""
    if key.isascii():
        return java_hash(key, 0)
    units = key.decode().encode("utf-16-be")
    value = 0
    for high, low in zip(units[::2], units[1::2]):
        value = (31 * value + (high << 8 | low)) & _LARGEST
    return value & 0x7FFFFFFF


def _field_lengths(key: bytes, separator: bytes) -> list[int]:
    """The bytes of each field. Hadoop goes on one byte behind a separator, so a longer one leaves its rest."""
    if len(separator) == 1:
        return list(map(len, key.split(separator)))
    lengths, start = [], 0
    while (found := key.find(separator, start)) >= 0:
        lengths.append(found - start)
        start = found + 1
    return [*lengths, len(key) - start]


def _span(size: int, lengths: list[int], separator: int, part: KeyPart) -> tuple[int, int] | None:
    """The first byte of a part in a key of `size` bytes, and the byte behind it; None where it has no such field."""
    before = max(part.field - 1, 0)
    start = sum(lengths[:before]) + before * separator + part.char - 1
    if len(lengths) < part.field or start >= size:
        return None
    if part.end_field == 0 or len(lengths) < part.end_field:
        return start, size
    before = part.end_field - 1
    end = sum(lengths[:before]) + before * separator + (part.end_char or lengths[before])
    return start, min(end, size)


def _code(key: bytes, span: tuple[int, int] | None, part: KeyPart) -> bytes:
    if span is None:
        code = b"\0"
    elif part.numeric:
        code = b"\2" + _number(key[slice(*span)], key[span[0]])
    elif span[1] < span[0]:
        code = b"\1" + pack(">I", _LARGEST + span[1] - span[0])
    else:
        code = b"\2" + key[slice(*span)].replace(b"\0", b"\0\1") + b"\0\0"
    return code.translate(_COMPLEMENT) if part.reverse else code


def _number(text: bytes, first: int) -> bytes:
    """The code of a number. `first` is its first byte, or of an empty field the byte in its place, as Hadoop reads."""
    negative = first == _MINUS
    body = text[1:] if negative else text
    found = _DIGITS.match(body)
    assert found  # noqa: S101 (it matches nothing too)
    digits, rest = found[1], body[found.end() :]
    fraction = _FRACTION.match(rest)
    places = fraction[1].rstrip(b"0") if fraction else b""
    is_plain = not rest or bool(fraction)
    if negative and not digits and not places and is_plain:
        # as Hadoop has it, minus nothing is nothing
        negative, first = False, _ZERO
    magnitude = pack(">I", len(digits)) + digits
    if places and fraction:
        zeros = len(fraction[1]) - len(places)
        is_last = fraction.end() == len(rest)
        magnitude += b"\1" + places + (b"\2" if is_last else b"\1" + pack(">I", zeros))
    else:
        if not is_plain:
            first = rest[0]
        elif first == _POINT:
            first = _ZERO
        # Java's bytes have a sign
        magnitude += bytes((0, first ^ 0x80))
    return b"\0" + magnitude.translate(_COMPLEMENT) if negative else b"\1" + magnitude
