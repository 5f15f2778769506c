"""Tokens of the API: a person has one at most, which says who asks as a sign-in does."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from rest_framework.authtoken.models import Token

from gristmill.errors import RunError


def account(name: str) -> Any:
    """The account of this name; RunError where there is none."""
    found = get_user_model().objects.filter(username=name).first()
    if found is None:
        raise RunError(f"there is no account {name!r}; gristmill serve says how one is made")
    return found


def new_token(user: Any) -> str:
    """A new token of a person; the one before opens nothing any more."""
    with transaction.atomic():
        no_token(user)
        return str(Token.objects.create(user=user).key)


def no_token(user: Any) -> None:
    """Have a person have none."""
    Token.objects.filter(user=user).delete()
