"""What people get and what they sent: rows, the page of sentiment, documents. Files of others are attachments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from gristmill.errors import RunError
from gristmill.tiers import attachments, documents, links, result
from gristmill.tiers.attachments import ALONE
from gristmill.tiers.views.owned import READ, owned_document, owned_request
from gristmill.tiers.views.pages import page

if TYPE_CHECKING:
    from django.http import FileResponse, HttpRequest, StreamingHttpResponse

    from gristmill.tiers.models import Request, Upload

#: Bytes of a document that are shown.
_SHOWN = 1 << 20


@owned_request(*READ)
def rows(_: HttpRequest, found: Request) -> StreamingHttpResponse:
    """The rows of a request."""
    return _rows(found)


@require_safe
def link(request: HttpRequest, key: str) -> StreamingHttpResponse:
    """The rows to which the link of a mail leads."""
    found = links.opened(key, request.user.get_username())
    if found is None:
        raise Http404
    return _rows(found)


def _rows(found: Request) -> StreamingHttpResponse:
    try:
        return attachments.rows(found)
    except RunError:
        raise Http404 from None


@owned_request(*READ)
def report(_: HttpRequest, found: Request) -> HttpResponse:
    """The page of sentiment; the page itself allows its one style sheet, and nothing else."""
    if found.job != "sentiment" or not result.has_rows(found):
        raise Http404
    return HttpResponse(result.report(found), headers={"Content-Security-Policy": ALONE})


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """A page of documents."""
    found = documents.documents(request.user.get_username())
    return render(request, "tiers/documents.html", {"page": page(found, request.GET.get("page"))})


@owned_document(*READ)
def show(_: HttpRequest, found: Upload) -> HttpResponse:
    """A document as text, whatever it is."""
    try:
        file = default_storage.open(found.key)
    except OSError:
        raise Http404 from None
    with file:
        content = file.read(_SHOWN)
    if found.size > _SHOWN:
        content += f"\n… the first {_SHOWN:,} of {found.size:,} bytes\n".encode()
    return HttpResponse(content, content_type="text/plain; charset=utf-8", headers={"Content-Security-Policy": ALONE})


@owned_document(*READ)
def download(_: HttpRequest, found: Upload) -> FileResponse:
    """A document, as it came."""
    try:
        return attachments.document(found)
    except OSError:
        raise Http404 from None


@owned_document("POST")
def delete(request: HttpRequest, found: Upload) -> HttpResponse:
    """Delete a document."""
    documents.delete(found)
    messages.success(request, f"{found.name} is deleted.")
    return redirect("documents")
