"""polars, splitting by a regex: ``python -m benchmarks.peers.polars_split INPUT OUTPUT``.

Splitting is twice as fast as extracting words, and equal where an apostrophe stands only within a word and a docid
only on one line.
"""

from __future__ import annotations

import inspect
import sys

import polars as pl

BETWEEN_WORDS = r"[^\w']+"


def lines(source: str) -> pl.LazyFrame:
    """The columns docid and text."""
    return pl.scan_csv(source, separator="\t", has_header=False, quote_char=None, new_columns=["docid", "text"])


def terms() -> pl.Expr:
    """The distinct terms of a document, as a list; one of them may be empty."""
    text = pl.col("text").str.to_lowercase().str.replace_all("’", "'", literal=True)
    if "literal" in inspect.signature(text.str.split).parameters:
        return text.str.split(BETWEEN_WORDS, literal=False).list.unique().alias("term")
    # polars before 2 cannot split by a regex in one go
    return text.str.replace_all(BETWEEN_WORDS, " ").str.split(" ").list.unique().alias("term")


def write(index: pl.DataFrame, target: str) -> None:
    """One row a term, fields parted by TAB."""
    index.write_csv(target, include_header=False, separator="\t", quote_style="never")


def main(source: str, target: str) -> None:
    pairs = lines(source).select("docid", terms()).explode("term").filter(pl.col("term") != "")
    index = pairs.group_by("term").agg(pl.col("docid").sort()).sort("term")
    write(index.select("term", pl.col("docid").list.join("\t")).collect(engine="streaming"), target)


if __name__ == "__main__":
    main(*sys.argv[1:])
