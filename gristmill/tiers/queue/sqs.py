"""The queue as a FIFO queue of Amazon SQS, or of what speaks its protocol, by boto3.

    body                     the request's id
    MessageGroupId           the owner; where SQS forbids a character of it, its SHA-256
    MessageDeduplicationId   the request's id: SQS forgets it after 5 minutes, and a second message is then of a request
                             that no longer waits

What is sent goes to a table of the database first, in the caller's transaction, and from there to SQS: at once, or by
the next consumer's receive where this process was killed, the answer was lost, or SQS was not there. Region, keys and
endpoint are boto3's own settings.
"""

from __future__ import annotations

import json
import logging
import math
import re
import time
from hashlib import sha256
from importlib import import_module
from typing import Any

from django.db import transaction

from gristmill.errors import RunError
from gristmill.tiers.queue import Message
from gristmill.tiers.queue.table import TableQueue

log = logging.getLogger("mrjob.gristmill")

#: The longest that SQS holds a receive open.
_MOST_WAIT = 20
#: Seconds that a call may take, and that a message is another's to send.
_CALL_SECONDS, _SEND_SECONDS = 30, 60
#: Messages that are sent before the next thing is done.
_MOST_SENT = 10
_MOST_REST = 60
#: Fewer receives than that, and lost answers alone make a message a dead letter.
_LEAST_RECEIVES = 100
#: Seconds that a message is kept at least: one that waits for longer than a day is sent again.
_LEAST_KEPT = 2 * 86400
_GROUP = re.compile(r"[!-~]{1,128}")
_THROTTLED = re.compile(r"Throttl|OverLimit|RequestLimitExceeded|TooManyRequests|SlowDown|ServiceUnavailable")
#: The receipt is of an earlier receive, or the message is gone.
_STALE = re.compile(r"ReceiptHandleIsInvalid|MessageNotInflight|InvalidParameterValue")


class Unavailable(Exception):
    """SQS cannot answer now, or its answer was lost: ask again later."""


class Stale(Exception):
    """The receipt is worth nothing any more."""


def open_queue(url: str) -> SqsQueue:
    """The queue at a URL; RunError where boto3 or its settings are not there. One call is one request: no retries."""
    try:
        boto3, config = import_module("boto3"), import_module("botocore.config")
        errors = import_module("botocore.exceptions")
    except ImportError:
        raise RunError("a queue of SQS needs boto3; install it: pip install 'gristmill[tiers,aws]'") from None
    how = config.Config(
        retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=_MOST_WAIT + 5, user_agent_extra="gristmill"
    )
    try:
        return SqsQueue(url, boto3.client("sqs", config=how))
    except (errors.BotoCoreError, ValueError) as error:
        raise RunError(
            f"queue {url}: {str(error).rstrip('.')}; set $AWS_DEFAULT_REGION, as for any use of boto3"
        ) from None


class SqsQueue:
    """See `gristmill.tiers.queue.Queue`; the clock is SQS's, and seconds are whole ones."""

    def __init__(self, url: str, client: Any) -> None:
        self.url = url
        self.client = client
        self.outbox = TableQueue()
        self._failures = 0
        self._rests_until = 0.0

    def send(self, request_id: str, group: str) -> None:
        """Put a request into the outbox; what is in there is sent once the transaction is committed."""
        self.outbox.send(request_id, group)
        transaction.on_commit(self._sent_now_or_later)

    def _sent_now_or_later(self) -> None:
        try:
            self.flush()
        except (Unavailable, RunError) as error:
            log.warning("queue: %s; the request is stored, and a consumer sends its message", error)

    def flush(self) -> None:
        """Send what is in the outbox, or the first of it; Unavailable, or RunError for what only a person can mend."""
        for _ in range(_MOST_SENT):
            message = self.outbox.receive(_SEND_SECONDS)
            if message is None:
                return
            is_plain = _GROUP.fullmatch(message.group)
            group = message.group if is_plain else f"sha256:{sha256(message.group.encode()).hexdigest()}"
            one = {"MessageBody": message.request_id, "MessageDeduplicationId": message.request_id}
            try:
                self._call("send_message", MessageGroupId=group, **one)
            except BaseException:
                # in its place, for whoever comes next
                self.outbox.extend(message, 0)
                raise
            self.outbox.ack(message)

    def receive(self, seconds: float, wait: float = 0) -> Message | None:
        """The first message; None too while SQS does not answer, which is told of and asks for less and less."""
        if time.monotonic() < self._rests_until:
            return None
        how = {"VisibilityTimeout": math.ceil(seconds), "WaitTimeSeconds": min(_MOST_WAIT, int(wait))}
        try:
            self.flush()
            answer = self._call("receive_message", AttributeNames=["MessageGroupId"], **how)
        except Unavailable as error:
            rest = min(2**self._failures, _MOST_REST)
            self._failures += 1
            self._rests_until = time.monotonic() + rest
            log.warning("queue: %s; asked again in %d s", error, rest)
            return None
        self._failures = 0
        if not (received := answer.get("Messages")):
            return None
        # one is asked for
        found = received[0]
        return Message(found["Body"], found["ReceiptHandle"], found["Attributes"]["MessageGroupId"])

    def extend(self, message: Message, seconds: float) -> None:
        """Hide it from now on; where SQS does not answer, it comes again as if this had not been asked."""
        how = {"ReceiptHandle": message.receipt, "VisibilityTimeout": math.ceil(seconds)}
        self._tell("change_message_visibility", how)

    def ack(self, message: Message) -> None:
        """Remove it; where SQS does not answer, it comes again."""
        self._tell("delete_message", {"ReceiptHandle": message.receipt})

    def _tell(self, operation: str, how: dict[str, Any]) -> None:
        try:
            self._call(operation, **how)
        except Stale:
            log.debug("queue: %s: another receive has the message", operation)
        except Unavailable as error:
            log.warning("queue: %s: %s; the message comes again", operation, error)

    def dead_letters(self) -> SqsQueue | None:
        """The queue that the redrive policy names."""
        policy = self._attributes().get("RedrivePolicy")
        if policy is None:
            return None
        *_, account, name = json.loads(policy)["deadLetterTargetArn"].split(":")
        return SqsQueue(self._queue_url(account, name), self.client)

    def check(self) -> str:
        """Look at the queue's attributes."""
        found = self._attributes()
        if found.get("FifoQueue") != "true":
            raise RunError(f"queue {self.url} is no FIFO queue; name one, whose name ends in .fifo")
        policy = json.loads(found.get("RedrivePolicy", "null"))
        receives = int(policy["maxReceiveCount"]) if policy else None
        if receives is not None and receives < _LEAST_RECEIVES:
            raise RunError(
                f"queue {self.url}: its maxReceiveCount is {receives}, and lost answers count; give it "
                f"{_LEAST_RECEIVES} to 1000"
            )
        if int(found.get("MessageRetentionPeriod", _LEAST_KEPT)) < _LEAST_KEPT:
            raise RunError(f"queue {self.url} keeps messages for less than {_LEAST_KEPT:,} s; give it more")
        dead = f"dead letters after {receives} receives" if receives else "no dead-letter queue"
        return f"{self.url}, about {found['ApproximateNumberOfMessages']} messages, {dead}"

    def _attributes(self) -> dict[str, str]:
        return dict(self._look_up("get_queue_attributes", QueueUrl=self.url, AttributeNames=["All"])["Attributes"])

    def _queue_url(self, account: str, name: str) -> str:
        return str(self._look_up("get_queue_url", QueueName=name, QueueOwnerAWSAccountId=account)["QueueUrl"])

    def _look_up(self, operation: str, **arguments: Any) -> Any:
        """Ask once, for a person who waits for the answer; RunError."""
        try:
            return self._ask(operation, **arguments)
        except Unavailable as error:
            raise RunError(f"queue {self.url}: {error}; try again") from None

    def _call(self, operation: str, **arguments: Any) -> Any:
        """Ask the queue once; Unavailable, Stale, or RunError for what only a person can mend."""
        return self._ask(operation, QueueUrl=self.url, **arguments)

    def _ask(self, operation: str, **arguments: Any) -> Any:
        errors = import_module("botocore.exceptions")
        try:
            return getattr(self.client, operation)(**arguments)
        except errors.ClientError as error:
            code = str(error.response["Error"]["Code"])
            if _THROTTLED.search(code) or error.response["ResponseMetadata"]["HTTPStatusCode"] >= 500:
                raise Unavailable(f"SQS: {code}") from None
            if "ReceiptHandle" in arguments and _STALE.search(code):
                raise Stale from None
            raise RunError(f"queue {self.url}: {error}; check the setting `queue` and the rights to it") from None
        except (errors.HTTPClientError, errors.ConnectionError) as error:
            raise Unavailable(f"SQS: {error}") from None
        except errors.BotoCoreError as error:
            raise RunError(f"queue {self.url}: {error}; set boto3 up as for any use of it") from None
