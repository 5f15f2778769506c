"""The queue of SQS where SQS throttles, is not there, loses an answer or refuses; the server's part is a stand-in."""

from __future__ import annotations

import json
import logging
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError
from django.db import transaction
from django.test import override_settings

from gristmill.errors import RunError
from gristmill.tiers import request as life
from gristmill.tiers.consumer import Consumer
from gristmill.tiers.models import QueuedMessage, Request, State
from gristmill.tiers.queue import configured_queue
from gristmill.tiers.queue.sqs import SqsQueue

URL = "https://sqs.eu-west-1.amazonaws.com/1/mill.fifo"
DEAD = "https://sqs.eu-west-1.amazonaws.com/1/dead.fifo"
GOOD = {"FifoQueue": "true", "MessageRetentionPeriod": "345600", "ApproximateNumberOfMessages": "2"}


def refusal(code: str, status: int = 400) -> ClientError:
    """An error as SQS answers it."""
    return ClientError(
        {"Error": {"Code": code, "Message": "no"}, "ResponseMetadata": {"HTTPStatusCode": status}}, "Call"
    )


class Sqs:
    """Answers calls: messages of one group, and in their place errors that `fails` names by operation."""

    def __init__(self) -> None:
        self.fails: dict[str, list[Exception]] = {}
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.attributes = dict(GOOD)
        self.messages: dict[str, list[str]] = {}

    def __getattr__(self, operation: str) -> Any:
        if operation.startswith("on_"):
            return lambda **_: {}

        def call(**arguments: Any) -> dict[str, Any]:
            self.calls.append((operation, arguments))
            answer: dict[str, Any] = getattr(self, f"on_{operation}")(**arguments)
            if self.fails.get(operation):
                raise self.fails[operation].pop(0)
            return answer

        return call

    def on_send_message(self, **arguments: Any) -> dict[str, Any]:
        waiting = self.messages.setdefault(arguments["QueueUrl"], [])
        if arguments["MessageDeduplicationId"] not in waiting:
            waiting.append(arguments["MessageBody"])
        return {}

    def on_receive_message(self, **arguments: Any) -> dict[str, Any]:
        waiting = self.messages.get(arguments["QueueUrl"], [])
        found = [{"Body": body, "ReceiptHandle": body, "Attributes": {"MessageGroupId": "ann"}} for body in waiting[:1]]
        return {"Messages": found} if found else {}

    def on_delete_message(self, **arguments: Any) -> dict[str, Any]:
        self.messages[arguments["QueueUrl"]].remove(arguments["ReceiptHandle"])
        return {}

    def on_get_queue_attributes(self, **_: Any) -> dict[str, Any]:
        return {"Attributes": self.attributes}

    def on_get_queue_url(self, **arguments: Any) -> dict[str, Any]:
        assert arguments == {"QueueName": "dead.fifo", "QueueOwnerAWSAccountId": "1"}
        return {"QueueUrl": DEAD}


@pytest.fixture
def sqs(state: Path) -> Sqs:
    return Sqs()


@pytest.fixture
def queue(sqs: Sqs) -> SqsQueue:
    return SqsQueue(URL, sqs)


def count(sqs: Sqs, operation: str) -> int:
    return sum(name == operation for name, _ in sqs.calls)


TROUBLES = [
    refusal("ThrottlingException"),
    refusal("RequestThrottled"),
    refusal("InternalError", 500),
    EndpointConnectionError(endpoint_url=URL),
]


@pytest.mark.parametrize("trouble", TROUBLES, ids=repr)
def test_throttling_and_a_service_that_is_gone_are_told_of_and_ask_less(
    queue: SqsQueue, sqs: Sqs, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, trouble: Exception
):
    """Twice as long each time; an answer ends it."""
    sqs.fails["receive_message"] = [trouble, trouble]
    queue.send("one", "ann")
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now)
    assert [queue.receive(60), queue.receive(60)] == [None, None]
    assert count(sqs, "receive_message") == 1
    now += 1
    assert queue.receive(60) is None
    now += 1
    assert queue.receive(60) is None
    assert count(sqs, "receive_message") == 2
    now += 1
    assert queue.receive(60)
    assert [record.message.rpartition("; ")[2] for record in caplog.records] == [
        "asked again in 1 s",
        "asked again in 2 s",
    ]
    sqs.fails["receive_message"] = [trouble]
    queue.receive(60)
    assert caplog.messages[-1].endswith("asked again in 1 s")


def test_what_cannot_be_sent_stays_in_the_database_in_its_order(queue: SqsQueue, sqs: Sqs, caplog):
    """The upload succeeds; whoever receives next sends it."""
    sqs.fails["send_message"] = [refusal("ThrottlingException"), NoCredentialsError()]
    queue.client.on_send_message = lambda **_: {}
    queue.send("one", "ann")
    queue.send("two", "ann")
    assert "a consumer sends its message" in caplog.text
    assert (QueuedMessage.objects.count(), sqs.messages) == (2, {})
    del queue.client.on_send_message
    message = queue.receive(60)
    assert message
    assert (message.request_id, sqs.messages, QueuedMessage.objects.count()) == ("one", {URL: ["one", "two"]}, 0)


def test_a_send_whose_answer_is_lost_is_sent_again(queue: SqsQueue, sqs: Sqs):
    """The deduplication id makes it one message."""
    sqs.fails["send_message"] = [EndpointConnectionError(endpoint_url=URL)]
    queue.send("one", "ann")
    assert QueuedMessage.objects.count() == 1
    queue.flush()
    assert (count(sqs, "send_message"), sqs.messages, QueuedMessage.objects.count()) == (2, {URL: ["one"]}, 0)


def test_no_more_are_sent_at_once_than_a_lease_has_time_for(queue: SqsQueue, sqs: Sqs):
    """The rest by the next look."""
    for number in range(12):
        queue.outbox.send(f"r{number}", "ann")
    queue.flush()
    assert QueuedMessage.objects.count() == 2
    queue.flush()
    assert len(sqs.messages[URL]) == 12


@pytest.mark.parametrize("error", [refusal("AccessDenied", 403), refusal("QueueDoesNotExist"), NoCredentialsError()])
def test_what_only_a_person_can_mend_is_one_line(queue: SqsQueue, sqs: Sqs, error: Exception):
    """A consumer ends with it."""
    sqs.fails["receive_message"] = [error]
    with pytest.raises(RunError, match=rf"^queue {URL}: "):
        queue.receive(60)


@pytest.mark.parametrize("error", [refusal("ReceiptHandleIsInvalid"), refusal("ThrottlingException")])
def test_a_message_that_cannot_be_acknowledged_comes_again(queue: SqsQueue, sqs: Sqs, error: Exception):
    """Whoever receives it then finds that its request has gone on."""
    queue.send("one", "ann")
    message = queue.receive(60)
    assert message
    sqs.fails["change_message_visibility"] = [error]
    queue.extend(message, 0.5)
    assert sqs.calls[-1][1]["VisibilityTimeout"] == 1
    sqs.fails["delete_message"] = [error]
    sqs.on_delete_message = lambda **_: {}  # type: ignore[method-assign]
    queue.ack(message)
    assert sqs.messages == {URL: ["one"]}


def test_dead_letters_are_where_the_redrive_policy_says(queue: SqsQueue, sqs: Sqs):
    """Nowhere, where there is none."""
    assert queue.dead_letters() is None
    policy = {"deadLetterTargetArn": "arn:aws:sqs:eu-west-1:1:dead.fifo", "maxReceiveCount": 1000}
    sqs.attributes["RedrivePolicy"] = json.dumps(policy)
    dead = queue.dead_letters()
    assert dead
    assert dead.url == DEAD
    sqs.fails["get_queue_url"] = [refusal("AccessDenied", 403)]
    with pytest.raises(RunError, match=r"AccessDenied.*; check the setting `queue` and the rights to it$"):
        queue.dead_letters()


@pytest.mark.parametrize(
    ("attributes", "said"),
    [
        ({"FifoQueue": "false"}, "is no FIFO queue; name one, whose name ends in .fifo"),
        ({"MessageRetentionPeriod": "3600"}, "keeps messages for less than 172,800 s; give it more"),
        (
            {"RedrivePolicy": '{"maxReceiveCount": 5}'},
            "its maxReceiveCount is 5, and lost answers count; give it 100 to",
        ),
    ],
)
def test_a_queue_that_would_lose_messages_is_found(queue: SqsQueue, sqs: Sqs, attributes: dict, said: str):
    """By its attributes."""
    assert queue.check() == f"{URL}, about 2 messages, no dead-letter queue"
    sqs.attributes.update(attributes)
    with pytest.raises(RunError, match=said):
        queue.check()


def test_a_queue_that_does_not_answer_is_one_line(queue: SqsQueue, sqs: Sqs):
    """For whoever asks what it is."""
    sqs.fails["get_queue_attributes"] = [refusal("InternalError", 503)]
    with pytest.raises(RunError, match=r"SQS: InternalError; try again$"):
        queue.check()


def test_boto3_asks_once_and_its_settings_are_its_own(state: Path, monkeypatch: pytest.MonkeyPatch):
    """Retries of its own would send two messages."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    with override_settings(QUEUE=URL):
        config = configured_queue().client.meta.config  # type: ignore[attr-defined]
    assert (config.retries["total_max_attempts"], config.region_name) == (1, "eu-west-1")


def test_settings_that_name_no_queue_are_one_line(state: Path, monkeypatch: pytest.MonkeyPatch):
    """A word, no region, no boto3."""
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    with (
        override_settings(QUEUE="tables"),
        pytest.raises(RunError, match=r"^queue is 'tables'; write table, or the"),
    ):
        configured_queue()
    with override_settings(QUEUE=URL), pytest.raises(RunError, match=r"specify a region; set \$AWS_DEFAULT_REGION,"):
        configured_queue()
    monkeypatch.setitem(sys.modules, "boto3", None)
    with override_settings(QUEUE=URL), pytest.raises(RunError, match="needs boto3; install it: pip install"):
        configured_queue()


def test_a_request_that_waits_for_a_day_is_queued_again(queue: SqsQueue, sqs: Sqs):
    """Its message may be gone; the second finds that it no longer waits."""
    life.create(Request(id="r1", owner="ann", job="stream"), [], queue)
    sqs.messages.clear()
    consumer = Consumer(queue, 0, trusts_programs=False)
    consumer.turn()
    assert sqs.messages == {}
    Request.objects.update(changed="2020-01-01T00:00:00Z")
    consumer.turn()
    assert sqs.messages == {}
    Consumer(queue, 0, trusts_programs=False).turn()
    assert sqs.messages == {URL: ["r1"]}
    life.queue_again(queue)
    assert [event.text for event in Request.objects.get().events.all()] == ["queued", "queued again"]


def test_a_request_that_is_taken_meanwhile_is_not_queued_again(queue: SqsQueue, sqs: Sqs, monkeypatch):
    """The look was before."""
    life.create(Request(id="r1", owner="ann", job="stream"), [], queue)
    sqs.messages.clear()
    Request.objects.update(changed="2020-01-01T00:00:00Z")
    monkeypatch.setattr(life, "_write", lambda *_, **__: False)
    life.queue_again(queue)
    assert sqs.messages == {}


def test_a_message_of_no_request_is_told_of_and_left(queue: SqsQueue, sqs: Sqs, caplog: pytest.LogCaptureFixture):
    """It may be another database's."""
    queue.send("theirs", "ann")
    Consumer(queue, 1, trusts_programs=False)._take(0)
    assert "a message of 'theirs', which this database has no request of; it is left" in caplog.text
    assert sqs.messages == {URL: ["theirs"]}


def test_a_consumer_with_nothing_to_do_waits_for_a_message(queue: SqsQueue, sqs: Sqs, monkeypatch):
    """For a small part of a lease, and less where it follows a run; not where it is to end when nothing is left."""
    consumer = Consumer(queue, 2, trusts_programs=False)
    monkeypatch.setattr(logging.getLogger("mrjob.gristmill"), "disabled", True)
    with override_settings(LEASE_SECONDS=60):
        assert (consumer._patience(once=False), consumer._patience(once=True)) == (10, 0)
        consumer.held[life.Lease("r1", 1)] = None  # type: ignore[assignment]
        assert consumer._patience(once=False) == 1
        consumer.held.clear()
        consumer.turn(10)
    assert sqs.calls[-1][1]["WaitTimeSeconds"] == 10


def test_a_message_is_hidden_for_as_long_as_its_request_is_put_off(queue: SqsQueue, sqs: Sqs, monkeypatch):
    """Each receive counts, and this one is no failure of it."""
    life.create(Request(id="r1", owner="ann", job="stream"), [], queue)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("gristmill.tiers.consumer.start", full)
    consumer = Consumer(queue, 1, trusts_programs=False)
    consumer.turn()
    assert (sqs.calls[-1][0], sqs.calls[-1][1]["VisibilityTimeout"]) == ("change_message_visibility", 1)
    assert Request.objects.get().state == State.SUBMITTING
    with transaction.atomic():
        assert not consumer.held
