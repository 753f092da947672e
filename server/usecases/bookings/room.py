"""What every step of a booking's life works with."""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TypeVar

from server.domain import booking_history as history
from server.domain.booking import Booking, BookingEvent, BookingView
from server.domain.caller import Caller, Request, Role
from server.domain.change import Change
from server.domain.commands import SlotChoice
from server.domain.errors import StoreUnavailable
from server.domain.facets import ChangeWanted
from server.domain.resource_day import ResourceDay
from server.usecases.changing import LockedDays, change_days, settled
from server.usecases.claims import Claims
from server.usecases.ports import Clock, DayKey, Inserter, Store, Transaction, Travel
from server.usecases.slots import Slots, Wanted

T = TypeVar("T")
SYSTEM = Caller("system", Role.WORKER)
"""Who does what nobody asked for."""


@dataclass(frozen=True, slots=True)
class LifePolicy:
    """What happens to bookings by itself. 0 hours: never.

    A request that nobody decided on for `approval_hours` lapses. Work that an officer left `auto_complete_hours` ago without
    a word is done.
    """

    approval_hours: int = 0
    auto_complete_hours: int = 0


class Room:
    """The tools, and how a step locks its days."""

    def __init__(
        self,
        store: Store,
        travel: Travel,
        inserter: Inserter,
        slots: Slots,
        claims: Claims,
        clock: Clock,
        region: str,
        policy: LifePolicy = LifePolicy(),
    ) -> None:
        self._store = store
        self._travel = travel
        self._inserter = inserter
        self._slots = slots
        self._claims = claims
        self._clock = clock
        self._region = region
        self._policy = policy

    def _wanted(self, tx: Transaction, caller: Caller, choice: SlotChoice) -> Wanted:
        return self._slots.wanted(tx, caller, choice, choice.start.date())

    def _locked(
        self,
        request: Request | None,
        keys: Callable[[Transaction], Collection[DayKey]],
        decide: Callable[[Transaction, LockedDays], T],
        keep_hold: int = 0,
    ) -> T:
        """Run `decide` in one transaction with those days locked."""
        return change_days(self._store, self._travel, self._clock(), request, keys, (), decide, keep_hold=keep_hold)

    def _end_request(self, tx: Transaction, view: BookingView) -> tuple[BookingView, int]:
        """Forget what was asked for a booking that is over; return it without, and the hold that kept the time."""
        asked = view.change_request
        if asked is None:
            return view, 0
        tx.change_requests.delete(asked.booking)
        tx.facets.save(asked.booking, ChangeWanted.NONE, self._clock())
        facets = replace(view.facets, change_request=ChangeWanted.NONE)
        return replace(view, change_request=None, facets=facets), asked.hold

    def _release(self, hold: int) -> None:
        """Give back the time that a request kept, 0: none. A day that others work on keeps it until it runs out."""
        if not hold:
            return

        def decide(tx: Transaction, locked: LockedDays) -> None:
            after = tuple(_without_hold(day, hold, locked) for day in locked.now.values())
            days = tuple(settled(day, self._store.ids) for day in after)
            released = tuple({*locked.released_holds(), hold})
            tx.write(Change(tuple(locked.before.values()), days, released_holds=released))

        with suppress(StoreUnavailable):
            self._locked(None, lambda tx: tx.holds.days(hold), decide)

    def _event(self, caller: Caller, kind: str, before: Booking, after: Booking, **detail: str) -> BookingEvent:
        return history.event(kind, before, after, caller.principal, self._clock(), **detail)


def _without_hold(day: ResourceDay, hold: int, locked: LockedDays) -> ResourceDay:
    return day.without([stop.occupancy for stop in day.everything() if stop.hold == hold], locked.legs_of(day))
