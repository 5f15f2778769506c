"""``gristmill serve``: the web, by gunicorn. Static files are served by WhiteNoise, from where they lie."""

from __future__ import annotations

import re
import resource
import socket
import sys
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection
from gunicorn.app.base import BaseApplication

from gristmill.errors import RunError
from gristmill.tiers import receive
from gristmill.tiers.views.accounts import first_address

if TYPE_CHECKING:
    from typing import Callable

#: Requests that one process answers at once; an upload takes one for as long as it lasts.
_THREADS = 8
#: Files of a process beside those of uploads: connections, the database, results that are read.
_OTHER_FILES = 1000


class Server(BaseApplication):
    """Gunicorn, with our settings in place of its command line and its files."""

    def __init__(self, **given: Any) -> None:
        self._given = given
        super().__init__()

    def load_config(self) -> None:
        """Take the settings."""
        for name, value in self._given.items():
            self.cfg.set(name, value)

    def load(self) -> Callable[..., Any]:
        """Django's application, in each process."""
        application: Callable[..., Any] = get_wsgi_application()
        return application


def serve(bind: str, workers: int) -> None:
    """Answer at `bind`, HOST:PORT, until Ctrl-C; RunError where that cannot be had."""
    host, port = _address(bind)
    receive.sweep()
    _let_open_files()
    address = settings.URL or f"http://{host}:{port}"
    first = first_address()
    # each process opens its own
    connection.close()

    def tell(_: object) -> None:
        sys.stderr.write(f"serving {address}/ at {bind}; Ctrl-C ends it\n")
        if first:
            sys.stderr.write(f"there is no account yet; within the hour, make the first at {address}{first}\n")
        sys.stderr.flush()

    Server(
        bind=bind,
        workers=workers,
        # a process answers that it lives while its threads take long uploads
        worker_class="gthread",
        threads=_THREADS,
        # nobody says by a header which part of the path is where we stand
        forwarder_headers="",
        loglevel="warning",
        control_socket_disable=True,
        when_ready=tell,
    ).run()


def _let_open_files() -> None:
    """Have each process open as many files as its uploads may have at once, or as many as the system lets it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _THREADS * settings.DATA_UPLOAD_MAX_NUMBER_FILES + _OTHER_FILES
    enough = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, enough), hard))


def _address(bind: str) -> tuple[str, int]:
    """The host and the port; RunError where they are none, or taken."""
    parts = re.fullmatch(r"(\[[0-9a-fA-F:.]+\]|[\w.-]+):(\d{1,5})", bind)
    if not parts or not 0 < int(parts[2]) < 65536:
        raise RunError(f"--bind {bind!r} is no address; give HOST:PORT, as 127.0.0.1:8000")
    host, port = parts[1], int(parts[2])
    try:
        family, kind, proto, _, where = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, proto) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind(where)
    except OSError as error:
        raise RunError(f"--bind {bind}: {error.strerror}; name another address, or end what has it") from None
    return host, port
