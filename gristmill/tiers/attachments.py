"""What people keep as files, for the web and the REST API: the rows of a request, and documents as they came."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.files.storage import default_storage
from django.http import FileResponse, StreamingHttpResponse
from django.utils.http import content_disposition_header

from gristmill.tiers import result

if TYPE_CHECKING:
    from gristmill.tiers.models import Request, Upload

#: The policy of a page that loads nothing, and runs as if it came from nowhere: what others wrote is such a page.
ALONE = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"


def rows(request: Request) -> StreamingHttpResponse:
    """All rows, as the job prints them; RunError where there are none."""
    headers = {
        "Content-Disposition": content_disposition_header(True, f"{request.pk}.tsv"),
        "Content-Security-Policy": ALONE,
    }
    return StreamingHttpResponse(result.rows(request), content_type="text/plain; charset=utf-8", headers=headers)


def document(upload: Upload) -> FileResponse:
    """A document as it came, never something that a browser shows; OSError or RunError where it cannot be read."""
    kind, policy = "application/octet-stream", {"Content-Security-Policy": ALONE}
    file = default_storage.open(upload.key)
    return FileResponse(file, as_attachment=True, filename=upload.name, content_type=kind, headers=policy)
