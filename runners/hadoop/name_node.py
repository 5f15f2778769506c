"""The name node that the command `hadoop` would ask, by the settings of its site, where it answers plain HTTP."""

from __future__ import annotations

import os
import pwd
import re
from functools import cached_property

from ..remote_files import Unavailable
from .site import read_site, settings_folder

_HTTP_PORT = 9870
#: A path or URI, none of whose letters any Hadoop reads in another way than we do.
_NAME = r"(?!\.\.?(?:/|$))[\w.=@~,-]+"
_PATH = re.compile(rf"(?:hdfs://([A-Za-z0-9.:-]*)(?=/))?(/?{_NAME}(?:/{_NAME})*)/?", re.ASCII)
#: Settings by which paths or names mean something else.
_NOT_PLAIN = re.compile(r"dfs\.nameservices|dfs\.http\.address|fs\.hdfs\.impl|fs\.viewfs\..*")
#: Settings that the script of ``hadoop`` may make, and that would be missed here.
_SCRIPT_SETTING = re.compile(r"^\s*(?:export\s+)?HADOOP_(?:USER_NAME|PROXY_USER|CONF_DIR)=", re.MULTILINE)


class NameNode:
    """Where it is, and what a path means there; Unavailable for all that only Hadoop itself can tell."""

    def __init__(self, hadoop: list[str]) -> None:
        self._hadoop = hadoop

    def path(self, path: str) -> str:
        """An absolute path on the name node's file system."""
        found = _PATH.fullmatch(path)
        if not found or (found[1] or self.where[0]) != self.where[0]:
            raise Unavailable(path)
        return found[2] if found[2].startswith("/") else f"{self._home}/{found[2]}"

    @cached_property
    def user(self) -> str:
        """The user's name on the cluster."""
        try:
            return os.environ.get("HADOOP_USER_NAME") or pwd.getpwuid(os.getuid()).pw_name
        except KeyError as error:  # nobody whom this machine knows
            raise Unavailable from error

    @property
    def _home(self) -> str:
        home = _PATH.fullmatch(f"{self._settings.get('dfs.user.home.dir.prefix', '/user')}/{self.user}")
        if not home or not home[0].startswith("/"):
            raise Unavailable
        return home[0]

    @cached_property
    def where(self) -> tuple[str, tuple[str, int]]:
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
                site = read_site(folder / name)
                if not site.is_plain:
                    raise Unavailable
                settings.update(site.settings)
        except OSError as error:
            raise Unavailable from error
        return settings
