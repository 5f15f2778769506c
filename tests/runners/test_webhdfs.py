"""Files of HDFS by HTTP, and when that is left to ``hadoop fs``."""

from __future__ import annotations

import pwd
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from runners.hdfs import Hdfs
from runners.webhdfs import Unavailable, WebHdfs
from tests.cluster.settings import xml
from tests.runners.hadoop_client import Client

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.cluster.cluster import Cluster

GONE = '{"RemoteException": {"exception": "FileNotFoundException", "message": "File does not exist: /a"}}'
DENIED = '{"RemoteException": {"exception": "AccessControlException", "message": "Permission denied"}}'


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., WebHdfs]:
    """Makes the settings of a site, and gives what reads them."""
    monkeypatch.delenv("HADOOP_CONF_DIR", raising=False)
    monkeypatch.delenv("HADOOP_USER_NAME", raising=False)
    folder = tmp_path / "etc" / "hadoop"
    folder.mkdir(parents=True)
    (tmp_path / "bin").mkdir()

    def make(**settings: str) -> WebHdfs:
        said = {name.replace("_", "."): value for name, value in settings.items()}
        plain = {name: value for name, value in {"fs.defaultFS": "hdfs://127.0.0.1:1", **said}.items() if value}
        (folder / "core-site.xml").write_text(xml(plain))
        (folder / "hdfs-site.xml").write_text(xml({}))
        return WebHdfs(str(tmp_path / "bin" / "hadoop"))

    return make


@pytest.fixture
def answers(site: Callable[..., WebHdfs]) -> Iterator[Callable[[int, str], tuple[WebHdfs, list[str]]]]:
    """Makes a server that gives one answer to all that it is asked, and keeps what that was."""
    servers: list[HTTPServer] = []

    def make(status: int, text: str) -> tuple[WebHdfs, list[str]]:
        asked: list[str] = []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append(f"{self.command} {self.path}")
                self.send_response(status)
                self.end_headers()
                self.wfile.write(text.encode())

            do_PUT = do_DELETE = do_GET

            def log_message(self, *_: Any) -> None:
                pass

        servers.append(HTTPServer(("127.0.0.1", 0), Handler))
        threading.Thread(target=servers[-1].serve_forever, daemon=True).start()
        # from any interface: at the file system's own host
        return site(**{"dfs.namenode.http-address": f"0.0.0.0:{servers[-1].server_port}"}), asked

    yield make
    for server in servers:
        server.shutdown()
        server.server_close()


def test_paths_are_asked_for_as_hadoop_has_them(answers, monkeypatch: pytest.MonkeyPatch) -> None:
    """By name or by URI, from the user's folder where they are relative; every letter as it stands."""
    monkeypatch.setenv("HADOOP_USER_NAME", "an analyst")
    web, asked = answers(200, '{"boolean": true}')
    for path in ("/a b%20é", "hdfs:///x", "hdfs://127.0.0.1:1/x", "x"):
        assert web.exists(path)
    web.move("/a", "hdfs:///b")
    web.remove("/a")
    as_user = "&user.name=an+analyst"
    assert asked == [
        f"GET /webhdfs/v1/a%20b%2520%C3%A9?op=GETFILESTATUS{as_user}",
        f"GET /webhdfs/v1/x?op=GETFILESTATUS{as_user}",
        f"GET /webhdfs/v1/x?op=GETFILESTATUS{as_user}",
        f"GET /webhdfs/v1/user/an%20analyst/x?op=GETFILESTATUS{as_user}",
        f"PUT /webhdfs/v1/a?op=RENAME&destination=%2Fb{as_user}",
        f"DELETE /webhdfs/v1/a?op=DELETE&recursive=true{as_user}",
    ]


def test_a_file_that_is_gone_is_no_error(answers) -> None:
    """It is not there, and need not be removed."""
    assert not answers(404, GONE)[0].exists("/a")
    answers(200, '{"boolean": false}')[0].remove("/a")


@pytest.mark.parametrize(
    ("status", "text"),
    [(404, "<html>no such page</html>"), (404, DENIED), (404, "[]"), (403, DENIED), (200, "hello"), (500, "{}")],
)
def test_what_is_no_answer_of_a_name_node_is_left(answers, status: int, text: str) -> None:
    """To who can tell what is wrong."""
    web, _ = answers(status, text)
    with pytest.raises(Unavailable):
        web.exists("/a")
    with pytest.raises(Unavailable):
        web.move("/a", "/b")
    with pytest.raises(Unavailable):
        web.remove("/a")


def test_a_rename_that_is_refused_is_left(answers) -> None:
    """The answer does not say why."""
    with pytest.raises(Unavailable):
        answers(200, '{"boolean": false}')[0].move("/a", "/b")


@pytest.mark.parametrize(
    "settings",
    [
        {"fs.defaultFS": ""},
        {"fs.defaultFS": "file:///"},
        {"fs.defaultFS": "hdfs://${the.host}:1"},
        {"hadoop.security.authentication": "kerberos"},
        {"dfs.http.policy": "HTTPS_ONLY"},
        {"dfs.webhdfs.enabled": "false"},
        {"dfs.nameservices": "mills"},
        {"dfs.namenode.http-address": "127.0.0.1"},
        {"dfs.namenode.http-address": "127.0.0.1:1"},
    ],
)
def test_a_cluster_that_is_not_asked_in_plain_http_is_left(site, settings: dict[str, str]) -> None:
    """Or that nobody answers for."""
    with pytest.raises(Unavailable):
        site(**settings).exists("/a")


@pytest.mark.parametrize("path", ["s3a://bucket/a", "hdfs://elsewhere/a", "/a?b", "/a#b"])
def test_other_file_systems_and_odd_names_are_left(answers, path: str) -> None:
    """Nothing is asked for them."""
    web, asked = answers(200, '{"boolean": true}')
    with pytest.raises(Unavailable):
        web.exists(path)
    assert asked == []


@pytest.mark.parametrize("text", [None, "<configuration>"])
def test_settings_that_cannot_be_read_are_left(site, tmp_path: Path, text: str | None) -> None:
    """To Hadoop itself."""
    web = site()
    path = tmp_path / "etc" / "hadoop" / "hdfs-site.xml"
    path.write_text(text) if text else path.unlink()
    with pytest.raises(Unavailable):
        web.exists("/a")


def test_nobody_is_asked_for_another_user(site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor for one whom this machine does not know."""
    monkeypatch.setattr(pwd, "getpwuid", {}.__getitem__)
    with pytest.raises(Unavailable):
        site().exists("/a")
    monkeypatch.setenv("HADOOP_PROXY_USER", "an analyst")
    monkeypatch.setenv("HADOOP_USER_NAME", "a service")
    with pytest.raises(Unavailable):
        site().exists("/a")


@pytest.mark.cluster
def test_a_cluster_is_asked_without_a_start_of_java(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files are there, moved and gone; what cannot be done is told by Hadoop."""
    client = Client(cluster, tmp_path)
    for name, value in client.env.items():
        monkeypatch.setenv(name, value)
    hdfs = Hdfs([f"{client.env['HADOOP_HOME']}/bin/hadoop"])
    client.fs("-mkdir", "-p", "/test/web/a b/c")
    assert hdfs.exists("/test/web/a b")
    assert hdfs.exists("hdfs:///test/web/a b/c")
    assert not hdfs.exists("/test/web/b")
    hdfs.move("/test/web/a b", "/test/web/b%20é")
    assert client.fs("-ls", "-C", "/test/web").splitlines() == ["/test/web/b%20é"]
    hdfs.remove("/test/web/b%20é", "/test/web/never")
    assert client.fs("-ls", "-C", "/test/web") == ""
    assert client.calls() == []
    with pytest.raises(Exception, match=r"^hadoop fs -mv: `/test/web/never': No such file or directory; mend that"):
        hdfs.move("/test/web/never", "/test/web/b")
    assert client.calls() == ["hadoop fs -mv"]
