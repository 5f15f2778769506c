"""The inverted index: documents to blocks of postings, blocks to lists."""
