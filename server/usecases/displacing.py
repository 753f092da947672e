"""Writing an emergency down: the visit, what gave way, who is told, what was broken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from server.domain.audit import Audit
from server.domain.booking import Booking, BookingEvent
from server.domain.caller import Caller
from server.domain.change import Change, message_job
from server.domain.emergency import Displaced, Emergency
from server.domain.facts import Repair
from server.domain.ids import encode
from server.domain.organisation import Officer
from server.domain.visit import Visit, VisitState, VisitView
from server.usecases import repairs
from server.usecases.board import Made, Move
from server.usecases.changing import LockedDays, settled
from server.usecases.ports import IdSource, Transaction

BROKEN = "booking.displaced"
REASSIGNED = "booking.reassigned"


def recorded(
    tx: Transaction,
    ids: IdSource,
    caller: Caller,
    people: Mapping[int, Officer],
    visit: Visit,
    made: Made,
    locked: LockedDays,
    over_limit: bool,
) -> tuple[Change, Emergency]:
    """Return everything to write about an emergency, and what its caller is told."""
    displaced = tuple(_displaced(move, people) for move in made.moves)
    bookings = tx.bookings.some({one.booking for one in displaced if one.booking})
    opened = tx.visits.some({one.visit for one in displaced if not one.to_officer and not one.broken})
    lost = tuple(_repair(ids, one, bookings[one.booking], visit) for one in displaced if one.broken)
    told = [(one, bookings[one.booking]) for one in displaced if one.booking and _is_news(one)]
    officers = tuple(sorted(people[resource].code for _, resource in made.crew))
    change = Change(
        before=tuple(locked.before.values()),
        after=tuple(settled(made.days.get(key, day), ids) for key, day in locked.now.items()),
        visits=(visit, *(replace(one.to(VisitState.OPEN), displaced_by=visit.id) for one in opened.values())),
        released_holds=locked.released_holds(),
        events=tuple(_event(one, booking, visit, caller) for one, booking in told),
        repairs=lost,
        audits=(_audit(visit, caller, officers, displaced, over_limit), *(_trace(one, visit, caller) for one in displaced)),
        jobs=tuple(message_job(booking, _kind(one)) for one, booking in told),
    )
    return change, Emergency(VisitView(visit, officers, made.start), displaced, lost)


def _displaced(move: Move, people: Mapping[int, Officer]) -> Displaced:
    return Displaced(
        visit=move.stop.visit,
        booking=move.stop.booking,
        from_officer=people[move.origin.resource].code,
        to_officer=people[move.day.resource].code if move.day else "",
        start=move.start,
        broken=move.broken,
    )


def _is_news(one: Displaced) -> bool:
    """Tell whether a customer learns of it: another minute inside the promise is none."""
    return one.broken or one.to_officer != one.from_officer


def _kind(one: Displaced) -> str:
    return BROKEN if one.broken else REASSIGNED


def _repair(ids: IdSource, one: Displaced, booking: Booking, visit: Visit) -> Repair:
    return repairs.opened(ids.unguessable(), booking, one.from_officer, f"emergency {visit.name}", visit.created)


def _event(one: Displaced, booking: Booking, visit: Visit, caller: Caller) -> BookingEvent:
    detail = (("emergency", visit.name), ("from_officer", one.from_officer), ("to_officer", one.to_officer))
    return BookingEvent(
        booking.id,
        visit.created,
        _kind(one),
        caller.principal,
        booking.state,
        booking.state,
        booking.revision,
        detail,
    )


def _audit(
    visit: Visit, caller: Caller, officers: tuple[str, ...], displaced: tuple[Displaced, ...], over_limit: bool
) -> Audit:
    detail = (
        ("officers", " ".join(officers)),
        ("weight", str(visit.weight)),
        ("displaced", str(len(displaced))),
        ("broken", str(sum(one.broken for one in displaced))),
        ("over_limit", str(over_limit)),
    )
    return Audit(visit.created, caller.principal, "emergency.created", visit.name, detail)


def _trace(one: Displaced, visit: Visit, caller: Caller) -> Audit:
    start = one.start.isoformat() if one.start else ""
    detail = (
        ("emergency", visit.name),
        ("from_officer", one.from_officer),
        ("to_officer", one.to_officer),
        ("start", start),
    )
    action = "promise.broken" if one.broken else "visit.displaced"
    subject = f"bookings/{encode(one.booking)}" if one.broken else f"visits/{encode(one.visit)}"
    return Audit(visit.created, caller.principal, action, subject, detail)
