"""deploy/: units and template say what our commands and AWS take; behind the load balancer no request fails twice."""

from __future__ import annotations

import configparser
import http.client
import json
import os
import shlex
import shutil
import signal
import ssl
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
import yaml
from django.contrib.auth import get_user_model
from django.db import connection

from gristmill.tiers import commands
from gristmill.tiers.models import Request
from gristmill.tiers.tokens import new_token
from tests.cluster.emr.others import environment
from tests.cluster.settings import free_ports
from tests.without import do_without

if TYPE_CHECKING:
    from collections.abc import Iterator

DEPLOY = Path(__file__).parents[3] / "deploy"
HOST = "gristmill.example.org"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))


def program(name: str) -> str:
    """The path of a program of the system's packages."""
    found = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin")
    return found or do_without(f"no {name} here; install it (on Debian: apt install haproxy openssl)")


class Balanced(NamedTuple):
    """A load balancer before two servers."""

    port: int
    servers: list[subprocess.Popen[bytes]]


def balancer_config(pem: Path, port: int, plain: int, servers: list[int]) -> str:
    """The configuration that is shipped, with other addresses."""
    text = (DEPLOY / "haproxy.cfg").read_text()
    for shipped, other in (
        ("bind :80\n", f"bind 127.0.0.1:{plain}\n"),
        ("bind :443 ssl crt /etc/haproxy/gristmill.pem", f"bind 127.0.0.1:{port} ssl crt {pem}"),
        ("10.0.0.11:8000", f"127.0.0.1:{servers[0]}"),
        ("10.0.0.12:8000", f"127.0.0.1:{servers[1]}"),
    ):
        assert text.count(shipped) == 1, shipped
        text = text.replace(shipped, other)
    return text


def ask(port: int, path: str, body: bytes | None = None, /, tls: bool = True, **headers: str) -> tuple[int, bytes]:
    """The status and the body of an answer; 0 where there was none."""
    # the certificate was made for this test
    how = {"context": ssl._create_unverified_context()} if tls else {}
    kind: Any = http.client.HTTPSConnection if tls else http.client.HTTPConnection
    asked = kind("127.0.0.1", port, timeout=60, **how)
    try:
        asked.request("POST" if body else "GET", path, body, {"Host": HOST, **headers})
        answer = asked.getresponse()
        return answer.status, answer.read()
    except (OSError, http.client.HTTPException):
        return 0, b""
    finally:
        asked.close()


@pytest.fixture
def balanced(state: Path, tmp_path: Path) -> Iterator[Balanced]:
    """HAProxy and two gunicorns, by the configurations that are shipped."""
    haproxy, openssl = program("haproxy"), program("openssl")
    pem = tmp_path / "gristmill.pem"
    made = [
        openssl,
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-days",
        "2",
    ]
    subprocess.run(
        [*made, "-subj", f"/CN={HOST}", "-keyout", pem, "-out", f"{pem}.crt"], check=True, capture_output=True
    )
    pem.write_bytes(pem.read_bytes() + Path(f"{pem}.crt").read_bytes())
    conf = Path(os.environ["MRJOB_CONF"])
    conf.write_text(conf.read_text().replace("tiers:\n", f"tiers:\n  url: https://{HOST}\n"))
    port, plain, *behind = free_ports(4)
    (tmp_path / "haproxy.cfg").write_text(balancer_config(pem, port, plain, behind))
    connection.close()
    gunicorn = [sys.executable, "-m", "gunicorn", "-c", str(DEPLOY / "gunicorn.conf.py")]
    started = []
    try:
        for each in behind:
            env = {**os.environ, "GRISTMILL_BIND": f"127.0.0.1:{each}", "GRISTMILL_WORKERS": "1"}
            words = [*gunicorn, "django.core.wsgi:get_wsgi_application()"]
            log = (tmp_path / f"gunicorn-{each}.log").open("wb")
            started.append(subprocess.Popen(words, env=env, stdout=log, stderr=log, start_new_session=True))
        words = [haproxy, "-db", "-f", str(tmp_path / "haproxy.cfg")]
        started.append(subprocess.Popen(words, stdout=subprocess.DEVNULL, start_new_session=True))
        end = time.monotonic() + 60
        while any(ask(each, "/healthz", tls=False)[0] != 200 for each in behind) or ask(port, "/sign-in/")[0] != 200:
            assert time.monotonic() < end, [path.read_text() for path in tmp_path.glob("gunicorn-*.log")]
            time.sleep(0.1)
        assert ask(plain, "/", tls=False)[0] == 308
        yield Balanced(port, started[:2])
    finally:
        for process in started:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def form(**fields: str) -> tuple[bytes, str]:
    """A multipart form with a document of two lines."""
    parts = [f'name="{name}"\r\n\r\n{value}' for name, value in fields.items()]
    parts.append('name="file"; filename="docs.tsv"\r\n\r\na\tthe mill\nb\tthe rye\n')
    body = "".join(f"--x\r\nContent-Disposition: form-data; {part}\r\n" for part in parts) + "--x--\r\n"
    return body.encode(), "multipart/form-data; boundary=x"


def test_no_answer_is_an_error_twice_while_a_server_is_killed(balanced: Balanced, state: Path):
    """Whoever gets an error asks once more; what was answered is kept, and nobody comes by plain HTTP."""
    token = new_token(get_user_model().objects.create_user("ann", email="ann@example.org"))
    by_token = {"Authorization": f"Token {token}"}
    body, kind = form(job="index")
    lists = [("/api/requests/", None, by_token)]
    posts = [("/api/requests/", body, {**by_token, "Content-Type": kind})]
    answers: list[tuple[int, int, bytes]] = []
    asked = [*lists, *posts, ("/sign-in/", None, {})] * 20

    def one(path: str, body: bytes | None, headers: dict[str, str]) -> None:
        first, content = ask(balanced.port, path, body, **headers)
        second = first
        if first not in (200, 201):
            second, content = ask(balanced.port, path, body, **headers)
        answers.append((first, second, content if body else b""))

    threads = []
    for number, each in enumerate(asked):
        if number == len(asked) // 3:
            os.killpg(balanced.servers[0].pid, signal.SIGKILL)
        threads.append(threading.Thread(target=one, args=each))
        threads[-1].start()
        time.sleep(0.05)
    for thread in threads:
        thread.join()
    assert {second for _, second, _ in answers} == {200, 201}, answers
    made = {json.loads(content)["id"] for _, second, content in answers if second == 201}
    assert len(made) == 20
    assert made <= set(Request.objects.filter(owner="ann").values_list("pk", flat=True))
    # however its path is written
    guesses = [ask(balanced.port, path, b"username=ann")[0] for path in ("/sign-in/", "/%73ign-in/") * 11]
    # the first without a CSRF token
    assert (guesses[0], guesses[-1]) == (403, 429)
    # nor has it another path, by a header that says where the server stands
    assert ask(balanced.port, "/x/sign-in/", b"username=ann", SCRIPT_NAME="/x")[0] == 404
    # what only the load balancer asks for
    assert {ask(balanced.port, path)[0] for path in ("/healthz", "/%68ealthz")} == {404}


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_a_unit_runs_a_command_that_there_is_as_nobody_much(path: Path):
    """And systemd finds little that it may do."""
    assert len(UNITS) == 2
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(path)
    service = unit["Service"]
    words = shlex.split(service["ExecStart"])
    if Path(words[0]).name == "gristmill":
        commands.parser(words[1]).parse_args(words[2:])
    else:
        assert words[1:] == ["-c", "/etc/gristmill/gunicorn.conf.py", "django.core.wsgi:get_wsgi_application()"]
    assert (service["User"], service["UMask"], service["ProtectSystem"]) == ("gristmill", "0077", "strict")
    if systemd := shutil.which("systemd-analyze"):
        command = [systemd, "security", "--offline=true", "--threshold=20", str(path)]
        done = subprocess.run(command, capture_output=True, text=True)
        # an old one has no --offline
        assert done.returncode == 0 or "offline" in done.stderr, done.stdout[-200:] + done.stderr


class _Template(yaml.SafeLoader):
    """CloudFormation's short forms of functions are what they are of."""


def _plain(loader: Any, _: str, node: Any) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_scalar(node)
    return loader.construct_sequence(node)


_Template.add_multi_constructor("!", _plain)


def test_the_bucket_is_private_and_roles_may_do_little():
    """No action on all of a service, and nothing to everyone but what denies."""
    resources = yaml.load((DEPLOY / "aws.yaml").read_text(), _Template)["Resources"]
    bucket = resources["Bucket"]["Properties"]
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert [rule["Status"] for rule in bucket["LifecycleConfiguration"]["Rules"]] == ["Enabled", "Enabled"]
    assert resources["Queue"]["Properties"]["RedrivePolicy"]["maxReceiveCount"] >= 100
    statements = [
        (kind, statement)
        for name, resource in resources.items()
        for kind, policies in (
            ("role", resource["Properties"].get("Policies", [])),
            ("resource", [resource["Properties"]] if "PolicyDocument" in resource["Properties"] else []),
        )
        for policy in policies
        for statement in policy["PolicyDocument"]["Statement"]
    ]
    assert {statement["Effect"] for kind, statement in statements if kind == "resource"} == {"Deny"}
    allowed = [statement for kind, statement in statements if kind == "role"]
    listed = [
        each for one in allowed for each in ([one["Action"]] if isinstance(one["Action"], str) else one["Action"])
    ]
    assert [action for action in listed if "*" in action] == []
    # mail alone, whose condition is the sender
    assert [one["Sid"] for one in allowed if one["Resource"] == "*"] == ["Mail"]


@pytest.mark.long
def test_cfn_lint_finds_nothing_wrong_with_the_template(tmp_path: Path):
    """In an environment of its own: it is large."""
    lint = environment(tmp_path / "env", "cfn-lint>=1.58,<2") / "cfn-lint"
    done = subprocess.run([lint, str(DEPLOY / "aws.yaml")], capture_output=True, text=True)
    assert (done.stdout, done.returncode) == ("", 0)
