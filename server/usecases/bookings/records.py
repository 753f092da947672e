"""What the steps of a booking's life share: who may see it, and the records that go with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from server.domain import booking_history as history
from server.domain.booking import LIVE, Booking, BookingState, BookingView, Source
from server.domain.caller import Caller, Role
from server.domain.catalogue import Service
from server.domain.change import Change, message_job
from server.domain.commands import BookingFilter
from server.domain.errors import DuplicateBooking, NotFound, NotYours
from server.domain.facts import Repair, RepairState
from server.domain.organisation import CaseRef, Officer
from server.domain.paging import LARGEST_SIZE, Page
from server.domain.resource_day import ResourceDay, Stop, StopKind
from server.domain.visit import Visit, VisitState
from server.usecases.placing import Mark
from server.usecases.ports import Transaction

SOURCES = {Role.PUBLIC: Source.PUBLIC, Role.PARTNER: Source.PARTNER}


def source_of(caller: Caller) -> Source:
    """Return how a booking of this caller comes in: the credential says it, never the client."""
    return Source(caller.source) if caller.source else SOURCES.get(caller.role, Source.STAFF)


def seen(tx: Transaction, caller: Caller, name: str) -> BookingView:
    """Return a booking that the caller may know of, or refuse."""
    booking = tx.bookings.get(name)
    if caller.role is Role.PARTNER and booking.creator != caller.principal:
        raise NotFound(f"there is no booking {name!r}", name=name)
    view = tx.bookings.view([booking])[0]
    if caller.role is Role.OFFICER and caller.officer not in view.officers:
        raise NotYours(f"{name} is not on your route", name=name)
    return view


def must_be_first(tx: Transaction, case: CaseRef | None, allow_duplicate: bool, service: str) -> None:
    """Refuse a second live booking of a service for a case, naming the first; the database refuses those who race."""
    if case is None or allow_duplicate:
        return
    for known in tx.bookings.listing(Page(LARGEST_SIZE), BookingFilter(states=LIVE, case=case), "").items:
        if known.service == service and not known.allow_duplicate:
            raise DuplicateBooking(
                f"the case has {known.name} of services/{service} already: cancel or reschedule that one, or set "
                "allow_duplicate",
                booking=known.name,
            )


def marking(booking: Booking) -> Mark:
    """Return what makes a stop the booking's."""

    def mark(stop: Stop, _: ResourceDay) -> Stop:
        kind = StopKind.REMOTE if stop.place is None else StopKind.STOP
        return replace(stop, kind=kind, booking=booking.id, visit=booking.visit, hold=0, expires=0)

    return mark


def visit_of(booking: Booking, service: Service, officer: Officer) -> Visit:
    """Return the visit that a booking promises, on the team of the officer who leads."""
    return Visit(
        id=booking.visit,
        service=booking.service,
        premises=booking.premises,
        team=officer.team,
        weight=service.weight,
        duration_minutes=booking.duration_minutes,
        state=VisitState.PLANNED,
        created=booking.created,
        case=booking.case,
        booking=booking.id,
    )


def promised(
    change: Change, booking: Booking, service: Service, officer: Officer, now: datetime, caller: Caller | None = None
) -> Change:
    """Return the change with a new booking, its visit, what happened, and the job that tells the customer.

    `caller` is who did it, where that is not the booking's creator.
    """
    kind = "booking.requested" if booking.state is BookingState.PENDING else "booking.confirmed"
    return replace(
        change,
        bookings=(*change.bookings, booking),
        visits=(*change.visits, visit_of(booking, service, officer)),
        events=(*change.events, history.created(booking, now, caller.principal if caller else booking.creator)),
        jobs=(*change.jobs, message_job(booking, kind)),
    )


def withdrawn(tx: Transaction, booking: Booking) -> tuple[Visit, ...]:
    """Return the booking's visit, no longer wanted."""
    return tuple(visit.to(VisitState.WITHDRAWN) for visit in tx.visits.some([booking.visit]).values())


def settled_repairs(tx: Transaction, booking: Booking, how: str) -> tuple[Repair, ...]:
    """Return the booking's open repairs as settled: nobody has to act for a promise that ended."""
    return tuple(replace(repair, state=RepairState.RESOLVED, resolution=how) for repair in tx.facts.open_repairs(booking.id))


def planned_view(booking: Booking, days: Sequence[ResourceDay], crew: Sequence[Officer]) -> BookingView:
    """Return a new booking with where its crew's days, as they will be written, have it."""
    starts = [day.span.at(stop.start) for day in days if day.mode for stop in day.stops if stop.booking == booking.id]
    return BookingView(booking, tuple(sorted(officer.code for officer in crew)), min(starts, default=None))


Move = Callable[[Booking], Booking]
"""One step of the state machine; refuses what it does not allow."""
