"""What each answer of the web goes through, beside Django's own middleware: health checks, limits and the policy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render

if TYPE_CHECKING:
    from typing import Callable

    from django.http import HttpRequest

    Answer = Callable[[HttpRequest], HttpResponse]

#: A page loads what comes from here, and nothing that stands in the page itself runs.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def answer_health_checks(get_response: Answer) -> Answer:
    """Answer /healthz: 200, or 503 where the database does not answer."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path != "/healthz":
            return get_response(request)
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
        except DatabaseError:
            return HttpResponse("the database does not answer\n", content_type="text/plain", status=503)
        return HttpResponse("ok\n", content_type="text/plain")

    return middleware


def add_policy(get_response: Answer) -> Answer:
    """Give each answer our content security policy, unless its view has a stricter one."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        return response

    return middleware


def limit_length(get_response: Answer) -> Answer:
    """Refuse a request that says that it is longer than any may be, before anything of it is read."""

    def middleware(request: HttpRequest) -> HttpResponse:
        # a body without a length is not read at all
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdecimal() and int(length) > settings.MAX_UPLOAD + settings.MAX_FORM:
            if request.path.startswith("/api/"):
                line = (
                    f"the request has {int(length):,} bytes, and its files at most {settings.MAX_UPLOAD:,}; send fewer"
                )
                return JsonResponse({"detail": line}, status=413)
            return render(request, "413.html", {"most": settings.MAX_UPLOAD}, status=413)
        return get_response(request)

    return middleware
