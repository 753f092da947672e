"""The iCalendar object (RFC 5545, RFC 5546) of one booking, as customers get it by mail.

Times are UTC: readers of calendars disagree about the VTIMEZONE that libraries write, about "Z" they do not.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from icalendar import Calendar, Event, vCalAddress, vText

from server.domain.booking import Booking, BookingState
from server.domain.catalogue import PromiseKind
from server.domain.organisation import Premises
from server.domain.plain_text import lines, one_line
from server.domain.spans import Span
from server.usecases.outgoing import Authority, Subject

PRODUCT = "-//Fieldwork//Fieldwork//EN"
ENDED = frozenset({BookingState.CANCELLED, BookingState.RESCHEDULED})
LONGEST_DESCRIPTION = 4000


def invitation(subject: Subject, authority: Authority, summary: str, description: str, at: datetime) -> str:
    """Return the REQUEST, or the CANCEL, of a booking's present revision, and of others of its series; `at` is the DTSTAMP.

    The event covers the promised window of a WINDOW service and the work of an EXACT one.
    """
    calendar = empty_calendar()
    calendar.add("method", "CANCEL" if subject.booking.state in ENDED else "REQUEST")
    for booking in (subject.booking, *subject.others):
        calendar.add_component(_event(replace(subject, booking=booking), authority, summary, description, at))
    return written(calendar)


def _event(subject: Subject, authority: Authority, summary: str, description: str, at: datetime) -> Event:
    booking = subject.booking
    event = Event()
    event.add("uid", one_line(uid_of(booking)))
    event.add("sequence", booking.revision - 1)
    if booking.recurrence_start is not None:  # an occurrence: the series' UID is that of all of them
        event.add("recurrence-id", _second(booking.recurrence_start))
    add_times(event, _shown(subject), at)
    event.add("summary", one_line(summary))
    event.add("description", lines(description)[:LONGEST_DESCRIPTION])
    if subject.premises is not None:
        event.add("location", location(subject.premises))
    event.add("organizer", _person("organizer", authority.email, authority.name))
    if booking.customer.email:
        event.add("attendee", _attendee(booking))
    event.add("status", _status(booking))
    event.add("transp", "TRANSPARENT" if booking.state in ENDED else "OPAQUE")
    return event


def empty_calendar() -> Calendar:
    """Return a calendar with nothing in it but its head."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    return calendar


def written(calendar: Calendar) -> str:
    """Return the calendar as text with CRLF, folded at 75 octets."""
    octets: bytes = calendar.to_ical()
    return octets.decode("utf-8")


def add_times(event: Event, span: Span, at: datetime) -> None:
    """Give an event its times, in whole seconds of UTC."""
    event.add("dtstamp", _second(at))
    event.add("dtstart", _second(span.start))
    event.add("dtend", _second(span.end))


def location(premises: Premises) -> str:
    """Return name and address on one line."""
    return ", ".join(part for part in (one_line(premises.name), one_line(premises.address.line())) if part)


def uid_of(booking: Booking) -> str:
    """Return the UID that all revisions and successors of a booking share."""
    return booking.calendar_uid or f"{booking.name.replace('/', '-')}@fieldwork"


def _second(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)


def _shown(subject: Subject) -> Span:
    promise = subject.booking.promise
    if subject.service.promise_kind is PromiseKind.WINDOW:
        return promise
    return Span(promise.start, promise.start + timedelta(minutes=subject.service.duration_minutes))


def _status(booking: Booking) -> str:
    if booking.state in ENDED:
        return "CANCELLED"
    return "TENTATIVE" if booking.state is BookingState.PENDING else "CONFIRMED"


def _attendee(booking: Booking) -> vCalAddress:
    attendee = _person("attendee", booking.customer.email, booking.customer.name)
    attendee.params["ROLE"] = vText("REQ-PARTICIPANT")
    attendee.params["PARTSTAT"] = vText("NEEDS-ACTION")
    attendee.params["RSVP"] = vText("FALSE")
    return attendee


def _person(what: str, email: str, name: str) -> vCalAddress:
    """Return the address of an organizer or attendee."""
    address = one_line(email).replace(" ", "")
    if not address:
        raise ValueError(f"an {what} needs an e-mail address")
    person = vCalAddress(f"mailto:{address}")
    person.params["CN"] = vText(one_line(name))
    return person
