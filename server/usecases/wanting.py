"""What is asked of a search: the service, where it is done, and who could do it on which date."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import partial

from server.domain.allotting import Need
from server.domain.caller import Caller, Role
from server.domain.catalogue import Service
from server.domain.commands import SlotChoice
from server.domain.errors import InvalidField, NoOfficer, NotEligible, OffRoad
from server.domain.geography import Position
from server.domain.limits import Limits
from server.domain.organisation import Officer, Premises, TravelMode
from server.domain.resource import Location, Resource
from server.domain.resource_day import Legs, ResourceDay
from server.usecases.access_needs import needs_of
from server.usecases.catalogue import visible_service
from server.usecases.offers import crew_of
from server.usecases.ports import Transaction
from server.usecases.venues import must_suit, serving, venue, where

ONE_DAY = timedelta(days=1)
Crew = tuple[frozenset[int], ...]
"""For each member of the crew, the lead first, the ids of the officers who have the skills for that part."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be promised, where, and who could do it: `crew` has, per member, the ids of those with the skills.

    `resources` has, per room or equipment that the service needs, those that could serve. `needed` are skills that the
    customer needs, whatever the service asks for: who leads has them. `officers` and `crew` are those of the date that was
    asked about; `crews` says from which date on another crew has the skills, `limits` what the officers' days may hold.
    """

    service: Service
    premises: Premises | None
    officers: tuple[Officer, ...]
    crew: Crew
    location: Location | None = None
    resources: tuple[tuple[Resource, ...], ...] = ()
    needed: tuple[tuple[str, int], ...] = ()
    crews: tuple[tuple[date, Crew], ...] = ()
    limits: Mapping[int, Limits] = field(default_factory=dict)

    def crew_on(self, day: date) -> Crew:
        """Return who has the skills on a local date."""
        at = bisect_right(self.crews, day, key=lambda one: one[0])
        return self.crews[at - 1][1] if at else self.crew

    def in_patch(self) -> Wanted:
        """Return the same with only the officers who are responsible for the premises' patch."""
        patch = self.premises.patch_id if self.premises else None
        officers = tuple(one for one in self.officers if patch and one.patch_id == patch)
        mine = frozenset(one.id for one in officers)
        crews = tuple((on, tuple(part & mine for part in crew)) for on, crew in self.crews)
        return replace(self, officers=officers or self.officers, crew=tuple(part & mine for part in self.crew), crews=crews)

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


def wanted(
    tx: Transaction,
    caller: Caller,
    choice: SlotChoice,
    dates: tuple[date, date],
    is_off_road: Callable[[TravelMode, Position], bool],
) -> Wanted:
    """Return what a caller asks for, with the skills that hold from the first to the last of two dates.

    Refuses what can never be promised. The officer of the choice leads, if it names one.
    """
    if choice.officer and caller.role is Role.PUBLIC:
        raise InvalidField.of("officer", "is not for the public to choose: leave it empty")
    needs = needs_of(tx, choice.access_needs)
    spoken = ((f"lang-{choice.language}", 1),) if choice.language else ()
    asked = visible_service(tx, caller, choice.service).lasting(choice.duration_minutes)
    asked = asked.requiring((*needs.skills, *spoken))
    place, office = venue(tx, asked, choice)
    must_suit(office, needs.features)
    officers, crews = _crews(tx, asked, choice.officer, dates)
    crew = next((crew for _, crew in crews if all(crew)), crews[0][1])
    limits = {officer.id: officer.limits for officer in officers}
    if asked.capacity > 1:
        return Wanted(asked, place, officers, crew, office, needed=needs.skills, crews=crews, limits=limits)
    _must_be_able(asked, choice, (*needs.skills, *spoken), crew)
    position = where(asked, place, office)
    if position:
        officers = tuple(one for one in officers if not is_off_road(one.mode, position))
    if not officers:
        raise OffRoad(
            f"{_where_named(choice)} is too far from every road of the officers' travel modes: correct its position, or "
            "import a road graph that covers it",
            place=_where_named(choice),
        )
    rooms = serving(tx, asked, choice.location, needs.features)
    return Wanted(asked, place, officers, crew, office, rooms, crews=crews, limits=limits)


def _must_be_able(service: Service, choice: SlotChoice, needed: Sequence[tuple[str, int]], crew: Crew) -> None:
    if needed and not crew[0]:
        raise NotEligible(
            f"no officer for services/{service.code} has {needed[0][0]}, which the customer needs",
            service=service.code,
            skill=needed[0][0],
        )
    if not all(crew):
        raise NoOfficer(
            f"nobody has the skills that services/{service.code} needs", service=service.code, officer=choice.officer
        )


def _crews(
    tx: Transaction, service: Service, lead: str, dates: tuple[date, date]
) -> tuple[tuple[Officer, ...], tuple[tuple[date, Crew], ...]]:
    """Return who could do a service on any of the dates, and from which date on who could do which part of it.

    Of a service that is booked as seats of sessions: everybody. With a `lead` only that officer can lead.
    """
    turns = tx.remembered(("skill dates",), lambda: tuple(tx.organisation.skill_dates()))
    known: dict[int, Officer] = {}
    crews: list[tuple[date, Crew]] = []
    for on in (dates[0], *turns[bisect_right(turns, dates[0]) : bisect_right(turns, dates[1])]):
        officers, crew = tx.remembered(("crew", service, on), partial(_skilled, tx, service, on))
        if lead:
            officers, crew = _led_by(tx, lead, on, officers, crew)
        known |= {officer.id: officer for officer in officers if officer.id not in known}
        if not crews or crews[-1][1] != crew:
            crews.append((on, crew))
    return tuple(known.values()), tuple(crews)


def _led_by(
    tx: Transaction, lead: str, on: date, officers: tuple[Officer, ...], crew: Crew
) -> tuple[tuple[Officer, ...], Crew]:
    known = next((one for one in officers if one.code == lead), None) or tx.organisation.officer(lead, on)
    leads = crew[0] & {known.id}
    if len(crew) == 1:
        return tuple(one for one in officers if one.id in leads), (leads,)
    return officers, (leads, *crew[1:])


def _skilled(tx: Transaction, service: Service, on: date) -> tuple[tuple[Officer, ...], Crew]:
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
