"""Files of HDFS by HTTP: what takes ``hadoop fs`` a start of Java each, 1 s and more, takes a few ms.

For clusters whose settings, read as Hadoop reads them, name one name node that is asked in plain HTTP and without a
login. Of all others, of names with letters that need care, and of every answer that is not the expected one,
Unavailable: then ``hadoop fs`` is asked, which handles them all, and knows better what went wrong.
"""

from __future__ import annotations

import json
import logging
import os
import pwd
import re
from functools import cached_property
from pathlib import Path
from urllib.parse import urlencode
from xml.etree import ElementTree

from gristmill.errors import RunError

log = logging.getLogger("mrjob.gristmill")

#: Seconds for a name node to be reached, and to answer: it may have done what it was asked long before it says so.
REACHED, ANSWERED = 5, 120
_HTTP_PORT = 9870
#: A path or URI, none of whose letters any Hadoop reads in another way than we do.
_NAME = r"(?!\.\.?(?:/|$))[\w.=@~,-]+"
_PATH = re.compile(rf"(?:hdfs://([A-Za-z0-9.:-]*)(?=/))?(/?{_NAME}(?:/{_NAME})*)/?", re.ASCII)
_TAGS = {"configuration", "property", "name", "value", "description", "final", "source"}
#: Settings by which paths or names mean something else.
_NOT_PLAIN = re.compile(r"dfs\.nameservices|dfs\.http\.address|fs\.hdfs\.impl|fs\.viewfs\..*")
#: What ``hadoop`` may be told by its own script, and we are not.
_TOLD = re.compile(r"^\s*(?:export\s+)?HADOOP_(?:USER_NAME|PROXY_USER|CONF_DIR)=", re.MULTILINE)


class Unavailable(Exception):
    """It is not to be had this way."""


class WebHdfs:
    """The name node that the command `hadoop` would ask, at work for the user that it would work for."""

    def __init__(self, hadoop: list[str]) -> None:
        self._hadoop = hadoop
        self._is_off = False

    def exists(self, path: str) -> bool:
        """Whether there is something at `path`."""
        return self._ask("GET", path, "GETFILESTATUS")

    def move(self, source: str, target: str) -> None:
        """Rename `source` to `target`; RunError where there is something."""
        # without options it would go into a folder that is there
        if not self._ask("PUT", source, "RENAME", destination=self._path(target), renameoptions="NONE"):
            raise Unavailable(f"{source} is not there")

    def remove(self, path: str) -> None:
        """Remove a file or folder with all it holds; one that is gone is no error."""
        self._ask("DELETE", path, "DELETE", recursive="true")

    def _ask(self, method: str, path: str, op: str, **arguments: str) -> bool:
        """Have the name node do something with `path`; False where it says that there is no such file."""
        # its imports take 25 ms, which only this runner needs
        from http.client import HTTPConnection, HTTPException

        if self._is_off:
            raise Unavailable
        query = {"op": op, **arguments, "user.name": self._user}
        url = f"/webhdfs/v1{self._path(path)}?{urlencode(query, errors='surrogateescape')}"
        host, port = self._name_node[1]
        log.debug("> %s http://%s:%d%s", method, host, port, url)
        connection = HTTPConnection(host, port, timeout=REACHED)
        try:
            connection.connect()
            connection.sock.settimeout(ANSWERED)
            connection.request(method, url)
            answer = connection.getresponse()
            told = json.loads(answer.read() or b"{}")
            refused = "" if answer.status == 200 else told["RemoteException"]["exception"]
        except (OSError, HTTPException, ValueError, LookupError, TypeError) as error:
            # a port that swallows what it is sent would cost as much again
            self._is_off = True
            raise Unavailable(str(error)) from error
        finally:
            connection.close()
        if refused == "FileNotFoundException":
            return False
        if refused == "FileAlreadyExistsException":
            raise RunError(f"{arguments['destination']} was made while the job ran; name another output directory")
        if refused:
            raise Unavailable(refused)
        return True

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
        """Where it is for Hadoop, HOST:PORT, and for HTTP."""
        said = self._settings
        plain = (
            said.get("hadoop.security.authentication", "simple") == "simple"
            and said.get("dfs.http.policy", "HTTP_ONLY") == "HTTP_ONLY"
            and said.get("dfs.webhdfs.enabled", "true") == "true"
            and not any(map(_NOT_PLAIN.fullmatch, said))
        )
        system = re.fullmatch(r"hdfs://([A-Za-z0-9.-]+)(:\d+)?/?", said.get("fs.defaultFS", ""))
        web = re.fullmatch(r"([A-Za-z0-9.-]+):(\d+)", said.get("dfs.namenode.http-address", f"0.0.0.0:{_HTTP_PORT}"))
        if not plain or not system or not web:
            raise Unavailable
        # of all interfaces, that of the file system
        host = system[1] if web[1] == "0.0.0.0" else web[1]  # noqa: S104
        return system[1] + (system[2] or ""), (host, int(web[2]))

    @cached_property
    def _settings(self) -> dict[str, str]:
        """The settings of the site; Unavailable where they are not all there is."""
        home = os.environ.get("HADOOP_HOME") or Path(self._hadoop[0]).resolve().parent.parent
        folder = Path(os.environ.get("HADOOP_CONF_DIR") or Path(home, "etc", "hadoop"))
        if len(self._hadoop) > 1 or "HADOOP_PROXY_USER" in os.environ:
            raise Unavailable
        said: dict[str, str] = {}
        try:
            script = folder / "hadoop-env.sh"
            if script.exists() and _TOLD.search(script.read_text(errors="replace")):
                raise Unavailable
            for name in ("core-site.xml", "hdfs-site.xml"):
                for row in ElementTree.parse(folder / name).iter():  # noqa: S314 (the site's own)
                    if row.tag not in _TAGS or row.attrib:
                        raise Unavailable
                    if row.tag == "property":
                        said[(row.findtext("name") or "").strip()] = (row.findtext("value") or "").strip()
        except (OSError, ElementTree.ParseError) as error:
            raise Unavailable from error
        return said
