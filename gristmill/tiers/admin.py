"""The admin site: requests with their files and events, to be read. Accounts are Django's own."""

from __future__ import annotations

from typing import Any

from django.contrib import admin

from gristmill.tiers.models import Event, Request, Upload

admin.site.site_title = admin.site.site_header = "Gristmill"
admin.site.index_title = "Accounts and requests"


class _ReadOnly:
    """`gristmill.tiers.request` is the only writer."""

    def has_add_permission(self, *_: Any) -> bool:
        """No."""
        return False

    def has_change_permission(self, *_: Any) -> bool:
        """No."""
        return False

    def has_delete_permission(self, *_: Any) -> bool:
        """No."""
        return False


class _Uploads(_ReadOnly, admin.TabularInline):
    model = Upload
    fields = ("role", "name", "size", "sha256")


class _Events(_ReadOnly, admin.TabularInline):
    model = Event
    fields = ("at", "state", "token", "text")


@admin.register(Request)
class RequestAdmin(_ReadOnly, admin.ModelAdmin):
    """All requests."""

    list_display = ("id", "state", "owner", "job", "created", "changed", "holder")
    list_filter = ("state", "job")
    search_fields = ("id", "owner", "mail")
    ordering = ("-created", "-id")
    inlines = (_Uploads, _Events)
