"""What NOTIFYING does: a mail that says how a request ended, by Django's mail.

The intent is written before the mail is sent, and the end after it. A consumer that dies between the two leaves it to
the next to send the mail again: one too many, rather than none. All mails of a request have one Message-ID, by which
many mail servers and programs show the first alone. A server may take its time: a mail goes in a thread of its own.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from email.utils import parseaddr
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.mail import EmailMessage

from gristmill import plain
from gristmill.tiers import links
from gristmill.tiers import request as life
from gristmill.tiers.models import Event, State
from gristmill.tiers.smtp import MailRefused, MailUnanswered

if TYPE_CHECKING:
    from concurrent.futures import Future

    from gristmill.tiers.models import Request
    from gristmill.tiers.request import Lease

#: Says the request: mail services write a Message-ID of their own.
HEADER = "X-Gristmill-Request"
#: A mail that was refused so often is given up: most of a day, by the pauses that a consumer makes.
MAX_MAILS = 100
#: A mail that the server has had so often, and never answered, is taken for sent.
MAX_UNANSWERED = 3
#: Seconds that a consumer waits for a mail at a time.
_LOOK = 0.2

_HOW = {State.DONE: "is done", State.FAILED: "failed", State.CANCELLED: "was cancelled"}


_threads = ThreadPoolExecutor(thread_name_prefix="mail")


def notify(request: Request, lease: Lease, sending: Future[int] | None) -> Future[int] | None:
    """Send the mail of a request, and store its end; the mail while it is on its way, to come again with.

    LeaseLost, or why the mail must wait.
    """
    ending = State(request.ending)
    if sending is None:
        if request.tries >= MAX_MAILS:
            life.move(lease, State.NOTIFYING, ending, "no mail was sent: it was refused too often")
            return None
        life.begin(lease, State.NOTIFYING, "mail begun")
        sending = _threads.submit(mail(request).send)
    wait([sending], _LOOK)
    if not sending.done():
        return sending
    life.move(lease, State.NOTIFYING, ending, _sent(request, sending))
    return None


def _sent(request: Request, sending: Future[int]) -> str:
    """What became of a mail, where no other is to be sent."""
    try:
        sending.result()
    except MailRefused as error:
        return plain.line(f"no mail was sent: {error}")
    except MailUnanswered as error:
        before = Event.objects.filter(request=request, text__contains=MailUnanswered.__name__).count()
        if before + 1 < MAX_UNANSWERED:
            raise
        return plain.line(f"mail sent {MAX_UNANSWERED} times, as far as is known: {error}")
    return "mail sent"


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
        headers={HEADER: request.pk, "Message-ID": f"<{request.pk}@{_domain()}>"},
    )


def _domain() -> str:
    """That of the sender's address."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")[2] or "localhost"
