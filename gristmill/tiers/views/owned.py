"""What is asked of a thing by whoever has it; for anyone else it is not there, whatever is asked."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect

from gristmill import plain
from gristmill.errors import RunError
from gristmill.tiers.documents import documents
from gristmill.tiers.models import Request

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

READ = ("GET", "HEAD")


def requests_of(owner: str) -> Any:
    """The requests of a person, as a query."""
    return Request.objects.filter(owner=owner)


def owned_request(*methods: str) -> Callable[..., Any]:
    """A view of one request of the person who is signed in; RunError is told on the request's page."""
    return _owned(requests_of, methods, lambda found: redirect("request", found.pk))


def owned_document(*methods: str) -> Callable[..., Any]:
    """A view of one document of the person who is signed in; RunError is told on the page of them all."""
    return _owned(documents, methods, lambda _: redirect("documents"))


def _owned(
    query: Callable[[str], Any], methods: tuple[str, ...], refused: Callable[[Any], HttpResponse]
) -> Callable[..., Any]:
    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def owned(request: HttpRequest, pk: object) -> HttpResponse:
            # whose it is comes first: that it is there is nobody else's business
            found = get_object_or_404(query(request.user.get_username()), pk=pk)
            if request.method not in methods:
                return HttpResponseNotAllowed(methods)
            try:
                return view(request, found)
            except RunError as error:
                messages.error(request, plain.line(str(error)))
                return refused(found)

        return owned

    return decorate
