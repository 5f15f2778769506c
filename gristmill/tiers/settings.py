"""Django's settings for the tiers. They need no file of the user's; the section `tiers` of mrjob.conf changes some.

    tiers:
      state_dir: /srv/gristmill     # where all is kept on this machine (see gristmill.tiers.state)
      max_upload: 10GB              # bytes that the files of one request have at most
      lease_seconds: 60             # after that long without a word of a consumer, another takes its requests over
      mail_from: gristmill@example.org

Secrets are not among them: they come from the environment, or from files that only this user reads.
"""

from __future__ import annotations

from argparse import ArgumentTypeError
from typing import Any

from gristmill.errors import RunError
from gristmill.job.options import byte_count
from gristmill.job.settings import section
from gristmill.tiers.state import secret_key, state_folder
from gristmill.typed import nearest

#: The keys of the section, with the values that they have without it.
DEFAULTS = {"state_dir": None, "max_upload": "10GB", "lease_seconds": 60, "mail_from": "gristmill@localhost"}


def _site() -> dict[str, Any]:
    """The section `tiers`, with defaults; RunError for a key that there is none of, or a value of no use."""
    path, given = section("tiers")
    for name in given:
        if name not in DEFAULTS:
            keys = ", ".join(DEFAULTS)
            raise RunError(f"settings {path}: tiers: there is no {name!r}{nearest(str(name), DEFAULTS)}, only {keys}")
    site = {**DEFAULTS, **given}
    try:
        site["max_upload"] = byte_count(str(site["max_upload"]))
    except ArgumentTypeError as error:
        raise RunError(f"settings {path}: tiers: max_upload: {error}") from None
    lease = site["lease_seconds"]
    if type(lease) not in (int, float) or not 1 <= lease <= 86400:
        raise RunError(f"settings {path}: tiers: lease_seconds is {lease!r}; give it 1 to 86400")
    return site


_SITE = _site()

# of ours
STATE = state_folder(_SITE["state_dir"])
MAX_UPLOAD = _SITE["max_upload"]
LEASE_SECONDS = _SITE["lease_seconds"]
MAIL_FOLDER = STATE / "mail"

# Django's
SECRET_KEY = secret_key(STATE)
INSTALLED_APPS = ["gristmill.tiers"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
# its own would replace those of the program
LOGGING_CONFIG = None
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": STATE / "tiers.sqlite3",
        "OPTIONS": {
            # a transaction that reads first would fail at its write, without waiting, where another has written
            "transaction_mode": "IMMEDIATE",
            # seconds to wait for another's transaction
            "timeout": 30,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL",
        },
    }
}
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": STATE / "uploads",
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    }
}
EMAIL_BACKEND = "gristmill.tiers.eml.EmailBackend"
DEFAULT_FROM_EMAIL = _SITE["mail_from"]
