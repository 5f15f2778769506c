"""polars as fast as we could make it: documents are sorted first, so that no list of docids need be.

python -m benchmarks.peers.polars_tuned INPUT OUTPUT
"""

from __future__ import annotations

import sys

import polars as pl

from benchmarks.peers.polars_split import lines, terms, write


def main(source: str, target: str) -> None:
    pairs = lines(source).sort("docid").select("docid", terms()).explode("term").filter(pl.col("term") != "")
    index = pairs.group_by("term", maintain_order=True).agg(pl.col("docid"))
    write(index.select("term", pl.col("docid").list.join("\t")).sort("term").collect(), target)


if __name__ == "__main__":
    main(*sys.argv[1:])
