"""Text in another encoding than UTF-8 -> UTF-8.

    superset of ASCII    a record at a time, behind the reader that cut it: any split, any runner
    UTF-16               a file at a time, before it is cut: a file of this machine, which is one split

A superset of ASCII is taken only where a byte below 0x80 that begins a character is that character of ASCII, and where
LF (0x0A), CR (0x0D) and TAB (0x09) are no part of a character of several bytes, so that records and the end of a docid
are found in bytes. Of the second and further bytes of a character that holds so:

    EUC, GB2312              from 0xA1 on (half-width kana: from 0xA1)
    Big5, GBK, CP949, CP932, Shift_JIS, JOHAB     from 0x31 on: letters and signs of ASCII among them
    GB18030                  from 0x30 on, digits among them

It does not hold, or ASCII is not itself, in ISO-2022 and HZ (escapes), UTF-7, EBCDIC (cp037, cp500…), cp864 (0x25) and
Shift_JIS of 2000 and 2004 (0x5C).

What an encoding does not have becomes the byte 0xFF, which UTF-8 has nowhere: it is counted and cut as such bytes are.
"""

from __future__ import annotations

import codecs
import io
from typing import Any, Callable

from gristmill.errors import InputError

#: Names as `codecs.lookup` gives them. One byte a character.
_SINGLE = (
    "ascii cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 cp437 cp720 cp737 cp775 cp850 cp852 cp855 "
    "cp857 cp858 cp860 cp861 cp862 cp863 cp865 cp866 cp869 cp874 cp1125 iso8859-1 iso8859-2 iso8859-3 iso8859-4 "
    "iso8859-5 iso8859-6 iso8859-7 iso8859-8 iso8859-9 iso8859-10 iso8859-11 iso8859-13 iso8859-14 iso8859-15 "
    "iso8859-16 koi8-r koi8-t koi8-u kz1048 mac-croatian mac-cyrillic mac-greek mac-iceland mac-latin2 mac-roman "
    "mac-romanian mac-turkish hp-roman8 ptcp154 tis-620"
)
#: One byte or several.
_MULTI = (
    "big5 big5hkscs cp932 cp949 cp950 euc_jis_2004 euc_jisx0213 euc_jp euc_kr gb18030 gb2312 gbk johab shift_jis utf-8"
)
#: Two bytes or four, so that LF may be half of a letter.
WIDE = ("utf-16", "utf-16-be", "utf-16-le")
ENCODINGS = frozenset((*_SINGLE.split(), *_MULTI.split(), *WIDE))
#: What people type that is in no such form, for the nearest name.
_USUAL = (
    *("latin-1", "utf-16le", "utf-16be", "shift-jis", "euc-jp", "euc-kr"),
    *(f"windows-125{number}" for number in range(9)),
)
#: The mark with which text in GB18030 may begin.
GB18030_MARK = "\ufeff".encode("gb18030")
_MARKS = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_MARK_BYTES = 2
#: Bytes that show what a stream holds.
_HEAD = 512
#: Bytes that are decoded at a time.
_CHUNK = 1 << 17


def _one_bad_byte(error: UnicodeError) -> tuple[str, int]:
    """Half a surrogate, which becomes 0xFF, for what cannot be decoded: one byte, or what UTF-16 has in its place.

    How many bytes behind that byte a codec takes for damaged differs: they may begin the next character.
    """
    assert isinstance(error, UnicodeDecodeError)  # noqa: S101 (of no other is this the handler)
    return "\udcff", error.end if error.encoding.startswith("utf") else error.start + 1


_BAD = "gristmill.bad"
codecs.register_error(_BAD, _one_bad_byte)


def parse_encoding(name: str) -> str:
    """The name of an encoding as `ENCODINGS` has it, "" for UTF-8, given one of Python's; ValueError for another."""
    try:
        known = codecs.lookup(name).name
    except (LookupError, ValueError):
        known = ""
    known = known.removesuffix("-sig")
    if known in ENCODINGS:
        return known if known != "utf-8" else ""
    # here, since no task needs it
    from gristmill.typed import nearest

    if not known:
        near = nearest(name.lower(), (*sorted(ENCODINGS), *_USUAL))
        raise ValueError(f"there is no encoding {name!r}{near}; such as cp1252, latin-1, shift_jis, gb18030, utf-16")
    raise ValueError(
        f"{name!r} is not read here: in it bytes of ASCII are no letters of ASCII; make the text UTF-8 "
        f"(iconv -f {name.upper()} -t UTF-8)"
    )


class RecodingProtocol:
    """A protocol over the records of a file that are recoded first; those that are UTF-8 in any case stay."""

    def __init__(self, protocol: Any, encoding: str, is_utf8: Callable[[bytes], object] = lambda _: False) -> None:
        """Read by `protocol`."""
        self._read = protocol.read
        self._encoding = encoding
        self._is_utf8 = is_utf8

    def read(self, line: bytes) -> Any:
        """The key and the value of a line."""
        return self._read(line if line.isascii() or self._is_utf8(line) else recode(line, self._encoding))


def recode(text: bytes, encoding: str) -> bytes:
    """UTF-8 of a text, 0xFF in it for each byte that the encoding does not have."""
    try:
        return text.decode(encoding).encode()
    except UnicodeDecodeError:
        return text.decode(encoding, _BAD).encode("utf-8", "surrogateescape")


class Utf8(io.RawIOBase):
    """The bytes of a stream of UTF-16 as UTF-8, with its mark; InputError, which names it, where it is none."""

    def __init__(self, source: Any, encoding: str, name: str) -> None:
        self._source = source
        self._read: Callable[[int], bytes | None] = getattr(source, "read1", source.read)
        self._encoding = encoding
        self._name = name
        self._decoder: codecs.IncrementalDecoder | None = None
        self._held = b""
        self._is_ended = False

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        """Fill `buffer`; the number of bytes, 0 at the end."""
        while not self._held and not self._is_ended:
            data = self._read(_CHUNK) or b""
            self._is_ended = not data
            self._held = self._decode(data)
        count = min(len(buffer), len(self._held))
        buffer[:count], self._held = self._held[:count], self._held[count:]
        return count

    def _decode(self, data: bytes) -> bytes:
        if not self._decoder:
            while 0 < len(data) < _HEAD and (more := self._read(_CHUNK)):
                data += more
            if why := fault(data, self._encoding):
                raise InputError(f"{self._name or 'standard input'}: {why}")
            self._decoder = codecs.getincrementaldecoder(_order(data, self._encoding))(_BAD)
        return self._decoder.decode(data, self._is_ended).encode("utf-8", "surrogateescape")

    def close(self) -> None:
        """Close the stream under it."""
        self._source.close()
        super().close()


def _order(head: bytes, encoding: str) -> str:
    return _MARKS.get(head[:_MARK_BYTES], encoding)


def fault(head: bytes, encoding: str) -> str:
    """What is wrong with a file that begins with `head` and is to be UTF-16, for an error; "" where nothing is."""
    # here, since its table is made when it is imported
    from gristmill.input import magic

    kind = magic.kind(head)
    if kind == "UTF-16" and encoding in ("utf-16", _order(head, encoding)):
        return ""
    if encoding != "utf-16" and kind in ("", encoding.upper().replace("16-", "16")):
        return ""
    if kind:
        return magic.fault(head)
    if not head:
        return ""
    return "it has no mark of UTF-16; give --encoding utf-16-le or utf-16-be, or the encoding that it has"
