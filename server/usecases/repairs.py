"""Opening and settling repairs: somebody has to act for a promise that lost its time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from server.domain.booking import Booking
from server.domain.caller import Role
from server.domain.facts import Repair, RepairState
from server.domain.spans import Span
from server.usecases.ports import Transaction

TIME_TO_ACT = timedelta(hours=4)
OWNER = Role.BOOKING_ADMINISTRATOR.value


def opened(number: int, booking: Booking, officer: str, cause: str, now: datetime, resource: str = "") -> Repair:
    """Return a new repair of that id for a booking whose time on the day of an officer, or of a resource, is lost."""
    return Repair(
        id=number,
        cause=cause,
        booking=booking.id,
        officer=officer,
        resource=resource,
        owner=OWNER,
        deadline=_deadline(now, booking.promise),
        state=RepairState.OPEN,
        created=now,
    )


def settled(tx: Transaction, bookings: Iterable[int], officer: str, how: str, resource: str = "") -> list[Repair]:
    """Return the bookings' open repairs of that officer, or resource, as settled; those of others stay open."""
    return [
        replace(repair, state=RepairState.RESOLVED, resolution=how)
        for booking in bookings
        for repair in tx.facts.open_repairs(booking)
        if (repair.officer, repair.resource) == (officer, resource)
    ]


def unknown(tx: Transaction, bookings: Iterable[int], officer: str, resource: str = "") -> set[int]:
    """Return those of the bookings that have no open repair of that officer, or resource, yet."""
    return {
        booking
        for booking in bookings
        if all((repair.officer, repair.resource) != (officer, resource) for repair in tx.facts.open_repairs(booking))
    }


def _deadline(now: datetime, promise: Span) -> datetime:
    """Return when somebody must have acted: within four hours, and before the promise begins where there is time."""
    return max(now, min(now + TIME_TO_ACT, promise.start))
