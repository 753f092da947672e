"""Mail by SMTP, with the invitation as a calendar part."""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Literal

import aiosmtplib

from server.domain.message import Channel
from server.notify.mail import compose
from server.usecases.outgoing import NotDelivered, Outgoing

Tls = Literal["none", "starttls", "tls"]


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where mail is handed over, and by whom it is sent: `sender` is an address, `sender_name` may be empty."""

    host: str
    port: int
    sender: str
    sender_name: str = ""
    tls: Tls = "starttls"
    user: str = ""
    password: str = ""
    timeout_s: float = 20.0
    trusted: ssl.SSLContext | None = None


class SmtpCarrier:
    """Hands mails to one SMTP server, one connection each."""

    def __init__(self, server: SmtpServer) -> None:
        self._server = server

    def send(self, outgoing: Outgoing) -> str:
        """Return the Message-ID, which is the same for every try; errors never repeat the address or the text."""
        if outgoing.channel is not Channel.EMAIL:
            raise NotDelivered("SMTP carries mail only", permanent=True)
        try:
            message = compose(outgoing, self._server.sender, self._server.sender_name, datetime.now(UTC))
        except ValueError:
            raise NotDelivered("the address cannot be written into a mail", permanent=True) from None
        try:
            asyncio.run(self._hand_over(message))
        except aiosmtplib.SMTPException as error:
            raise _refusal(error) from None
        except OSError as error:
            raise NotDelivered(f"{self._where}: {type(error).__name__}", permanent=False) from None
        return str(message["Message-ID"])

    @property
    def _where(self) -> str:
        return f"SMTP server {self._server.host}:{self._server.port}"

    async def _hand_over(self, message: EmailMessage) -> None:
        server = self._server
        await aiosmtplib.send(
            message,
            hostname=server.host,
            port=server.port,
            username=server.user or None,
            password=server.password or None,
            use_tls=server.tls == "tls",
            start_tls=server.tls == "starttls",
            timeout=server.timeout_s,
            tls_context=server.trusted,
        )


def _refusal(error: aiosmtplib.SMTPException) -> NotDelivered:
    """Return what a failure means: 5xx about this mail is permanent; a wrong password or a lost connection is not."""
    code = _code(error)
    about_us = isinstance(error, aiosmtplib.SMTPAuthenticationError | aiosmtplib.SMTPConnectError)
    told = f"{type(error).__name__} {code}".strip() if code else type(error).__name__
    return NotDelivered(f"the SMTP server refused: {told}", permanent=500 <= code < 600 and not about_us)


def _code(error: aiosmtplib.SMTPException) -> int:
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        return max((_code(one) for one in error.recipients), default=0)
    return error.code if isinstance(error, aiosmtplib.SMTPResponseException) else 0
