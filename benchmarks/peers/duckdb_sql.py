"""duckdb's SQL on two threads: ``python -m benchmarks.peers.duckdb_sql INPUT OUTPUT``.

Of thirteen forms tried this was the fastest; reading in blocks of 16 MB is what lets it use both threads.
"""

from __future__ import annotations

import sys

import duckdb

ROWS = r"""
copy (
    with words as (
        select docid, unnest(regexp_extract_all(
            replace(lower(text), '’', ''''), '[\pL\pM\pN_]+(?:''[\pL\pM\pN_]+)*')) as term
        from read_csv(?, delim = '\t', header = false, quote = '', escape = '', max_line_size = 16000000,
                      buffer_size = 16000000, columns = {'docid': 'varchar', 'text': 'varchar'})
    )
    select term || chr(9) || array_to_string(list_sort(list(distinct docid)), chr(9))
    from words group by term order by term
) to '%s' (format csv, header false, delimiter '\x01', quote '', escape '')
"""


def main(source: str, target: str) -> None:
    duckdb.execute("set threads = 2")
    duckdb.execute(ROWS % target.replace("'", "''"), [source])


if __name__ == "__main__":
    main(*sys.argv[1:])
