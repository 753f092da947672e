"""Composes a mail: text, the same as simple HTML, and the invitation both inline and attached."""

from __future__ import annotations

import html
import re
from datetime import datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from server.domain.plain_text import one_line
from server.usecases.outgoing import Outgoing


def compose(outgoing: Outgoing, sender: str, sender_name: str, at: datetime) -> EmailMessage:
    """Return the mail, dated `at`. Raises ValueError for an address that cannot stand in a header.

    Headers are made of single lines and typed addresses, so nothing in a message can add one.
    """
    mail = EmailMessage(policy=SMTP)
    home = _address(sender)
    mail["From"] = Address(one_line(sender_name), home.username, home.domain)
    mail["To"] = _address(outgoing.recipient)
    mail["Date"] = at
    mail["Subject"] = one_line(outgoing.subject)
    mail["Message-ID"] = f"<{_token(outgoing.key)}@{home.domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(outgoing.body, cte="quoted-printable")
    mail.add_alternative(_html(outgoing.body), subtype="html", cte="quoted-printable")
    if outgoing.ics:
        _invite(mail, outgoing)
    return mail


def _address(text: str) -> Address:
    """Return the address as every SMTP server takes it; the parser's own errors differ with what is wrong."""
    local, _, domain = text.rpartition("@")
    try:
        return Address(addr_spec=f"{local}@{domain.encode('idna').decode()}")
    except (ValueError, IndexError, HeaderParseError):
        raise ValueError("not an e-mail address that fits into ASCII") from None


def _invite(mail: EmailMessage, outgoing: Outgoing) -> None:
    """Add the calendar part that mail programs offer to accept, and a file for those that do not."""
    octets = outgoing.ics.encode()
    calendar = EmailMessage(policy=SMTP)
    calendar.set_content(octets, maintype="text", subtype="calendar", cte="base64")
    calendar.set_param("charset", "utf-8")
    calendar.set_param("method", outgoing.method or "REQUEST")
    mail.attach(calendar)
    mail.add_attachment(octets, maintype="application", subtype="ics", filename="invite.ics")


def _html(text: str) -> str:
    paragraphs = (html.escape(part).replace("\n", "<br>\n") for part in text.strip().split("\n\n"))
    content = "\n".join(f"<p>{part}</p>" for part in paragraphs)
    return f'<!doctype html>\n<html><head><meta charset="utf-8"></head><body>\n{content}\n</body></html>\n'


def _token(key: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", ".", key).strip(".")
