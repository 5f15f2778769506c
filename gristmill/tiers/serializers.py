"""What the API says of requests, documents and results, as JSON."""

from __future__ import annotations

from rest_framework import serializers

from gristmill.tiers.models import Event, Request, Upload


class DocumentSerializer(serializers.ModelSerializer):
    """A file as it came."""

    class Meta:
        """Nothing of the storage."""

        model = Upload
        fields = ("id", "request", "role", "name", "size", "sha256")


class EventSerializer(serializers.ModelSerializer):
    """A change of a request."""

    class Meta:
        """The fencing token is for consumers."""

        model = Event
        fields = ("at", "state", "text")


class RequestSerializer(serializers.ModelSerializer):
    """A request with its files, as a list has it."""

    uploads = DocumentSerializer(many=True)
    has_result = serializers.SerializerMethodField()

    class Meta:
        """Nothing of the machine that it runs on."""

        model = Request
        fields: tuple[str, ...] = (
            *("id", "owner", "job", "options", "mail", "state", "ending", "why", "cancel_asked"),
            *("has_result", "created", "changed", "uploads"),
        )

    def get_has_result(self, request: Request) -> bool:
        """Whether there are rows to ask for."""
        return bool(request.result)


class WholeRequestSerializer(RequestSerializer):
    """A request with its events too."""

    events = EventSerializer(many=True)

    class Meta(RequestSerializer.Meta):
        """One more."""

        fields = (*RequestSerializer.Meta.fields, "events")
