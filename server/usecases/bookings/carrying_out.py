"""Carrying out: work begins and ends, or does not take place. A booking follows its visit, in the same transaction.

What is done keeps its rows, clipped to the actual end. An overrun takes nobody's time by itself: who cannot be reached in
time any more is told by a repair.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

from server.domain import clipping
from server.domain.booking import LIVE, Booking, BookingView
from server.domain.caller import Caller, Request, Role
from server.domain.change import Change
from server.domain.deeds import Deed, complete
from server.domain.errors import DomainError, InvalidField, NotYours, TooEarly
from server.domain.facets import Dispatch
from server.domain.facts import Repair
from server.domain.outcome import Outcome, Party
from server.domain.resource_day import ResourceDay
from server.domain.visit import Visit, VisitView
from server.usecases import repairs
from server.usecases.bookings.records import seen, settled_repairs
from server.usecases.bookings.room import SYSTEM, Room
from server.usecases.changing import LockedDays, settled
from server.usecases.ports import Transaction

View = TypeVar("View", BookingView, VisitView)


@dataclass(frozen=True, slots=True)
class _Done:
    visit: Visit
    booking: Booking | None
    outcome: Outcome
    hold: int = 0


class CarryingOut(Room):
    """What officers do, told by themselves or by who looks after them."""

    def carry_out(self, request: Request, name: str, etag: str, deed: Deed) -> BookingView:
        """Do it to a booking, and so to its visit."""
        with self._store.begin(request) as tx:
            visit = seen(tx, request.caller, name).booking.visit

        return self._carry_out(request.caller, request, visit, deed, (etag, ""), _booking_view)

    def carry_out_visit(self, request: Request, name: str, etag: str, deed: Deed) -> VisitView:
        """Do it to a visit, and so to the booking that promised it."""
        with self._store.begin(request) as tx:
            visit = tx.visits.view([tx.visits.get(name)])[0]
            _must_be_theirs(request.caller, name, visit.officers)

        return self._carry_out(request.caller, request, visit.visit.id, deed, ("", etag), _visit_view)

    def complete_left(self, limit: int = 100) -> int:
        """Complete what officers left long ago without a word; return how much. Each is its own transaction."""
        if not self._policy.auto_complete_hours:
            return 0
        with self._store.begin() as tx:
            late = tx.bookings.left(self._clock() - timedelta(hours=self._policy.auto_complete_hours), limit)
        for booking, at in late:
            with suppress(DomainError):  # somebody has ended it just now, or it needs a person: the others go on
                deed = complete(at, Outcome())
                self._carry_out(SYSTEM, None, booking.visit, deed, (booking.etag, ""), _booking_view)
        return len(late)

    def _carry_out(
        self,
        caller: Caller,
        request: Request | None,
        number: int,
        deed: Deed,
        etags: tuple[str, str],
        view_of: Callable[[Transaction, _Done], View],
    ) -> View:
        """Do it to the visit of that number; `etags` guard its booking and itself."""

        def decide(tx: Transaction, locked: LockedDays) -> tuple[View, int]:
            visit = tx.visits.some([number])[number]
            booking = tx.bookings.some([visit.booking]).get(visit.booking) if visit.booking else None
            if booking is not None:
                booking = tx.bookings.get(booking.name, lock=True)
                booking.must_be(etags[0])
            visit.must_be(etags[1])
            change, done = self._done(tx, locked, caller, visit, booking, deed)
            tx.write(change)
            view = view_of(tx, done)
            tx.answer(view)
            return view, done.hold

        view, hold = self._locked(request, lambda tx: tx.days.of_visits([number]), decide)
        self._release(hold)
        return view

    def _done(
        self,
        tx: Transaction,
        locked: LockedDays,
        caller: Caller,
        visit: Visit,
        booking: Booking | None,
        deed: Deed,
    ) -> tuple[Change, _Done]:
        moved = visit.ended(deed.visit) if deed.ends else visit.to(deed.visit)
        follows = booking.to(deed.booking) if booking else None
        at = self._moment(deed, _days_of(locked, visit), booking)
        outcome = _became(tx.outcomes.of([visit.id]).get(visit.id, Outcome()), deed, at)
        tx.outcomes.save(visit.id, outcome)
        after = [clipping.ended(d, visit.id, at) if deed.ends else clipping.begun(d, visit.id) for d in locked.now.values()]
        change = Change(
            before=tuple(locked.before.values()),
            after=tuple(settled(day, self._store.ids) for day in after),
            visits=(moved,),
            released_holds=locked.released_holds(),
            repairs=tuple(self._overrun(tx, locked, visit, at)) if deed.ends else (),
        )
        done = _Done(moved, follows, outcome)
        if booking is None or follows is None:
            return change, done
        told = _told(outcome, at) if deed.ends else {"started": at.isoformat()}
        over = settled_repairs(tx, booking, deed.kind) if deed.ends else ()
        events = (self._event(caller, deed.kind, booking, follows, **told),)
        change = replace(change, bookings=(follows,), events=events, repairs=(*over, *change.repairs))
        return change, replace(done, hold=self._noted(tx, booking, deed))

    def _noted(self, tx: Transaction, booking: Booking, deed: Deed) -> int:
        """Note how far the officer got; at an end forget what was asked for, and return the hold that kept time for it."""
        if deed.outcome.party is not Party.OFFICER:
            tx.facets.save(booking.id, Dispatch.LEFT if deed.ends else Dispatch.ON_SITE, self._clock())
        return self._end_request(tx, tx.bookings.view([booking])[0])[1] if deed.ends else 0

    def _moment(self, deed: Deed, days: list[ResourceDay], booking: Booking | None) -> datetime:
        """Return when it was, or refuse what cannot have happened yet."""
        now = self._clock()
        at = deed.told or now
        if at > now:
            raise InvalidField.of(deed.field, f"{at.isoformat()} has not come yet: leave it out for now")
        begins = min((day.span.start for day in days), default=at)
        if booking is not None and deed.outcome.party is Party.CUSTOMER:
            begins = max(begins, booking.promise.start)
        if at < begins:
            raise TooEarly(
                f"that cannot have happened by {at.isoformat()}: it is due from {begins.isoformat()} on",
                at=at.isoformat(),
                due=begins.isoformat(),
            )
        return at

    def _overrun(self, tx: Transaction, locked: LockedDays, visit: Visit, at: datetime) -> Iterator[Repair]:
        """Yield a repair for each promise that an officer cannot keep any more, done at that instant."""
        for day in _days_of(locked, visit):
            lost = {stop.booking for stop in clipping.too_late_for(day, visit.id, at) if stop.booking}
            if not lost:
                continue
            officer = next(one.code for one in tx.organisation.everyone(day.day) if one.id == day.resource)
            for booking in tx.bookings.some(repairs.unknown(tx, lost, officer)).values():
                if booking.state in LIVE:  # what was done before its turn is done
                    yield repairs.opened(self._store.ids.unguessable(), booking, officer, "overrun", self._clock())


def _booking_view(tx: Transaction, done: _Done) -> BookingView:
    assert done.booking is not None
    return replace(tx.bookings.view([done.booking])[0], outcome=done.outcome)


def _visit_view(tx: Transaction, done: _Done) -> VisitView:
    return replace(tx.visits.view([done.visit])[0], outcome=done.outcome)


def _days_of(locked: LockedDays, visit: Visit) -> list[ResourceDay]:
    return [day for day in locked.now.values() if day.stop_of_visit(visit.id)]


def _became(known: Outcome, deed: Deed, at: datetime) -> Outcome:
    """Return what became of a visit after a deed; refuses an end before the beginning."""
    if not deed.ends:
        return replace(known, started=at)
    if known.started is not None and at < known.started:
        raise InvalidField.of(deed.field, f"{at.isoformat()} is before work began at {known.started.isoformat()}")
    return replace(deed.outcome, started=known.started, ended=at)


def _told(outcome: Outcome, at: datetime) -> dict[str, str]:
    """Return what the history says of an end: codes, never the officer's words."""
    known = {"ended": at.isoformat(), "outcome": outcome.code, "party": outcome.party.value if outcome.party else ""}
    return {name: value for name, value in known.items() if value}


def _must_be_theirs(caller: Caller, name: str, officers: tuple[str, ...]) -> None:
    """Refuse an officer who tells of a visit on another's route."""
    if caller.role is Role.OFFICER and caller.officer not in officers:
        raise NotYours(f"{name} is not on your route", name=name)
