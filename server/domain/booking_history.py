"""The history of a booking: every event says what changed, so that the events together tell all that the booking is.

The detail of an event holds codes, instants and names of resources; never a customer's name, number, address or words.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from server.domain.booking import Booking, BookingEvent, BookingState
from server.domain.ids import encode
from server.domain.spans import Span

CREATED, UPDATED = "booking.created", "booking.updated"
CONFIRMED, CANCELLED, RESCHEDULED = "booking.confirmed", "booking.cancelled", "booking.rescheduled"
STARTED, COMPLETED, NO_SHOW, CORRECTED = "booking.started", "booking.completed", "booking.no_show", "booking.corrected"
REASSIGNED, REBOOKED, ATTENDANCE = "booking.reassigned", "booking.rebooked", "booking.attendance"
CHANGE_REQUESTED, CHANGE_REJECTED = "booking.change_requested", "booking.change_rejected"


def event(kind: str, before: Booking, after: Booking, actor: str, at: datetime, **detail: str) -> BookingEvent:
    """Return the event of a booking that was `before` and is `after`; what follows from the two is told by itself."""
    told = {**_difference(before, after), **detail}
    return BookingEvent(after.id, at, kind, actor, before.state, after.state, after.revision, tuple(sorted(told.items())))


def created(booking: Booking, at: datetime, actor: str) -> BookingEvent:
    """Return the first event of a booking."""
    told = tuple(sorted(_described(booking).items()))
    return BookingEvent(booking.id, at, CREATED, actor, None, booking.state, booking.revision, told)


def _described(booking: Booking) -> dict[str, str]:
    known = {
        "service": f"services/{booking.service}",
        "premises": f"premises/{booking.premises}" if booking.premises else "",
        "location": f"locations/{booking.location}" if booking.location else "",
        "promise_start": booking.promise.start.isoformat(),
        "promise_end": booking.promise.end.isoformat(),
        "source": booking.source.value,
        "creator": booking.creator,
        "rescheduled_from": _name("bookings", booking.rescheduled_from),
        "rebooked_from": _name("bookings", booking.rebooked_from),
        "session": _name("sessions", booking.session),
        "series": _name("series", booking.series),
    }
    return {name: value for name, value in known.items() if value}


def _difference(before: Booking, after: Booking) -> dict[str, str]:
    found = {}
    if after.cancel_reason != before.cancel_reason:
        found["cancel_reason"] = after.cancel_reason
    if after.rescheduled_to != before.rescheduled_to:
        found["rescheduled_to"] = _name("bookings", after.rescheduled_to)
    if after.version != before.version:
        found["etag"] = after.etag
    return found


def _name(kind: str, number: int) -> str:
    return f"{kind}/{encode(number)}" if number else ""


@dataclass(frozen=True, slots=True)
class Told:
    """A booking as its events tell it. `facts` are the details that stood last, by name."""

    state: BookingState
    revision: int
    creator: str
    created: datetime
    facts: dict[str, str] = field(default_factory=dict)

    @property
    def promise(self) -> Span:
        """The promise."""
        start, end = (datetime.fromisoformat(self.facts[f"promise_{side}"]) for side in ("start", "end"))
        return Span(start, end)


class BrokenHistory(ValueError):
    """The events of a booking do not follow from one another."""


def replayed(events: Iterable[BookingEvent]) -> Told:
    """Return what the events of one booking, oldest first, tell; refuses those that do not follow from one another."""
    told: Told | None = None
    for one in events:
        if told is None:
            if one.before is not None:
                raise BrokenHistory(f"the first event is {one.kind}")
            told = Told(one.after, one.revision, one.actor, one.at, {"etag": "v1"})
        if one.before not in (None, told.state):
            raise BrokenHistory(f"{one.kind} begins at {one.before}, the booking was {told.state}")
        facts = {**told.facts, **dict(one.detail)}
        told = replace(told, state=one.after, revision=one.revision, facts=facts)
    if told is None:
        raise BrokenHistory("there are no events")
    return told
