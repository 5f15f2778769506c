"""The accounts of people, and the user of this machine, whose commands act for the account of the same name."""

from __future__ import annotations

import getpass
import os
from typing import Any

from django.contrib.auth import get_user_model

from gristmill.errors import RunError


def account(name: str) -> Any:
    """The account of this name; RunError where there is none."""
    found = get_user_model().objects.filter(username=name).first()
    if found is None:
        raise RunError(
            f"there is no account {name!r}; gristmill serve says how the first is made; staff make more under Accounts"
        )
    return found


def system_user() -> str:
    """The name of the person at this machine; the number where there is no name, as in a container."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())
