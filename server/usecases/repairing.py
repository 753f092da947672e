"""Acting on repairs: what could be promised instead, and telling a manager when nobody acts in time."""

from __future__ import annotations

from dataclasses import dataclass, replace

from server.domain import booking_history as history
from server.domain.audit import Audit
from server.domain.booking import LIVE, Booking
from server.domain.caller import Caller, Role
from server.domain.change import Change
from server.domain.commands import SlotChoice
from server.domain.errors import DomainError
from server.domain.facts import Repair, RepairState
from server.domain.spans import Span
from server.usecases.changing import LockedDays, change_days
from server.usecases.claims import Claims
from server.usecases.placing import Claim
from server.usecases.ports import Clock, Store, Transaction, Travel
from server.usecases.slots import Slots

MOST_AT_ONCE = 200
ESCALATOR = Caller("repairs.escalate", Role.WORKER)
ESCALATED = "repair.escalated"


@dataclass(frozen=True, slots=True)
class RepairView:
    """A repair, and promises that its booking could be moved to as things stand; none when it is settled."""

    repair: Repair
    alternatives: tuple[Span, ...]


class Repairing:
    """Reads and escalates repairs."""

    def __init__(self, store: Store, travel: Travel, slots: Slots, claims: Claims, clock: Clock) -> None:
        self._store = store
        self._travel = travel
        self._slots = slots
        self._claims = claims
        self._clock = clock

    def get(self, caller: Caller, name: str) -> RepairView:
        """Return a repair with what its booking could be rescheduled to, nearest first."""
        with self._store.begin() as tx:
            repair = tx.facts.repair(name, lock=False)
            booking = tx.bookings.some([repair.booking])[repair.booking]
            if repair.state is not RepairState.OPEN or booking.state not in LIVE:
                return RepairView(repair, ())
            return RepairView(repair, tuple(self._alternatives(tx, caller, booking)))

    def _alternatives(self, tx: Transaction, caller: Caller, booking: Booking) -> list[Span]:
        choice = SlotChoice(
            booking.service,
            booking.premises,
            booking.promise.start,
            location=booking.location,
            duration_minutes=booking.duration_minutes,
        )
        try:
            wanted = self._slots.wanted(tx, caller, choice, booking.promise.start.date())
        except DomainError:  # nobody could be promised this any more: not a reason to hide the repair
            return []
        return self._claims.alternatives(tx, Claim(wanted, booking.promise, booking.id))

    def escalate(self) -> int:
        """Give the repairs that are past their deadline to a manager; return how many."""
        with self._store.begin() as tx:
            overdue = tx.facts.overdue(self._clock(), MOST_AT_ONCE)
        return sum(self._escalate(repair) for repair in overdue)

    def _escalate(self, repair: Repair) -> bool:
        now = self._clock()

        def decide(tx: Transaction, locked: LockedDays) -> bool:
            known = tx.facts.repair(repair.name)
            if known.state is not RepairState.OPEN or known.escalated:
                return False
            booking = tx.bookings.some([known.booking])[known.booking]
            late = replace(known, owner=Role.MANAGER.value, escalated=now)
            actor = ESCALATOR.principal
            event = history.event(ESCALATED, booking, booking, actor, now, repair=late.name, cause=late.cause)
            audit = Audit(now, actor, ESCALATED, late.name, (("booking", booking.name), ("owner", late.owner)))
            tx.write(Change(repairs=(late,), events=(event,), audits=(audit,)))
            return True

        # The days are locked so that the booking is what its history says while this is added to it.
        return change_days(self._store, self._travel, now, None, lambda tx: tx.bookings.days(repair.booking), (), decide)
