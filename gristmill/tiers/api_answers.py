"""How the API answers: what is refused in one clear line, lists by pages."""

from __future__ import annotations

import errno
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation, ValidationError
from rest_framework import status
from rest_framework.exceptions import APIException, NotFound
from rest_framework.pagination import CursorPagination
from rest_framework.response import Response
from rest_framework.views import exception_handler

from gristmill import plain
from gristmill.errors import RunError
from gristmill.tiers.upload import TooLarge


def answer_error(error: Exception, context: dict[str, Any]) -> Response | None:
    """One clear line for what is refused; None for an error of ours."""
    if isinstance(error, (TooLarge, RequestDataTooBig)):
        return _refusal(error, status.HTTP_413_REQUEST_ENTITY_TOO_LARGE)
    if isinstance(error, (RunError, SuspiciousOperation)):
        return _refusal(error, status.HTTP_400_BAD_REQUEST)
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return _refusal(error, status.HTTP_507_INSUFFICIENT_STORAGE)
    answer: Response | None = exception_handler(error, context)
    return answer


def _refusal(error: Exception, code: int) -> Response:
    return Response({"detail": plain.line(str(error))}, status=code)


class Conflict(APIException):
    """What is asked for cannot be done as things are."""

    status_code = status.HTTP_409_CONFLICT


class Pages(CursorPagination):
    """The newest first. A page costs the same however many there are, and stays as it was when others come."""

    ordering: Any = ("-created", "-id")
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 500

    def paginate_queryset(self, *args: Any, **kwargs: Any) -> Any:
        """One page; 404 for a cursor that somebody has made up."""
        try:
            return super().paginate_queryset(*args, **kwargs)
        except (ValueError, OverflowError, ValidationError):
            raise NotFound(self.invalid_cursor_message) from None


class DocumentPages(Pages):
    """Files are numbered as they come."""

    ordering = "-id"
