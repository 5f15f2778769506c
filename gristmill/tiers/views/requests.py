"""Requests of the person who is signed in: all, a new one, one of them, and its cancelling."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from gristmill import plain
from gristmill.errors import RunError
from gristmill.tiers import request as life
from gristmill.tiers import result
from gristmill.tiers.forms import TITLES, NewRequestForm
from gristmill.tiers.models import ENDS, UNFINISHED
from gristmill.tiers.queue import configured_queue
from gristmill.tiers.upload import NewRequest, upload
from gristmill.tiers.views.owned import READ, owned_request, requests_of
from gristmill.tiers.views.pages import page

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from gristmill.tiers.models import Request

#: Rows that are shown of a result.
_FIRST_ROWS = 20


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """A page of them, the newest first."""
    found = requests_of(request.user.get_username()).order_by("-created", "-pk").prefetch_related("uploads")
    context = {"page": page(found, request.GET.get("page")), "titles": TITLES}
    return render(request, "tiers/requests.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, job: str = "index") -> HttpResponse:
    """The form of a new request; what it sends is stored and queued."""
    if job not in TITLES:
        raise Http404
    # a form whose fields were all left out still was sent
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = NewRequestForm(job, *sent, initial={"mail": request.user.email})
    if sent and form.is_valid():
        new_request = NewRequest(request.user.get_username(), job, form.words, form.cleaned_data["mail"], form.given())
        try:
            made = upload(new_request, configured_queue())
        except RunError as error:
            form.add_error(None, plain.line(str(error)))
        else:
            messages.success(request, "The request is queued.")
            return redirect("request", made)
    context = {"form": form, "job": job, "titles": TITLES, "most": settings.MAX_UPLOAD}
    return render(request, "tiers/new.html", context, status=400 if form.errors else 200)


@owned_request(*READ)
def show(request: HttpRequest, found: Request) -> HttpResponse:
    """One of them: how far it is, and its first rows once there are any."""
    context: dict[str, Any] = {
        "found": found,
        "title": TITLES.get(found.job, found.job),
        "ended": found.state in ENDS,
        "why": plain.line(found.why),
        "can_cancel": found.state in UNFINISHED and not found.cancel_asked,
        **_shown_of_result(found),
    }
    return render(request, "tiers/request.html", context)


def _shown_of_result(found: Request) -> dict[str, Any]:
    """What the page of a request has of its result: the first rows, or why there are none to be had now."""
    if found.state not in ENDS:
        return {}
    try:
        # an error is not left to the view's decorator, which would lead to this very page
        return {"first": result.first_rows(found, _FIRST_ROWS)} if result.has_rows(found) else {}
    except RunError as error:
        return {"trouble": plain.line(str(error))}


@owned_request("POST")
def cancel(request: HttpRequest, found: Request) -> HttpResponse:
    """Have it end."""
    life.cancel(found.pk)
    messages.success(request, "The request is to be cancelled.")
    return redirect("request", found.pk)
