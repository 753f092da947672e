"""Putting what was claimed on locked days: on officers' routes with rooms and equipment, in a session, or beside a route."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from server.domain.allotting import allot, kept_for, with_seats
from server.domain.audit import Audit
from server.domain.change import Change
from server.domain.organisation import Officer
from server.domain.resource_day import ResourceDay, Stop
from server.domain.seating import free_seat, seat_stop, seated
from server.domain.session import Session
from server.domain.spans import Span
from server.domain.visit import Visit, VisitState
from server.usecases.changing import LockedDays, settled
from server.usecases.offers import Offer, Offers, Roads, candidate, new_stop, table_of
from server.usecases.ports import DayKey, IdSource, Transaction
from server.usecases.slots import Wanted, freed

MOST_BESIDE = 3
"""So many visits may stand beside an officer's route at one time."""


class NoLongerFits(Exception):
    """A day changed since it was searched; `claim` counts the claims from 0."""

    def __init__(self, claim: int = 0) -> None:
        super().__init__(f"claim {claim} no longer fits")
        self.claim = claim


@dataclass(frozen=True, slots=True)
class Claim:
    """A slot to claim: its promise, and a booking that gives its own time back in the same transaction (0: none).

    `gives_back` is a booking that does so too, but is not in the way of this claim (0: none).

    `overbook`: the one officer that `wanted` admits takes it beside the route, whatever stands there.
    """

    wanted: Wanted
    promise: Span
    released_booking: int = 0
    overbook: bool = False
    gives_back: int = 0


Mark = Callable[[Stop, ResourceDay], Stop]
"""Says what a stop is for: a hold, a booking."""


@dataclass(slots=True)
class Placing:
    """Locked days while stops are put on them, one claim after another."""

    tx: Transaction
    locked: LockedDays
    offers: Offers
    ids: IdSource
    now: datetime
    actor: str
    days: dict[DayKey, ResourceDay]
    pushed_out: list[Visit] = field(default_factory=list)
    audits: list[Audit] = field(default_factory=list)

    @classmethod
    def of(
        cls,
        tx: Transaction,
        locked: LockedDays,
        offers: Offers,
        ids: IdSource,
        now: datetime,
        actor: str,
        freed_of: set[int],
    ) -> Placing:
        """Return the locked days without the stops of the bookings that give their time back."""
        days = dict(locked.now)
        for booking in sorted(freed_of):
            days = {key: freed(day, booking, locked.legs_of(day), ids.occupancy) for key, day in days.items()}
        return cls(tx, locked, offers, ids, now, actor, days)

    def change(self) -> Change:
        """Return what is to be written: the days as they are now, and what had to give way."""
        return Change(
            before=tuple(self.locked.before.values()),
            after=tuple(settled(self.days[key], self.ids) for key in self.locked.before),
            visits=tuple(self.pushed_out),
            released_holds=self.locked.released_holds(),
            audits=tuple(self.audits),
        )


class Option(Protocol):
    """One way to keep a promise."""

    @property
    def keys(self) -> frozenset[DayKey]:
        """The days to lock for it."""

    def place(self, on: Placing, claim: Claim, mark: Mark) -> tuple[Officer, ...]:
        """Look again on the locked days and put the stops there; return the crew, the lead first. Raises NoLongerFits."""


@dataclass(frozen=True, slots=True)
class OnRoutes:
    """On the routes of a crew, with seats of rooms and equipment on any of the days `rooms`."""

    offer: Offer
    rooms: frozenset[DayKey] = frozenset()

    @property
    def keys(self) -> frozenset[DayKey]:
        """The crew's days, and those of what could serve beside them."""
        return self.rooms | {way.day.key for way in self.offer.ways}

    def place(self, on: Placing, claim: Claim, mark: Mark) -> tuple[Officer, ...]:
        """Put a stop on the route of each of the crew, and take the seats."""
        wanted = claim.wanted
        asked = candidate(wanted.service, wanted.premises, location=wanted.location)
        roads = Roads(on.locked.legs_of, lambda day: table_of(on.locked.legs_of(day), asked, day))
        mine = [on.days[way.day.key] for way in self.offer.ways if way.day.key in on.days]
        found = on.offers.find(mine, asked, wanted.crew_on, lambda _: [claim.promise], roads, on.now, wanted.limits)
        offers = [offer for offer in found.get(claim.promise, []) if offer.lead == self.offer.lead]
        if not offers:
            raise NoLongerFits
        for way in offers[0].ways:
            stop = mark(new_stop(wanted.service, asked, claim.promise, way.day, on.ids.occupancy()), way.day)
            placed = on.offers.place(way, offers[0].start, stop, asked, roads)
            if placed.defects():
                raise NoLongerFits
            on.days[way.day.key] = placed
            on.pushed_out += displaced(on.tx, way.day, way.fit.displaced)
        take_seats(on, claim, mark, self.rooms)
        people = {officer.id: officer for officer in wanted.officers}
        return tuple(people[way.day.resource] for way in offers[0].ways)


@dataclass(frozen=True, slots=True)
class InSession:
    """In a seat of a session, whose officers and room are there anyway."""

    session: Session
    crew: tuple[Officer, ...]

    @property
    def keys(self) -> frozenset[DayKey]:
        """The session's day."""
        return frozenset({self.session.key})

    def place(self, on: Placing, claim: Claim, mark: Mark) -> tuple[Officer, ...]:
        """Take the lowest seat that is free; a session that was cancelled, released or cut meanwhile has none."""
        day = on.days.get(self.session.key)
        if day is None or on.tx.sessions.some([self.session.id]) != {self.session.id: self.session}:
            raise NoLongerFits
        service = claim.wanted.service
        start = day.span.offset(claim.promise.start)
        stop = seat_stop(on.ids.occupancy(), start, service.work_s, service.before_s, service.after_s)
        seat = free_seat(day, stop.busy)
        if seat is None:
            raise NoLongerFits
        on.days[day.key] = seated(day, mark(stop, day), seat)
        return self.crew


@dataclass(frozen=True, slots=True)
class BesideRoute:
    """Beside an officer's route, whatever stands there: somebody decided that, and the audit says who."""

    key: DayKey
    officer: Officer

    @property
    def keys(self) -> frozenset[DayKey]:
        """The officer's day."""
        return frozenset({self.key})

    def place(self, on: Placing, claim: Claim, mark: Mark) -> tuple[Officer, ...]:
        """Take the lowest seat beside the route."""
        day, service = on.days.get(self.key), claim.wanted.service
        if day is None:
            raise NoLongerFits
        start = day.span.offset(claim.promise.start)
        stop = mark(seat_stop(on.ids.occupancy(), start, service.work_s, service.before_s, service.after_s), day)
        low, high = stop.busy
        taken = {other.seat for other in day.beside if other.busy[0] < high and low < other.busy[1]}
        seat = next((seat for seat in range(1, MOST_BESIDE + 1) if seat not in taken), None)
        if seat is None or low < 0 or high > day.span.seconds:
            raise NoLongerFits
        on.days[self.key] = seated(day, stop, seat)
        detail = (("seat", str(seat)), ("start_time", claim.promise.start.isoformat()), ("visit", str(stop.visit)))
        on.audits.append(Audit(on.now, on.actor, "officer.overbooked", f"officers/{self.officer.code}", detail))
        return (self.officer,)


def take_seats(on: Placing, claim: Claim, mark: Mark, rooms: frozenset[DayKey]) -> None:
    """Take the seats of rooms and equipment that a claim needs, out of locked days."""
    service = claim.wanted.service
    if not service.resources:
        return
    days = [on.days[key] for key in sorted(rooms) if key in on.days]
    chosen = allot(claim.wanted.needs, days, kept_for(service, claim.promise))
    if chosen is None:
        raise NoLongerFits
    for need, day in zip(service.resources, chosen, strict=True):
        identities = [on.ids.occupancy() for _ in range(need.quantity)]
        filled = with_seats(on.days[day.key], service, claim.promise, identities)
        on.days[day.key] = replace(
            filled, beside=tuple(mark(s, day) if s.occupancy in identities else s for s in filled.beside)
        )


def displaced(tx: Transaction, day: ResourceDay, occupancies: tuple[int, ...]) -> tuple[Visit, ...]:
    """Return the visits of those stops, back at OPEN."""
    numbers = [stop.visit for stop in day.stops if stop.occupancy in occupancies]
    if not numbers:
        return ()
    return tuple(visit.to(VisitState.OPEN) for visit in tx.visits.some(numbers).values())
