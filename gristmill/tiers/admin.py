"""The admin site: requests with their files and events, to be read. Accounts are Django's own, and stay.

What a person sent and got goes by the account's name: where that was given to another, all of it would be theirs. So an
account keeps its name, and one that is of no more use is made inactive. Tokens are for those alone whose they are.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.contrib.auth.admin import UserAdmin
from rest_framework.authtoken.admin import TokenProxy

from gristmill.tiers.models import Event, Request, Upload

admin.site.site_title = admin.site.site_header = "Gristmill"
admin.site.index_title = "Accounts and requests"


# as Django's and the framework's own modules, which are imported by now, have them
admin.site.unregister([get_user_model(), TokenProxy])


@admin.register(get_user_model())
class AccountAdmin(UserAdmin):
    """Accounts."""

    def has_delete_permission(self, *_: Any) -> bool:
        """No."""
        return False

    def get_readonly_fields(self, request: Any, obj: Any = None) -> Any:
        """The name, once there is one."""
        fields = super().get_readonly_fields(request, obj)
        return (*fields, "username") if obj else fields


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
