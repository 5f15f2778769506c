"""A consumer: what it runs, what it refuses, and what it puts off."""

from __future__ import annotations

import logging
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable

import pytest
from django.core import mail
from django.core.files.storage import default_storage
from django.db import OperationalError
from django.test import override_settings

from gristmill.tiers import consumer as consuming
from gristmill.tiers import notify
from gristmill.tiers import request as life
from gristmill.tiers.consumer import Consumer
from gristmill.tiers.mail_server import as_settings
from gristmill.tiers.models import Event, QueuedMessage, Request, Role, State, Upload
from gristmill.tiers.queue.table import TableQueue
from gristmill.tiers.run_folder import Outcome
from gristmill.tiers.submit import MAX_STARTS, command, run_folder
from gristmill.tiers.upload import Given, NewRequest, upload
from tests.gristmill.tiers.conftest import wait_for, work

if TYPE_CHECKING:
    Ask = Callable[..., str]

MEMORY = "django.core.mail.backends.locmem.EmailBackend"


def consumer(*, trusts_programs: bool = True) -> Consumer:
    return Consumer(TableQueue(), 1, trusts_programs=trusts_programs)


def turn_until(state: State, one: Consumer) -> None:
    """Have a consumer work until the request is in a state."""
    wait_for(lambda: one.turn() or Request.objects.get().state == state)


def events() -> list[str]:
    """What happened, but for the queueing and without names of processes."""
    return [event.text.partition(" by ")[0] for event in Event.objects.order_by("pk")][1:]


def test_an_index_is_made_of_the_files(state: Path, documents: Path, tmp_path: Path):
    """Compressed ones too; the job's options are those of the request."""
    (tmp_path / "more.tsv").write_text("c\tthe mill\n")
    files = [Given(str(path), Role.INPUT) for path in (documents, tmp_path / "more.tsv")]
    request = upload(NewRequest("ann", "index", ["--payload=tf"], "ann@example.org", files), TableQueue())
    work()
    assert b"".join(path.read_bytes() for path in run_folder(request).output.glob("part-*")) == (
        b"mill\ta:1\tc:1\nrye\tb:1\nthe\ta:1\tb:1\tc:1\n"
    )


def test_files_are_documents_by_the_names_that_they_were_given(state: Path, tmp_path: Path):
    """Not by where they lie while the job runs."""
    for name in ("a, b.txt", "c'd.txt"):
        (tmp_path / name).write_text("rye\n")
    files = [Given(str(tmp_path / name), Role.INPUT) for name in ("a, b.txt", "c'd.txt")]
    request = upload(NewRequest("ann", "index", ["--docid-from=file"], "ann@example.org", files), TableQueue())
    work()
    assert b"".join(path.read_bytes() for path in run_folder(request).output.glob("part-*")) == (
        b"rye\ta, b.txt\tc'd.txt\n"
    )


def test_a_job_that_fails_says_why(state: Path, tmp_path: Path):
    """The mail has the job's own line, and no result."""
    (tmp_path / "docs.tsv").write_text("no tab\n")
    files = [Given(str(tmp_path / "docs.tsv"), Role.INPUT)]
    request = upload(NewRequest("ann", "index", ["--strict"], "ann@example.org", files), TableQueue())
    work()
    found = Request.objects.get()
    assert (found.state, found.result) == (State.FAILED, "")
    assert found.why.startswith("error: ")
    assert "no TAB; a line is docid TAB text; mend it" in found.why
    text = (state / "mail" / f"{request}.eml").read_text()
    assert f"Subject: gristmill index failed ({request})\n" in text
    assert f"X-Gristmill-Request: {request}\n" in text
    assert "Why: error: " in text
    assert "gristmill result" not in text


def test_uploaded_programs_run_only_where_the_operator_trusts_them(state: Path, ask: Ask, runs: Path):
    """The refusal stands where the run would be: no consumer that trusts them starts it later."""
    request = ask()
    one = consumer(trusts_programs=False)
    turn_until(State.FAILED, one)
    assert Request.objects.get().why == (
        "it brings its own programs, and this consumer runs none; whoever answers for the machine may start it by "
        "gristmill consume --trust-programs"
    )
    run_folder(request).start()
    assert not runs.exists()


def test_uploaded_programs_are_not_imported_and_get_no_secrets(
    state: Path, tmp_path: Path, documents: Path, monkeypatch: pytest.MonkeyPatch
):
    """Named as a module of Python's they are files like any other."""
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hush")
    monkeypatch.setenv("GRISTMILL_SECRET_KEY", "hush")
    (tmp_path / "json.py").write_text(f"#!/bin/sh\nenv > '{tmp_path}/env'; cat\n")
    (tmp_path / "my red'ucer.sh").write_text("#!/bin/sh\nuniq -c\n")
    files = [
        Given(str(documents), Role.INPUT),
        Given(str(tmp_path / "json.py"), Role.MAPPER),
        Given(str(tmp_path / "my red'ucer.sh"), Role.REDUCER),
    ]
    upload(NewRequest("ann", "stream", [], "ann@example.org", files), TableQueue())
    work()
    assert Request.objects.get().why == ""
    assert "hush" not in (tmp_path / "env").read_text()


def test_an_upload_that_has_changed_fails_its_request(state: Path, ask: Ask, runs: Path):
    """By its size or its SHA-256."""
    ask()
    path = Path(default_storage.path(Upload.objects.get(role=Role.INPUT).key))
    path.write_bytes(path.read_bytes().upper())
    work()
    found = Request.objects.get()
    assert (found.state, found.why) == (
        State.FAILED,
        "docs.tsv is not what was uploaded: its size or its SHA-256 has changed; upload it again",
    )
    assert not runs.exists()


def test_a_run_has_the_settings_that_its_consumer_finds(state: Path, ask: Ask, tmp_path: Path, monkeypatch):
    """Whatever lies in the run's folder; none where there are none."""
    ask()
    request = Request.objects.get()
    assert "-c" in command(request).words
    assert str(tmp_path / "mrjob.conf") in command(request).words
    monkeypatch.delenv("MRJOB_CONF")
    monkeypatch.setattr("gristmill.tiers.runner.settings_files", lambda _: [])
    assert "--no-conf" in command(request).words


def test_a_request_that_is_cancelled_before_it_is_submitted_does_not_run(state: Path, ask: Ask, runs: Path):
    """Its run gets the outcome in place of a process."""
    request = ask()
    lease = life.claim(request)
    assert lease
    life.cancel(request)
    life.put_off(lease, State.SUBMITTING, 0, "put off")
    work()
    found = Request.objects.get()
    assert (found.state, found.ending, runs.exists()) == (State.CANCELLED, State.CANCELLED, False)
    assert (state / "mail" / f"{request}.eml").exists()


def test_a_request_that_is_cancelled_while_it_waits_is_told_of(state: Path, ask: Ask, runs: Path):
    """Its message finds that there is nothing to submit."""
    request = ask()
    life.cancel(request)
    work()
    work()
    assert (Request.objects.get().state, runs.exists()) == (State.CANCELLED, False)
    assert (state / "mail" / f"{request}.eml").exists()
    assert not QueuedMessage.objects.exists()


def test_a_run_that_is_killed_again_and_again_is_given_up(state: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch):
    """It says so, and where to look."""
    request = ask()
    monkeypatch.setattr("gristmill.tiers.run_folder.RunFolder.start", lambda _: None)
    one = consumer()
    turn_until(State.RUNNING, one)
    one.turn()
    # it rests a second, and longer each time
    assert events()[-1] == "runs"
    Request.objects.update(tries=MAX_STARTS, changed="2020-01-01T00:00:00Z")
    turn_until(State.FAILED, one)
    assert Request.objects.get().why == "its run was begun 20 times and never ended; see its events and its log"
    assert run_folder(request).look() == Outcome("FAILED", Request.objects.get().why)


def test_what_stands_in_the_way_puts_a_request_off(state: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch, caplog):
    """Twice as long each time; it is then taken over, and goes on."""
    caplog.set_level(logging.INFO)
    request = ask()
    one = consumer()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("gristmill.tiers.run_folder.RunFolder.prepare", full)
        one.turn()
    said = "OSError: [Errno 28] No space left on device"
    assert f"request {request}: {said}; it is put off for 2 s" in caplog.text
    assert (one.held, Request.objects.get().tries, events()[-1]) == ({}, 1, f"put off: {said}")
    one.turn()
    assert one.held == {}
    Request.objects.update(lease_until="2020-01-01T00:00:00Z")
    turn_until(State.DONE, one)


def test_a_run_that_cannot_be_followed_is_put_off_and_counted(state: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch):
    """What a state's work did not count when it was begun."""
    ask()
    one = consumer()
    turn_until(State.RUNNING, one)

    def broken(*_: object) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr("gristmill.tiers.run_folder.RunFolder.look", broken)
        one.turn()
    found = Request.objects.get()
    assert (found.state, found.holder, found.tries, one.held) == (State.RUNNING, "", 1, {})


def test_a_mail_that_is_refused_is_sent_later(state: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch):
    """No other request waits for it; one is sent in the end."""
    request = ask()
    one = consumer()
    refused = "gristmill.tiers.eml.EmailBackend.send_messages"

    def refuse(*_: object) -> None:
        raise ConnectionRefusedError(111, "Connection refused")

    with monkeypatch.context() as patch:
        patch.setattr(refused, refuse)
        wait_for(lambda: one.turn() or events()[-1].startswith("put off"))
    assert (Request.objects.get().state, one.held) == (State.NOTIFYING, {})
    assert not (state / "mail").exists()
    Request.objects.update(lease_until="2020-01-01T00:00:00Z")
    turn_until(State.DONE, one)
    assert (state / "mail" / f"{request}.eml").exists()
    assert events()[-5:] == [
        "mail begun",
        "put off: ConnectionRefusedError: [Errno 111] Connection refused",
        *["taken over", "mail begun", "mail sent"],
    ]


def test_a_mail_that_is_refused_for_most_of_a_day_is_given_up(state: Path, ask: Ask):
    """The request ends, and its events say that nobody was told."""
    ask()
    life.cancel(Request.objects.get().pk)
    Request.objects.update(tries=notify.MAX_MAILS)
    work()
    assert Request.objects.get().state == State.CANCELLED
    assert events()[-1] == "no mail was sent: it was refused too often"
    assert not (state / "mail").exists()


def test_a_mail_goes_by_the_back_end_of_the_settings(state: Path, ask: Ask):
    """Django's; a header of ours says the request, since services write a Message-ID of their own."""
    request = ask()
    with override_settings(**as_settings(MEMORY, {})):
        work()
    (sent,) = mail.outbox
    assert (sent.subject, sent.to, sent.extra_headers) == (
        f"gristmill stream is done ({request})",
        ["ann@example.org"],
        {"X-Gristmill-Request": request, "Message-ID": f"<{request}@localhost>"},
    )
    assert sent.body == (
        f"gristmill stream is done: request {request}, of docs.tsv, map.sh.\n\n"
        f"Its rows: gristmill result {request}\n\n"
        f"Its folder: {state}/runs/{request}/output\n\n"
        f"Its life: gristmill status {request}\n"
    )


def test_a_database_that_is_locked_is_tried_again(state: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch, caplog):
    """What the consumer has in hand stays with it, and nothing ends."""
    ask()
    calls: list[float] = []
    advance = Consumer._advance

    def locked_at_first(one: Consumer, lease: Any) -> None:
        calls.append(time.monotonic())
        if len(calls) == 1:
            raise OperationalError("database is locked")
        advance(one, lease)

    monkeypatch.setattr(Consumer, "_advance", locked_at_first)
    work()
    assert "database: database is locked; trying again" in caplog.text
    assert Request.objects.get().state == State.DONE


def test_a_request_that_another_has_meanwhile_is_let_go_when_a_consumer_ends(state: Path, ask: Ask, monkeypatch):
    """Its lease is worth nothing, and is not missed."""
    ask()
    one = consumer()
    one.turn()
    Request.objects.update(token=9)
    monkeypatch.setattr(one, "turn", _interrupted)
    with pytest.raises(KeyboardInterrupt):
        one.work(once=False)
    assert Request.objects.get().token == 9


def _interrupted(_: float) -> None:
    raise KeyboardInterrupt


def test_trouble_with_a_request_that_another_has_meanwhile_is_theirs(state: Path, ask: Ask, monkeypatch):
    """It is not put off."""
    ask()
    one = consumer()

    def late(*_: object, **__: object) -> None:
        Request.objects.update(token=9)
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(consuming, "start", late)
    one.turn()
    assert (one.held, Request.objects.get().token) == ({}, 9)
    assert not any(text.startswith("put off") for text in events())


def test_a_message_whose_request_another_submits_is_left_on_the_queue(state: Path, ask: Ask):
    """It comes again, and is then acknowledged: the request has gone on."""
    request = ask()
    assert life.claim(request)
    one = consumer()
    one.turn()
    assert QueuedMessage.objects.get().receipt
    assert one.held == {}


def test_a_clock_that_was_ahead_when_a_request_came_does_not_hide_it(state: Path, ask: Ask):
    """Nor is it taken for one that was submitted before."""
    ask()
    Request.objects.update(lease_until="2120-01-01T00:00:00Z")
    QueuedMessage.objects.update(visible_at="2120-01-01T00:00:00Z")
    work()
    assert Request.objects.get().state == State.DONE


def test_work_once_does_not_wait_for_what_is_put_off(state: Path, ask: Ask):
    """It is another time's."""
    request = ask()
    lease = life.claim(request)
    assert lease
    life.put_off(lease, State.SUBMITTING, 600, "put off")
    QueuedMessage.objects.all().delete()
    work()
    assert Request.objects.get().state == State.SUBMITTING
