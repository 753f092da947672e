"""Searching: when could a service be promised, and what would it cost today's plan?"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from server.domain.allotting import Need
from server.domain.booking import Slot
from server.domain.caller import Caller, Role
from server.domain.catalogue import Service
from server.domain.commands import SlotChoice, SlotOrder, SlotQuery
from server.domain.errors import InvalidField, NoOfficer, OffRoad
from server.domain.geography import Position
from server.domain.organisation import Officer, Premises
from server.domain.resource import Location, Resource
from server.domain.resource_day import Legs, ResourceDay
from server.domain.spans import Span
from server.usecases.catalogue import visible_service
from server.usecases.changing import legs_day_by_day
from server.usecases.offers import Offer, Offers, Roads, candidate, crew_of, promises_in
from server.usecases.ports import Clock, Inserter, Store, Transaction, Travel
from server.usecases.rooms import Rooms, SessionSeats
from server.usecases.venues import serving, venue, where

LONGEST_SEARCH = timedelta(days=62)
MOST_OFFERS = 200


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be promised, where, and who could do it: `crew` has, per member, the ids of those with the skills.

    `resources` has, per room or equipment that the service needs, those that could serve.
    """

    service: Service
    premises: Premises | None
    officers: tuple[Officer, ...]
    crew: tuple[frozenset[int], ...]
    location: Location | None = None
    resources: tuple[tuple[Resource, ...], ...] = ()

    @property
    def position(self) -> Position | None:
        """Where the officers have to be; None: where they are."""
        return where(self.service, self.premises, self.location)

    @property
    def office(self) -> str:
        """The code of the office; empty without one."""
        return self.location.code if self.location else ""

    @property
    def needs(self) -> tuple[Need, ...]:
        """The rooms and equipment that the service needs, with what could serve each."""
        pairs = zip(self.service.resources, self.resources, strict=True)
        return tuple(Need(need, tuple(resource.id for resource in some)) for need, some in pairs)

    @property
    def zone(self) -> str:
        """The IANA zone whose local times are offered: the office's, else the officers'."""
        return self.location.zone if self.location else self.officers[0].zone


class Slots:
    """Offers are computed, never stored; holding one settles it."""

    def __init__(self, store: Store, travel: Travel, inserter: Inserter, clock: Clock) -> None:
        self._store = store
        self._travel = travel
        self._offers = Offers(inserter, travel)
        self._clock = clock

    def search(self, caller: Caller, query: SlotQuery) -> tuple[list[Slot], bool]:
        """Return the offers as ranked, and whether there are more. The public gets them by time only."""
        if query.span.end - query.span.start > LONGEST_SEARCH:
            raise InvalidField.of("interval", f"is longer than {LONGEST_SEARCH.days} days: ask for less at once")
        with self._store.begin() as tx:
            on = query.span.start.date()
            choice = SlotChoice(
                query.service, query.premises, query.span.start, query.officer, query.location, query.duration_minutes
            )
            wanted = self.wanted(tx, caller, choice, on)
            days = self.days(tx, wanted, query.span) if wanted.service.capacity == 1 else []
            rooms, seats = self.rooms(tx, wanted, query.span), self.seats(tx, wanted, query.span)
        found = self.offers(wanted, days, query.span)
        by_promise = {promise: offers for promise, offers in found.items() if rooms.can_serve(promise)}
        earliest = query.order is SlotOrder.EARLIEST or caller.role is Role.PUBLIC
        codes = {officer.id: officer.code for officer in wanted.officers}
        slots = {promise: _slot(promise, offers, codes) for promise, offers in by_promise.items()}
        slots |= self._seat_slots(wanted, seats, query.span)
        ranked = sorted(slots.values(), key=lambda slot: slot.promise if earliest else (*slot.cost, slot.promise))
        limit = min(query.limit or 20, MOST_OFFERS)
        return ranked[:limit], len(ranked) > limit

    def _seat_slots(self, wanted: Wanted, seats: SessionSeats, span: Span) -> dict[Span, Slot]:
        """Return the promises that sessions can keep: nobody travels for them."""
        found = {}
        for promise in promises_in(wanted.service, wanted.zone, span, self._clock()) if seats.sessions else ():
            if free := seats.free(promise):
                officers = sorted({code for session, _ in free for code in session.officers})
                left = sum(number for _, number in free)
                found[promise] = Slot(promise, free[0][0].officers[0] if officers else "", len(officers), 0, 0, left)
        return found

    def wanted(self, tx: Transaction, caller: Caller, choice: SlotChoice, on: date) -> Wanted:
        """Return what a caller asks for, with the skills valid on that date, or refuse what can never be promised.

        The officer of the choice leads, if it names one.
        """
        if choice.officer and caller.role is Role.PUBLIC:
            raise InvalidField.of("officer", "is not for the public to choose: leave it empty")
        asked = visible_service(tx, caller, choice.service).lasting(choice.duration_minutes)
        place, office = venue(tx, asked, choice)
        everyone = tx.organisation.everyone(on)
        crew = crew_of(everyone, asked)
        if choice.officer:
            crew = (crew[0] & {tx.organisation.officer(choice.officer, on).id}, *crew[1:])
        if asked.capacity > 1:
            return Wanted(asked, place, tuple(everyone), crew, office)
        if not all(crew):
            raise NoOfficer(
                f"nobody has the skills that services/{asked.code} needs", service=asked.code, officer=choice.officer
            )
        officers = [one for one in everyone if any(one.id in part for part in crew)]
        position = where(asked, place, office)
        if position:
            officers = [one for one in officers if not self._travel.is_off_road(one.mode, position)]
        if not officers:
            raise OffRoad(
                f"{_where_named(choice)} is too far from every road of the officers' travel modes: correct its position, or "
                "import a road graph that covers it",
                place=_where_named(choice),
            )
        return Wanted(asked, place, tuple(officers), crew, office, serving(tx, asked, choice.location))

    def rooms(self, tx: Transaction, wanted: Wanted, span: Span) -> Rooms:
        """Return the days of the rooms and equipment that promises of `span` could use."""
        return Rooms.read(tx, wanted.service, wanted.needs, span)

    def seats(self, tx: Transaction, wanted: Wanted, span: Span) -> SessionSeats:
        """Return the sessions in which promises of `span` could have a seat."""
        return SessionSeats.read(tx, wanted.service, wanted.office, span)

    def best(self, tx: Transaction, wanted: Wanted, promise: Span, released_booking: int = 0) -> list[Offer]:
        """Return the offers for one promise, the cheapest first."""
        days = self.days(tx, wanted, promise)
        found = self.evaluate(wanted, days, lambda _: [promise], released_booking)
        return sorted(found.get(promise, []), key=lambda offer: offer.rank)

    def promises(self, tx: Transaction, wanted: Wanted, span: Span, released_booking: int = 0) -> list[Span]:
        """Return the promises that begin in `span` and could be kept, in order."""
        seats, rooms, now = self.seats(tx, wanted, span), self.rooms(tx, wanted, span), self._clock()
        asked = promises_in(wanted.service, wanted.zone, span, now) if seats.sessions else []
        found = {promise for promise in asked if seats.free(promise)}
        if wanted.service.capacity == 1:
            offers = self.offers(wanted, self.days(tx, wanted, span), span, released_booking)
            found |= {promise for promise in offers if rooms.can_serve(promise)}
        return sorted(found)

    def days(self, tx: Transaction, wanted: Wanted, span: Span) -> list[ResourceDay]:
        """Return the officer-days on which the promises of `span` could be kept, holds that ran out taken off."""
        start, end = span.start.date() - timedelta(days=1), span.end.date() + timedelta(days=2)
        return [
            day
            for day in tx.days.search([officer.id for officer in wanted.officers], start, end)
            if day.span.start < span.end + timedelta(hours=12) and span.start < day.span.end
        ]

    def offers(
        self, wanted: Wanted, days: Collection[ResourceDay], span: Span, ignored_booking: int = 0
    ) -> dict[Span, list[Offer]]:
        """Return, for each promise that begins in `span` and that somebody could keep, each officer-day's cheapest way."""
        now = self._clock()
        zones = {officer.zone for officer in wanted.officers}
        promises = {zone: promises_in(wanted.service, zone, span, now) for zone in zones}
        return self.evaluate(wanted, days, lambda officer: promises[officer.zone], ignored_booking)

    def evaluate(
        self,
        wanted: Wanted,
        days: Collection[ResourceDay],
        promises: Callable[[Officer], Sequence[Span]],
        ignored_booking: int = 0,
    ) -> dict[Span, list[Offer]]:
        """Return, for each promise that somebody could keep, the cheapest way of each officer-day.

        The stops of `ignored_booking` count as taken off: it is about to move.
        """
        now = self._clock()
        asked = candidate(wanted.service, wanted.premises, location=wanted.location)
        legs = legs_day_by_day(self._travel)
        live = [freed(day.without_expired(now, legs(day)), ignored_booking, legs(day), int) for day in days]
        reach = self._offers.reach(asked.place, live)
        officers = {officer.id: officer for officer in wanted.officers}
        roads = Roads(legs, lambda day: reach[day.mode])
        return self._offers.find(live, asked, wanted.crew, lambda day: promises(officers[day.resource]), roads, now)


def without_booking(day: ResourceDay, booking: int, legs: Legs) -> ResourceDay:
    """Return the day without the stops of a booking; 0 for none."""
    return day.without([stop.occupancy for stop in day.everything() if booking and stop.booking == booking], legs)


def freed(day: ResourceDay, booking: int, legs: Legs, new_id: Callable[[], int]) -> ResourceDay:
    """Return the day without the stops of a booking (0: none), for others to use: a fact keeps what it gets back."""
    return without_booking(day, booking, legs).recut(new_id) if day.facts else without_booking(day, booking, legs)


def _where_named(choice: SlotChoice) -> str:
    return f"premises/{choice.premises}" if choice.premises else f"locations/{choice.location}"


def _cheapest(offers: Iterable[Offer]) -> Offer:
    return min(offers, key=lambda offer: offer.rank)


def _slot(promise: Span, offers: list[Offer], codes: dict[int, str]) -> Slot:
    best = _cheapest(offers)
    return Slot(
        promise=promise,
        officer=codes[best.lead],
        available_officers=len({offer.lead for offer in offers}),
        extra_travel_s=best.cost[1],
        displaced_weight=best.cost[0],
    )
