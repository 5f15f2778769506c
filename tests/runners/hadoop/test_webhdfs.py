"""Files of HDFS by HTTP, and when that is left to ``hadoop fs``."""

from __future__ import annotations

import json
import pwd
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import pytest

from gristmill.errors import RunError
from gristmill.runners.hadoop.hdfs import ClusterFiles
from gristmill.runners.hadoop.webhdfs import WebHdfs
from gristmill.runners.remote_files import Unavailable
from tests.cluster.settings import xml
from tests.runners.hadoop.client import Client

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.cluster.cluster import Cluster

    Answers = Callable[..., tuple[WebHdfs, list[str]]]

TRUE = '{"boolean": true}'
FILE = '{"FileStatus": {"type": "FILE", "length": 7, "pathSuffix": ""}}'
FOLDER = FILE.replace("FILE", "DIRECTORY")
ELSEWHERE = ["s3a://bucket/a", "hdfs://elsewhere/a", "hdfs:///", "hdfs://127.0.0.1:1", "", "/", "/.", "/a/../b", "//a"]
ODD = ["/a?b", "/a b", "a:b", "/a%20b", "/a+b", "/é", "/a\n", "/a\udcff"]


#: How a name node says yes.
YES = {"GETFILESTATUS": FILE, "DELETE": TRUE, "RENAME": ""}


def refusal(kind: str) -> str:
    """The answer of a name node that refuses."""
    return f'{{"RemoteException": {{"exception": "{kind}", "message": "File: /a"}}}}'


@pytest.fixture
def conf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a site's settings, beside its commands."""
    for name in ("HADOOP_CONF_DIR", "HADOOP_HOME", "HADOOP_USER_NAME", "HADOOP_PROXY_USER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HADOOP_USER_NAME", "analyst")
    folder = tmp_path / "etc" / "hadoop"
    folder.mkdir(parents=True)
    (tmp_path / "bin").mkdir()
    return folder


@pytest.fixture
def answers(conf: Path) -> Iterator[Answers]:
    """Makes a site, and its server, which keeps what it is asked and answers by `text`: one for all, or by operation.

    With a `node`, the URL of a data node, its name node answers by that instead.
    """
    servers: list[HTTPServer] = []

    def make(
        status: int, text: str | dict[str, str], command: str = "hadoop", node: str = "", **settings: str
    ) -> tuple[WebHdfs, list[str]]:
        asked: list[str] = []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                asked.append(f"{self.command} {self.path} {body}".rstrip())
                if node and "overwrite" in self.path:
                    self.send_response(307)
                    self.send_header("Location", node.format(self.server.server_port))  # type: ignore[attr-defined]
                else:
                    self.send_response(status)
                self.end_headers()
                operation = parse_qs(self.path.partition("?")[2]).get("op", [""])[0]
                self.wfile.write((text if isinstance(text, str) else text.get(operation, "")).encode())

            do_PUT = do_DELETE = do_GET

            def log_message(self, *_: Any) -> None:
                pass

        servers.append(HTTPServer(("127.0.0.1", 0), Handler))
        threading.Thread(target=servers[-1].serve_forever, args=[0.01], daemon=True).start()
        # from any interface: at the file system's own host
        web = {"dfs.namenode.http-address": f"0.0.0.0:{servers[-1].server_port}"}
        (conf / "core-site.xml").write_text(xml({"fs.defaultFS": "hdfs://127.0.0.1:1", **settings}))
        (conf / "hdfs-site.xml").write_text(xml({**web, **settings}))
        first, *others = command.split()
        return WebHdfs([str(conf.parents[1] / "bin" / first), *others]), asked

    yield make
    for server in servers:
        server.shutdown()
        server.server_close()


def test_paths_are_asked_for_as_hadoop_has_them(answers: Answers) -> None:
    """By name or by URI, from the user's folder where they are relative."""
    web, asked = answers(200, YES)
    for path in ("/a-b/.c", "hdfs:///x/", "hdfs://127.0.0.1:1/x", "x"):
        assert web.exists(path)
    web.move("/a", "hdfs:///b")
    web.remove("/a")
    assert asked == [
        "GET /webhdfs/v1/a-b/.c?op=GETFILESTATUS&user.name=analyst",
        "GET /webhdfs/v1/x?op=GETFILESTATUS&user.name=analyst",
        "GET /webhdfs/v1/x?op=GETFILESTATUS&user.name=analyst",
        "GET /webhdfs/v1/user/analyst/x?op=GETFILESTATUS&user.name=analyst",
        "PUT /webhdfs/v1/a?op=RENAME&destination=%2Fb&renameoptions=NONE&user.name=analyst",
        "DELETE /webhdfs/v1/a?op=DELETE&recursive=true&user.name=analyst",
    ]


def test_homes_are_where_the_site_has_them(answers: Answers) -> None:
    """By its own setting."""
    web, asked = answers(200, YES, **{"dfs.user.home.dir.prefix": "/people"})
    assert web.exists("x")
    assert asked == ["GET /webhdfs/v1/people/analyst/x?op=GETFILESTATUS&user.name=analyst"]


def test_a_file_that_is_gone_need_not_be_removed(answers: Answers) -> None:
    """Nor can it be moved: that error is Hadoop's to word."""
    web, _ = answers(404, refusal("FileNotFoundException"))
    assert not web.exists("/a")
    with pytest.raises(Unavailable):
        web.move("/a", "/b")
    web.remove("/a")
    answers(200, '{"boolean": false}')[0].remove("/a")


def test_nothing_is_moved_into_a_folder_that_has_come_to_be(answers: Answers) -> None:
    """It is an error, though there was none when the job began."""
    web, _ = answers(403, refusal("FileAlreadyExistsException"))
    with pytest.raises(RunError, match=r"^/b was made while the job ran; name another output directory"):
        web.move("/a", "/b")


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (404, "<html>no such page</html>"),
        (404, "[]"),
        (404, "{}"),
        (404, refusal("AccessControlException")),
        (404, '{"RemoteException": {"exception": null}}'),
        (403, refusal("FileNotFoundException")),
        (200, "hello"),
        (200, "{}"),
        (200, "[]"),
        (200, "true"),
        (200, '{"status": "ok"}'),
        (200, '{"FileStatus": {}, "boolean": "true"}'),
        (200, '{"FileStatus": {"type": "yes", "length": 7}, "boolean": 1}'),
        (200, '{"FileStatus": {"type": "FILE", "length": "7"}, "boolean": null}'),
        (200, "[" * 100_000),
        (200, FILE + " " * (1 << 20)),
        (500, "{}"),
    ],
)
def test_what_is_no_name_node_is_left_and_not_asked_again(answers: Answers, status: int, text: str) -> None:
    """Another service may have its port."""
    for ask, paths in (("exists", "a"), ("move", "ab"), ("remove", "a"), ("list_files", "a")):
        web, asked = answers(status, text)
        for _ in range(2):
            with pytest.raises(Unavailable):
                getattr(web, ask)(*(f"/{path}" for path in paths))
        assert len(asked) == 1


def test_what_a_name_node_refuses_is_left(answers: Answers) -> None:
    """To who can tell what is wrong."""
    web, asked = answers(403, refusal("AccessControlException"))
    for ask in (lambda: web.exists("/a"), lambda: web.move("/a", "/b"), lambda: web.remove("/a")):
        with pytest.raises(Unavailable):
            ask()
    assert len(asked) == 3


def test_what_speaks_no_http_is_left(answers: Answers, monkeypatch: pytest.MonkeyPatch) -> None:
    """And not asked again."""
    web, asked = answers(200, YES)
    monkeypatch.setattr(BaseHTTPRequestHandler, "protocol_version", "MILL")
    for _ in range(2):
        with pytest.raises(Unavailable):
            web.exists("/a")
    assert len(asked) == 1


def test_a_small_file_is_written_by_the_data_node_that_the_name_node_names(answers: Answers) -> None:
    """In two requests, of which the second has the bytes."""
    web, asked = answers(201, "", node="http://127.0.0.1:{}/webhdfs/v1/out/_small.json?id=7")
    web.write("hdfs:///out/_small.json", b"{}")
    assert asked == [
        "PUT /webhdfs/v1/out/_small.json?op=CREATE&overwrite=true&user.name=analyst",
        "PUT /webhdfs/v1/out/_small.json?id=7 {}",
    ]


@pytest.mark.parametrize(
    ("status", "node"),
    [
        (200, "http://127.0.0.1:{}/webhdfs/v1/a"),
        (403, "http://127.0.0.1:{}/webhdfs/v1/a"),
        (201, "http://127.0.0.1:{}/webhdfs/v1/a"),
        (201, "http://127.0.0.1:{}/webhdfs/v1/b"),
        (201, "http://127.0.0.1:{}/a"),
        (201, "http://127.0.0.1:1/webhdfs/v1/a"),
        (201, "http://127.0.0.1:none/webhdfs/v1/a"),
        (201, "https://127.0.0.1:{}/webhdfs/v1/a"),
        (201, "http:///webhdfs/v1/a"),
        (201, ""),
        (403, ""),
    ],
)
def test_a_file_that_no_data_node_takes_is_left(answers: Answers, status: int, node: str) -> None:
    """Nor one that says more than it has to; the name node is asked on for what it does itself."""
    web, asked = answers(status, TRUE, node=node)
    for _ in range(2):
        with pytest.raises(Unavailable):
            web.write("/a", b"{}")
    assert len([request for request in asked if "op=CREATE" in request]) == 2


def listing(left: Any, *names: Any) -> str:
    """A batch of a folder's files, and how many are behind them."""
    files = [{"pathSuffix": name, "type": "FILE", "length": 7} for name in names]
    return json.dumps(
        {"DirectoryListing": {"partialListing": {"FileStatuses": {"FileStatus": files}}, "remainingEntries": left}}
    )


def test_a_folder_is_listed_in_batches(answers: Answers) -> None:
    """Each behind the last name of the one before; names need no care."""
    batches = iter([listing(3, "a", "b c"), listing(1, "d%41", "é"), listing(0, "\U0001f35e")])

    class Batches(dict[str, str]):
        def get(self, key: str, default: Any = None) -> Any:
            return next(batches) if key == "LISTSTATUS_BATCH" else super().get(key, default)

    web, asked = answers(200, Batches(GETFILESTATUS=FOLDER))
    names = ["a", "b c", "d%41", "é", "\U0001f35e"]
    assert web.list_files("hdfs:///logs/") == [f"hdfs:///logs/{name}" for name in names]
    starts = [parse_qs(request, keep_blank_values=True).get("startAfter") for request in asked]
    assert starts == [None, [""], ["b c"], ["é"]]


def test_an_empty_folder_holds_nothing_and_a_file_is_its_own_list(answers: Answers) -> None:
    """As hadoop fs -ls has it; that of what is not there is Hadoop's to refuse."""
    assert answers(200, {"GETFILESTATUS": FOLDER, "LISTSTATUS_BATCH": listing(0)})[0].list_files("/logs") == []
    assert answers(200, YES)[0].list_files("/logs/a") == ["/logs/a"]
    with pytest.raises(Unavailable):
        answers(404, refusal("FileNotFoundException"))[0].list_files("/logs")


@pytest.mark.parametrize(
    "batch",
    [
        "{}",
        listing("0", "a"),
        listing(0, "a/b"),
        listing(0, ""),
        listing(0, 7),
        listing(0, "b", "a"),
        listing(0, "a", "a"),
        listing(1),
        listing(1, "a"),
    ],
)
def test_a_list_that_is_no_name_nodes_is_left(answers: Answers, batch: str) -> None:
    """One that never ends among them."""
    web, asked = answers(200, {"GETFILESTATUS": FOLDER, "LISTSTATUS_BATCH": batch})
    for _ in range(2):
        with pytest.raises(Unavailable):
            web.list_files("/logs")
    assert len(asked) <= 3


def test_data_is_left(answers: Answers) -> None:
    """To hadoop fs, which checks it on its way; and so are globs, which are Hadoop's."""
    web, asked = answers(200, YES)
    for ask in (lambda: web.put("a", "/a"), lambda: web.get("/a", "a"), lambda: web.list_files("/a*")):
        with pytest.raises(Unavailable):
            ask()
    assert asked == []


@pytest.mark.parametrize(
    "settings",
    [
        {"fs.defaultFS": ""},
        {"fs.defaultFS": "file:///"},
        {"fs.defaultFS": "hdfs://${the.host}:1"},
        {"fs.hdfs.impl": "org.apache.hadoop.fs.viewfs.ViewFileSystemOverloadScheme"},
        {"fs.viewfs.mounttable.mills.link./a": "hdfs://elsewhere/a"},
        {"hadoop.security.authentication": "kerberos"},
        {"dfs.http.policy": "HTTPS_ONLY"},
        {"dfs.webhdfs.enabled": "false"},
        {"dfs.nameservices": "mills"},
        {"dfs.http.address": "127.0.0.1:1"},
        {"dfs.namenode.http-address": "127.0.0.1"},
        {"dfs.user.home.dir.prefix": "${homes}"},
    ],
)
def test_a_cluster_that_is_not_asked_in_plain_http_is_left(answers: Answers, settings: dict[str, str]) -> None:
    """Nothing is asked of what it may not be."""
    web, asked = answers(200, YES, **settings)
    with pytest.raises(Unavailable):
        web.exists("a")
    assert asked == []


def test_a_cluster_that_does_not_answer_is_left(answers: Answers) -> None:
    """Its port may be closed."""
    web, _ = answers(200, YES, **{"dfs.namenode.http-address": "127.0.0.1:1"})
    with pytest.raises(Unavailable):
        web.exists("/a")


@pytest.mark.parametrize("path", ELSEWHERE + ODD)
def test_other_file_systems_and_odd_names_are_left(answers: Answers, path: str) -> None:
    """Nothing is asked for them, and no root or home is taken for a file."""
    web, asked = answers(200, YES)
    for ask in (lambda: web.exists(path), lambda: web.move("/a", path), lambda: web.remove(path)):
        with pytest.raises(Unavailable):
            ask()
    assert asked == []


def test_a_command_with_arguments_is_left(answers: Answers) -> None:
    """They may name other settings, or another user."""
    web, asked = answers(200, YES, command="hadoop --config elsewhere")
    with pytest.raises(Unavailable):
        web.exists("/a")
    assert asked == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("hdfs-site.xml", None),
        ("hdfs-site.xml", "<configuration>"),
        ("core-site.xml", "<configuration><include href='more.xml'/></configuration>"),
        ("core-site.xml", "<configuration><property name='fs.defaultFS' value='hdfs://a'/></configuration>"),
        ("hadoop-env.sh", "# as others\nexport HADOOP_USER_NAME=miller\n"),
    ],
)
def test_settings_that_say_more_than_is_read_are_left(
    answers: Answers, conf: Path, name: str, text: str | None
) -> None:
    """To Hadoop itself."""
    web, asked = answers(200, YES)
    (conf / name).write_text(text) if text else (conf / name).unlink()
    with pytest.raises(Unavailable):
        web.exists("/a")
    assert asked == []


def test_a_script_that_says_nothing_of_this_is_no_matter(answers: Answers, conf: Path) -> None:
    """Hadoop's own has all in comments."""
    web, _ = answers(200, YES)
    (conf / "hadoop-env.sh").write_text("# export HADOOP_CONF_DIR=/etc/hadoop\nexport HADOOP_OS_TYPE=Linux\n")
    assert web.exists("/a")


def test_nobody_is_asked_for_another_user(answers: Answers, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor for one whom this machine does not know, or whose name needs care."""
    web, asked = answers(200, YES)
    monkeypatch.setenv("HADOOP_PROXY_USER", "miller")
    with pytest.raises(Unavailable):
        web.exists("/a")
    monkeypatch.delenv("HADOOP_PROXY_USER")
    monkeypatch.setenv("HADOOP_USER_NAME", "a miller")
    with pytest.raises(Unavailable):
        answers(200, YES)[0].exists("a")
    monkeypatch.delenv("HADOOP_USER_NAME")
    monkeypatch.setattr(pwd, "getpwuid", {}.__getitem__)
    with pytest.raises(Unavailable):
        answers(200, YES)[0].exists("/a")
    assert asked == []


@pytest.mark.cluster
def test_a_cluster_is_asked_without_a_start_of_java(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files are there, moved and gone; what cannot be done is Hadoop's to refuse; what must not be is refused."""
    client = Client(cluster, tmp_path)
    for name, value in client.env.items():
        monkeypatch.setenv(name, value)
    hdfs = ClusterFiles([f"{client.env['HADOOP_HOME']}/bin/hadoop"])
    client.fs("-mkdir", "-p", "/test/web/a/c", "/test/web/there", "/test/an odd name")
    assert hdfs.exists("/test/web/a")
    assert hdfs.exists("hdfs:///test/web/a/c")
    assert not hdfs.exists("/test/web/b")
    with pytest.raises(RunError, match=r"^/test/web/there was made while the job ran; "):
        hdfs.move("/test/web/a", "/test/web/there")
    hdfs.move("/test/web/a", "/test/web/b")
    assert client.fs("-ls", "-C", "-R", "/test/web").splitlines() == ["/test/web/b", "/test/web/b/c", "/test/web/there"]
    hdfs.write("/test/web/there/_small.json", b"{}\n")
    hdfs.write("/test/web/there/_small.json", b"{1}\n")
    assert client.fs("-cat", "/test/web/there/_small.json") == "{1}\n"
    hdfs.remove("/test/web/b", "/test/web/there", "/test/web/never")
    assert client.fs("-ls", "-C", "/test/web") == ""
    assert client.calls() == []
    client.fs("-mkdir", "-p", *(f"/test/many/{number:04d} é" for number in range(1001)))
    client.calls()
    assert hdfs.list_files("/test/many") == [f"/test/many/{number:04d} é" for number in range(1001)]
    assert hdfs.list_files("hdfs:///test/many/") == [f"hdfs:///test/many/{number:04d} é" for number in range(1001)]
    assert client.calls() == []
    assert hdfs.exists("/test/an odd name")
    assert not hdfs.exists("/test/another odd name")
    assert client.calls() == ["hadoop fs -test", "hadoop fs -test"]
    with pytest.raises(RunError, match=r"^hadoop fs -mv: `/test/web/never': No such file or directory; mend that"):
        hdfs.move("/test/web/never", "/test/web/b")
    assert client.calls() == ["hadoop fs -mv"]
