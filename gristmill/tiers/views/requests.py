"""Requests of the person who is signed in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.paginator import Paginator
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gristmill.tiers.models import Request

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

#: Requests of one page.
_PAGE = 25


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """A page of them, the newest first."""
    found = Request.objects.filter(owner=request.user.get_username()).order_by("-created", "-pk")
    page = Paginator(found.prefetch_related("uploads"), _PAGE).get_page(request.GET.get("page"))
    return render(request, "tiers/requests.html", {"page": page})
