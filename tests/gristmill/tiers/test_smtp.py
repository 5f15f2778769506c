"""Mail by SMTP, with a real server: what is refused, what must wait, and when a second mail is sent."""

from __future__ import annotations

import asyncio
import smtplib
import threading
from email import message_from_bytes
from email.policy import default
from typing import TYPE_CHECKING, Any, Callable

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from django.test import override_settings

from gristmill.errors import RunError
from gristmill.tiers import doctor, mail_server
from gristmill.tiers import request as life
from gristmill.tiers.consumer import Consumer
from gristmill.tiers.mail_server import mail_settings, mailer
from gristmill.tiers.models import Event, Request, State
from gristmill.tiers.queue.table import TableQueue
from tests.cluster.settings import free_ports
from tests.gristmill.tiers.conftest import wait_for, work

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    Ask = Callable[..., str]

#: Seconds that a server has to answer in time.
LATE = 1


class Handler:
    """Takes mails; `answers` has, by command, what is said in place of "250 OK", or a call that is waited for first."""

    def __init__(self) -> None:
        self.mails: list[Any] = []
        self.answers: dict[str, str] = {}
        self.late = ""
        self.go_on = threading.Event()

    async def answer(self, command: str) -> str:
        while self.late == command and not self.go_on.is_set():
            await asyncio.sleep(0.02)
        return self.answers.get(command, "250 OK")

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        envelope.mail_from = address
        return await self.answer("MAIL")

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        envelope.rcpt_tos.append(address)
        return await self.answer("RCPT")

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if "DATA" not in self.answers:
            self.mails.append(message_from_bytes(envelope.content, policy=default))
        return await self.answer("DATA")

    async def handle_QUIT(self, server: Any, session: Any, envelope: Any) -> str:
        return await self.answer("QUIT")


class Server:
    """A server of SMTP, and settings that name it."""

    def __init__(self, **options: Any) -> None:
        self.handler = Handler()
        (self.port,) = free_ports(1)
        self.controller = Controller(self.handler, hostname="127.0.0.1", port=self.port, **options)
        self.controller.start()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def stop(self) -> None:
        self.handler.go_on.set()
        if self.controller.loop.is_running():
            self.controller.stop(no_assert=True)


@pytest.fixture(autouse=True)
def _long_leases() -> Iterator[None]:
    with override_settings(LEASE_SECONDS=60):
        yield


@pytest.fixture
def server() -> Iterator[Server]:
    """A server that mails go by."""
    server = Server()
    with override_settings(**mail_settings(server.url), DEFAULT_FROM_EMAIL="Mill <mill@example.com>"):
        yield server
    server.stop()


@pytest.fixture
def impatient(server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """The same, where no answer is waited for long."""
    monkeypatch.setattr(mail_server, "ANSWER_SECONDS", LATE)
    with override_settings(**mail_settings(server.url)):
        yield server


def ended(ask: Ask) -> str:
    """A request of which nothing but the mail is left."""
    request = ask()
    life.cancel(request)
    return request


def again() -> None:
    """Work once more, when what was put off may be taken."""
    Request.objects.update(lease_until="2020-01-01T00:00:00Z")
    work()


def last_event() -> str:
    return Event.objects.order_by("-pk")[0].text


def test_a_mail_goes_by_the_server_that_is_named(state: Path, ask: Ask, server: Server):
    """From whom the settings say, with the request in a header, and in the Message-ID, which is one for all of it."""
    request = ended(ask)
    work()
    (sent,) = server.handler.mails
    assert (sent["From"], sent["To"], sent["Subject"]) == (
        "Mill <mill@example.com>",
        "ann@example.org",
        f"gristmill stream was cancelled ({request})",
    )
    assert (sent["X-Gristmill-Request"], sent["Message-ID"]) == (request, f"<{request}@example.com>")
    assert (Request.objects.get().state, last_event()) == (State.CANCELLED, "mail sent")
    assert not (state / "mail").exists()


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("RCPT", "no mail was sent: ann@example.org is refused: 550 no such user"),
        ("DATA", "no mail was sent: it is refused: 550 no such user"),
    ],
)
def test_an_address_that_is_refused_for_good_ends_the_request(
    state: Path, ask: Ask, server: Server, command: str, said: str
):
    """Its events say why nobody was told; no other attempt is made."""
    ended(ask)
    server.handler.answers[command] = "550 no such user"
    work()
    assert (Request.objects.get().state, last_event(), server.handler.mails) == (State.CANCELLED, said, [])


@pytest.mark.parametrize(
    ("command", "answer", "said"),
    [
        ("RCPT", "451 later", "SMTPRecipientsRefused"),
        ("DATA", "452 full", "SMTPDataError"),
        ("MAIL", "550 who are you", "SMTPSenderRefused"),
    ],
)
def test_what_is_refused_for_now_is_sent_later(
    state: Path, ask: Ask, server: Server, command: str, answer: str, said: str
):
    """So is what the operator can mend."""
    ended(ask)
    server.handler.answers[command] = answer
    work()
    assert (Request.objects.get().state, server.handler.mails) == (State.NOTIFYING, [])
    assert last_event().startswith(f"put off: {said}: ")
    server.handler.answers.clear()
    again()
    assert (Request.objects.get().state, len(server.handler.mails)) == (State.CANCELLED, 1)


def test_a_server_that_is_down_is_tried_later(state: Path, ask: Ask, server: Server):
    """Nothing was sent."""
    ended(ask)
    server.stop()
    work()
    assert Request.objects.get().state == State.NOTIFYING
    assert last_event() == "put off: ConnectionRefusedError: [Errno 111] Connection refused"


def test_a_server_that_answers_late_before_it_has_the_mail_is_tried_later(state: Path, ask: Ask, impatient: Server):
    """One mail is sent in the end."""
    ended(ask)
    impatient.handler.late = "RCPT"
    work()
    assert last_event() == "put off: SMTPServerDisconnected: Connection unexpectedly closed: timed out"
    impatient.handler.go_on.set()
    again()
    assert (Request.objects.get().state, len(impatient.handler.mails)) == (State.CANCELLED, 1)


def test_a_server_that_has_a_mail_and_does_not_answer_gets_it_three_times(state: Path, ask: Ask, impatient: Server):
    """Whether it sends them nobody can tell; they have one Message-ID."""
    request = ended(ask)
    impatient.handler.late = "DATA"
    for _ in range(2):
        again()
        assert Request.objects.get().state == State.NOTIFYING
        assert last_event() == (
            "put off: MailUnanswered: the server has the mail, and has not answered "
            "(Connection unexpectedly closed: timed out)"
        )
    again()
    assert Request.objects.get().state == State.CANCELLED
    assert last_event().startswith("mail sent 3 times, as far as is known: the server has the mail, and")
    assert [mail["Message-ID"] for mail in impatient.handler.mails] == [f"<{request}@example.com>"] * 3


def test_a_server_that_goes_away_before_it_has_the_mail_is_tried_later(
    state: Path, ask: Ask, server: Server, monkeypatch: pytest.MonkeyPatch
):
    """That can be known, and the mail does not count as one that was sent."""
    ended(ask)

    def gone(*_: object) -> None:
        raise smtplib.SMTPServerDisconnected("Connection unexpectedly closed")

    with monkeypatch.context() as patch:
        patch.setattr(smtplib.SMTP, "data", gone)
        work()
    assert last_event() == "put off: SMTPServerDisconnected: Connection unexpectedly closed"


def test_a_mail_that_is_taken_is_sent_whatever_becomes_of_the_connection(state: Path, ask: Ask, impatient: Server):
    """No second one."""
    ended(ask)
    impatient.handler.late = "QUIT"
    work()
    assert (Request.objects.get().state, last_event(), len(impatient.handler.mails)) == (
        State.CANCELLED,
        "mail sent",
        1,
    )


def test_a_consumer_whose_server_takes_its_time_keeps_its_lease(
    state: Path, ask: Ask, server: Server, monkeypatch: pytest.MonkeyPatch
):
    """The mail goes beside its other work; a consumer that ends waits for it, so that no other sends one too."""
    ended(ask)
    server.handler.late = "DATA"
    one = Consumer(TableQueue(), 1, trusts_programs=True)
    one.turn()
    lease = Request.objects.get().lease_until
    (held,) = one.held.values()
    held.renew_at = 0
    one.turn()
    wait_for(lambda: server.handler.mails)
    assert (len(one.held), len(server.handler.mails), last_event()) == (1, 1, "mail begun")
    assert Request.objects.get().lease_until > lease

    def interrupted(*_: object) -> None:
        threading.Timer(0.1, server.handler.go_on.set).start()
        raise KeyboardInterrupt

    monkeypatch.setattr(one, "turn", interrupted)
    with pytest.raises(KeyboardInterrupt):
        one.work(once=False)
    assert (one.held, Request.objects.get().state, last_event()) == ({}, State.CANCELLED, "mail sent")


def test_a_consumer_that_ends_before_its_mail_is_taken_lets_go_of_it(
    state: Path, ask: Ask, impatient: Server, monkeypatch: pytest.MonkeyPatch
):
    """The next one sends it."""
    ended(ask)
    impatient.handler.late = "RCPT"
    one = Consumer(TableQueue(), 1, trusts_programs=True)
    one.turn()
    monkeypatch.setattr(one, "turn", lambda *_: (each for each in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        one.work(once=False)
    assert (one.held, Request.objects.get().state) == ({}, State.NOTIFYING)
    impatient.handler.go_on.set()
    again()
    assert (Request.objects.get().state, len(impatient.handler.mails)) == (State.CANCELLED, 1)


def authenticated(_: Any, __: Any, ___: Any, ____: str, given: LoginPassword) -> AuthResult:
    return AuthResult(success=given == LoginPassword(b"mill", b"hush-hush"), handled=False)


def test_user_and_password_come_from_the_environment(state: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch):
    """A wrong one is for the operator to mend, and no word of it is told."""
    server = Server(authenticator=authenticated, auth_require_tls=False, auth_required=True)
    monkeypatch.setenv("GRISTMILL_SMTP_USER", "mill")
    monkeypatch.setenv("GRISTMILL_SMTP_PASSWORD", "wrong-one")
    ended(ask)
    with override_settings(**mail_settings(server.url)):
        work()
    assert last_event().startswith("put off: SMTPAuthenticationError: (535,")
    assert "wrong-one" not in last_event()
    monkeypatch.setenv("GRISTMILL_SMTP_PASSWORD", "hush-hush")
    with override_settings(**mail_settings(server.url)):
        again()
        assert mailer().trial() == f"127.0.0.1, port {server.port}, as mill"
    server.stop()
    assert (Request.objects.get().state, len(server.handler.mails)) == (State.CANCELLED, 1)


@pytest.mark.parametrize(("scheme", "said"), [("smtps", "SSLError"), ("smtp+tls", "SMTPNotSupportedError")])
def test_nothing_is_sent_in_the_clear_where_tls_is_asked_for(
    state: Path, ask: Ask, server: Server, scheme: str, said: str
):
    """From the start, or by STARTTLS, which this server has not."""
    ended(ask)
    with override_settings(**mail_settings(server.url.replace("smtp", scheme))):
        work()
    assert last_event().startswith(f"put off: {said}: ")


def test_doctor_asks_the_server_and_sends_nothing(state: Path, server: Server):
    """One that is down is told of."""
    assert dict((name, text) for name, _, text in doctor.diagnose())["mail"] == f"127.0.0.1, port {server.port}"
    assert server.handler.mails == []
    server.stop()
    told = {name: text for name, works, text in doctor.diagnose() if not works}
    assert told == {"mail": "ConnectionRefusedError: [Errno 111] Connection refused"}


def test_each_django_gets_the_settings_that_it_knows(monkeypatch: pytest.MonkeyPatch):
    """6.1 warns of those that 5.2 needs, and of its call for the back end."""
    monkeypatch.setattr(mail_server.django, "VERSION", (5, 2, 19))
    found = mail_settings("smtps://mail.example.org")
    assert found == {
        "EMAIL_BACKEND": "gristmill.tiers.smtp.EmailBackend",
        **{"EMAIL_HOST": "mail.example.org", "EMAIL_PORT": 465, "EMAIL_HOST_USER": "", "EMAIL_HOST_PASSWORD": ""},
        **{"EMAIL_USE_TLS": False, "EMAIL_USE_SSL": True, "EMAIL_TIMEOUT": 60},
    }
    monkeypatch.setattr(mail_server.django, "VERSION", (6, 1, 0))
    found = mail_settings("smtp+tls://mail.example.org")["MAILERS"]["default"]
    assert found["BACKEND"] == "gristmill.tiers.smtp.EmailBackend"
    assert found["OPTIONS"] == {
        **{"host": "mail.example.org", "port": 587, "username": "", "password": ""},
        **{"use_tls": True, "use_ssl": False, "timeout": 60},
    }
    monkeypatch.setattr(mail_server.mail, "mailers", {"default": "that of 6.1"}, raising=False)
    assert mailer() == "that of 6.1"
    monkeypatch.delattr(mail_server.mail, "mailers")
    monkeypatch.setattr(mail_server.mail, "get_connection", lambda: "that of 5.2")
    assert mailer() == "that of 5.2"


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("mail.example.org", "'mail.example.org' is no server; write one of smtp://HOST:PORT, smtp"),
        ("smtp://", "'smtp://' is no server"),
        ("smtp://host/path", "'smtp://host/path' is no server"),
        ("smtp://host:many", "'smtp://host:many': Port could not be cast"),
        ("smtp://me:hush@host", "leave user and password out; set $GRISTMILL_SMTP_USER and $GRISTMILL_SMTP_PASSWORD"),
        (25, "25 is no server"),
    ],
)
def test_what_is_no_server_is_one_line(address: Any, said: str):
    """It says what to write."""
    with pytest.raises(RunError) as refusal:
        mail_settings(address)
    assert str(refusal.value).startswith(said)


def test_a_password_does_not_go_in_the_clear_over_a_network(monkeypatch: pytest.MonkeyPatch):
    """Nor is half of what a server wants of any use."""
    monkeypatch.setenv("GRISTMILL_SMTP_USER", "mill")
    with pytest.raises(RunError, match=r"^set both \$GRISTMILL_SMTP_USER and \$GRISTMILL_SMTP_PASSWORD, or none$"):
        mail_settings("smtps://mail.example.org")
    monkeypatch.setenv("GRISTMILL_SMTP_PASSWORD", "hush-hush")
    with pytest.raises(RunError, match=r"^'smtp://mail\.example\.org' would send the password in the clear; write "):
        mail_settings("smtp://mail.example.org")
    assert mail_settings("smtps://mail.example.org")


def test_a_mail_without_a_domain_of_its_sender_is_of_this_machine(state: Path, ask: Ask):
    """Its Message-ID needs one."""
    request = ended(ask)
    with override_settings(DEFAULT_FROM_EMAIL="mill"):
        work()
    assert f"Message-ID: <{request}@localhost>" in (state / "mail" / f"{request}.eml").read_text()


def test_the_consumer_waits_for_no_mail_of_which_another_has_the_request(
    state: Path, ask: Ask, impatient: Server, monkeypatch: pytest.MonkeyPatch
):
    """Its lease is worth nothing."""
    ended(ask)
    impatient.handler.late = "RCPT"
    one = Consumer(TableQueue(), 1, trusts_programs=True)
    one.turn()
    Request.objects.update(token=9)
    wait_for(lambda: one.turn() or not one.held)
    assert Request.objects.get().token == 9
