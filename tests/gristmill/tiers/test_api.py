"""The REST API: who may do what, requests by forms, results, documents, tokens."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Callable

import pytest
from django.contrib.auth import get_user_model
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client, override_settings

from gristmill.errors import RunError
from gristmill.tiers import actions, api_answers, commands
from gristmill.tiers import request as life
from gristmill.tiers.models import Request, Upload
from tests.gristmill.tiers.conftest import work

Ask = Callable[..., str]

VERBS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
#: The status by resource and by who asks, in the order of VERBS; for a stranger it is 401, whatever is asked.
TABLE = """
requests/               owner  200 200 400 405 405 405 405 405
requests/               other  200 200 400 405 405 405 405 405
requests/               staff  200 200 400 405 405 405 405 405
requests/ONE/           owner  200 200 405 405 405 405 405 405
requests/ONE/           other  404 404 404 404 404 404 404 404
requests/ONE/           staff  200 200 405 405 405 405 405 405
requests/ONE/cancel/    owner  405 405 409 405 405 405 405 405
requests/ONE/cancel/    other  404 404 404 404 404 404 404 404
requests/ONE/cancel/    staff  405 405 409 405 405 405 405 405
results/ONE/            owner  200 200 405 405 405 405 405 405
results/ONE/            other  404 404 404 404 404 404 404 404
results/ONE/            staff  404 404 404 404 404 404 404 404
results/ONE/download/   owner  200 200 405 405 405 405 405 405
results/ONE/download/   other  404 404 404 404 404 404 404 404
results/ONE/download/   staff  404 404 404 404 404 404 404 404
documents/              owner  200 200 405 405 405 405 405 405
documents/              other  200 200 405 405 405 405 405 405
documents/              staff  200 200 405 405 405 405 405 405
documents/1/            owner  200 200 405 405 405 204 405 405
documents/1/            other  404 404 404 404 404 404 404 404
documents/1/            staff  404 404 404 404 404 404 404 404
documents/1/download/   owner  200 200 405 405 405 405 405 405
documents/1/download/   other  404 404 404 404 404 404 404 404
documents/1/download/   staff  404 404 404 404 404 404 404 404
token/                  owner  405 405 201 405 405 204 405 405
token/                  other  405 405 201 405 405 204 405 405
token/                  staff  405 405 201 405 405 204 405 405
"""
ROWS = [line.split() for line in TABLE.strip().splitlines()]


def signed_in(name: str, **about: Any) -> Client:
    """A person's client; the account is made where there is none."""
    user, _ = get_user_model().objects.get_or_create(username=name, defaults={"email": f"{name}@example.org", **about})
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def ann(state: Path) -> Client:
    return signed_in("ann")


@pytest.fixture
def done(state: Path) -> Request:
    """A request of ann's with one document, and a result."""
    output = state / "output"
    output.mkdir()
    (output / "part-00000").write_text("mill\ta\nrye\tb\n")
    request = Request.objects.create(id="ONE", owner="ann", job="index", state="DONE", result=str(output))
    Upload.objects.create(request=request, role="input", name='<b>"x".html', key="ONE/0", size=9, sha256="0")
    return request


def stored(key: str = "ONE/0") -> None:
    """Have the document of `done` in the storage."""
    path = Path(default_storage.path(key))
    path.parent.mkdir(exist_ok=True, parents=True)
    path.write_text("<b>x</b>\n")


def test_who_may_do_what(done: Request):
    """Every verb on every resource, by everyone."""
    clients = {"owner": signed_in("ann"), "other": signed_in("ben"), "staff": signed_in("sue", is_staff=True)}
    stranger = Client()
    for resource, who, *expected in ROWS:
        found = []
        for verb in VERBS:
            stored()
            with transaction.atomic():
                found.append(str(clients[who].generic(verb, f"/api/{resource}").status_code))
                transaction.set_rollback(True)
            assert stranger.generic(verb, f"/api/{resource}").status_code == 401, (verb, resource)
        assert found == expected, (resource, who)
    assert {verb: stranger.generic(verb, "/api/requests/NONE/").status_code for verb in VERBS} == dict.fromkeys(
        VERBS, 401
    )
    (row,) = {tuple(row[2:]) for row in ROWS if row[:2] == ["requests/ONE/", "other"]}
    # what is not there looks the same
    assert tuple(str(clients["other"].generic(verb, "/api/requests/NONE/").status_code) for verb in VERBS) == row


def test_from_a_form_to_a_file_of_rows(ann: Client, documents: Path, state: Path):
    """What curl sends, and what it gets."""
    with documents.open("rb") as file:
        form = {"job": "inverted_index", "option": ["payload=tf", "strict"], "file": file}
        answer = ann.post("/api/requests/", form)
    made = answer.json()
    assert answer.status_code == 201, made
    assert {name: made[name] for name in ("owner", "job", "options", "mail", "state", "has_result")} == {
        **{"owner": "ann", "job": "index", "options": ["--payload=tf", "--strict"]},
        **{"mail": "ann@example.org", "state": "QUEUED", "has_result": False},
    }
    assert [(each["state"], each["text"]) for each in made["events"]] == [("QUEUED", "queued")]
    assert [(each["role"], each["name"], each["size"]) for each in made["uploads"]] == [("input", "docs.tsv", 21)]
    answer = ann.get(f"/api/results/{made['id']}/")
    assert (answer.status_code, answer.json()) == (
        404,
        {"detail": f"request {made['id']} has no result; it is QUEUED"},
    )
    work()
    assert ann.get(f"/api/requests/{made['id']}/").json()["has_result"] is True
    assert ann.get(f"/api/results/{made['id']}/?rows=2").json() == {
        **{"request": made["id"], "rows": ["mill\ta:1", "rye\tb:1"], "cut": True},
    }
    answer = ann.get(f"/api/results/{made['id']}/download/")
    assert answer["Content-Disposition"] == f'attachment; filename="{made["id"]}.tsv"'
    assert answer.getvalue() == b"mill\ta:1\nrye\tb:1\nthe\ta:1\tb:1\n"
    assert list((state / "incoming").iterdir()) == []


def sent(name: str = "docs.tsv", content: bytes = b"a\tthe mill\n") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def test_programs_come_as_files(ann: Client):
    """And the mail goes to whom the form says."""
    form = {"file": [sent("a.tsv"), sent("b.tsv")], "mapper": sent("map.sh"), "reducer": sent("red.sh")}
    made = ann.post("/api/requests/", {**form, "mail": "ben@example.org"}).json()
    assert (made["job"], made["mail"]) == ("stream", "ben@example.org")
    assert [(each["role"], each["name"]) for each in made["uploads"]] == [
        *[("input", "a.tsv"), ("input", "b.tsv"), ("mapper", "map.sh"), ("reducer", "red.sh")]
    ]


@pytest.mark.parametrize(
    ("form", "line"),
    [
        ({"job": "index"}, "a request needs a file of input; send one in the field 'file'"),
        ({"job": "indx", "file": 1}, "there is no job 'indx' (did you mean index?); there are index, inverted_index, "),
        ({"file": 1}, "a request names a job (index, sentiment) or brings a mapper; give one of the two"),
        ({"job": "index", "file": 1, "option": "setup=x"}, "option 'setup'"),
        (
            {"job": "index", "file": 1, "option": "stop-words=/etc/passwd"},
            "option 'stop-words': '/etc/passwd' is a p",
        ),
        (
            {"job": "index", "file": 1, "jobb": "x"},
            "there is no field 'jobb' (did you mean job?); there are job, ",
        ),
        (
            {"job": "index", "file": 1, "fil": 2},
            "there is no file 'fil' (did you mean file?); there are file, mapper, ",
        ),
        ({"job": "index", "file": "words"}, "'file' is a file: send it as one, as curl's -F NAME=@FILE does"),
        ({"job": 1, "file": 1}, "'job' is no file: send it as words, as curl's -F NAME=VALUE does"),
        ({"job": ["index", "index"], "file": 1}, "there are several fields 'job'; a request has one"),
        ({"mapper": [1, 2], "file": 3}, "there are several fields 'mapper'; a request has one"),
        (
            {"job": "index", "file": 1, "mail": "ann\nBcc: x@example.org"},
            "'ann\\nBcc: x@example.org' is no mail address",
        ),
        ({"job": "index", "file": [1, 1]}, "1.tsv: two files of a request have this name; rename one"),
        ({"job": "index", "file": ".x"}, "'file' is a file"),
    ],
)
def test_what_is_refused_is_one_clear_line(ann: Client, state: Path, form: dict[str, Any], line: str):
    """Before anything is stored; a number stands for a file."""
    with_files = {
        name: [
            sent(f"{each}.tsv") if isinstance(each, int) else each
            for each in (value if isinstance(value, list) else [value])
        ]
        for name, value in form.items()
    }
    answer = ann.post("/api/requests/", with_files)
    assert (answer.status_code, list(answer.json())) == (400, ["detail"])
    assert answer.json()["detail"].startswith(line), answer.json()
    assert not Request.objects.exists()
    assert not list((state / "incoming").iterdir())


def test_an_account_without_a_mail_address_is_asked_for_one(state: Path):
    """As the first account is, which is made of a name and a password."""
    ben = signed_in("ben", email="")
    answer = ben.post("/api/requests/", {"job": "index", "file": sent()})
    said = "the account has no mail address; send one in the field 'mail'"
    assert (answer.status_code, answer.json()) == (400, {"detail": said})
    form = {"job": "index", "file": sent(), "mail": "ben@example.org"}
    assert ben.post("/api/requests/", form).status_code == 201


@pytest.mark.parametrize(
    ("resource", "noun"),
    [("requests/ONE/", "request 'ONE'"), ("results/ONE/", "request 'ONE'"), ("documents/1/", "document '1'")],
)
def test_what_is_not_there_is_named(done: Request, resource: str, noun: str):
    """In the same line as what is another person's."""
    answer = signed_in("ben").get(f"/api/{resource}")
    assert answer.json() == {"detail": f"there is no {noun}, or it is another person's"}


def test_more_than_the_limit_is_refused_before_it_is_stored(ann: Client, state: Path):
    """By the length of the request, before it is read; by that of its files; by that of its words."""
    with override_settings(MAX_UPLOAD=10):
        answer = ann.post("/api/requests/", {"job": "index", "file": sent()})
        assert (answer.status_code, answer.json()) == (
            413,
            {"detail": "the files have 11 bytes, and a request at most 10; give fewer"},
        )
        answer = ann.generic("POST", "/api/requests/", "x", "multipart/form-data", CONTENT_LENGTH="10000000")
        said = "the request has 10,000,000 bytes, and its files at most 10; send fewer"
        assert (answer.status_code, answer.json()) == (413, {"detail": said})
    with override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=10):
        assert ann.post("/api/requests/", {"job": "i" * 100}).status_code == 413
    with override_settings(DATA_UPLOAD_MAX_NUMBER_FILES=1):
        answer = ann.post("/api/requests/", {"job": "index", "file": [sent("1"), sent("2")]})
        assert (answer.status_code, list(answer.json())) == (400, ["detail"])
    assert not list(state.rglob("uploads/*")) + list(state.rglob("incoming/*"))


def test_what_is_no_form_is_refused(ann: Client):
    """A body that is not streamed would be held in memory."""
    assert ann.post("/api/requests/", {"job": "index"}, "application/json").status_code == 415
    assert ann.generic("POST", "/api/requests/", "x", "multipart/form-data").status_code == 400


def test_errors_that_are_no_clients(state: Path):
    """A disk that is full; one of ours stays what it is."""
    answer = api_answers.answer_error(OSError(28, "No space left on device"), {})
    assert (answer.status_code, answer.data) == (507, {"detail": "[Errno 28] No space left on device"})
    assert api_answers.answer_error(OSError(5, "Input/output error"), {}) is None


def test_a_request_is_cancelled(ann: Client, ask: Ask):
    """It says how it then is."""
    request = ask()
    answer = ann.post(f"/api/requests/{request}/cancel/")
    assert (answer.status_code, answer.json()["state"], answer.json()["ending"]) == (200, "NOTIFYING", "CANCELLED")
    answer = ann.post(f"/api/requests/{request}/cancel/")
    said = f"request {request} has ended as CANCELLED; there is nothing to cancel"
    assert (answer.status_code, answer.json()) == (409, {"detail": said})


def ids(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.json()
    return [each["id"] for each in answer.json()["results"]]


def test_requests_are_listed_by_pages_and_filters(ann: Client):
    """The newest first; one that comes meanwhile moves none to another page."""
    for number in range(5):
        at = f"2026-03-0{number + 1}T00:00:00Z"
        job, state = ("index", "DONE") if number % 2 else ("stream", "FAILED")
        Request.objects.create(id=f"r{number}", owner="ann", job=job, state=state, created=at)
    Request.objects.create(id="ben", owner="ben", job="index", created="2026-03-09T00:00:00Z")
    first = ann.get("/api/requests/?page_size=2")
    assert ids(first) == ["r4", "r3"]
    Request.objects.create(id="new", owner="ann", job="index")
    second = ann.get(first.json()["next"])
    assert ids(second) == ["r2", "r1"]
    assert ids(ann.get(second.json()["previous"])) == ["r4", "r3"]
    for query, expected in (
        ("state=FAILED", "r4 r2 r0"),
        ("job=inverted_index", "new r3 r1"),
        ("job=stream&created_after=2026-03-02T00:00:00Z", "r4 r2"),
        ("created_before=2026-03-02 00:00", "r0"),
        ("created_before=2026-03-02T01:00+01:00", "r0"),
        ("owner=ben", ""),
        ("state=&job=", "new r4 r3 r2 r1 r0"),
    ):
        assert ids(ann.get(f"/api/requests/?{query}")) == expected.split(), query
    assert ids(signed_in("sue", is_staff=True).get("/api/requests/?owner=ben")) == ["ben"]
    for query, said in (
        ("state=DNOE", "there is no state 'DNOE' (did you mean DONE?); there are QUEUED, SUBMITTING, RUNNING, "),
        ("job=x", "there is no job 'x'; there are index,"),
        ("stat=DONE", "there is no filter 'stat' (did you mean state?); there are state, job, owner, created_after, "),
        ("created_after=soon", "created_after 'soon' is no time; give it as 2026-03-01T07:05:00Z"),
        (
            "created_after=2026-13-01T00:00",
            "created_after '2026-13-01T00:00' is no time; give it as 2026-03-01T07:05:00Z",
        ),
        ("created_after=0001-01-01T00:00%2B14:00", "created_after '0001-01-01T00:00+14:00' is no time; give it as "),
        ("created_before=9999-12-31T23:00-12:00", "created_before '9999-12-31T23:00-12:00' is no time; give it as "),
    ):
        answer = ann.get(f"/api/requests/?{query}")
        assert answer.status_code == 400
        assert answer.json()["detail"].startswith(said), answer.json()
    for resource in ("requests", "documents"):
        # no base64; a place that is no time and no number; a time that there is none of in UTC
        for cursor in ("x", "cD14", "cD0wMDAxLTAxLTAxVDAwOjAwOjAwKzE0OjAw"):
            assert ann.get(f"/api/{resource}/?cursor={cursor}").status_code == 404


def test_a_document_is_an_attachment_until_it_is_deleted(ann: Client, done: Request):
    """Whatever its name says that it is."""
    stored()
    (listed,) = ann.get("/api/documents/").json()["results"]
    assert listed == ann.get("/api/documents/1/").json()
    assert (listed["id"], listed["request"], listed["name"], listed["size"]) == (1, "ONE", '<b>"x".html', 9)
    answer = ann.get("/api/documents/1/download/")
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("application/octet-stream", "nosniff")
    assert answer["Content-Disposition"] == 'attachment; filename="<b>\\"x\\".html"'
    assert answer.getvalue() == b"<b>x</b>\n"
    Request.objects.update(state="RUNNING")
    answer = ann.delete("/api/documents/1/")
    assert answer.status_code == 409
    assert "ONE is RUNNING and needs it" in answer.json()["detail"]
    Request.objects.update(state="DONE")
    assert ann.delete("/api/documents/1/").status_code == 204
    assert not default_storage.exists("ONE/0")
    assert ann.get("/api/documents/1/").status_code == 404
    assert ann.get("/api/documents/").json()["results"] == []
    assert ann.get("/api/requests/ONE/").json()["uploads"][0]["name"] == '<b>"x".html'


def test_what_is_no_longer_there_is_404(ann: Client, done: Request):
    """A document that the storage has lost, a result whose folder was removed."""
    assert ann.get("/api/documents/1/download/").status_code == 404
    Request.objects.update(result="/nowhere")
    for resource in ("/api/results/ONE/", "/api/results/ONE/download/"):
        answer = ann.get(resource)
        said = "request ONE: its output is no longer in /nowhere; upload its files again"
        assert (answer.status_code, answer.json()) == (404, {"detail": said})


@pytest.mark.parametrize("rows", ["0", "1001", "x", "", "-1", "\u0663"])
def test_a_number_of_rows_of_no_use_is_one_line(ann: Client, done: Request, rows: str):
    """It says which are of use."""
    answer = ann.get("/api/results/ONE/", {"rows": rows})
    assert (answer.status_code, answer.json()) == (400, {"detail": f"rows {rows!r}: give a number from 1 to 1000"})


def test_a_token_says_who_asks(done: Request, capsys: pytest.CaptureFixture[str]):
    """Made by the command or by the API; there is one at most, and it needs no CSRF token."""
    with pytest.raises(
        RunError, match=r"^there is no account 'ann'; gristmill serve says how the first is made; staff "
    ):
        actions.token(commands.parser("token").parse_args(["ann"]))
    user = get_user_model().objects.create_user("ann", email="ann@example.org")
    actions.token(commands.parser("token").parse_args(["ann"]))
    token = capsys.readouterr().out.strip()
    client = Client(enforce_csrf_checks=True)
    assert client.get("/api/requests/ONE/", headers={"Authorization": f"Token {token}"}).json()["id"] == "ONE"
    form = {"job": "index", "file": sent()}
    assert client.post("/api/requests/", form, headers={"Authorization": f"Token {token}"}).status_code == 201
    made = client.post("/api/token/", headers={"Authorization": f"Token {token}"}).json()["token"]
    answer = client.get("/api/requests/ONE/", headers={"Authorization": f"Token {token}"})
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Token")
    assert client.get("/api/requests/ONE/", headers={"Authorization": f"Token {made}"}).status_code == 200
    user.is_active = False
    user.save()
    assert client.get("/api/requests/ONE/", headers={"Authorization": f"Token {made}"}).status_code == 401


def test_a_session_needs_a_csrf_token_to_change_anything(ann: Client, ask: Ask):
    """Another site has none."""
    request = ask()
    client = Client(enforce_csrf_checks=True)
    client.force_login(get_user_model().objects.get(username="ann"))
    assert client.get(f"/api/requests/{request}/").status_code == 200
    answer = client.post(f"/api/requests/{request}/cancel/")
    assert (answer.status_code, life.get(request).state) == (403, "QUEUED")
    client.cookies["csrftoken"] = "a" * 32
    answer = client.post(f"/api/requests/{request}/cancel/", headers={"X-CSRFToken": "a" * 32})
    assert answer.status_code == 200


def test_answers_are_json_alone(ann: Client):
    """No page of another's making, which loads what a person's browser should not."""
    answer = ann.get("/api/requests/", headers={"Accept": "text/html,*/*;q=0.1"})
    assert (answer["Content-Type"], json.loads(answer.content)["results"]) == ("application/json", [])
