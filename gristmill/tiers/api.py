"""The REST API, under /api/: requests, documents, results and the token of whoever asks; JSON, files as attachments.

What is another person's is as if it were not there: 404, whatever the verb. Staff see all requests and may cancel them;
what people sent and got is theirs alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.urls import include, path
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from gristmill import plain
from gristmill.errors import RunError
from gristmill.tiers import attachments, documents, result
from gristmill.tiers import request as life
from gristmill.tiers.api_answers import Conflict, DocumentPages, Pages
from gristmill.tiers.api_requests import filtered, new_request
from gristmill.tiers.models import Request
from gristmill.tiers.queue import configured_queue
from gristmill.tiers.serializers import DocumentSerializer, RequestSerializer, WholeRequestSerializer
from gristmill.tiers.tokens import new_token, revoke_token
from gristmill.tiers.upload import upload

if TYPE_CHECKING:
    from django.http import FileResponse, StreamingHttpResponse

#: Rows of a result that are shown where nobody says how many, and the most that may be asked for.
_ROWS, _MOST_ROWS = 20, 1000


class Owned(GenericViewSet):
    """Things of whoever asks. One is looked for before its verb is: nobody learns that another's is there."""

    pagination_class = Pages
    #: What one of them is called.
    noun = "request"

    def initial(self, request: Any, *args: Any, **kwargs: Any) -> None:
        """Say who asks, and find what is asked for."""
        super().initial(request, *args, **kwargs)
        self.found: Any = self.found_object(kwargs["pk"]) if "pk" in kwargs else None

    def found_object(self, pk: str) -> Any:
        """What has this key; Http404, whose line says what was looked for, where there is none."""
        try:
            return self.get_object()
        except Http404:
            raise Http404(f"there is no {self.noun} {pk!r}, or it is another person's") from None

    def page(self, found: Any) -> Response:
        """One page of a list."""
        page = self.paginate_queryset(found)
        return self.get_paginated_response(self.get_serializer(page, many=True).data)


class Requests(Owned):
    """Requests: made, listed, looked at, cancelled."""

    serializer_class = RequestSerializer
    lookup_value_regex = r"[\w-]+"

    def get_queryset(self) -> Any:
        """Those of whoever asks, or all for staff."""
        user = self.request.user
        found = Request.objects.all() if user.is_staff else Request.objects.filter(owner=user.get_username())
        return found.prefetch_related("uploads")

    def list(self, request: Any) -> Response:
        """A page of those that the filters leave."""
        return self.page(filtered(self.get_queryset(), request.query_params))

    def create(self, request: Any) -> Response:
        """Store the files, and queue the request."""
        made = upload(new_request(request.user, request.POST, request.FILES), configured_queue())
        return Response(WholeRequestSerializer(life.get(made)).data, status=status.HTTP_201_CREATED)

    def retrieve(self, request: Any, pk: str) -> Response:
        """One with its events."""
        return Response(WholeRequestSerializer(self.found).data)

    @action(detail=True, methods=["post"])
    def cancel(self, request: Any, pk: str) -> Response:
        """Have it end."""
        try:
            life.cancel(pk)
        except RunError as error:
            raise Conflict(plain.line(str(error))) from None
        return Response(WholeRequestSerializer(life.get(pk)).data)


class Results(Owned):
    """The rows of requests that are done: the first ones as JSON, or all as a file."""

    lookup_value_regex = r"[\w-]+"

    def get_queryset(self) -> Any:
        """Those of whoever asks; one without a result says why it has none."""
        return Request.objects.filter(owner=self.request.user.get_username())

    def retrieve(self, request: Any, pk: str) -> Response:
        """The first rows, as many as are asked for."""
        given = request.query_params.get("rows", str(_ROWS))
        if not (given.isascii() and given.isdigit() and 1 <= int(given) <= _MOST_ROWS):
            raise RunError(f"rows {given!r}: give a number from 1 to {_MOST_ROWS}")
        first = _or_404(result.first_rows, self.found, int(given))
        return Response({"request": pk, "rows": first.rows, "cut": first.cut})

    @action(detail=True)
    def download(self, request: Any, pk: str) -> StreamingHttpResponse:
        """All rows, as the job prints them."""
        made: StreamingHttpResponse = _or_404(attachments.rows, self.found)
        return made


class Documents(Owned):
    """Files that whoever asks has sent: listed, looked at, fetched, deleted."""

    serializer_class = DocumentSerializer
    pagination_class = DocumentPages
    lookup_value_regex = r"\d{1,18}"
    noun = "document"

    def get_queryset(self) -> Any:
        """Those that are not deleted."""
        return documents.documents(self.request.user.get_username())

    def list(self, request: Any) -> Response:
        """A page of them."""
        return self.page(self.get_queryset())

    def retrieve(self, request: Any, pk: str) -> Response:
        """What is known of one."""
        return Response(DocumentSerializer(self.found).data)

    def destroy(self, request: Any, pk: str) -> Response:
        """Delete one that no request needs."""
        try:
            documents.delete(self.found)
        except RunError as error:
            raise Conflict(plain.line(str(error))) from None
        return Response(status=status.HTTP_204_NO_CONTENT)

    @action(detail=True)
    def download(self, request: Any, pk: str) -> FileResponse:
        """One as it came; never something that a browser shows."""
        try:
            return attachments.document(self.found)
        except (OSError, RunError):
            raise Http404 from None


class MyToken(APIView):
    """The token of whoever asks; there is one at most."""

    def post(self, request: Any) -> Response:
        """Make a new one, in place of the one before."""
        return Response({"token": new_token(request.user)}, status=status.HTTP_201_CREATED)

    def delete(self, request: Any) -> Response:
        """Revoke it."""
        revoke_token(request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


def _or_404(function: Any, *args: Any) -> Any:
    """What the function returns; 404, with its line, where there is none."""
    try:
        return function(*args)
    except RunError as error:
        raise Http404(plain.line(str(error))) from None


_router = SimpleRouter()
_router.register("requests", Requests, "api-request")
_router.register("results", Results, "api-result")
_router.register("documents", Documents, "api-document")

urlpatterns = [path("token/", MyToken.as_view(), name="api-token"), path("", include(_router.urls))]
