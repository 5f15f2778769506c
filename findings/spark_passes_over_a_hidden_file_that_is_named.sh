#!/usr/bin/env bash
# Spark 4.0.1 reads no rows of a file whose name begins with _ or ., also where its path is named outright, and says nothing;
# with a file beside it that is not hidden the same call reads that one alone. `cat` of the path shows the lines.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pyspark==4.0.1

printf 'rye\noat\n' >_grain.txt
printf 'corn\n' >grain.txt
cat >count.py <<'PROGRAM'
from pathlib import Path

from pyspark.sql import SparkSession

spark = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()
spark.sparkContext.setLogLevel("ERROR")
hidden, plain = (str(Path(name).absolute()) for name in ("_grain.txt", "grain.txt"))
print(spark.version, spark.read.text(hidden).count(), spark.read.text([hidden, plain]).count())
PROGRAM
seen=$(venv/bin/python count.py 2>spark.log) || { cat spark.log >&2; exit 1; }
echo "Spark, rows of the hidden file (it has 2), rows of it and another (they have 3): $seen"
[[ $seen == "4.0.1 0 1" ]] || { echo "this has changed" >&2; exit 1; }
