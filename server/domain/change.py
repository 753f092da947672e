"""One write: everything that a use case decided about days, and what goes with them."""

from __future__ import annotations

from dataclasses import dataclass

from server.domain.audit import Audit
from server.domain.booking import Booking, BookingEvent, Hold
from server.domain.facts import Repair
from server.domain.resource_day import ResourceDay
from server.domain.visit import Visit


@dataclass(frozen=True, slots=True)
class Job:
    """Work that is done after the transaction, at least once. `arguments` are JSON; equal `lock`s run one after another."""

    task: str
    queue: str
    arguments: dict[str, int | str]
    lock: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """The diff that a transaction writes. `before` are the locked days, `after` the same days as they shall be.

    Bookings and visits are added, or replace the one with the same id; `released_holds` are ids of holds that go.
    """

    before: tuple[ResourceDay, ...] = ()
    after: tuple[ResourceDay, ...] = ()
    bookings: tuple[Booking, ...] = ()
    visits: tuple[Visit, ...] = ()
    holds: tuple[Hold, ...] = ()
    released_holds: tuple[int, ...] = ()
    events: tuple[BookingEvent, ...] = ()
    repairs: tuple[Repair, ...] = ()
    audits: tuple[Audit, ...] = ()
    jobs: tuple[Job, ...] = ()


def message_job(booking: Booking, kind: str) -> Job:
    """Return the job that tells the customer; it is keyed by the revision, so a repeat says nothing twice."""
    return Job(
        "messages.deliver",
        "messages",
        {"booking": booking.id, "revision": booking.revision, "kind": kind},
        lock=booking.name,
    )
