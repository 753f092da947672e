"""Holds: a slot reserved for a short time."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from server.domain.booking import Hold
from server.domain.caller import Request
from server.domain.change import Change
from server.domain.commands import SlotChoice
from server.domain.errors import NotYours, StoreUnavailable, TooManyHolds
from server.domain.ids import decode
from server.domain.resource_day import ResourceDay, Stop, StopKind
from server.usecases.changing import LockedDays, change_days, settled
from server.usecases.claims import Claimed, Claims
from server.usecases.placing import Claim
from server.usecases.ports import Clock, Store, Transaction, Travel
from server.usecases.slots import Slots

DEFAULT_TTL = 300
MOST_LIVE = 50


class Holds:
    """Makes, releases and sweeps holds."""

    def __init__(self, store: Store, travel: Travel, slots: Slots, claims: Claims, clock: Clock) -> None:
        self._store = store
        self._travel = travel
        self._slots = slots
        self._claims = claims
        self._clock = clock

    def create(self, request: Request, choice: SlotChoice, ttl_s: int) -> Hold:
        """Reserve a slot for `ttl_s` seconds (0: five minutes)."""
        now, principal = self._clock(), request.caller.principal
        with self._store.begin(request) as tx:
            on = choice.start.date()
            wanted = self._slots.wanted(tx, request.caller, choice, on)
            live = tx.holds.count_live(principal, now)
        if live >= MOST_LIVE:
            raise TooManyHolds(f"{principal} has {live} live holds: book or release some first", live=live)
        promise = self._claims.promise(wanted, choice.start)
        hold = Hold(
            id=self._store.ids.unguessable(),
            principal=principal,
            service=choice.service,
            premises=choice.premises,
            promise=promise,
            expires=now + timedelta(seconds=ttl_s or DEFAULT_TTL),
            location=choice.location,
            duration_minutes=choice.duration_minutes,
        )

        def mark(stop: Stop, day: ResourceDay) -> Stop:
            return replace(stop, kind=StopKind.HOLD, hold=hold.id, expires=day.span.offset(hold.expires))

        def finish(tx: Transaction, claimed: Claimed) -> tuple[Change, Hold]:
            return replace(claimed.change, holds=(hold,)), hold

        return self._claims.take(request, Claim(wanted, promise), mark, finish)

    def release(self, request: Request, name: str) -> None:
        """Give a held slot back; one that is gone already is no error."""
        number = decode(name, "hold")
        with self._store.begin(request) as tx:
            hold = tx.holds.get(name)
            if hold is not None and hold.principal != request.caller.principal:
                raise NotYours(f"{name} was made by another principal", hold=name)

        def decide(tx: Transaction, locked: LockedDays) -> None:
            after = tuple(settled(_without_hold(day, number, locked), self._store.ids) for day in locked.now.values())
            released = tuple({*locked.released_holds(), *([number] if hold else [])})
            tx.write(Change(tuple(locked.before.values()), after, released_holds=released), answer="")

        change_days(self._store, self._travel, self._clock(), request, lambda tx: tx.holds.days(number), (), decide)

    def sweep(self, limit: int = 100) -> int:
        """Delete holds that have run out; return how many. Each is its own transaction."""
        with self._store.begin() as tx:
            late = tx.holds.expired(self._clock(), limit)
        for number in late:
            with suppress(StoreUnavailable):  # somebody works on that day: the next minute's sweep has it
                self._sweep_one(number)
        return len(late)

    def _sweep_one(self, number: int) -> None:
        def decide(tx: Transaction, locked: LockedDays) -> None:
            after = tuple(settled(_without_hold(day, number, locked), self._store.ids) for day in locked.now.values())
            released = tuple({*locked.released_holds(), number})
            tx.write(Change(tuple(locked.before.values()), after, released_holds=released))

        change_days(self._store, self._travel, self._clock(), None, lambda tx: tx.holds.days(number), (), decide)


def _without_hold(day: ResourceDay, hold: int, locked: LockedDays) -> ResourceDay:
    return day.without([stop.occupancy for stop in day.everything() if stop.hold == hold], locked.legs_of(day))
