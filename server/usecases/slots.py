"""Searching: when could a service be promised, and what would it cost today's plan?"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from server.domain.allotting import Need
from server.domain.booking import Slot
from server.domain.caller import Caller, Role
from server.domain.catalogue import Service
from server.domain.commands import SlotChoice, SlotOrder, SlotQuery
from server.domain.errors import InvalidField, NoOfficer, NotEligible, OffRoad
from server.domain.geography import Position
from server.domain.organisation import Officer, Premises
from server.domain.resource import Location, Resource
from server.domain.resource_day import Legs, ResourceDay
from server.domain.spans import Span
from server.usecases.access_needs import needs_of
from server.usecases.catalogue import visible_service
from server.usecases.changing import legs_day_by_day
from server.usecases.customer_needs import needs_for
from server.usecases.offers import Offer, Offers, Roads, candidate, crew_of, promises_in
from server.usecases.ports import Clock, Inserter, Store, Transaction, Travel
from server.usecases.ports.search import Ask, Finding, SlotSearch
from server.usecases.rooms import Rooms, SessionSeats
from server.usecases.venues import must_suit, serving, venue, where

MOST_PROMISES = 10_000
FEW_PROMISES = 30
LONGEST_SEARCH = timedelta(days=62)
MOST_OFFERS = 200


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be promised, where, and who could do it: `crew` has, per member, the ids of those with the skills.

    `resources` has, per room or equipment that the service needs, those that could serve. `needed` are skills that the
    customer needs, whatever the service asks for: who leads has them.
    """

    service: Service
    premises: Premises | None
    officers: tuple[Officer, ...]
    crew: tuple[frozenset[int], ...]
    location: Location | None = None
    resources: tuple[tuple[Resource, ...], ...] = ()
    needed: tuple[tuple[str, int], ...] = ()

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
    def zones(self) -> dict[int, str]:
        """The IANA zone whose local times are offered, per officer: the office's, else the officer's."""
        return {officer.id: self.location.zone if self.location else officer.zone for officer in self.officers}

    @property
    def zone(self) -> str:
        """The IANA zone whose local times are offered: the office's, else the officers'."""
        return self.location.zone if self.location else self.officers[0].zone


class Slots:
    """Offers are computed, never stored; holding one settles it."""

    def __init__(self, store: Store, travel: Travel, inserter: Inserter, search: SlotSearch, clock: Clock) -> None:
        self._store = store
        self._travel = travel
        self._offers = Offers(inserter, travel)
        self._search = search
        self._clock = clock

    def search(self, caller: Caller, query: SlotQuery) -> tuple[list[Slot], bool]:
        """Return the offers as ranked, and whether there are more. The public gets them by time only."""
        if query.span.end - query.span.start > LONGEST_SEARCH:
            raise InvalidField.of("interval", f"is longer than {LONGEST_SEARCH.days} days: ask for less at once")
        with self._store.begin() as tx:
            on = query.span.start.date()
            choice = SlotChoice(
                query.service,
                query.premises,
                query.span.start,
                query.officer,
                query.location,
                query.duration_minutes,
                (*query.access_needs, *needs_for(tx, caller, query.record)),
            )
            wanted = self.wanted(tx, caller, choice, on)
            rooms, seats = self.rooms(tx, wanted, query.span), self.seats(tx, wanted, query.span)
            by_cost = query.order is SlotOrder.LEAST_TRAVEL and caller.role is not Role.PUBLIC
            limit = min(query.limit or 20, MOST_OFFERS)
            ask = self._ask(wanted, query.span, limit, is_open=rooms.can_serve, by_cost=by_cost)
            found = self._search.find(tx.days, ask) if wanted.service.capacity == 1 else []
        codes = {officer.id: officer.code for officer in wanted.officers}
        slots = {finding.promise: _slot(finding, codes) for finding in found}
        slots |= self._seat_slots(wanted, seats, query.span)
        ranked = sorted(slots.values(), key=lambda slot: (*slot.cost, slot.promise) if by_cost else slot.promise)
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
        needs = needs_of(tx, choice.access_needs)
        asked = visible_service(tx, caller, choice.service).lasting(choice.duration_minutes).requiring(needs.skills)
        place, office = venue(tx, asked, choice)
        must_suit(office, needs.features)
        lead = choice.officer
        officers, crew = _crew(tx, asked, lead, on)
        if asked.capacity > 1:
            return Wanted(asked, place, officers, crew, office, needed=needs.skills)
        if needs.skills and not crew[0]:
            raise NotEligible(
                f"no officer for services/{asked.code} has {needs.skills[0][0]}, which the customer needs",
                service=asked.code,
                skill=needs.skills[0][0],
            )
        if not all(crew):
            raise NoOfficer(
                f"nobody has the skills that services/{asked.code} needs", service=asked.code, officer=choice.officer
            )
        position = where(asked, place, office)
        if position:
            officers = tuple(one for one in officers if not self._travel.is_off_road(one.mode, position))
        if not officers:
            raise OffRoad(
                f"{_where_named(choice)} is too far from every road of the officers' travel modes: correct its position, or "
                "import a road graph that covers it",
                place=_where_named(choice),
            )
        return Wanted(asked, place, officers, crew, office, serving(tx, asked, choice.location, needs.features))

    def rooms(self, tx: Transaction, wanted: Wanted, span: Span) -> Rooms:
        """Return the days of the rooms and equipment that promises of `span` could use."""
        return Rooms.read(tx, wanted.service, wanted.needs, span)

    def seats(self, tx: Transaction, wanted: Wanted, span: Span) -> SessionSeats:
        """Return the sessions in which promises of `span` could have a seat."""
        found = SessionSeats.read(tx, wanted.service, wanted.office, span)
        if not wanted.needed:
            return found
        able = {officer.code for officer in wanted.officers if officer.id in wanted.crew[0]}
        return replace(found, sessions=tuple(one for one in found.sessions if able & set(one[0].officers)))

    def best(self, tx: Transaction, wanted: Wanted, promise: Span, released_booking: int = 0) -> list[Offer]:
        """Return the offers for one promise, the cheapest first: those of the best few who could lead."""
        ask = replace(self._ask(wanted, promise, 1), promises={zone: [promise] for zone in wanted.zones.values()})
        found = self._search.find(tx.days, self._releasing(tx, ask, released_booking))
        keys = {key for finding in found for team in finding.teams for key in team.days}
        if not keys:
            return []
        offers = self.evaluate(wanted, list(tx.days.get(keys).values()), lambda _: [promise], released_booking)
        return sorted(offers.get(promise, []), key=lambda offer: offer.rank)

    def promises(self, tx: Transaction, wanted: Wanted, span: Span, released_booking: int = 0) -> list[Span]:
        """Return the promises that begin in `span` and could be kept, in order.

        Those for which a planned visit would have to give way are among them only where there are few others.
        """
        seats, rooms, now = self.seats(tx, wanted, span), self.rooms(tx, wanted, span), self._clock()
        asked = promises_in(wanted.service, wanted.zone, span, now) if seats.sessions else []
        found = {promise for promise in asked if seats.free(promise)}
        if wanted.service.capacity == 1:
            ask = self._ask(wanted, span, MOST_PROMISES, is_open=rooms.can_serve, may_displace=False)
            ask = self._releasing(tx, ask, released_booking)
            plain = self._search.find(tx.days, ask)
            if len(plain) < FEW_PROMISES:
                plain = self._search.find(tx.days, replace(ask, limit=FEW_PROMISES, may_displace=True))
            found |= {finding.promise for finding in plain}
        return sorted(found)

    def _ask(
        self,
        wanted: Wanted,
        span: Span,
        limit: int,
        is_open: Callable[[Span], bool] = lambda _: True,
        by_cost: bool = False,
        may_displace: bool = True,
    ) -> Ask:
        now = self._clock()
        return Ask(
            candidate=candidate(wanted.service, wanted.premises, location=wanted.location),
            promises={zone: promises_in(wanted.service, zone, span, now) for zone in set(wanted.zones.values())},
            zones=wanted.zones,
            crew=lambda _: wanted.crew,
            now=now,
            limit=limit,
            by_cost=by_cost,
            is_open=is_open,
            may_displace=may_displace,
        )

    @staticmethod
    def _releasing(tx: Transaction, ask: Ask, booking: int) -> Ask:
        return replace(ask, released=booking, freed=tuple(tx.bookings.days(booking))) if booking else ask

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


Crew = tuple[tuple[Officer, ...], tuple[frozenset[int], ...]]
"""Who has the skills for some part of a service, and the ids of those for each part."""


def _crew(tx: Transaction, service: Service, lead: str, on: date) -> Crew:
    """Return who could do a service on a date; with a `lead` only that officer can lead.

    Of a service that is booked as seats of sessions: everybody.
    """
    officers, crew = tx.remembered(("crew", service, on), lambda: _skilled(tx, service, on))
    if not lead:
        return officers, crew
    known = next((one for one in officers if one.code == lead), None) or tx.organisation.officer(lead, on)
    leads = crew[0] & {known.id}
    if len(crew) == 1 and service.capacity == 1:
        return tuple(one for one in officers if one.id in leads), (leads,)
    return officers, (leads, *crew[1:])


def _skilled(tx: Transaction, service: Service, on: date) -> Crew:
    everyone = tx.remembered(("everyone", on), lambda: tuple(tx.organisation.everyone(on)))
    crew = crew_of(everyone, service)
    anybody = service.capacity > 1
    return tuple(one for one in everyone if anybody or any(one.id in part for part in crew)), crew


def without_booking(day: ResourceDay, booking: int, legs: Legs) -> ResourceDay:
    """Return the day without the stops of a booking; 0 for none."""
    return day.without([stop.occupancy for stop in day.everything() if booking and stop.booking == booking], legs)


def freed(day: ResourceDay, booking: int, legs: Legs, new_id: Callable[[], int]) -> ResourceDay:
    """Return the day without the stops of a booking (0: none), for others to use: a fact keeps what it gets back."""
    return without_booking(day, booking, legs).recut(new_id) if day.facts else without_booking(day, booking, legs)


def _where_named(choice: SlotChoice) -> str:
    return f"premises/{choice.premises}" if choice.premises else f"locations/{choice.location}"


def _slot(finding: Finding, codes: Mapping[int, str]) -> Slot:
    best = finding.teams[0]
    return Slot(
        promise=finding.promise,
        officer=codes[best.lead],
        available_officers=finding.leads,
        extra_travel_s=best.extra,
        displaced_weight=best.displaced_weight,
    )
