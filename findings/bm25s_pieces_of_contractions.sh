#!/usr/bin/env bash
# bm25s 0.3.16: the English stop list STOPWORDS_EN_PLUS holds what a tokenizer that cuts at apostrophes leaves of contractions,
# so "won", "don", "ma" and "haven" are stop words: a query for "ma" or "won" finds nothing, also with a tokenizer that keeps
# "won't" whole.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check bm25s==0.3.16

seen=$(venv/bin/python -c '
from bm25s import tokenize
from bm25s.stopwords import STOPWORDS_EN_PLUS
print(*(word in STOPWORDS_EN_PLUS for word in ("won", "don", "ma", "haven")))
print(tokenize("she won a haven", stopwords="en_plus", return_ids=False, show_progress=False))
')
echo "won, don, ma, haven; the words of \"she won a haven\":"
echo "$seen"
[[ $seen == $'True True True True\n[[]]' ]] || { echo "this has changed" >&2; exit 1; }
