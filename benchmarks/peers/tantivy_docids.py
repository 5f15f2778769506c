"""tantivy, docids only: ``python -m benchmarks.peers.tantivy_docids INPUT OUTPUT``; OUTPUT becomes its index's folder.

It keeps numbers of its own for documents and cannot write rows, so its output is not compared.
"""

from __future__ import annotations

import sys
from pathlib import Path

import tantivy

#: Bytes that the writer's threads hold together before they write a segment.
HEAP = 200_000_000


def main(source: str, target: str) -> None:
    Path(target).mkdir()
    schema = tantivy.SchemaBuilder()
    schema.add_text_field("docid", stored=True, tokenizer_name="raw", index_option="basic")
    schema.add_text_field("text", stored=False, tokenizer_name="default", index_option="basic")
    index = tantivy.Index(schema.build(), path=target)
    writer = index.writer(heap_size=HEAP, num_threads=2)
    with Path(source).open(encoding="utf-8", newline="\n") as lines:
        for line in lines:
            docid, _, text = line.partition("\t")
            writer.add_document(tantivy.Document(docid=docid, text=text))
    writer.commit()
    writer.wait_merging_threads()


if __name__ == "__main__":
    main(*sys.argv[1:])
