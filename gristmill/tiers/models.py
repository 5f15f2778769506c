"""The tables of the tiers. `gristmill.tiers.request` alone writes requests and their events, once they are made."""

from __future__ import annotations

from enum import Enum

from django.db import models
from django.db.models.functions import Now


class _Word(str, Enum):
    """A word that a column holds."""

    def __str__(self) -> str:
        # that of Enum has the class's name in it
        return str(self.value)


class State(_Word):
    """Where a request is in its life; the last three are its end."""

    QUEUED = "QUEUED"
    SUBMITTING = "SUBMITTING"
    RUNNING = "RUNNING"
    NOTIFYING = "NOTIFYING"
    DONE = "DONE"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


#: The states that a request does not leave.
ENDS = (State.DONE, State.FAILED, State.CANCELLED)
#: Those in which it still needs its files, and can be cancelled.
UNFINISHED = (State.QUEUED, State.SUBMITTING, State.RUNNING)
#: Those in which a consumer has it, or had it.
TAKEN = (State.SUBMITTING, State.RUNNING, State.NOTIFYING)


class Role(_Word):
    """What a file is to a job."""

    INPUT = "input"
    MAPPER = "mapper"
    REDUCER = "reducer"


class Request(models.Model):
    """What one person wants done with some files."""

    id = models.CharField(primary_key=True, max_length=64)
    #: The person; their requests are begun in order.
    owner = models.CharField(max_length=150)
    #: A name of `gristmill.job.programs.PROGRAMS`.
    job = models.CharField(max_length=64)
    #: Words for the job's command line: ``--name`` or ``--name=value``.
    options = models.JSONField(default=list)
    mail = models.EmailField()

    state = models.CharField(max_length=16, default=State.QUEUED)
    #: The state that it will end in; "" while that is not known.
    ending = models.CharField(max_length=16, blank=True, default="")
    #: Why it failed.
    why = models.TextField(blank=True, default="")
    #: The folder of part files; "" where there is none.
    result = models.TextField(blank=True, default="")
    cancel_asked = models.BooleanField(default=False)

    #: The fencing token: one more with each consumer that takes the request.
    token = models.PositiveBigIntegerField(default=0)
    #: Until then, by the database's clock, no other consumer may take it.
    lease_until = models.DateTimeField(db_default=Now())
    #: The consumer that has it, for people; "" for none.
    holder = models.CharField(max_length=200, blank=True, default="")
    #: How often the work of this state was begun again.
    tries = models.PositiveIntegerField(default=0)

    created = models.DateTimeField(db_default=Now())
    changed = models.DateTimeField(db_default=Now())

    class Meta:
        """Consumers look for leases that have run out, people for their own requests."""

        indexes = (
            models.Index(fields=["state", "lease_until"], name="tiers_state_lease"),
            models.Index(fields=["owner", "created"], name="tiers_owner_created"),
            models.Index(fields=["owner", "state", "created"], name="tiers_owner_state_created"),
            models.Index(fields=["owner", "job", "created"], name="tiers_owner_job_created"),
            # those of all owners, for staff
            models.Index(fields=["created"], name="tiers_created"),
            models.Index(fields=["state", "created"], name="tiers_state_created"),
        )


class Upload(models.Model):
    """A file of a request, as it came."""

    request = models.ForeignKey(Request, models.CASCADE, related_name="uploads")
    role = models.CharField(max_length=16)
    #: The owner's name for it, which is no path.
    name = models.CharField(max_length=255)
    #: The storage's name for it; "" once its owner has deleted it.
    key = models.CharField(max_length=255)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        """In the order that they were given."""

        ordering = ("pk",)


class Event(models.Model):
    """A change of a request, written with it."""

    request = models.ForeignKey(Request, models.CASCADE, related_name="events")
    at = models.DateTimeField(db_default=Now())
    state = models.CharField(max_length=16)
    token = models.PositiveBigIntegerField()
    text = models.TextField()

    class Meta:
        """In the order that they happened."""

        ordering = ("pk",)


class Link(models.Model):
    """An address in a mail; see `gristmill.tiers.links`."""

    key = models.CharField(max_length=64, unique=True)
    request = models.ForeignKey(Request, models.CASCADE, related_name="links")
    until = models.DateTimeField()


class QueuedMessage(models.Model):
    """A message of `gristmill.tiers.queue.table`; its id is its place in the queue."""

    request_id = models.CharField(max_length=64, unique=True)
    group = models.CharField(max_length=150)
    #: Nobody receives it again, or a later one of its group, before that.
    visible_at = models.DateTimeField(db_default=Now())
    #: Which receive has it; "" for none yet.
    receipt = models.CharField(max_length=32, blank=True, default="")

    class Meta:
        """The first of each group is looked for."""

        indexes = (models.Index(fields=["group", "id"], name="tiers_group_id"),)
