"""SMTP: the port `Mailer` over a mail server. What was handed over whole counts as sent, also where the server's answer is lost."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from email.utils import formatdate, make_msgid
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from desk.errors import Misconfigured, Rejected, Unavailable

if TYPE_CHECKING:
    from aiosmtplib import SMTP

SYSTEM = "mail"
SECONDS = 20.0
"""How long each of the three parts may take: to connect, to name who it is for, and to hand over the text."""
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
PERMANENT = 500
log = logging.getLogger("frontdesk.mail")


class SmtpMailer:
    """Sends mail through one server. Off this machine nothing goes without encryption: a mail holds a code."""

    def __init__(self, url: str, sender: str, *, seconds: float = SECONDS) -> None:
        self._address = urlsplit(url)
        self._sender = sender
        self._seconds = seconds

    async def send(self, *, to: str, subject: str, text: str) -> None:
        """Send a plain text to one address. Raise Unavailable where nobody took it, Rejected for an address, Misconfigured for our login."""
        written = self._written(to, subject, text)
        smtp = self._smtp()
        try:
            with _translated():
                await smtp.connect()
                await smtp.mail(self._sender)
                await smtp.rcpt(to)
            await self._hand_over(smtp, written)
        finally:
            smtp.close()

    async def check(self) -> str:
        """Connect and log in, and return what the server is called; raise what `send` raises."""
        smtp = self._smtp()
        try:
            with _translated():
                await smtp.connect()
        finally:
            smtp.close()
        return self._address.hostname or ""

    async def _hand_over(self, smtp: SMTP, written: bytes) -> None:
        from aiosmtplib import SMTPResponseException

        try:
            await smtp.data(written)
        except SMTPResponseException:
            with _translated():
                raise
        except (OSError, asyncio.IncompleteReadError) as error:
            # Whether it arrived nobody can say. A second mail would hold another code, and the first one none that works.
            log.warning("the mail server did not say whether it took a mail: %s", type(error).__name__)

    def _smtp(self) -> SMTP:
        from aiosmtplib import SMTP

        found = self._address
        secure = found.scheme == "smtps"
        return SMTP(
            hostname=found.hostname,
            port=found.port,
            username=unquote(found.username) if found.username else None,
            password=unquote(found.password) if found.password else None,
            use_tls=secure,
            # On this machine as the server likes it; elsewhere always, also where somebody between us says that it cannot.
            start_tls=False if secure else None if found.hostname in LOOPBACK else True,
            timeout=self._seconds,
        )

    def _written(self, to: str, subject: str, text: str) -> bytes:
        message = EmailMessage(policy=WIRE)
        try:
            message["From"], message["To"], message["Subject"] = self._sender, to, subject
        except ValueError as error:
            raise Rejected("an address or a subject holds what no header may") from error
        message["Date"] = formatdate()
        message["Message-ID"] = make_msgid(domain=self._sender.partition("@")[2])
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(text)
        if not to.isascii():
            raise Rejected("an address with letters beyond ASCII cannot be written to")
        return message.as_bytes()


@contextmanager
def _translated() -> Iterator[None]:
    """Turn what goes wrong into the desk's errors, without the server's words: they repeat the address."""
    from aiosmtplib import SMTPAuthenticationError, SMTPException, SMTPRecipientRefused, SMTPResponseException

    try:
        yield
    except SMTPAuthenticationError as error:
        if error.code < PERMANENT:
            raise Unavailable(SYSTEM, f"the server puts our login off ({error.code})") from None
        raise Misconfigured("the mail server refuses the user or the password of FRONTDESK_SMTP_URL") from None
    except SMTPResponseException as error:
        if error.code < PERMANENT:
            raise Unavailable(SYSTEM, f"the server says to come back later ({error.code})") from None
        if isinstance(error, SMTPRecipientRefused):
            raise Rejected(f"the mail server refuses the address ({error.code})") from None
        raise Misconfigured(f"the mail server refuses what FRONTDESK_SMTP_URL and FRONTDESK_SMTP_FROM say ({error.code})") from None
    except SMTPException as error:
        if isinstance(error, OSError):
            raise Unavailable(SYSTEM, "nothing answers at its address") from error
        raise Unavailable(SYSTEM, f"the server cannot be talked to: {type(error).__name__}") from None
    except OSError as error:
        raise Unavailable(SYSTEM, "nothing answers at its address") from error
