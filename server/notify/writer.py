"""Puts messages about bookings into the customer's words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jinja2 import PackageLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from server.domain.booking import Booking, BookingState
from server.domain.catalogue import PromiseKind
from server.domain.message import Channel
from server.domain.plain_text import one_line
from server.notify.gsm import segments
from server.notify.local_words import language_for, moment_in_words, span_in_words
from server.usecases.outgoing import Authority, Invitation, Kind, Outgoing, Subject

MOST_SEGMENTS = 2


@dataclass(frozen=True, slots=True)
class Letter:
    """A rendered template."""

    subject: str
    sms: str
    body: str


class TemplateWriter:
    """Writes from the templates of this package: a folder per language, a file per kind."""

    def __init__(self, authority: Authority, invitation: Invitation) -> None:
        self._authority = authority
        self._invitation = invitation
        # Plain text, so nothing to escape: the HTML of mails is made from the finished text.
        self._templates = ImmutableSandboxedEnvironment(
            loader=PackageLoader("server.notify"),
            undefined=StrictUndefined,
            autoescape=False,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def write(self, kind: Kind, subject: Subject, now: datetime) -> list[Outgoing]:
        """Return the messages for the channels that the customer has; none about unannounced work."""
        if subject.service.unannounced:
            return []
        written = []
        customer = subject.booking.customer
        if customer.phone:
            text = self._short(kind, subject)
            written.append(Outgoing(_key(kind, subject.booking, Channel.SMS), Channel.SMS, customer.phone, "", text))
        if customer.email:
            written.append(self._mail(kind, subject, now))
        return written

    def _mail(self, kind: Kind, subject: Subject, now: datetime) -> Outgoing:
        letter = self._render(kind, subject, _place(subject))
        summary = f"{one_line(subject.service.name)} ({one_line(self._authority.name)})"
        return Outgoing(
            _key(kind, subject.booking, Channel.EMAIL),
            Channel.EMAIL,
            subject.booking.customer.email,
            one_line(letter.subject),
            letter.body,
            "" if kind is Kind.OFFERED else self._invitation(subject, self._authority, summary, letter.body, now),
        )

    def _short(self, kind: Kind, subject: Subject) -> str:
        """Return the text message: the fullest wording of at most two segments, or the shortest there is."""
        address = one_line(subject.premises.address.line(), 60) if subject.premises else ""
        wordings = ((_place(subject), 200), (address, 200), (address, 40), ("", 40), ("", 20))
        listed = [(*wording, True) for wording in wordings[:3]] if subject.service.documents else []
        text = ""
        for place, longest, with_documents in (*listed, *((*wording, False) for wording in wordings)):
            text = self._render(kind, subject, place, longest, with_documents).sms
            if segments(text) <= MOST_SEGMENTS:
                break
        return text

    def _render(self, kind: Kind, subject: Subject, place: str, longest: int = 200, with_documents: bool = True) -> Letter:
        language = language_for(subject.booking.customer.language, self._authority.language)
        template = self._templates.get_template(f"{language}/{kind.value}.txt.jinja")
        words: Any = template.make_module(self._facts(subject, language, place, longest, with_documents))
        return Letter(str(words.subject).strip(), str(words.sms).strip(), str(words.body).strip() + "\n")

    def _facts(self, subject: Subject, language: str, place: str, longest: int, with_documents: bool) -> dict[str, object]:
        """Return what the templates may say; texts from outside are one line each, so they cannot pose as ours."""
        windowed = subject.service.promise_kind is PromiseKind.WINDOW
        return {
            "authority": one_line(self._authority.name, longest),
            "customer": one_line(subject.booking.customer.name),
            "service": one_line(subject.service.name, longest),
            "place": place,
            "when": _when(subject.booking, subject, windowed, language),
            "others": [_when(other, subject, windowed, language) for other in subject.others],
            "more": len(subject.others),
            "windowed": windowed,
            "pending": subject.booking.state is BookingState.PENDING,
            "documents": [one_line(document) for document in subject.service.documents] if with_documents else [],
            "minutes": subject.service.duration_minutes,
            "reference": subject.reference or subject.booking.name,
            "until": moment_in_words(subject.until, subject.zone, language) if subject.until else "",
        }


def _when(booking: Booking, subject: Subject, windowed: bool, language: str) -> str:
    promise = booking.promise
    if windowed:
        return span_in_words(promise, subject.zone, language)
    return moment_in_words(promise.start, subject.zone, language)


def _place(subject: Subject) -> str:
    if subject.premises is None:
        return ""
    parts = (one_line(subject.premises.name), one_line(subject.premises.address.line()))
    return ", ".join(part for part in parts if part)


def _key(kind: Kind, booking: Booking, channel: Channel) -> str:
    return f"{booking.name}:{booking.revision}:{kind.value}:{channel.value}"
