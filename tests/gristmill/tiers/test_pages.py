"""The pages of the web, as a person goes through them."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import TYPE_CHECKING, Callable

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory, override_settings

from gristmill.errors import RunError
from gristmill.tiers import request as life
from gristmill.tiers import result
from gristmill.tiers.models import Event, Link, Request, State, Upload
from tests.gristmill.tiers.conftest import work

if TYPE_CHECKING:
    from django.http import HttpResponse

    Ask = Callable[..., str]

INDEX = "mill\ta\nrye\tb\nthe\ta\tb\n"
POSTS = '{"id": "1", "text": "good bread", "created_at": "2026-03-01T07:00:00Z"}\n'


def signed_in(name: str = "ann", **about: object) -> Client:
    """A browser of a person."""
    people = get_user_model().objects
    user = people.filter(username=name).first() or people.create_user(name, email=f"{name}@example.org", **about)
    client = Client()
    client.force_login(user)
    return client


def file(name: str = "docs.tsv", content: str = "b\tthe rye\na\tthe mill\n") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content.encode())


def send(client: Client, job: str = "index", **fields: object) -> HttpResponse:
    """Fill the form of a new request, and send it."""
    return client.post(f"/new/{job}/", {"files": [file()], "mail": "ann@example.org", **fields}, follow=True)


def text(answer: HttpResponse) -> str:
    """What a page says, without its tags."""
    return " ".join(re.sub(r"<[^>]*>", " ", answer.content.decode()).split())


def sent(answer: HttpResponse) -> bytes:
    """A file that was sent."""
    return b"".join(answer.streaming_content)


def test_from_the_form_to_the_rows(state: Path):
    """The request goes through its states; then its first rows are there, and all to download."""
    client = signed_in()
    assert "None yet" in text(client.get("/"))
    assert 'value="ann@example.org"' in client.get("/new/").content.decode()
    page = send(client, **{"option-payload": "docids", "option-strict": "on", "option-max-postings": "9"})
    found = Request.objects.get()
    assert page.redirect_chain == [(f"/requests/{found.pk}/", 302)]
    assert (found.owner, found.job, found.mail) == ("ann", "index", "ann@example.org")
    # those that are as they are without it are left out
    assert sorted(found.options) == ["--max-postings=9", "--strict"]
    assert "The request is queued. Inverted index State QUEUED" in text(page)
    assert b'<meta http-equiv="refresh" content="5">' in page.content
    assert b'data-refresh="2"' in page.content
    work()
    page = client.get(f"/requests/{found.pk}/")
    assert "State DONE" in text(page)
    assert b"refresh" not in page.content.replace(b"refreshes", b"")
    assert f"<pre>{INDEX}</pre>" in page.content.decode()
    rows = client.get(f"/requests/{found.pk}/rows/")
    assert sent(rows).decode() == INDEX
    assert rows["Content-Disposition"] == f'attachment; filename="{found.pk}.tsv"'
    assert rows["Content-Type"] == "text/plain; charset=utf-8"
    assert "Inverted index docs.tsv" in text(client.get("/"))
    assert list((state / "incoming").iterdir()) == []


def test_programs_of_ones_own(state: Path):
    """A mapper, and a reducer where there is one."""
    client = signed_in()
    mapper, reducer = file("map.awk", "#!/usr/bin/awk -f\n{ print $2 }\n"), file("count.sh", "#!/bin/sh\nuniq -c\n")
    assert "This field is required" in text(send(client, "stream"))
    send(client, "stream", mapper=mapper, reducer=reducer)
    assert [(each.role, each.name) for each in Upload.objects.all()] == [
        *[("input", "docs.tsv"), ("mapper", "map.awk"), ("reducer", "count.sh")]
    ]
    work()
    page = client.get(f"/requests/{Request.objects.get().pk}/")
    assert "2 the" in text(page)
    assert "Programs of your own" in text(page)


def test_sentiment_has_a_page_of_its_own(state: Path):
    """Which allows its own style sheet, and nothing else; another job has none."""
    client = signed_in()
    send(client, "sentiment", files=[file("posts.jsonl", POSTS)])
    send(client)
    sentiment, index = Request.objects.order_by("created", "pk")
    assert client.get(f"/requests/{sentiment.pk}/report/").status_code == 404
    work()
    page = client.get(f"/requests/{sentiment.pk}/report/")
    assert b"How the posts sound" in page.content
    assert page["Content-Security-Policy"].startswith("default-src 'none'; style-src 'unsafe-inline';")
    assert "sandbox" in page["Content-Security-Policy"]
    assert "See the report" in text(client.get(f"/requests/{sentiment.pk}/"))
    assert client.get(f"/requests/{index.pk}/report/").status_code == 404


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"files": []}, "This field is required"),
        ({"mail": "nobody"}, "Enter a valid email address"),
        ({"option-payload": "all"}, "all is not one of the available choices"),
        ({"option-stop-words": "../secret"}, "is a path, and no file is read here; give words"),
        ({"option-max-postings": "-1"}, "is no number from 1 on"),
        ({"option-encoding": "a\nb"}, "its value holds control characters"),
        ({"files": [file(".hidden")]}, "a name has no dot, _ or - in front"),
        ({"files": [file(), file()]}, "docs.tsv: two files of a request have this name; rename one"),
    ],
)
def test_what_is_refused_is_said_on_the_form(state: Path, fields: dict[str, object], said: str):
    """Nothing is stored."""
    page = send(signed_in(), **fields)
    assert page.status_code == 400
    assert said in text(page).replace("&#x27;", "'")
    assert (Request.objects.count(), list(state.rglob("uploads/*")), list((state / "incoming").iterdir())) == (
        0,
        [],
        [],
    )


@pytest.mark.parametrize(
    "name", ["setup", "c", "conf-path", "D", "jobconf", "file", "files", "py-files", "archives", "runner", "output-dir"]
)
def test_an_option_that_is_not_offered_is_passed_over(state: Path, name: str):
    """However it is sent: the words of the command line are those of the form's own fields."""
    client = signed_in()
    assert f'name="option-{name}"' not in client.get("/new/").content.decode()
    send(client, **{f"option-{name}": "x", "options": f"--{name}=x", f"--{name}": "x"})
    assert Request.objects.get().options == []


def test_a_job_that_there_is_none_of_has_no_form(state: Path):
    """Nor has one that no request may name."""
    for job in ("report", "inverted_index", "x"):
        assert signed_in().get(f"/new/{job}/").status_code == 404


def test_more_bytes_than_the_limit_are_refused_before_they_are_stored(state: Path):
    """By the length that the request says; then, with what the form itself needs, by what came."""
    client = signed_in()
    with override_settings(MAX_UPLOAD=20, MAX_FORM=10):
        assert send(client).status_code == 413
    with override_settings(MAX_UPLOAD=20):
        page = send(client)
    assert "the files have 21 bytes, and a request at most 20; give fewer" in text(page)
    assert (Request.objects.count(), list(state.rglob("uploads/*"))) == (0, [])


def test_the_files_of_strangers_are_not_kept_even_for_a_moment(state: Path, monkeypatch: pytest.MonkeyPatch):
    """They are passed over as they come."""
    from django.core.files import uploadedfile

    def made(*_: object, **__: object) -> None:
        raise AssertionError

    monkeypatch.setattr(uploadedfile.tempfile, "NamedTemporaryFile", made)
    answer = Client().post("/new/", {"files": [file()], "mail": "ann@example.org"})
    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in/")


def test_the_files_of_strangers_are_passed_over_where_a_form_is_read(state: Path):
    """Whatever reads it."""
    request = RequestFactory().post("/", {"files": [file()]})
    request.user = AnonymousUser()
    assert request.FILES == {}


def test_names_of_files_are_shown_and_sent_as_they_are(state: Path):
    """They are no HTML and no header; a folder in front is left out."""
    client = signed_in()
    names = ["<b>bold<b>.tsv", 'a "b".tsv', "émile.tsv", "../../up.tsv"]
    page = send(client, files=[file(name) for name in names])
    assert "&lt;b&gt;bold&lt;b&gt;.tsv" in page.content.decode()
    found = list(Upload.objects.all())
    assert [each.name for each in found] == [*names[:3], "up.tsv"]
    shown = [client.get(f"/documents/{each.pk}/download/")["Content-Disposition"] for each in found]
    assert shown == [
        'attachment; filename="<b>bold<b>.tsv"',
        'attachment; filename="a \\"b\\".tsv"',
        "attachment; filename*=utf-8''%C3%A9mile.tsv",
        'attachment; filename="up.tsv"',
    ]


@pytest.mark.parametrize("name", ["a\r\nSet-Cookie: x=1.tsv", "..", "a\x00b"])
def test_a_name_that_is_none_does_no_harm(state: Path, name: str):
    """Django leaves out what cannot be shown, and a name that is nothing then; no answer has a header of it."""
    body = io.BytesIO()
    for part in (
        'Content-Disposition: form-data; name="mail"\r\n\r\nann@example.org',
        f'Content-Disposition: form-data; name="files"; filename="{name}"\r\n\r\na\tb',
    ):
        body.write(f"--sep\r\n{part}\r\n".encode())
    body.write(b"--sep--\r\n")
    client = signed_in()
    answer = client.post("/new/", body.getvalue(), content_type="multipart/form-data; boundary=sep")
    assert answer.status_code == (400 if name == ".." else 302)
    assert all(each.name.isprintable() for each in Upload.objects.all())
    for each in Upload.objects.all():
        shown = client.get(f"/documents/{each.pk}/download/")
        assert "Set-Cookie" not in shown.headers
        assert "x=1" not in str(answer.headers)


def test_html_and_svg_are_never_pages_of_ours(state: Path):
    """They are attachments, or plain text; their types are not guessed at."""
    client = signed_in()
    page = "<script>document.title = 'harm'</script>"
    send(client, files=[file("a.html", page), file("b.svg", f"<svg>{page}</svg>")])
    for each in Upload.objects.all():
        answer = client.get(f"/documents/{each.pk}/download/")
        assert page in sent(answer).decode()
        assert answer["Content-Type"] == "application/octet-stream"
        assert answer["Content-Disposition"].startswith("attachment; ")
        viewed = client.get(f"/documents/{each.pk}/")
        assert viewed["Content-Type"] == "text/plain; charset=utf-8"
        for one in (answer, viewed):
            assert one["X-Content-Type-Options"] == "nosniff"
            assert one["Content-Security-Policy"].startswith("default-src 'none';")


def test_documents_are_listed_viewed_and_deleted(state: Path, monkeypatch: pytest.MonkeyPatch):
    """Not while a request needs them; what was made of them stays."""
    from gristmill.tiers.views import files

    client = signed_in()
    assert "None. They come with a new request" in text(client.get("/documents/"))
    send(client)
    (one,) = Upload.objects.all()
    assert "docs.tsv" in text(client.get("/documents/"))
    assert client.get(f"/documents/{one.pk}/").content == b"b\tthe rye\na\tthe mill\n"
    monkeypatch.setattr(files, "_SHOWN", 9)
    shown = client.get(f"/documents/{one.pk}/").content.decode()
    assert shown == "b\tthe rye\n… the first 9 of 21 bytes\n"
    page = client.post(f"/documents/{one.pk}/delete/", follow=True)
    assert f"docs.tsv: request {one.request_id} is QUEUED and needs it; cancel that, or wait for its end" in text(page)
    work()
    page = client.post(f"/documents/{one.pk}/delete/", follow=True)
    assert "docs.tsv is deleted." in text(page)
    assert not default_storage.exists(one.key)
    assert client.get(f"/documents/{one.pk}/").status_code == 404
    page = client.get(f"/requests/{one.request_id}/")
    assert "docs.tsv (deleted)" in text(page)
    assert "mill a" in text(page)


def test_a_document_that_is_gone_from_the_storage_is_not_there(state: Path):
    """Whoever took it away did not say so."""
    client = signed_in()
    send(client)
    (one,) = Upload.objects.all()
    default_storage.delete(one.key)
    for address in (f"/documents/{one.pk}/", f"/documents/{one.pk}/download/"):
        assert client.get(address).status_code == 404


def test_a_request_is_cancelled(state: Path):
    """Once; that it has ended is said."""
    client = signed_in()
    send(client)
    found = Request.objects.get().pk
    page = client.post(f"/requests/{found}/cancel/", follow=True)
    assert "The request is to be cancelled. Inverted index State NOTIFYING" in text(page)
    page = client.post(f"/requests/{found}/cancel/", follow=True)
    assert f"request {found} has ended as CANCELLED; there is nothing to cancel" in text(page)


def test_a_result_that_is_gone_is_said(state: Path, ask: Ask):
    """And cannot be downloaded."""
    client = signed_in()
    found = ask("ann")
    assert client.get(f"/requests/{found}/rows/").status_code == 404
    Request.objects.filter(pk=found).update(state=State.DONE, result=str(state / "gone"))
    assert "Its result is no longer here" in text(client.get(f"/requests/{found}/"))
    assert client.get(f"/requests/{found}/rows/").status_code == 404


def test_a_result_that_cannot_be_asked_for_now_is_said(state: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch):
    """On the page of the request, which does not lead to itself."""
    found = ask("ann")
    Request.objects.filter(pk=found).update(state=State.DONE, result="s3://bucket/results/one")

    def no_answer(_: str) -> bool:
        raise RunError("AWS: no answer; try again later")

    monkeypatch.setattr(result, "is_there", no_answer)
    page = signed_in().get(f"/requests/{found}/")
    assert (page.status_code, "AWS: no answer; try again later What happened" in text(page)) == (200, True)


def test_first_rows_are_few_and_short(ask: Ask, state: Path, monkeypatch: pytest.MonkeyPatch):
    """However many and long they are."""
    found = ask("ann", mapper="yes abcdefghij | head -n 1000")
    work()
    one = life.get(found)
    monkeypatch.setattr(result, "_WIDTH", 4)
    assert result.first_rows(one, 2) == (["abcd…", "abcd…"], True)
    monkeypatch.setattr(result, "_HEAD", 10)
    assert result.first_rows(one, 2).cut
    assert "abcd… … What happened" in text(signed_in().get(f"/requests/{found}/"))


def test_lists_have_pages(state: Path):
    """The newest first."""
    Request.objects.bulk_create(Request(id=f"r{number:02}", owner="ann", job="index") for number in range(30))
    client = signed_in()
    assert "Page 1 Older" in text(client.get("/"))
    assert "Newer Page 2" in text(client.get("/?page=2"))
    # no number is the first; past the last there is a way back
    assert "Page 1 Older" in text(client.get("/?page=x"))
    assert "Newer Page 99" in text(client.get("/?page=99"))


def test_many_files_are_named_in_part(state: Path):
    """A list stays readable."""
    client = signed_in()
    send(client, files=[file(f"{number}.tsv") for number in range(5)])
    assert "0.tsv, 1.tsv, 2.tsv and 2 more" in text(client.get("/"))


# what others may see


def test_what_is_anothers_is_not_there(state: Path):
    """404 in every verb, as for what there is none of."""
    ann, ben = signed_in("ann"), signed_in("ben")
    send(ann)
    work()
    found, document = Request.objects.get(), Upload.objects.get()
    link = Link.objects.create(key="k" * 32, request=found, until="2999-01-01T00:00Z")
    of_request = [f"/requests/{found.pk}/{rest}" for rest in ("", "cancel/", "rows/", "report/")]
    of_document = [f"/documents/{document.pk}/{rest}" for rest in ("", "download/", "delete/")]
    for address in (*of_request, *of_document):
        for verb in ("get", "head", "post", "put", "patch", "delete", "options"):
            assert getattr(ben, verb)(address).status_code == 404, (verb, address)
    assert ben.get(f"/link/{link.key}/").status_code == 404
    for address in (f"/documents/{document.pk + 1}/", "/requests/none/", f"/documents/{1 << 70}/"):
        assert ben.get(address).status_code == 404
    assert "None" in text(ben.get("/"))
    assert "None" in text(ben.get("/documents/"))
    assert default_storage.exists(document.key)
    # whose it is may not do all with it either
    assert ann.get(f"/requests/{found.pk}/cancel/").status_code == 405
    assert ann.put(f"/documents/{document.pk}/").status_code == 405


def test_a_stranger_sees_nothing_at_all(state: Path):
    """Every address leads to the sign-in."""
    for address in ("/", "/new/", "/documents/", "/everything/", "/requests/x/", "/documents/1/", "/link/x/"):
        assert Client().get(address)["Location"].startswith("/sign-in/?next=")
        assert Client().post(address)["Location"].startswith("/sign-in/?next=")


def test_what_changes_something_wants_the_forms_token(state: Path):
    """Another site cannot send it."""
    ann = signed_in()
    send(ann)
    work()
    found, document = Request.objects.get(), Upload.objects.get()
    client = Client(enforce_csrf_checks=True)
    client.force_login(get_user_model().objects.get())
    for address in ("/new/", f"/requests/{found.pk}/cancel/", f"/documents/{document.pk}/delete/", "/sign-out/"):
        assert client.post(address, {"files": [file()], "mail": "a@example.org"}).status_code == 403
    assert Request.objects.count() == Upload.objects.count() == 1
    assert default_storage.exists(document.key)


def test_the_page_of_all_requests_is_for_staff(state: Path, ask: Ask):
    """With how many wait, and who works on them."""
    assert signed_in().get("/everything/").status_code == 404
    taken, _ = ask("ann"), ask("ben")
    assert life.claim(taken)
    page = text(signed_in("eve", is_staff=True).get("/everything/"))
    assert re.search(r"Waiting 1 Worked on 1 Consumers \S+, process \d+: 1 request Begun", page)
    assert "QUEUED ben Programs of your own docs.tsv, map.sh" in page


def test_the_admin_site_shows_requests_and_changes_none(state: Path, ask: Ask):
    """Accounts it does change."""
    found = ask("ann")
    client = signed_in("eve", is_staff=True, is_superuser=True)
    assert found in text(client.get("/admin/tiers/request/"))
    page = client.get(f"/admin/tiers/request/{found}/change/")
    assert "docs.tsv" in text(page)
    assert b'name="_save"' not in page.content
    for address in ("add/", f"{found}/delete/"):
        assert client.get(f"/admin/tiers/request/{address}").status_code == 403
    assert client.post(f"/admin/tiers/request/{found}/change/", {"state": "DONE"}).status_code == 403
    assert Request.objects.get().state == State.QUEUED
    assert Event.objects.count() == 1
    assert client.get("/admin/auth/user/add/").status_code == 200


def test_an_account_stays_and_keeps_its_name(state: Path):
    """What a person sent would be that of the next one who has the name."""
    eve, ann = signed_in("eve", is_staff=True, is_superuser=True), signed_in("ann")
    send(ann)
    user = get_user_model().objects.get(username="ann")
    address = f"/admin/auth/user/{user.pk}"
    assert eve.post(f"{address}/delete/", {"post": "yes"}).status_code == 403
    eve.post("/admin/auth/user/", {"action": "delete_selected", "_selected_action": user.pk, "post": "yes"})
    page = eve.get(f"{address}/change/")
    assert page.status_code == 200
    assert b'name="username"' not in page.content
    joined = {"date_joined_0": "2026-03-01", "date_joined_1": "00:00:00"}
    changed = eve.post(f"{address}/change/", {"username": "bob", "first_name": "Ann", **joined})
    assert changed.status_code == 302
    user.refresh_from_db()
    assert (user.username, user.first_name, user.is_active) == ("ann", "Ann", False)
    passwords = dict.fromkeys(("password1", "password2"), "rye and wheat 7")
    assert eve.post("/admin/auth/user/add/", {"username": "cem", **passwords}).status_code == 302
    assert get_user_model().objects.filter(username="cem").exists()


def test_tokens_are_shown_to_nobody(state: Path):
    """By one a person's results would be had."""
    assert signed_in("eve", is_staff=True, is_superuser=True).get("/admin/authtoken/tokenproxy/").status_code == 404
