"""Claiming a slot: the final check under lock, shared by holds, bookings and reschedules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from server.domain import local_time
from server.domain.caller import Request
from server.domain.change import Change
from server.domain.errors import SlotTaken
from server.domain.organisation import Officer
from server.domain.resource_day import ResourceDay, Stop
from server.domain.spans import Span
from server.domain.visit import Visit, VisitState
from server.usecases.changing import LockedDays, change_days, settled
from server.usecases.offers import Offer, Offers, Roads, candidate, new_stop, table_of
from server.usecases.ports import Clock, DayKey, Inserter, Store, Transaction, Travel
from server.usecases.slots import Slots, Wanted, freed

T = TypeVar("T")
MOST_TRIES = 4
ALTERNATIVES = 6
NEARBY = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Claim:
    """A slot to claim: its promise, and a booking that gives its own time back in the same transaction (0: none)."""

    wanted: Wanted
    promise: Span
    released_booking: int = 0


@dataclass(frozen=True, slots=True)
class Claimed:
    """A slot under lock: the crew, the lead first, and the change that puts the stops there without what they are for."""

    crew: tuple[Officer, ...]
    change: Change


class _NoLongerFits(Exception):
    """The officer-day changed since it was searched."""


Mark = Callable[[Stop, ResourceDay], Stop]
"""Says what the stop is for: a hold, a booking."""
Finish = Callable[[Transaction, Claimed], tuple[Change, T]]
"""Adds what goes with the time; returns the whole change and the answer."""


class Claims:
    """Finds the officer whom a promise costs least and takes the time, or refuses with alternatives."""

    def __init__(self, store: Store, travel: Travel, inserter: Inserter, slots: Slots, clock: Clock) -> None:
        self._store = store
        self._travel = travel
        self._offers = Offers(inserter, travel)
        self._slots = slots
        self._clock = clock

    def promise(self, wanted: Wanted, start: datetime) -> Span:
        """Return the promise that begins at `start`, or refuse one that could never have been offered."""
        zone = local_time.zone(wanted.zone)
        return wanted.service.must_offer(start, self._clock(), zone)

    def take(self, request: Request, claim: Claim, mark: Mark, finish: Finish[T]) -> T:
        """Claim the slot for whoever it costs least; a second and third choice are tried when a day fills meanwhile."""
        with self._store.begin(request) as tx:
            days = self._slots.days(tx, claim.wanted, claim.promise)
        found = self._slots.evaluate(claim.wanted, days, lambda _: [claim.promise], claim.released_booking)
        offers = found.get(claim.promise, [])
        for offer in sorted(offers, key=lambda offer: offer.rank)[:MOST_TRIES]:
            try:
                return self._take_offer(request, claim, offer, mark, finish)
            except (_NoLongerFits, SlotTaken):
                continue
        raise self._taken(request, claim)

    def _take_offer(self, request: Request, claim: Claim, offer: Offer, mark: Mark, finish: Finish[T]) -> T:
        place = claim.wanted.position

        def keys(tx: Transaction) -> set[DayKey]:
            released = tx.bookings.days(claim.released_booking) if claim.released_booking else []
            return {*(way.day.key for way in offer.ways), *released}

        def decide(tx: Transaction, locked: LockedDays) -> T:
            claimed = self._placed(tx, claim, offer, locked, mark)
            change, answer = finish(tx, claimed)
            tx.write(change, answer)
            return answer

        return change_days(self._store, self._travel, self._clock(), request, keys, [place] if place else [], decide)

    def _placed(self, tx: Transaction, claim: Claim, seen: Offer, locked: LockedDays, mark: Mark) -> Claimed:
        """Look again on the locked days, and put a stop on the day of each of the crew."""
        wanted = claim.wanted
        new_id = self._store.ids.occupancy
        days = {k: freed(now, claim.released_booking, locked.legs_of(now), new_id) for k, now in locked.now.items()}
        asked = candidate(wanted.service, wanted.premises, location=wanted.location)
        roads = Roads(locked.legs_of, lambda day: table_of(locked.legs_of(day), asked, day))
        asked_days = [days[way.day.key] for way in seen.ways if way.day.key in days]
        found = self._offers.find(asked_days, asked, wanted.crew, lambda _: [claim.promise], roads, self._clock())
        offers = [offer for offer in found.get(claim.promise, []) if offer.lead == seen.lead]
        if not offers:
            raise _NoLongerFits
        pushed_out: list[Visit] = []
        for way in offers[0].ways:
            stop = mark(new_stop(wanted.service, asked, claim.promise, way.day, self._store.ids.occupancy()), way.day)
            days[way.day.key] = self._offers.place(way, offers[0].start, stop, asked, roads)
            pushed_out += displaced(tx, way.day, way.fit.displaced)
            if days[way.day.key].defects():
                raise _NoLongerFits
        change = Change(
            before=tuple(locked.before.values()),
            after=tuple(settled(days[key], self._store.ids) for key in locked.before),
            visits=tuple(pushed_out),
            released_holds=locked.released_holds(),
        )
        people = {officer.id: officer for officer in wanted.officers}
        return Claimed(tuple(people[way.day.resource] for way in offers[0].ways), change)

    def _taken(self, request: Request, claim: Claim) -> SlotTaken:
        """Return the refusal with what is free nearby; raises AlreadyAnswered when this request's twin has the time."""
        start = max(claim.promise.start - NEARBY, self._clock())
        around = Span(start, max(claim.promise.start, start) + NEARBY)
        with self._store.begin(request) as tx:
            days = self._slots.days(tx, claim.wanted, around)
        others = self._slots.offers(claim.wanted, days, around, claim.released_booking)
        near = sorted(others, key=lambda promise: (abs(promise.start - claim.promise.start), promise))
        error = SlotTaken(
            f"nobody is free at {claim.promise.start.isoformat()} for services/{claim.wanted.service.code}: "
            + ("take one of the alternatives" if near else "nothing is free within 14 days of it"),
            start_time=claim.promise.start.isoformat(),
        )
        error.alternatives = tuple(near[:ALTERNATIVES])
        return error


def displaced(tx: Transaction, day: ResourceDay, occupancies: tuple[int, ...]) -> tuple[Visit, ...]:
    """Return the visits of those stops, back at OPEN."""
    numbers = [stop.visit for stop in day.stops if stop.occupancy in occupancies]
    if not numbers:
        return ()
    return tuple(visit.to(VisitState.OPEN) for visit in tx.visits.some(numbers).values())
