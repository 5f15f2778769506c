"""The link in a mail."""

from __future__ import annotations

import re
from email import message_from_bytes
from pathlib import Path
from typing import TYPE_CHECKING, Callable

from django.contrib.auth import get_user_model
from django.test import Client, override_settings

from gristmill.tiers.models import Link, Request
from tests.gristmill.tiers.conftest import work

if TYPE_CHECKING:
    Ask = Callable[..., str]


def mail_of(state: Path, request: str) -> str:
    """What the mail says."""
    letter = message_from_bytes((state / "mail" / f"{request}.eml").read_bytes())
    return letter.get_payload(decode=True).decode()


def test_a_mail_has_a_link_where_an_address_is_set(state: Path, ask: Ask):
    """Which tells nothing, wants the owner's sign-in, serves an attachment, and ends."""
    request = ask("ann")
    with override_settings(URL="https://jobs.example.org"):
        work()
    said = mail_of(state, request)
    (address,) = re.findall(
        r"Its rows, for 14 days, once you have signed in: https://jobs\.example\.org(/link/\S+/)\n", said
    )
    assert request not in address
    assert f"Its life: https://jobs.example.org/requests/{request}/\n" in said
    assert "gristmill result" not in said
    clients = {name: Client() for name in ("ann", "ben")}
    for name, client in clients.items():
        client.force_login(get_user_model().objects.create_user(name))
    answer = clients["ann"].get(address)
    assert b"".join(answer.streaming_content) == b"a\tthe mill\nb\tthe rye\n"
    assert answer["Content-Disposition"].startswith("attachment; ")
    assert clients["ann"].post(address).status_code == 405
    assert clients["ben"].get(address).status_code == 404
    assert clients["ann"].get("/link/x/").status_code == 404
    assert Client().get(address)["Location"] == f"/sign-in/?next={address}"
    Link.objects.update(until="2026-01-01T00:00Z")
    assert clients["ann"].get(address).status_code == 404


def test_a_mail_names_the_command_where_no_address_is_set(state: Path, ask: Ask):
    """And a request without a result has a link to its page alone."""
    request = ask("ann")
    work()
    assert f"Its rows: gristmill result {request}\n" in mail_of(state, request)
    assert Link.objects.count() == 0
    failed = ask("ann", mapper="exit 3")
    with override_settings(URL="https://jobs.example.org"):
        work()
    said = mail_of(state, failed)
    assert "Its rows" not in said
    assert f"Its life: https://jobs.example.org/requests/{failed}/\n" in said
    assert (Link.objects.count(), Request.objects.get(pk=failed).state) == (0, "FAILED")
