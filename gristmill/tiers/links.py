"""The link in a mail: an address that tells nothing, ends after a while, and opens for its owner alone."""

from __future__ import annotations

from datetime import timedelta
from secrets import token_urlsafe
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from gristmill.tiers.models import Link, Request

if TYPE_CHECKING:
    from gristmill.tiers.models import Request as AnyRequest

#: Days that a link is good for.
DAYS = 14


def to_rows(request: AnyRequest) -> str:
    """A new address of the rows of a request."""
    link = Link.objects.create(key=token_urlsafe(24), request=request, until=timezone.now() + timedelta(days=DAYS))
    return f"{settings.URL}{reverse('link', args=[link.key])}"


def to_life(request: AnyRequest) -> str:
    """The address of the page of a request."""
    return f"{settings.URL}{reverse('request', args=[request.pk])}"


def opened(key: str, owner: str) -> AnyRequest | None:
    """The request of a link that this person opens; None where it is another's, has ended, or is none."""
    found: AnyRequest | None = Request.objects.filter(
        links__key=key, links__until__gt=timezone.now(), owner=owner
    ).first()
    return found
