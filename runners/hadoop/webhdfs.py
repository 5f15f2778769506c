"""RemoteFiles of HDFS by HTTP: what takes ``hadoop fs`` a start of Java each, 1 s and more, takes a few ms.

For clusters whose settings, read as Hadoop reads them, name one name node that answers plain HTTP without a login. For
all others, for names with letters that need care, for data, and at every answer that is not the expected one:
Unavailable. ``hadoop fs`` handles them all, and its error names the cause.
"""

from __future__ import annotations

import json
import logging
import os
import pwd
import re
from functools import cached_property
from typing import NoReturn
from urllib.parse import urlencode, urlsplit
from xml.etree import ElementTree

from gristmill.errors import RunError

from ..remote_files import Unavailable
from .command import settings_folder

log = logging.getLogger("mrjob.gristmill")

#: Seconds to connect to a node, and for its answer: it may have done what it was asked long before it says so.
CONNECT, ANSWER = 5, 120
_HTTP_PORT = 9870
#: A path or URI, none of whose letters any Hadoop reads in another way than we do.
_NAME = r"(?!\.\.?(?:/|$))[\w.=@~,-]+"
_PATH = re.compile(rf"(?:hdfs://([A-Za-z0-9.:-]*)(?=/))?(/?{_NAME}(?:/{_NAME})*)/?", re.ASCII)
_TAGS = {"configuration", "property", "name", "value", "description", "final", "source"}
#: Settings by which paths or names mean something else.
_NOT_PLAIN = re.compile(r"dfs\.nameservices|dfs\.http\.address|fs\.hdfs\.impl|fs\.viewfs\..*")
#: Settings that the script of ``hadoop`` may make, and that would be missed here.
_SCRIPT_SETTING = re.compile(r"^\s*(?:export\s+)?HADOOP_(?:USER_NAME|PROXY_USER|CONF_DIR)=", re.MULTILINE)
#: HTTP status of a name node that names a data node for the bytes of a new file, and of one that has them.
_REDIRECT, _CREATED = 307, 201


class WebHdfs:
    """The name node that the command `hadoop` would ask, in the name of the user that it would act for."""

    def __init__(self, hadoop: list[str]) -> None:
        self._hadoop = hadoop
        self._is_off = False

    def exists(self, path: str) -> bool:
        """Whether there is a file or folder at `path`."""
        return self._do("GET", path, "GETFILESTATUS")

    def put(self, local: str, path: str) -> NoReturn:
        """Unavailable: data goes by ``hadoop fs``."""
        raise Unavailable

    def get(self, path: str, local: str) -> NoReturn:
        """Unavailable: data goes by ``hadoop fs``."""
        raise Unavailable

    def list_files(self, path: str) -> NoReturn:
        """Unavailable: a glob is for Hadoop to read."""
        raise Unavailable

    def move(self, source: str, target: str) -> None:
        """Rename `source` to `target`; RunError where there is a file or folder."""
        # without options it would go into a folder that is there
        if not self._do("PUT", source, "RENAME", destination=self._path(target), renameoptions="NONE"):
            raise Unavailable(f"{source} is not there")

    def remove(self, *paths: str) -> None:
        """Remove files, and folders with all they hold; those that are gone are no error."""
        for path in paths:
            self._do("DELETE", path, "DELETE", recursive="true")

    def write(self, path: str, data: bytes) -> None:
        """Make or replace a small file: the name node names a data node, which takes the bytes."""
        status, _, location = self._ask("PUT", path, "CREATE", overwrite="true")
        try:
            node = urlsplit(location)
            if status != _REDIRECT or node.scheme != "http" or not node.hostname:
                raise Unavailable(f"{path}: HTTP status {status}")
            # a data node out of reach does not put the name node out of use
            status, _, _ = _request("PUT", node.hostname, node.port or 80, f"{node.path}?{node.query}", data)
        except (OSError, ValueError) as error:
            raise Unavailable(str(error)) from error
        if status != _CREATED:
            raise Unavailable(f"{path}: HTTP status {status}")

    def _do(self, method: str, path: str, op: str, **arguments: str) -> bool:
        """Have the name node do something with `path`; False where it answers that there is no such file."""
        status, body, _ = self._ask(method, path, op, **arguments)
        try:
            answer = json.loads(body or b"{}")
            refused = "" if status == 200 else answer["RemoteException"]["exception"]
        except (ValueError, LookupError, TypeError) as error:
            # another service may have its port
            self._is_off = True
            raise Unavailable(str(error)) from error
        if refused == "FileNotFoundException":
            return False
        if refused == "FileAlreadyExistsException":
            raise RunError(f"{arguments['destination']} was made while the job ran; name another output directory")
        if refused:
            raise Unavailable(refused)
        return True

    def _ask(self, method: str, path: str, op: str, **arguments: str) -> tuple[int, bytes, str]:
        """The name node's answer: HTTP status, body, Location."""
        if self._is_off:
            raise Unavailable
        query = {"op": op, **arguments, "user.name": self._user}
        url = f"/webhdfs/v1{self._path(path)}?{urlencode(query, errors='surrogateescape')}"
        try:
            return _request(method, *self._name_node[1], url)
        except (OSError, ValueError) as error:
            # a port that swallows what it is sent would cost as much again
            self._is_off = True
            raise Unavailable(str(error)) from error

    def _path(self, path: str) -> str:
        """An absolute path on the name node's file system."""
        found = _PATH.fullmatch(path)
        if not found or (found[1] or self._name_node[0]) != self._name_node[0]:
            raise Unavailable(path)
        return found[2] if found[2].startswith("/") else f"{self._home}/{found[2]}"

    @cached_property
    def _user(self) -> str:
        try:
            return os.environ.get("HADOOP_USER_NAME") or pwd.getpwuid(os.getuid()).pw_name
        except KeyError as error:  # nobody whom this machine knows
            raise Unavailable from error

    @property
    def _home(self) -> str:
        home = _PATH.fullmatch(f"{self._settings.get('dfs.user.home.dir.prefix', '/user')}/{self._user}")
        if not home or not home[0].startswith("/"):
            raise Unavailable
        return home[0]

    @cached_property
    def _name_node(self) -> tuple[str, tuple[str, int]]:
        """The name node's address for Hadoop, HOST:PORT, and host and port for HTTP."""
        settings = self._settings
        plain = (
            settings.get("hadoop.security.authentication", "simple") == "simple"
            and settings.get("dfs.http.policy", "HTTP_ONLY") == "HTTP_ONLY"
            and settings.get("dfs.webhdfs.enabled", "true") == "true"
            and not any(map(_NOT_PLAIN.fullmatch, settings))
        )
        system = re.fullmatch(r"hdfs://([A-Za-z0-9.-]+)(:\d+)?/?", settings.get("fs.defaultFS", ""))
        address = settings.get("dfs.namenode.http-address", f"0.0.0.0:{_HTTP_PORT}")
        web = re.fullmatch(r"([A-Za-z0-9.-]+):(\d+)", address)
        if not plain or not system or not web:
            raise Unavailable
        # of all interfaces, that of the file system
        host = system[1] if web[1] == "0.0.0.0" else web[1]  # noqa: S104 (compared, not bound)
        return system[1] + (system[2] or ""), (host, int(web[2]))

    @cached_property
    def _settings(self) -> dict[str, str]:
        """The settings of the site's files; Unavailable where others may hold."""
        folder = settings_folder(self._hadoop)
        if len(self._hadoop) > 1 or "HADOOP_PROXY_USER" in os.environ:
            raise Unavailable
        settings: dict[str, str] = {}
        try:
            script = folder / "hadoop-env.sh"
            if script.exists() and _SCRIPT_SETTING.search(script.read_text(errors="replace")):
                raise Unavailable
            for name in ("core-site.xml", "hdfs-site.xml"):
                for row in ElementTree.parse(folder / name).iter():  # noqa: S314 (the site's own)
                    if row.tag not in _TAGS or row.attrib:
                        raise Unavailable
                    if row.tag == "property":
                        settings[(row.findtext("name") or "").strip()] = (row.findtext("value") or "").strip()
        except (OSError, ElementTree.ParseError) as error:
            raise Unavailable from error
        return settings


def _request(method: str, host: str, port: int, url: str, body: bytes | None = None) -> tuple[int, bytes, str]:
    """HTTP status, body and Location of an answer; OSError where there is none."""
    # its imports take 25 ms, which only this runner needs
    from http.client import HTTPConnection, HTTPException

    log.debug("> %s http://%s:%d%s", method, host, port, url)
    connection = HTTPConnection(host, port, timeout=CONNECT)
    try:
        connection.connect()
        connection.sock.settimeout(ANSWER)
        connection.request(method, url, body)
        answer = connection.getresponse()
        return answer.status, answer.read(), answer.getheader("Location", "")
    except HTTPException as error:
        raise OSError(str(error)) from error
    finally:
        connection.close()
