"""The link in a mail: an address that tells nothing, ends after a while, and opens for its owner alone."""

from __future__ import annotations

from datetime import timedelta
from secrets import token_urlsafe

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from gristmill.tiers.models import Link, Request

#: Days that a link is good for.
DAYS = 14


def to_rows(request: Request) -> str:
    """A new address of the rows of a request."""
    link = Link.objects.create(key=token_urlsafe(24), request=request, until=timezone.now() + timedelta(days=DAYS))
    return f"{settings.URL}{reverse('link', args=[link.key])}"


def to_life(request: Request) -> str:
    """The address of the page of a request."""
    return f"{settings.URL}{reverse('request', args=[request.pk])}"


def opened(key: str, owner: str) -> Request | None:
    """The request of a link that this person opens; None where it is another's, has ended, or is none."""
    found: Request | None = Request.objects.filter(links__key=key, links__until__gt=timezone.now(), owner=owner).first()
    return found
