"""Files of HDFS by HTTP: what takes ``hadoop fs`` a start of Java each, 1 s and more, takes a few ms.

For clusters whose settings, read as Hadoop reads them, name one name node that is asked in plain HTTP and without a
login. Of all others, and of every answer that is not the expected one, Unavailable: then ``hadoop fs`` is asked, which
handles every login and file system, and knows better what went wrong.
"""

from __future__ import annotations

import json
import os
import pwd
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

#: Seconds for a name node to answer.
PATIENCE = 5
_HTTP_PORT = 9870


class Unavailable(Exception):
    """It is not to be had this way."""


class WebHdfs:
    """The name node that the `hadoop` command would ask, at work for the user that it would work for."""

    def __init__(self, hadoop: str) -> None:
        self._hadoop = hadoop

    def exists(self, path: str) -> bool:
        """Whether there is something at `path`."""
        return self._ask("GET", path, "GETFILESTATUS") is not None

    def move(self, source: str, target: str) -> None:
        """Rename `source` to `target`, which is not there."""
        if self._ask("PUT", source, "RENAME", destination=self._path(target)) != {"boolean": True}:
            raise Unavailable

    def remove(self, path: str) -> None:
        """Remove a file or folder with all it holds; one that is gone is no error."""
        if self._ask("DELETE", path, "DELETE", recursive="true") not in ({"boolean": True}, {"boolean": False}):
            raise Unavailable

    def _ask(self, method: str, path: str, op: str, **arguments: str) -> Any:
        """What the name node answers; None where it says that there is no such file."""
        # its imports take 25 ms, which only this runner needs
        from http.client import HTTPConnection, HTTPException

        query = urlencode({"op": op, **arguments, "user.name": self._user})
        connection = HTTPConnection(*self._name_node[1], timeout=PATIENCE)
        try:
            connection.request(method, f"/webhdfs/v1{quote(self._path(path))}?{query}")
            answer = connection.getresponse()
            told = json.loads(answer.read())
            if answer.status == 404 and told["RemoteException"]["exception"] == "FileNotFoundException":
                return None
        except (OSError, HTTPException, ValueError, LookupError, TypeError) as error:
            raise Unavailable from error
        finally:
            connection.close()
        if answer.status != 200:
            raise Unavailable
        return told

    def _path(self, path: str) -> str:
        """An absolute path on the name node's file system."""
        parts = urlsplit(path)
        ours = parts.scheme in ("", "hdfs") and parts.netloc in ("", self._name_node[0])
        if not ours or parts.query or parts.fragment:
            raise Unavailable
        return parts.path if parts.path.startswith("/") else f"/user/{self._user}/{parts.path}"

    @cached_property
    def _user(self) -> str:
        try:
            return os.environ.get("HADOOP_USER_NAME") or pwd.getpwuid(os.getuid()).pw_name
        except KeyError as error:  # nobody whom this machine knows
            raise Unavailable from error

    @cached_property
    def _name_node(self) -> tuple[str, tuple[str, int]]:
        """Where it is for Hadoop, HOST:PORT, and for HTTP."""
        said = self._settings
        system = urlsplit(said.get("fs.defaultFS", ""))
        plain = (
            said.get("hadoop.security.authentication", "simple") == "simple"
            and said.get("dfs.http.policy", "HTTP_ONLY") == "HTTP_ONLY"
            and said.get("dfs.webhdfs.enabled", "true") == "true"
            and "dfs.nameservices" not in said
            and "HADOOP_PROXY_USER" not in os.environ
        )
        if not plain or system.scheme != "hdfs" or not system.hostname:
            raise Unavailable
        host, _, port = said.get("dfs.namenode.http-address", f"0.0.0.0:{_HTTP_PORT}").rpartition(":")
        if not port.isdecimal():
            raise Unavailable
        return system.netloc, (system.hostname if host == "0.0.0.0" else host, int(port))  # noqa: S104

    @cached_property
    def _settings(self) -> dict[str, str]:
        """The settings of the site; Unavailable where one is made of others."""
        from xml.etree import ElementTree

        folder = Path(os.environ.get("HADOOP_CONF_DIR") or Path(self._hadoop).resolve().parents[1] / "etc" / "hadoop")
        said: dict[str, str] = {}
        try:
            for name in ("core-site.xml", "hdfs-site.xml"):
                for row in ElementTree.parse(folder / name).iter("property"):  # noqa: S314 (the site's own)
                    said[(row.findtext("name") or "").strip()] = (row.findtext("value") or "").strip()
        except (OSError, ElementTree.ParseError) as error:
            raise Unavailable from error
        if any("${" in value for name, value in said.items() if name.startswith(("dfs.namenode.http", "fs.default"))):
            raise Unavailable
        return said
