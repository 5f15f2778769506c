"""The textbook's reducer: sorted lines ``term TAB docid`` in, one row ``term TAB docid TAB docid…`` a term out."""

import sys
from itertools import groupby

pairs = (line.rstrip("\n").split("\t") for line in sys.stdin)
for term, group in groupby(pairs, key=lambda pair: pair[0]):
    sys.stdout.write("\t".join([term, *sorted({docid for _, docid in group})]) + "\n")
