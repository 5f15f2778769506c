"""`gristmill dead`: requests that were given up, and messages that SQS has put aside."""

from __future__ import annotations

import json
import time
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable

import pytest
from django.core.files.storage import default_storage
from django.db import OperationalError
from django.test import override_settings

from gristmill.errors import RunError
from gristmill.tiers import actions, commands, dead
from gristmill.tiers import request as life
from gristmill.tiers.models import QueuedMessage, Request, State
from gristmill.tiers.queue import configured_queue
from gristmill.tiers.queue.sqs import SqsQueue
from gristmill.tiers.queue.table import TableQueue
from gristmill.tiers.submit import GIVEN_UP, MAX_STARTS
from tests.gristmill.tiers.conftest import work
from tests.gristmill.tiers.test_sqs import DEAD, URL, Sqs

if TYPE_CHECKING:
    Ask = Callable[..., str]


def asked(action: str, *ids: str, everything: bool = False) -> None:
    """The command."""
    actions.dead(Namespace(action=action, ids=list(ids), all=everything))


@pytest.fixture
def given_up(state: Path, ask: Ask, runs: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The id of a request that was given up, and told of."""
    request = ask()
    lease = life.claim(request)
    assert lease
    Request.objects.update(tries=MAX_STARTS - 1)
    life.put_off(lease, State.SUBMITTING, 0, "put off")
    Request.objects.update(tries=MAX_STARTS)
    QueuedMessage.objects.all().delete()
    work()
    found = Request.objects.get()
    assert (found.state, found.why, runs.exists()) == (State.FAILED, GIVEN_UP, False)
    return request


def test_a_request_that_was_given_up_is_listed(given_up: str, ask: Ask, capsys):
    """Others are not."""
    ask("ben")
    asked("list")
    assert capsys.readouterr().out == f"{given_up}  ann  stream  {GIVEN_UP}\n"


def test_redriven_its_files_become_a_new_request(given_up: str, runs: Path, capsys):
    """The first stays as it is; it is listed no more."""
    asked("redrive", given_up)
    new = Request.objects.exclude(pk=given_up).get()
    assert capsys.readouterr().out == f"{given_up}: asked for again as {new.pk}\n"
    assert (new.owner, new.job, new.mail, new.state) == ("ann", "stream", "ann@example.org", State.QUEUED)
    old = Request.objects.get(pk=given_up)
    assert (old.state, old.why) == (State.FAILED, f"given up; asked for again as {new.pk}")
    for upload in old.uploads.all():
        default_storage.delete(upload.key)
    work()
    new.refresh_from_db()
    assert (new.state, new.why, runs.read_text()) == (State.DONE, "", "run\n")
    asked("list")
    assert capsys.readouterr().out == ""
    with pytest.raises(RunError, match=f"^{given_up} is not dead; gristmill dead list lists those that are$"):
        asked("redrive", given_up)


def test_discarded_it_stays_and_is_listed_no_more(given_up: str, capsys):
    """Its reason says both."""
    asked("discard", everything=True)
    assert capsys.readouterr().out == f"{given_up}: discarded\n"
    assert Request.objects.get().why == f"discarded; {GIVEN_UP}"
    assert Request.objects.get().events.last().text == f"discarded; {GIVEN_UP}"
    asked("list")
    assert capsys.readouterr().out == ""


def test_one_whose_files_are_gone_is_one_line(given_up: str):
    """Nothing is changed."""
    for upload in Request.objects.get().uploads.all():
        default_storage.delete(upload.key)
    with pytest.raises(RunError, match=r"docs\.tsv: .*; upload its files again$"):
        asked("redrive", given_up)
    assert Request.objects.get().why == GIVEN_UP


def test_one_that_another_deals_with_is_left(given_up: str, state: Path, monkeypatch: pytest.MonkeyPatch):
    """No second request is made of it, and no copy of its files stays."""
    monkeypatch.setattr(life, "settle_failed", lambda *_: False)
    with pytest.raises(RunError, match="is dealt with by another; gristmill status"):
        asked("redrive", given_up)
    assert Request.objects.count() == 1
    assert [path.name for path in (state / "uploads").iterdir()] == [given_up]


def test_one_that_cannot_be_asked_for_again_stays_listed(given_up: str, monkeypatch: pytest.MonkeyPatch, capsys):
    """A queue that fails takes nothing away."""

    def fail(*_: object) -> None:
        raise OperationalError("it is gone")

    with monkeypatch.context() as patch:
        patch.setattr(TableQueue, "send", fail)
        with pytest.raises(OperationalError):
            asked("redrive", given_up)
    assert Request.objects.count() == 1
    asked("list")
    assert capsys.readouterr().out == f"{given_up}  ann  stream  {GIVEN_UP}\n"


def test_a_reason_is_changed_only_where_it_stands(given_up: str):
    """As every other change is."""
    assert not life.settle_failed(given_up, "another reason", "new")
    with pytest.raises(RunError, match=r"^x is not dead; gristmill dead list lists"):
        asked("discard", "x")
    assert Request.objects.get().why == GIVEN_UP


@pytest.mark.parametrize(
    "words", [("list", "x"), ("redrive",), ("discard",)], ids=["list of some", "redrive of none", "discard of none"]
)
def test_words_that_do_not_go_together_are_one_line(state: Path, words: tuple[str, ...]):
    """The line says what does."""
    with pytest.raises(RunError, match=r"^list goes alone; redrive and discard go with ids, or with --all"):
        asked(*words)
    with pytest.raises(RunError, match=r"^list goes alone"):
        asked("redrive", "x", everything=True)


def test_without_a_word_the_line_says_which_there_are(capsys: pytest.CaptureFixture[str]):
    """An id is not among what is missing."""
    with pytest.raises(SystemExit, match=r"^2$"):
        commands.parser("dead").parse_args([])
    said = "error: the following arguments are required: list|redrive|discard; --help lists the options\n"
    assert capsys.readouterr().err == said


@pytest.fixture
def letters(state: Path) -> tuple[SqsQueue, Sqs]:
    """A queue of SQS whose dead letters are of a request that waits, and of one that does not."""
    sqs = Sqs()
    sqs.attributes["RedrivePolicy"] = json.dumps({"deadLetterTargetArn": "arn:aws:sqs:r:1:dead.fifo"})
    queue = SqsQueue(URL, sqs)
    for name in ("r1", "r2"):
        life.create(Request(id=name, owner="ann", job="stream"), [], queue)
    life.cancel("r2")
    sqs.messages = {URL: [], DEAD: ["r1", "r2"]}
    hidden: list[str] = []
    receive = sqs.on_receive_message

    def receive_those_that_are_not_hidden(**arguments: Any) -> dict[str, Any]:
        there = [each for each in sqs.messages.get(arguments["QueueUrl"], []) if each not in hidden]
        before, sqs.messages[arguments["QueueUrl"]] = sqs.messages.get(arguments["QueueUrl"], []), there
        answer = receive(**arguments)
        sqs.messages[arguments["QueueUrl"]] = before
        hidden.extend(found["Body"] for found in answer.get("Messages", ()))
        return answer

    def show(**arguments: Any) -> dict[str, Any]:
        hidden.remove(arguments["ReceiptHandle"])
        return {}

    sqs.on_receive_message = receive_those_that_are_not_hidden  # type: ignore[method-assign]
    sqs.on_change_message_visibility = show
    return queue, sqs


def test_messages_that_were_put_aside_are_listed_and_stay(letters: tuple[SqsQueue, Sqs]):
    """Each with what its request does."""
    queue, sqs = letters
    for _ in range(2):
        assert dead.put_aside(queue) == [
            "r1  ann  its message was received too often; it waits",
            "r2  ann  its message was received too often; it waits no more",
        ]
    assert sqs.messages == {URL: [], DEAD: ["r1", "r2"]}


def test_a_message_that_was_put_aside_is_sent_again(letters: tuple[SqsQueue, Sqs]):
    """One whose request does not wait is removed."""
    queue, sqs = letters
    assert list(dead.redrive(queue, ["r1"])) == ["r1: its message is sent again"]
    assert sqs.messages == {URL: ["r1"], DEAD: ["r2"]}
    assert list(dead.redrive(queue, None)) == ["r2: its message is removed; it waits no more"]
    assert sqs.messages == {URL: ["r1"], DEAD: []}


def test_a_message_that_is_discarded_takes_its_request_with_it(letters: tuple[SqsQueue, Sqs]):
    """Its owner is told that it was cancelled."""
    queue, sqs = letters
    assert list(dead.discard(queue, None)) == ["r1: cancelled", "r2: its message is removed; it waits no more"]
    assert Request.objects.get(pk="r1").ending == State.CANCELLED
    assert sqs.messages == {URL: [], DEAD: []}


def test_the_dead_letter_queue_of_a_server_is_read(
    on_sqs: str, elasticmq: Any, monkeypatch: pytest.MonkeyPatch, capsys
):
    """What was received more often than its policy allows lies there."""
    url = elasticmq.make(f"few-{time.time_ns()}", receives="2")
    with override_settings(QUEUE=url):
        queue = configured_queue()
        life.create(Request(id="r1", owner="ann", job="stream"), [], queue)
        for _ in range(3):
            if message := queue.receive(60):
                queue.extend(message, 0)
        asked("list")
        assert capsys.readouterr().out == "r1  ann  its message was received too often; it waits\n"
        asked("redrive", "r1")
        asked("list")
        assert capsys.readouterr().out == "r1: its message is sent again\n"
