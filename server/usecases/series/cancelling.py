"""Cancelling occurrences: one, the later ones, or all that are still to come, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from server.domain import booking_history as history
from server.domain.booking import Booking
from server.domain.caller import Request
from server.domain.change import Change
from server.domain.commands import SeriesEnd
from server.domain.errors import IllegalTransition
from server.domain.resource_day import ResourceDay
from server.domain.series import Occurrence, OccurrenceState, Scope, Series, SeriesState, SeriesView
from server.usecases.bookings.records import settled_repairs, withdrawn
from server.usecases.changing import LockedDays, change_days, settled
from server.usecases.ports import DayKey, Transaction
from server.usecases.series.desk import Desk, forget_requests, seen, told, usable_reason
from server.usecases.series.moving import in_scope, must_be_open
from server.usecases.slots import without_booking


class Cancelling(Desk):
    """Ends bookings of a series together."""

    def cancel(self, request: Request, wanted: SeriesEnd) -> SeriesView:
        """Cancel what the scope names; past, begun and final occurrences stay. ALL ends the series."""
        with self._store.begin(request) as tx:
            series = seen(tx, request.caller, wanted.name)
            series.must_be(wanted.etag)
            reason = usable_reason(tx, request.caller, wanted.reason)

        def keys(tx: Transaction) -> set[DayKey]:
            ending = self._ending(tx, series, wanted)
            return {key for one in ending if one.booking for key in tx.bookings.days(one.booking.id)}

        def decide(tx: Transaction, locked: LockedDays) -> SeriesView:
            current = tx.series.get(series.name, lock=True)
            current.must_be(wanted.etag)
            for one in self._ending(tx, current, wanted):
                if one.booking is not None:
                    reason.must_suit(one.booking, request.caller)
            return self._ended(tx, request, locked, current, wanted)

        return change_days(self._store, self._travel, self._clock(), request, keys, (), decide)

    def _ending(self, tx: Transaction, series: Series, wanted: SeriesEnd) -> list[Occurrence]:
        now, every = self._clock(), tx.series.occurrences(series.id)
        found = in_scope(series, every, wanted.scope, wanted.original)
        if wanted.scope is Scope.THIS:
            must_be_open(series, found[0], now)
        ending = [one for one in found if one.ends_with_series(now)]
        if not ending:
            raise IllegalTransition(f"{series.name} has no occurrence left that could be cancelled", series=series.name)
        return ending

    def _ended(self, tx: Transaction, request: Request, locked: LockedDays, series: Series, wanted: SeriesEnd) -> SeriesView:
        ending = self._ending(tx, series, wanted)
        old = [one.booking for one in ending if one.booking is not None]
        new = {booking.id: booking.cancel(wanted.reason) for booking in old}
        state = SeriesState.CANCELLED if wanted.scope is Scope.ALL else None
        changed = series.changed(state)
        gone = [replace(one, state=OccurrenceState.CANCELLED) for one in ending if one.booking is None]
        tx.series.put(gone)
        tx.series.save(changed)
        forget_requests(tx, old, self._clock())
        change = self._change(tx, request, locked, old, new)
        audit = self._audit(request, "series.cancelled", series, occurrences=len(ending), reason=wanted.reason)
        change = replace(change, audits=(audit,))
        known = {one.original: replace(one, booking=new[one.booking.id]) for one in ending if one.booking}
        every = tx.series.occurrences(series.id)
        view = SeriesView(changed, tuple(known.get(one.original, one) for one in every))
        tx.write(change, view)
        return view

    def _change(
        self, tx: Transaction, request: Request, locked: LockedDays, old: Sequence[Booking], new: dict[int, Booking]
    ) -> Change:
        actor, now = request.caller.principal, self._clock()
        after = [_without(day, locked, new) for day in locked.now.values()]
        return Change(
            before=tuple(locked.before.values()),
            after=tuple(settled(day, self._store.ids) for day in after),
            bookings=tuple(new.values()),
            visits=tuple(visit for booking in old for visit in withdrawn(tx, booking)),
            released_holds=locked.released_holds(),
            events=tuple(history.event(history.CANCELLED, one, new[one.id], actor, now) for one in old),
            repairs=tuple(repair for one in old for repair in settled_repairs(tx, one, history.CANCELLED)),
            jobs=told(list(new.values()), "series.cancelled" if len(new) > 1 else history.CANCELLED),
        )


def _without(day: ResourceDay, locked: LockedDays, bookings: dict[int, Booking]) -> ResourceDay:
    legs = locked.legs_of(day)
    for number in {stop.booking for stop in day.everything()} & bookings.keys():
        day = without_booking(day, number, legs)
    return day
