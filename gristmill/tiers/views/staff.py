"""For whoever runs it: all requests, how many wait, who works on them. For others the page is not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Count, Max, Q
from django.db.models.functions import Now
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gristmill.tiers.forms import TITLES
from gristmill.tiers.models import TAKEN, Request, State
from gristmill.tiers.views.pages import page

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
def everything(request: HttpRequest) -> HttpResponse:
    """A page of all requests, the newest first."""
    if not request.user.is_staff:
        raise Http404
    waiting, taken = Q(state=State.QUEUED), Q(state__in=TAKEN)
    holders = Request.objects.filter(taken, lease_until__gt=Now()).exclude(holder="")
    found = Request.objects.order_by("-created", "-pk").prefetch_related("uploads")
    context = {
        "page": page(found, request.GET.get("page")),
        "titles": TITLES,
        "waiting": Request.objects.filter(waiting).count(),
        "taken": Request.objects.filter(taken).count(),
        "consumers": holders.values("holder").annotate(held=Count("pk"), until=Max("lease_until")).order_by("holder"),
    }
    return render(request, "tiers/everything.html", context)
