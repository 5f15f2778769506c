"""``mail`` of the section `tiers`: by which of our back ends Django's mail goes, and with what.

    (none)                       a folder of .eml files
    smtp://HOST[:25]             SMTP in the clear, as to a server of this machine
    smtp+tls://HOST[:587]        SMTP, encrypted by STARTTLS
    smtps://HOST[:465]           SMTP over TLS

The user and the password, where it wants any, are $GRISTMILL_SMTP_USER and $GRISTMILL_SMTP_PASSWORD.
"""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import urlsplit

import django
from django.core import mail

from gristmill import plain
from gristmill.errors import RunError

#: Schemes, with the ports that they have where none is named.
_PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465}
#: Options as the settings of Django 5.2 have them, behind EMAIL_.
_OLD = {
    **{"host": "HOST", "port": "PORT", "username": "HOST_USER", "password": "HOST_PASSWORD"},
    **{"use_tls": "USE_TLS", "use_ssl": "USE_SSL", "timeout": "TIMEOUT"},
}
#: Seconds that each answer of the server is waited for.
ANSWER_SECONDS = 60
#: Hosts that a password reaches without a network.
_HERE = ("localhost", "127.0.0.1", "::1")


def mail_settings(address: str | None) -> dict[str, Any]:
    """Django's settings for a value of ``mail``; RunError for one that is none."""
    if address is None:
        return as_settings("gristmill.tiers.eml.EmailBackend", {})
    scheme, host, port = _parsed(address)
    user, password = (os.environ.get(f"GRISTMILL_SMTP_{name}", "") for name in ("USER", "PASSWORD"))
    if bool(user) != bool(password):
        raise RunError("set both $GRISTMILL_SMTP_USER and $GRISTMILL_SMTP_PASSWORD, or none")
    if password and scheme == "smtp" and host not in _HERE:
        raise RunError(f"{address!r} would send the password in the clear; write smtp+tls:// or smtps://")
    plain.hide({"password": password})
    options = {
        "host": host,
        "port": port,
        "username": user,
        "password": password,
        "use_tls": scheme == "smtp+tls",
        "use_ssl": scheme == "smtps",
        "timeout": ANSWER_SECONDS,
    }
    return as_settings("gristmill.tiers.smtp.EmailBackend", options)


def mailer() -> Any:
    """The back end that mails go by."""
    # Django 6.1 has it in place of get_connection
    return mail.mailers["default"] if hasattr(mail, "mailers") else mail.get_connection()


def _parsed(address: str) -> tuple[str, str, int]:
    """Scheme, host and port of a server's address."""
    try:
        parts = urlsplit(str(address))
        port = parts.port
    except ValueError as error:
        raise RunError(f"{address!r}: {error}; write smtp://HOST:PORT") from None
    if parts.username is not None or parts.password is not None:
        raise RunError("leave user and password out; set $GRISTMILL_SMTP_USER and $GRISTMILL_SMTP_PASSWORD")
    if parts.scheme not in _PORTS or not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment:
        known = ", ".join(f"{scheme}://HOST:PORT" for scheme in _PORTS)
        raise RunError(f"{address!r} is no server; write one of {known}, or leave it out for a folder of .eml files")
    return parts.scheme, parts.hostname, port or _PORTS[parts.scheme]


def as_settings(backend: str, options: dict[str, Any]) -> dict[str, Any]:
    """The settings as this Django has them: each warns of, or does not know, the other's."""
    if django.VERSION >= (6, 1):
        return {"MAILERS": {"default": {"BACKEND": backend, "OPTIONS": options}}}
    return {"EMAIL_BACKEND": backend, **{f"EMAIL_{_OLD[name]}": value for name, value in options.items()}}
