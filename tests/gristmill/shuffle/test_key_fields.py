"""Fields of keys are ordered and spread as Hadoop's classes do; the values here are those of Hadoop 3.4.2."""

from __future__ import annotations

import pytest

from gristmill.shuffle.key_fields import KeyPart, field_partitioner, key_parts, orderer


@pytest.mark.parametrize(
    ("options", "parts"),
    [
        ("", ()),
        ("  ", ()),
        ("-k2", (KeyPart(2),)),
        ("-k2,2nr -k 1,1", (KeyPart(2, 1, 2, 0, numeric=True, reverse=True), KeyPart(1, 1, 1))),
        ("-k1.2,3.4", (KeyPart(1, 2, 3, 4),)),
        ("-k1n,1r", (KeyPart(1, 1, 1, 0, numeric=True, reverse=True),)),
        ("-k1n -k2 -r", (KeyPart(1, numeric=True), KeyPart(2, reverse=True))),
        ("-n -r", (KeyPart(numeric=True, reverse=True),)),
        ("-nr", (KeyPart(numeric=True, reverse=True),)),
        ("-rn -f -k", (KeyPart(),)),
    ],
)
def test_options_are_read_as_hadoop_reads_them(options: str, parts: tuple[KeyPart, ...]) -> None:
    """-n and -r are for each -k that has neither; what Hadoop passes over is passed over."""
    assert key_parts(options) == parts


@pytest.mark.parametrize("option", ["x", "1.0", "1,", "1.", "n", "1x", "1,2,3", "-1", "99999999999"])
def test_an_option_that_names_no_field_is_an_error(option: str) -> None:
    """It says how one is written."""
    with pytest.raises(ValueError, match=r"write -kFIELD\[\.CHAR\]\[nr\]\[,FIELD\[\.CHAR\]\[nr\]\]") as error:
        key_parts(f"-k{option}")
    assert str(error.value).startswith(f"-k{option}: ")


def ordered(keys: list[bytes], options: str, separator: bytes = b"\t") -> list[bytes]:
    return sorted(keys, key=orderer(options, separator))


@pytest.mark.parametrize(
    ("options", "keys"),
    [
        # reversed in the list: what is equal keeps its order
        ("", [b"", b"\0", b"a", b"a\tb", b"a b", b"b"]),
        ("-k1,1", [b"\tz", b"a\tz", b"a\0\ty", b"ab\tx", b"b"]),
        ("-k1,1r", [b"b", b"ab\tx", b"a\0\ty", b"a\tz", b"\tz"]),
        ("-k2,2", [b"none", b"x\t\ty", b"y\ta", b"a\tb"]),
        ("-k2,2r", [b"a\tb", b"y\ta", b"x\t\ty", b"none"]),
        ("-k2", [b"y\ta\tz", b"a\tb\ta"]),
        ("-k1.2,1.2 -k1r", [b"xay", b"xaa", b"abz"]),
        ("-k1.3,1", [b"a\tzz", b"ab\tzz", b"xya\tzz", b"xyb\ta"]),
        ("-k1,5", [b"a\tb", b"a\tc"]),
        ("-n", [b"-12.5", b"-12", b"-3", b"\tx", b"0", b"0.5", b"3", b"3.25", b"3.5", b"12", b"120"]),
        ("-nr", [b"120", b"12", b"3.5", b"3.25", b"3", b"0.5", b"0", b"-3", b"-12", b"-12.5"]),
        ("-n", [b"007", b"7", b"7kg", b"8"]),
        ("-n", [b"-x", b"0", b"x"]),  # of the first Hadoop says that it is equal to both
        ("-n", [b"5.3x", b"5.30x", b"5.3", b"5.301", b"5.31"]),
    ],
)
def test_keys_are_in_hadoops_order(options: str, keys: list[bytes]) -> None:
    """Fields, characters, numbers; a key that lacks the field comes first, or with r last."""
    assert ordered(keys[::-1], options) == keys
    assert ordered(keys, options) == keys


@pytest.mark.parametrize(
    ("options", "keys"),
    [
        ("-n", [b"0", b"-0", b"-0.0", b"0.00", b"-"]),
        ("-n", [b"3.5", b"3.50", b"3.500"]),
        ("-n", [b"3", b"3.", b"3.0"]),
        ("-n", [b"-3", b"-003", b"-3.0"]),
        ("-k1,1", [b"a\tx", b"a\ty"]),
        ("-k2,2n", [b"x", b"y"]),
    ],
)
def test_what_hadoop_finds_equal_is_equal(options: str, keys: list[bytes]) -> None:
    """So the next option decides."""
    assert len(set(map(orderer(options, b"\t"), keys))) == 1


def test_fields_are_parted_by_any_bytes() -> None:
    """Behind a separator of several bytes Hadoop looks for the next one from its second on, and so counts its rest."""
    assert ordered([b"b,1", b"a,2"], "-k2,2", b",") == [b"b,1", b"a,2"]
    assert ordered([b"x::b::a", b"x::a::b"], "-k2,2", b"::") == [b"x::a::b", b"x::b::a"]
    # field 3 is taken to begin one byte behind where it does: z, y
    assert ordered([b"a::b::az", b"a::b::by"], "-k3,3", b"::") == [b"a::b::by", b"a::b::az"]
    # an empty field is read from the separator behind it
    assert ordered([b"a.0.b", b"a.1.b", b"a..b"], "-k2,2nr", b".") == [b"a.1.b", b"a.0.b", b"a..b"]


@pytest.mark.parametrize(
    ("options", "key", "task"),
    [
        ("-k1,1", b"mill\tx", 0),
        ("-k2,2", b"x\tmill", 0),
        ("-k1,1 -k2,2", b"mi\tll", 0),
        ("-k5", b"mill", 0),
        ("-k1,1", b"", 0),
        ("-k1,1", b"rye\tx", 1),
        ("-n", b"rye", 1),
        ("", b"rye", 1),
        ("", "é".encode(), 3),
        ("-k1,1", "é".encode(), 0),
        ("", b"\xff", 3),
        ("-k1,1", b"\xff", 4),
        ("", "\U0001f35e".encode(), 3),
        ("-k1,1", "\U0001f35e".encode(), 2),
    ],
)
def test_keys_are_spread_by_the_hash_of_their_fields(options: str, key: bytes, task: int) -> None:
    """From 0 on; without options by that of a Java string."""
    assert field_partitioner(options, b"\t", 5)(key) == task
