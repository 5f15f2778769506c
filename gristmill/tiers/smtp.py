"""Mail by a server: Django's back end for SMTP, which says what became of a mail that was not taken.

MailRefused       the server will never take it: the address, or the mail itself, is refused for good (5xx)
MailUnanswered    the server has the whole mail, and has not said whether it takes it
anything else     it was not sent, and may be sent later: no server, no answer, a refusal for now (4xx), of the sender
                  or of the password, which whoever runs the server or the consumer mends
"""

from __future__ import annotations

import smtplib
from typing import TYPE_CHECKING, Any

from django.core.mail.backends import smtp

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Replies from this one on are permanent failures (RFC 5321, 4.2.1).
_PERMANENT = 500


class MailRefused(Exception):
    """No server will take this mail: nobody is told."""


class MailUnanswered(Exception):
    """The mail may have been sent."""


class _TracksEndOfData:
    """A mixin of smtplib's connections, which says whether the server has got the whole mail."""

    _data_is_sent = False

    def send(self, data: Any) -> None:
        """Send some bytes."""
        base: Any = super()
        base.send(data)
        self._data_is_sent = data[-5:] == b"\r\n.\r\n"

    def data(self, message: Any) -> Any:
        """Send a mail's text, and wait until it is taken; MailUnanswered."""
        base: Any = super()
        try:
            return base.data(message)
        except smtplib.SMTPServerDisconnected as error:
            if self._data_is_sent:
                raise MailUnanswered(f"the server has the mail, and has not answered ({error})") from None
            raise


class _Clear(_TracksEndOfData, smtplib.SMTP):
    """In the clear, or encrypted by STARTTLS."""


class _Tls(_TracksEndOfData, smtplib.SMTP_SSL):
    """Encrypted from the start."""


class EmailBackend(smtp.EmailBackend):
    """Django's, with errors by what is to be done."""

    @property
    def connection_class(self) -> Any:
        """The class of its connections."""
        return _Tls if self.use_ssl else _Clear

    def send_messages(self, email_messages: Sequence[Any]) -> int:
        """Send messages of one recipient each; their number. MailRefused, MailUnanswered, or why it must wait."""
        try:
            return int(super().send_messages(email_messages))
        except smtplib.SMTPRecipientsRefused as error:
            ((address, (code, reason)),) = error.recipients.items()
            if code >= _PERMANENT:
                raise MailRefused(f"{address} is refused: {code} {_text(reason)}") from None
            raise
        except smtplib.SMTPDataError as error:
            if error.smtp_code >= _PERMANENT:
                raise MailRefused(f"it is refused: {error.smtp_code} {_text(error.smtp_error)}") from None
            raise

    def trial(self) -> str:
        """What there is to say of the server, once it lets us in; no mail is sent."""
        self.open()
        try:
            self.connection.noop()
        finally:
            self.close()
        return f"{self.host}, port {self.port}" + (f", as {self.username}" if self.username else "")


def _text(reply: bytes | str) -> str:
    return reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
