"""Who gets in: by a name and a password; the first account by an address that `gristmill serve` prints."""

from __future__ import annotations

import getpass
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.test import Client, override_settings
from django.urls import reverse

from gristmill.tiers.views import accounts

PASSWORD = "rye and wheat 7"


def test_a_stranger_is_sent_to_the_sign_in(state: Path):
    """By every page; then back to it."""
    answer = Client().get("/?page=2")
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/?next=/%3Fpage%3D2")
    get_user_model().objects.create_user("ann", password=PASSWORD)
    client = Client()
    answer = client.post("/sign-in/", {"username": "ann", "password": PASSWORD, "next": "/?page=2"})
    assert (answer.status_code, answer["Location"]) == (302, "/?page=2")
    assert client.get("/").status_code == 200
    answer = client.post("/sign-out/")
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/")
    assert client.get("/").status_code == 302


def test_a_wrong_password_is_said(state: Path):
    """And nobody is sent to another site."""
    get_user_model().objects.create_user("ann", password=PASSWORD)
    answer = Client().post("/sign-in/", {"username": "ann", "password": "barley"})
    assert b"Please enter a correct username and password" in answer.content
    answer = Client().post("/sign-in/", {"username": "ann", "password": PASSWORD, "next": "https://example.org/"})
    assert answer["Location"] == "/"


def test_the_first_account_is_made_by_an_address_that_is_good_once(state: Path):
    """It may do all, and is signed in."""
    address = accounts.first_address()
    client = Client()
    page = client.get(address)
    assert f'value="{getpass.getuser()}"' in page.content.decode()
    given = {"username": "ann", "password1": PASSWORD, "password2": PASSWORD}
    assert b"too short" in client.post(address, {**given, "password1": "a", "password2": "a"}).content
    answer = client.post(address, given)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.get("/").status_code == 200
    made = get_user_model().objects.get()
    assert (made.username, made.is_staff, made.is_superuser, made.check_password(PASSWORD)) == ("ann", True, True, True)
    assert accounts.first_address() == ""
    assert Client().get(address).status_code == Client().post(address, given).status_code == 404


def test_the_address_of_the_first_account_cannot_be_made_up(state: Path, monkeypatch: pytest.MonkeyPatch):
    """And it is good for an hour."""
    address = accounts.first_address()
    assert Client().get(reverse("first", args=["first:1:x"])).status_code == 404
    with override_settings(SECRET_KEY="another"):
        assert Client().get(address).status_code == 404
    monkeypatch.setattr(accounts, "_GOOD", -1)
    assert Client().get(address).status_code == 404


def test_a_form_without_its_token_is_refused(state: Path):
    """On every page that changes something."""
    client = Client(enforce_csrf_checks=True)
    for address in ("/sign-in/", "/sign-out/", accounts.first_address()):
        answer = client.post(address, {"username": "ann"})
        assert answer.status_code == 403
        assert b"This page was open for too long" in answer.content
