"""The textbook's mapper: docid TAB text in, one line ``term TAB docid`` a word out."""

import re
import sys

for line in sys.stdin:
    docid, _, text = line.partition("\t")
    for term in re.findall(r"\w+(?:'\w+)*", text.lower().replace("’", "'")):
        sys.stdout.write(f"{term}\t{docid}\n")
