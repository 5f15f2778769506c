"""Requests as a person reads them, and as JSON, an object a line."""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING, Any

from gristmill import plain
from gristmill.tiers.models import ENDS, Request

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Seconds between two looks of --watch.
_WATCH_SECONDS = 0.5


def show(requests: Iterable[Request], *, as_json: bool, watch: bool, whole: bool) -> None:
    """Print requests, each `whole` or as a line; with `watch` those that change, until all have ended."""
    shown: dict[str, str] = {}
    while True:
        left = False
        for request in requests:
            text = _as_json(request) if as_json else _whole(request) if whole else _line(request)
            if shown.get(request.pk) != text:
                shown[request.pk] = text
                sys.stdout.write(text + "\n")
            left |= request.state not in ENDS
        sys.stdout.flush()
        if not (watch and left):
            return
        time.sleep(_WATCH_SECONDS)
        requests = newest_first(Request.objects.filter(pk__in=shown))


def newest_first(requests: Any) -> list[Request]:
    """Requests with all that is shown of them, in a few queries however many they are."""
    return list(requests.order_by("-created", "-pk").prefetch_related("uploads", "events"))


def _line(request: Request) -> str:
    names = ", ".join(upload.name for upload in request.uploads.all())
    return plain.line(f"{request.pk}  {_state(request):24}  {request.owner}  {request.job}  {names}")


def _whole(request: Request) -> str:
    rows = {
        "state": _state(request),
        "job": " ".join([request.job, *request.options]),
        "owner": request.owner,
        "mail": request.mail,
        "why": request.why,
        "result": request.result,
    }
    lines = [f"{name:8}{value}" for name, value in rows.items() if value]
    lines += [f"{upload.role:8}{upload.name}, {upload.size:,} bytes" for upload in request.uploads.all()]
    lines += [f"{each.at:%Y-%m-%d %H:%M:%S}  {each.state:10}  {each.text}" for each in request.events.all()]
    return "\n".join(map(plain.line, [f"request {request.pk}", *lines]))


def _state(request: Request) -> str:
    """Its state; what it will be where that is known."""
    if request.state not in ENDS and request.ending:
        return f"{request.state} ({request.ending})"
    return f"{request.state} (to be cancelled)" if request.cancel_asked and not request.ending else request.state


def _as_json(request: Request) -> str:
    fields: dict[str, Any] = {
        name: getattr(request, name)
        for name in ("id", "owner", "job", "options", "mail", "state", "ending", "why", "result", "cancel_asked")
    }
    fields["created"], fields["changed"] = request.created.isoformat(), request.changed.isoformat()
    columns = ("role", "name", "size", "sha256")
    fields["uploads"] = [{name: getattr(upload, name) for name in columns} for upload in request.uploads.all()]
    fields["events"] = [
        {"at": each.at.isoformat(), "state": each.state, "text": each.text} for each in request.events.all()
    ]
    return json.dumps(fields, ensure_ascii=False)
