"""The first account: whoever starts `gristmill serve` gets an address at which to make it, while there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model, login
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import UserCreationForm
from django.core.signing import BadSignature, TimestampSigner
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from gristmill.tiers.account import system_user

if TYPE_CHECKING:
    from typing import Any

    from django.http import HttpRequest, HttpResponse

#: Seconds that the address is good for.
_GOOD = 3600
_SALT = "gristmill.tiers first account"


def first_address() -> str:
    """The address at which the first account is made; "" where there is an account."""
    if get_user_model().objects.exists():
        return ""
    return str(reverse("first", args=[TimestampSigner(salt=_SALT).sign("first")]))


class FirstAccount(UserCreationForm):
    """Its name and its password; it may do all."""

    def save(self, commit: bool = True) -> Any:
        """Store it."""
        self.instance.is_staff = self.instance.is_superuser = True
        return super().save(commit)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def first(request: HttpRequest, token: str) -> HttpResponse:
    """Make the first account; 404 with another token, too late, or where there is an account."""
    try:
        TimestampSigner(salt=_SALT).unsign(token, max_age=_GOOD)
    except BadSignature:
        raise Http404 from None
    # of two at once the second finds the account of the first
    with transaction.atomic():
        if get_user_model().objects.exists():
            raise Http404
        # whose requests those are that commands on this machine made
        form = FirstAccount(request.POST or None, initial={"username": system_user()})
        made = form.save() if form.is_valid() else None
    if made is None:
        return render(request, "tiers/first.html", {"form": form})
    login(request, made)
    return redirect("requests")
