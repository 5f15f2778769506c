"""Tokens of the API: a person has one at most, which says who asks as a sign-in does."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from rest_framework.authtoken.models import Token


def new_token(user: Any) -> str:
    """A new token of a person; the one before opens nothing any more."""
    with transaction.atomic():
        revoke_token(user)
        return str(Token.objects.create(user=user).key)


def revoke_token(user: Any) -> None:
    """Remove the token of a person, if there is one."""
    Token.objects.filter(user=user).delete()
