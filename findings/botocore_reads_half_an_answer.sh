#!/usr/bin/env bash
# botocore 1.44.8: a connection that ends half-way through an answer is no error, also where Content-Length says that
# more was to come (RFC 9112, 6.3: such a message is incomplete), and the request is not tried again. Half an answer in
# JSON is a result without its fields: AddJobFlowSteps gives no StepIds though EMR may have added the steps, so a caller
# who sends it again may have them twice; ListSteps gives no steps, as of a cluster that has none. 1.42.97 raised
# ConnectionClosedError, and tried again, where there was a Content-Length. Both do where the answer is chunked; neither
# does where nothing but the connection's end is its end.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
# botocore 1.44 needs Python 3.10
"${PYTHON:-python3}" -m venv venv

cat >ask.py <<'PROGRAM'
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import botocore.session
from botocore.config import Config
from botocore.exceptions import ConnectionClosedError

ANSWERS = {
    "AddJobFlowSteps": b'{"StepIds": ["s-2ABCDEFGHIJKL"]}',
    "ListSteps": b'{"Steps": [{"Id": "s-2ABCDEFGHIJKL", "Name": "rye"}]}',
}


class Server(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        asked.append(self.path)
        self.rfile.read(int(self.headers["Content-Length"]))
        body = ANSWERS[self.headers["X-Amz-Target"].partition(".")[2]]
        half, size = body[: len(body) // 2], len(body)
        head, sent = {
            "whole": ({"Content-Length": size}, body),
            "length": ({"Content-Length": size}, half),
            "chunked": ({"Transfer-Encoding": "chunked"}, b"%x\r\n%b" % (size, half)),
            "neither": ({}, half),
        }[framing]
        self.send_response(200)
        for name, value in {"Content-Type": "application/x-amz-json-1.1", "Connection": "close", **head}.items():
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(sent)

    def log_message(self, *args):
        pass


def add():
    step = {"Name": "rye", "HadoopJarStep": {"Jar": "command-runner.jar"}}
    return emr.add_job_flow_steps(JobFlowId="j-2ABCDEFGHIJKL", Steps=[step]).get("StepIds")


def steps():
    return [step["Id"] for page in pages.paginate(ClusterId="j-2ABCDEFGHIJKL") for step in page.get("Steps", ())]


server = HTTPServer(("127.0.0.1", 0), Server)
Thread(target=server.serve_forever, daemon=True).start()
emr = botocore.session.Session().create_client(
    "emr",
    region_name="us-east-1",
    endpoint_url=f"http://127.0.0.1:{server.server_port}",
    aws_access_key_id="none",
    aws_secret_access_key="none",
    config=Config(retries={"total_max_attempts": 2}, proxies={}),
)
pages = emr.get_paginator("list_steps")
for framing in ("whole", "length", "chunked", "neither"):
    for ask in (add, steps):
        asked = []
        try:
            seen = ask()
        except ConnectionClosedError:
            seen = "ConnectionClosedError"
        print(botocore.__version__, framing, ask.__name__, seen, len(asked))
PROGRAM
seen=$(for version in 1.42.97 1.44.8; do
    venv/bin/pip install --quiet --disable-pip-version-check "botocore==$version" urllib3==2.8.0 || exit 1
    venv/bin/python ask.py || exit 1
done)
echo "version, how the answer says its size, call, what it gives, requests (2 at most):"
echo "$seen"
[[ $seen == "1.42.97 whole add ['s-2ABCDEFGHIJKL'] 1
1.42.97 whole steps ['s-2ABCDEFGHIJKL'] 1
1.42.97 length add ConnectionClosedError 2
1.42.97 length steps ConnectionClosedError 2
1.42.97 chunked add ConnectionClosedError 2
1.42.97 chunked steps ConnectionClosedError 2
1.42.97 neither add None 1
1.42.97 neither steps [] 1
1.44.8 whole add ['s-2ABCDEFGHIJKL'] 1
1.44.8 whole steps ['s-2ABCDEFGHIJKL'] 1
1.44.8 length add None 1
1.44.8 length steps [] 1
1.44.8 chunked add ConnectionClosedError 2
1.44.8 chunked steps ConnectionClosedError 2
1.44.8 neither add None 1
1.44.8 neither steps [] 1" ]] || { echo "this has changed" >&2; exit 1; }
