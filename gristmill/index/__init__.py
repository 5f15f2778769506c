"""The inverted index: documents to blocks of postings, blocks to rows.

    checks                      lines -> documents that may be indexed
    tokens                      a text -> its raw tokens -> their terms
    payloads                    what a posting holds, and what follows from it
    docid_lists, occurrences    documents -> postings
    postings                    documents -> sorted blocks of postings
    blocks                      sorted blocks -> one list
    rows                        one list -> rows
    manifest                    what `_gristmill.json` says of an index

Tasks import all but `manifest`.
"""
