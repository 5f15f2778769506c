"""What NOTIFYING does: a mail that says how a request ended, by Django's mail.

The intent is written before the mail is sent, and the end after it. A consumer that dies between the two leaves it to
the next to send the mail again: one too many, rather than none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.mail import EmailMessage

from gristmill import plain
from gristmill.tiers import links
from gristmill.tiers import request as life
from gristmill.tiers.models import State

if TYPE_CHECKING:
    from gristmill.tiers.models import Request
    from gristmill.tiers.request import Lease

#: Says the request: mail services write a Message-ID of their own.
HEADER = "X-Gristmill-Request"
#: A mail that was refused so often is given up: most of a day, by the pauses that a consumer makes.
MAX_MAILS = 100

_HOW = {State.DONE: "is done", State.FAILED: "failed", State.CANCELLED: "was cancelled"}


def notify(request: Request, lease: Lease) -> None:
    """Send the mail of a request, and store its end; LeaseLost, or what the mail's back end raises."""
    ending = State(request.ending)
    if request.tries >= MAX_MAILS:
        life.move(lease, State.NOTIFYING, ending, "no mail was sent: it was refused too often")
        return
    life.begin(lease, State.NOTIFYING, "mail begun")
    mail(request).send()
    life.move(lease, State.NOTIFYING, ending, "mail sent")


def mail(request: Request) -> EmailMessage:
    """The mail of a request that has ended."""
    how = f"gristmill {request.job} {_HOW[State(request.ending)]}"
    inputs = ", ".join(upload.name for upload in request.uploads.all())
    lines = [f"{how}: request {request.pk}, of {inputs}."]
    if request.why:
        lines.append(f"Why: {plain.line(request.why)}")
    if request.result and settings.URL:
        lines.append(f"Its rows, for {links.DAYS} days, once you have signed in: {links.to_rows(request)}")
    elif request.result:
        lines.append(f"Its rows: gristmill result {request.pk}")
        lines.append(f"Its folder: {request.result}")
    lines.append(f"Its life: {links.to_life(request) if settings.URL else f'gristmill status {request.pk}'}")
    return EmailMessage(
        subject=f"{how} ({request.pk})",
        body="\n\n".join(lines) + "\n",
        to=[request.mail],
        headers={HEADER: request.pk},
    )
