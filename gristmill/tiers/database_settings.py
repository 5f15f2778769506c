"""The setting `database`, as Django takes it: a file in the state folder (SQLite), or a database of MariaDB.

    database: sqlite
    database: mariadb://USER@HOST[:PORT]/NAME[?ssl_ca=FILE]
    database: mariadb://USER@localhost/NAME?unix_socket=FILE

The password is $GRISTMILL_DATABASE_PASSWORD, and stands in no file.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit

from gristmill.errors import RunError

if TYPE_CHECKING:
    from pathlib import Path

#: The default: nothing to set up.
SQLITE = "sqlite"
PASSWORD = "GRISTMILL_DATABASE_PASSWORD"  # noqa: S105 (the name of it)

_FORM = f"write {SQLITE}, or mariadb://USER@HOST/NAME with the password in ${PASSWORD}"
#: Seconds until a server that says nothing is taken for gone.
_SILENCE = 60
#: Times are compared and shown as UTC, wherever the server stands; what does not fit a column is an error.
_INIT = "SET time_zone = '+00:00', sql_mode = 'STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'"


def database_settings(given: object, state: Path) -> dict[str, Any]:
    """Django's settings of one database; RunError for a value of no use."""
    if given == SQLITE:
        return _sqlite(state)
    try:
        url = urlsplit(str(given))
        options = dict(parse_qsl(url.query, keep_blank_values=True, strict_parsing=bool(url.query)))
        parts = {"USER": url.username, "HOST": url.hostname, "NAME": url.path[1:], "PORT": url.port or ""}
    except ValueError as error:
        raise RunError(f"database: {given!r}: {error}; {_FORM}") from None
    if url.password is not None:
        raise RunError(f"database: leave the password out: a file is no place for it; give it by ${PASSWORD}")
    if url.scheme != "mariadb" or not all((url.username, url.hostname, url.path[1:])) or "/" in url.path[1:]:
        raise RunError(f"database is {given!r}; {_FORM}")
    if unknown := set(options) - {"ssl_ca", "unix_socket"}:
        raise RunError(f"database: there is no {min(unknown)!r} behind the ?, only ssl_ca and unix_socket")
    return _mariadb({name: unquote(str(value)) for name, value in parts.items()}, options)


def _sqlite(state: Path) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": state / "tiers.sqlite3",
        "OPTIONS": {
            # a transaction that reads first would fail at its write, without waiting, where another has written
            "transaction_mode": "IMMEDIATE",
            # seconds to wait for another's transaction
            "timeout": 30,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL",
        },
    }


def _mariadb(parts: dict[str, str], options: dict[str, str]) -> dict[str, Any]:
    try:
        # Django knows its driver by the name of another that needs a compiler
        import_module("pymysql").install_as_MySQLdb()
    except ImportError:
        raise RunError("database: MariaDB needs PyMySQL; install it: pip install 'gristmill[tiers]'") from None
    more: dict[str, Any] = {"ssl": {"ca": options["ssl_ca"]}} if "ssl_ca" in options else {}
    if "unix_socket" in options:
        parts = {**parts, "HOST": options["unix_socket"]}
    return {
        "ENGINE": "django.db.backends.mysql",
        "PASSWORD": os.environ.get(PASSWORD, ""),
        **parts,
        "OPTIONS": {
            # an UPDATE that names a state sees what others have committed by then, and so does each look after it
            "isolation_level": "read committed",
            "init_command": _INIT,
            "connect_timeout": 10,
            "read_timeout": _SILENCE,
            "write_timeout": _SILENCE,
            **more,
        },
    }
