"""Emergencies: an urgent visit goes onto a route at once; what gives way is planned anew or flagged, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count

from server.domain.caller import Caller, Request, Role
from server.domain.catalogue import Place, Service, lacking
from server.domain.emergency import Emergency, NewEmergency
from server.domain.errors import (
    InvalidField,
    NoOfficer,
    OffRoad,
    PremisesNeeded,
    RoleNotAllowed,
    SlotTaken,
    StoreUnavailable,
)
from server.domain.organisation import Officer, Premises
from server.domain.priority import HEAVIEST, Priority
from server.domain.resource_day import ResourceDay, Stop, StopKind
from server.domain.spans import Span
from server.domain.visit import Visit, VisitState
from server.usecases.board import Board, Made, Roads, Urgent
from server.usecases.board_roads import LockedRoads, SearchedRoads
from server.usecases.changing import LockedDays, change_days, legs_day_by_day
from server.usecases.displacing import recorded
from server.usecases.making_room import Room
from server.usecases.offers import candidate, crew_of
from server.usecases.ports import Clock, DayKey, Inserter, Store, Transaction, Travel
from server.usecases.visits import must_be_own_case

ATTEMPTS = 6
WITHIN = timedelta(minutes=60)
LONGEST_WAIT = timedelta(hours=24)
REST_OF_THE_DAY = timedelta(hours=12)
BEGUN = frozenset({VisitState.IN_PROGRESS, VisitState.DONE, VisitState.NO_ACCESS})


@dataclass(frozen=True, slots=True)
class _Matter:
    """What is to be done by whom, as it was read: everybody who could help, and what the catalogue says."""

    new: NewEmergency
    service: Service
    premises: Premises | None
    priority: Priority | None
    weight: int
    urgent: Urgent
    people: Mapping[int, Officer]
    most: Mapping[str, int]
    now: datetime


class _NoLongerFits(Exception):
    """The days changed since they were searched."""


class Emergencies:
    """Puts urgent visits onto routes."""

    def __init__(
        self, store: Store, travel: Travel, inserter: Inserter, clock: Clock, freeze: timedelta = timedelta()
    ) -> None:
        self._store = store
        self._travel = travel
        self._inserter = inserter
        self._clock = clock
        self._freeze = freeze

    def create(self, request: Request, new: NewEmergency) -> Emergency:
        """Put the visit onto a route from now on; refuse what nobody can reach in time without breaking a promise."""
        must_be_allowed(request.caller, new)
        must_be_own_case(request.caller, new.case, "case")
        for _ in range(ATTEMPTS):
            with suppress(_NoLongerFits):
                return self._try(request, new)
        raise StoreUnavailable("the days of those who could go are being changed by many at once: try again in a moment")

    def _try(self, request: Request, new: NewEmergency) -> Emergency:
        matter, keys = self._found(request, new)
        places = [matter.urgent.asked.place] if matter.urgent.asked.place else []

        def decide(tx: Transaction, locked: LockedDays) -> Emergency:
            return self._decided(tx, request, matter, locked)

        return change_days(self._store, self._travel, matter.now, request, lambda _: keys, places, decide)

    def _found(self, request: Request, new: NewEmergency) -> tuple[_Matter, set[DayKey]]:
        """Search without a lock; return what was read, and the days that would change."""
        with self._store.begin(request) as tx:
            matter = self._matter(tx, new)
            days = self._days(tx, matter)
            legs = legs_day_by_day(self._travel)
            live = [day.without_expired(matter.now, legs(day)) for day in days]
            board = self._board(tx, matter, live)
        made = self._made(
            matter, board, SearchedRoads(self._travel, live, matter.urgent.asked.place), count(-1, -1).__next__
        )
        if made is None:
            raise _nobody(matter)
        return matter, set(made.days)

    def _matter(self, tx: Transaction, new: NewEmergency) -> _Matter:
        now = self._clock()
        starts = _starts(new, now)
        service = tx.services.get(new.service)
        must_be_field_work(service, new)
        priority = tx.priorities.get().of(new.rating) if new.rating else None
        weight = new.weight or (priority.weight if priority else HEAVIEST)
        premises = tx.places.get(new.premises) if new.premises else None
        people = tx.organisation.everyone(now.date())
        crew = crew_of(people, service)
        if not all(crew):
            raise NoOfficer(f"nobody has the skills that services/{service.code} needs", service=service.code)
        asked = candidate(service, premises, weight)
        if asked.place is not None:
            off = {mode for mode in {one.mode for one in people} if self._travel.is_off_road(mode, asked.place)}
            crew = tuple(part - {one.id for one in people if one.mode in off} for part in crew)
            if not all(crew):
                raise OffRoad(
                    f"premises/{new.premises} is too far from the roads of those who could go: correct its position",
                    premises=f"premises/{new.premises}",
                )
        urgent = Urgent(asked, crew, starts)
        most = {} if new.over_limit else tx.priorities.visit_limits()
        return _Matter(new, service, premises, priority, weight, urgent, {one.id: one for one in people}, most, now)

    @staticmethod
    def _days(tx: Transaction, matter: _Matter) -> list[ResourceDay]:
        """Return the days that could take the visit, or what gives way to it."""
        one_day, until = timedelta(days=1), matter.urgent.starts.end + REST_OF_THE_DAY
        found = tx.days.search(list(matter.people), matter.now.date() - one_day, until.date() + one_day)
        return [day for day in found if matter.now < day.span.end and day.span.start < until]

    def _board(self, tx: Transaction, matter: _Matter, days: Iterable[ResourceDay]) -> Board:
        by_key = {day.key: day for day in days}
        holder = {stop.visit: day.resource for day in by_key.values() for stop in day.stops if stop.visit}
        visits = tx.visits.some(holder)
        services = tx.services.some({visit.service for visit in visits.values()})
        spoken = {
            one.visit: f"lang-{one.customer.language}"
            for one in tx.bookings.some({one.booking for one in visits.values() if one.booking}).values()
        }
        known, able = dict[tuple[str, str, bool, str], frozenset[int]](), dict[int, frozenset[int]]()
        for visit in visits.values():
            language = spoken.get(visit.id, "")
            language = language if language in matter.people[holder[visit.id]].skills else ""
            key = visit.service, visit.team, bool(visit.booking), language
            if key not in known:
                known[key] = _able(matter.people.values(), visit, services[visit.service], language)
            able[visit.id] = known[key]
        return Board(
            days=by_key,
            now=matter.now,
            frozen_until=matter.now + self._freeze,
            begun=frozenset(visit.id for visit in visits.values() if visit.state in BEGUN),
            able=able,
            most={one.id: matter.most.get(one.team, 0) for one in matter.people.values()},
        )

    def _made(self, matter: _Matter, board: Board, roads: Roads, new_id: Callable[[], int], visit: int = 1) -> Made | None:
        room = Room(self._inserter, roads, board, matter.urgent, new_id)
        asked, crew = matter.urgent.asked, len(matter.urgent.crew)
        stop = Stop(
            occupancy=0,
            kind=StopKind.REMOTE if asked.place is None else StopKind.STOP,
            place=asked.place,
            work=asked.work,
            earliest=0,
            latest=1,
            start=0,
            before=asked.before,
            after=asked.after,
            weight=asked.weight,
            visit=visit,
            fixed=crew > 1,
        )
        return room.made(stop, [new_id() for _ in range(crew)], matter.new.allow_broken_promises)

    def _decided(self, tx: Transaction, request: Request, matter: _Matter, locked: LockedDays) -> Emergency:
        """Look again on the locked days, and write what is found there."""
        number = self._store.ids.unguessable()
        board = self._board(tx, matter, locked.now.values())
        made = self._made(matter, board, LockedRoads(locked), self._store.ids.occupancy, number)
        if made is None:
            raise _NoLongerFits
        visit = Visit(
            id=number,
            service=matter.service.code,
            premises=matter.new.premises,
            team=matter.people[made.crew[0][1]].team,
            weight=matter.weight,
            state=VisitState.PLANNED,
            created=matter.now,
            case=matter.new.case,
            priority=matter.priority.level if matter.priority else "",
        )
        over_limit = matter.new.over_limit
        change, emergency = recorded(tx, self._store.ids, request.caller, matter.people, visit, made, locked, over_limit)
        tx.write(change, emergency)
        return emergency


def must_be_allowed(caller: Caller, new: NewEmergency) -> None:
    """Refuse anybody but administrators who want to break promises or limits."""
    for field, wanted in (("allow_broken_promises", new.allow_broken_promises), ("over_limit", new.over_limit)):
        if wanted and caller.role is not Role.BOOKING_ADMINISTRATOR:
            raise RoleNotAllowed(f"{field} is for booking administrators only: leave it false", role=caller.role.value)


def must_be_field_work(service: Service, new: NewEmergency) -> None:
    """Refuse what no officer under way can do."""
    if service.at_office or service.capacity > 1 or service.resources:
        raise InvalidField.of(
            "service", f"services/{service.code} needs an office, rooms, equipment or a session: book it instead"
        )
    if service.place is Place.ON_SITE and not new.premises:
        raise PremisesNeeded(f"services/{service.code} is done on site: name the premises", service=service.code)


def _starts(new: NewEmergency, now: datetime) -> Span:
    latest = new.latest_start or now + WITHIN
    if not now < latest <= now + LONGEST_WAIT:
        raise InvalidField.of(
            "latest_start_time",
            f"{latest.isoformat()} is not within {LONGEST_WAIT.total_seconds() / 3600:.0f} hours from now; what can wait is "
            "a visit: use CreateVisit",
        )
    return Span(now, latest + timedelta(seconds=1))


def _able(people: Iterable[Officer], visit: Visit, service: Service, language: str) -> frozenset[int]:
    """Return who could do a visit: those with the skills, of its team unless it was booked."""
    needs = service.crew[0] + (((language, 1),) if language else ())
    return frozenset(
        one.id for one in people if (visit.booking or one.team == visit.team) and not lacking(one.skills, needs)
    )


def _nobody(matter: _Matter) -> SlotTaken:
    latest = matter.urgent.starts.end.isoformat()
    remedy = (
        "nobody under way has the time, even without what was promised"
        if matter.new.allow_broken_promises
        else "give a later latest_start_time, or have an administrator allow_broken_promises"
    )
    return SlotTaken(f"nobody can start services/{matter.service.code} before {latest}: {remedy}", latest_start_time=latest)
