"""The files that a person has sent, as things of their own: they stay when their request has ended, until deleted."""

from __future__ import annotations

from typing import Any

from django.core.files.storage import default_storage

from gristmill.errors import RunError
from gristmill.tiers import request as life
from gristmill.tiers.models import UNFINISHED, Upload


def documents(owner: str) -> Any:
    """Those of a person that are not deleted, the newest first, as a query."""
    stored = Upload.objects.filter(request__owner=owner).exclude(key="").select_related("request")
    return stored.order_by("-request__created", "-request_id", "pk")


def delete(document: Upload) -> None:
    """Delete the stored file; what is known of it stays with its request. RunError where that still needs it."""
    request = life.get(document.request_id)
    if request.state in UNFINISHED:
        raise RunError(
            f"{document.name}: request {request.pk} is {request.state} and needs it; cancel that, or wait for its end"
        )
    # the file first: one that is named and gone can be deleted again, one that nobody names would stay
    default_storage.delete(document.key)
    Upload.objects.filter(pk=document.pk).update(key="")
