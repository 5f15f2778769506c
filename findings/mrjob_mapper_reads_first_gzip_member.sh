#!/usr/bin/env bash
# mrjob 0.7.4: a task that is given a .gz by name, `job --mapper file.gz`, reads the first member of it and ends well.
# A gzip file may have several members (RFC 1952, 2.2), as `cat a.gz b.gz` and most log shippers write them; gzip, Hadoop
# and Python's gzip module read them all.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
# pipes and distutils, which mrjob imports, are Python's own until 3.11
python=${PYTHON:-python3.11}
"$python" -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check mrjob==0.7.4 setuptools==75.8.2

cat >lines.py <<'PROGRAM'
from mrjob.job import MRJob


class Lines(MRJob):
    def mapper(self, _, line):
        yield line, 1


if __name__ == "__main__":
    Lines.run()
PROGRAM
{ printf 'rye\n' | gzip; printf 'oat\n' | gzip; } >two.gz
[[ $(gzip -dc two.gz | wc -l) == 2 ]]

seen=$(venv/bin/python lines.py --mapper two.gz)
echo "mrjob $(venv/bin/python -c 'import mrjob; print(mrjob.__version__)'), two members of a line each, status 0:"
echo "$seen"
[[ $seen == $'"rye"\t1' ]] || { echo "this has changed" >&2; exit 1; }
