"""Explaining why a time is not offered. Slower than the search, and exact: it asks about one promise only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from server.domain import local_time
from server.domain.allotting import kept_for
from server.domain.caller import Caller
from server.domain.catalogue import Service
from server.domain.commands import SlotChoice
from server.domain.explanation import Obstacle, OfficerReasons, Rule, SlotExplanation
from server.domain.organisation import Officer
from server.domain.resource import Location
from server.domain.resource_day import ResourceDay
from server.domain.spans import Span
from server.usecases.access_needs import needs_of
from server.usecases.catalogue import visible_service
from server.usecases.changing import legs_day_by_day
from server.usecases.offers import Offers, Roads, candidate, crew_of, promises_in
from server.usecases.ports import Candidate, Clock, Inserter, Store, Transaction, Travel
from server.usecases.reasons import DayReasons
from server.usecases.rooms import Rooms, SessionSeats
from server.usecases.venues import must_suit, serving, venue
from server.usecases.wanting import Wanted, freed

MOST_EXPLAINED = 50
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Question:
    """One promise, and everything that was read to tell about it."""

    wanted: Wanted
    promise: Span
    asked: Candidate
    days: tuple[ResourceDay, ...]
    kinds: Mapping[int, str]
    rooms: Rooms
    now: datetime

    def days_of(self, officer: Officer) -> list[ResourceDay]:
        return [day for day in self.days if day.resource == officer.id]


class Explaining:
    """Tells staff which rule stands in the way of a slot."""

    def __init__(self, store: Store, travel: Travel, inserter: Inserter, clock: Clock) -> None:
        self._store = store
        self._travel = travel
        self._offers = Offers(inserter, travel)
        self._clock = clock

    def slot(self, caller: Caller, choice: SlotChoice, limit: int = 0) -> SlotExplanation:
        """Return why the promise that begins at the choice's start is offered, or is not."""
        with self._store.begin() as tx:
            needs = needs_of(tx, choice.access_needs)
            spoken = ((f"lang-{choice.language}", 1),) if choice.language else ()
            service = visible_service(tx, caller, choice.service).lasting(choice.duration_minutes)
            service = service.requiring((*needs.skills, *spoken))
            place, office = venue(tx, service, choice)
            must_suit(office, needs.features)
            on = choice.start.date()
            people = _people(tx, choice, on)
            promise = service.promise(choice.start)
            if service.capacity > 1:
                return self._session(tx, service, office, promise)
            rooms = serving(tx, service, choice.location, needs.features)
            wanted = Wanted(service, place, people, crew_of(people, service), office, rooms)
            question = self._question(tx, wanted, promise)
        return self._explained(question, choice.officer).first(min(limit or MOST_EXPLAINED, MOST_EXPLAINED))

    def _question(self, tx: Transaction, wanted: Wanted, promise: Span) -> _Question:
        first, after_last = promise.start.date() - ONE_DAY, promise.end.date() + 2 * ONE_DAY
        stored = tx.days.search([officer.id for officer in wanted.officers], first, after_last)
        facts = {fact.overlay for day in stored for fact in day.facts}
        rooms = Rooms.read(tx, wanted.service, wanted.needs, promise)
        asked = candidate(wanted.service, wanted.premises, location=wanted.location)
        now, legs = self._clock(), legs_day_by_day(self._travel)
        days = tuple(freed(day.without_expired(now, legs(day)), 0, legs(day), int) for day in stored)
        return _Question(wanted, promise, asked, days, tx.days.fact_kinds(facts), rooms, now)

    def _explained(self, question: _Question, lead: str) -> SlotExplanation:
        wanted, promise = question.wanted, question.promise
        general = [*_period(wanted.service, promise, question.now)]
        off = {zone: _off_grid(wanted.service, zone, promise, question.now) for zone in sorted(set(wanted.zones.values()))}
        if all(off.values()):
            general += [one for one in off.values() if one][:1]
        if not question.rooms.can_serve(promise):
            general.append(_no_room(question))
        officers = [one for one in wanted.officers if not lead or one.code == lead]
        reasons = [self._officer(question, officer, None if all(off.values()) else off[wanted.zones[officer.id]])
                   for officer in officers]  # fmt: skip
        able = {one.officer for one in reasons if one.can}
        if able and len(wanted.service.crew) > 1 and not self._crews(question, able):
            general.append(Obstacle(Rule.CREW, f"no {len(wanted.service.crew)} officers with the skills can start together"))
        return SlotExplanation(promise, bool(able) and not general, tuple(general), tuple(reasons))

    def _roads(self, question: _Question) -> Roads:
        legs = legs_day_by_day(self._travel)
        reach = self._offers.reach(question.asked.place, question.days)
        return Roads(legs, lambda day: reach[day.mode])

    def _crews(self, question: _Question, leads: set[str]) -> bool:
        """Tell whether one of the leads finds the rest of the crew."""
        wanted = question.wanted
        position = wanted.position
        near = [one for one in wanted.officers if not position or not self._travel.is_off_road(one.mode, position)]
        mine = frozenset(one.id for one in near)
        first = frozenset(one.id for one in near if one.code in leads)
        crew = (wanted.crew[0] & first, *(part & mine for part in wanted.crew[1:]))
        limits = {one.id: one.limits for one in near}
        days = [day for day in question.days if day.resource in mine]
        found = self._offers.find(
            days, question.asked, lambda _: crew, lambda _: [question.promise], self._roads(question), question.now, limits
        )
        return bool(found)

    def _officer(self, question: _Question, officer: Officer, off_grid: Obstacle | None) -> OfficerReasons:
        wanted = question.wanted
        lacks = _lacking(wanted.service, officer)
        if lacks:
            return OfficerReasons(officer.code, tuple(lacks))
        zone = wanted.zones[officer.id]
        off = [off_grid] if off_grid else []
        position = wanted.position
        if position and self._travel.is_off_road(officer.mode, position):
            text = f"no road for {officer.mode.value} is near the place"
            return OfficerReasons(officer.code, (*off, Obstacle(Rule.OFF_ROAD, text, code=officer.mode.value)))
        days = question.days_of(officer)
        reasons = DayReasons(self._offers, self._roads(question), question.asked, question.promise, question.now)
        grid = promises_in(wanted.service, zone, _around(question.promise), question.now)
        found, displacing = reasons.of(officer, days, question.kinds, grid)
        return OfficerReasons(officer.code, (*off, *found), displacing)

    def _session(self, tx: Transaction, service: Service, office: Location | None, promise: Span) -> SlotExplanation:
        """Explain a seat of a session: there is one with a seat, one without, or none."""
        code = office.code if office else ""
        seats = SessionSeats.read(tx, service, code, promise)
        zone = office.zone if office else _zone(tx, promise.start.date())
        off = _off_grid(service, zone, promise, self._clock())
        general = [*_period(service, promise, self._clock()), *([off] if off else [])]
        if not seats.free(promise):
            busy = kept_for(service, promise)
            inside = [one for one, _ in seats.sessions if one.span.start <= busy.start and busy.end <= one.span.end]
            if inside:
                general.append(Obstacle(Rule.SESSION_FULL, "every seat of the session is taken", busy=inside[0].span))
            else:
                general.append(Obstacle(Rule.NO_SESSION, f"no session of services/{service.code} is open then"))
        return SlotExplanation(promise, not general, tuple(general), ())


def _people(tx: Transaction, choice: SlotChoice, on: date) -> tuple[Officer, ...]:
    everyone = tuple(tx.organisation.everyone(on))
    if choice.officer and all(one.code != choice.officer for one in everyone):
        return (*everyone, tx.organisation.officer(choice.officer, on))
    return everyone


def _zone(tx: Transaction, on: date) -> str:
    everyone = tx.organisation.everyone(on)
    return everyone[0].zone if everyone else "UTC"


def _around(promise: Span) -> Span:
    return Span(promise.start - ONE_DAY, promise.start + ONE_DAY)


def _off_grid(service: Service, zone_name: str, promise: Span, now: datetime) -> Obstacle | None:
    """Return that no slot begins then in a zone, and when the nearest does."""
    if local_time.on_grid(promise.start, service.step_minutes, local_time.zone(zone_name)):
        return None
    known = promises_in(service, zone_name, _around(promise), now)
    near = min(known, key=lambda one: abs(one.start - promise.start), default=None)
    text = f"slots begin every {service.step_minutes} minutes from midnight in {zone_name}"
    return Obstacle(Rule.OFF_GRID, text, needs=service.step_minutes, nearest=near.start if near else None)


def _period(service: Service, promise: Span, now: datetime) -> Sequence[Obstacle]:
    """Return what the notice or the horizon says against a start."""
    period = service.open_span(now)
    if promise.start < period.start:
        text = f"it must be booked at least {service.notice_minutes} minutes ahead"
        return [Obstacle(Rule.NOTICE, text, needs=service.notice_minutes, nearest=period.start)]
    if promise.start >= period.end:
        text = f"it can be booked at most {service.horizon_days} days ahead"
        return [Obstacle(Rule.HORIZON, text, needs=service.horizon_days)]
    return []


def _no_room(question: _Question) -> Obstacle:
    """Return which need finds no room or equipment; the first one when only all together do not."""
    rooms = question.rooms
    alone = (need for need in rooms.needs if not replace(rooms, needs=(need,)).can_serve(question.promise))
    need = next(alone, rooms.needs[0]).need
    text = f"no {need.category} with {need.quantity} free is left for {kept_for(rooms.service, question.promise).seconds} s"
    return Obstacle(Rule.ROOM, text, code=need.category, needs=need.quantity, busy=kept_for(rooms.service, question.promise))


def _lacking(service: Service, officer: Officer) -> list[Obstacle]:
    """Return what the officer lacks to lead."""
    found = []
    for skill, level in service.crew[0]:
        has = officer.skills.get(skill, 0)
        if has < level:
            rule = Rule.LANGUAGE if skill.startswith("lang-") else Rule.SKILL
            text = f"needs {skill} at level {level}, has {has or 'none'}"
            found.append(Obstacle(rule, text, code=skill, needs=level, has=has))
    return found
