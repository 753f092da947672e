"""Merging a plan into the days as they are now: group by group, all of a group or nothing of it.

A group is a set of officers who exchange visits between today's routes and the plan's. A group whose days have not changed
since the plan read them gets the plan's routes. In one that has changed, what vanished is left out, what came meanwhile
(bookings, holds) is inserted where it now is; if that fails anywhere, the group stays as it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

from server.domain.errors import PlanStale
from server.domain.geography import Position
from server.domain.plan import Plan, PlannedRoute, PlannedStop
from server.domain.resource_day import ResourceDay, Stop, StopKind
from server.domain.spans import Span
from server.domain.visit import Visit, VisitState
from server.usecases.changing import LockedDays, Tables
from server.usecases.offers import candidate, table_of
from server.usecases.ports import Candidate, IdSource, Inserter, LegTable, PlannableVisit, PlanningInput

MOVABLE = frozenset({VisitState.OPEN, VisitState.PLANNED})
ON_ROUTE = frozenset({VisitState.OPEN, VisitState.PLANNED, VisitState.IN_PROGRESS})


@dataclass(frozen=True, slots=True)
class Merged:
    """The days as they shall be, the visits that lost their place, and officer codes by how their day fared."""

    days: tuple[ResourceDay, ...]
    released: frozenset[int]
    published: tuple[str, ...]
    reconciled: tuple[str, ...]
    unchanged: tuple[str, ...]


class _DoesNotFit(Exception):
    """What came meanwhile has no place in the planned routes."""


class _Away(_DoesNotFit):
    """A promise would be kept while its officer is away."""


class Merger:
    """Puts planned routes on locked days. `away` are visits that are on a route outside these days."""

    def __init__(
        self,
        inserter: Inserter,
        ids: IdSource,
        given: PlanningInput,
        locked: LockedDays,
        visits: Mapping[int, Visit],
        away: Collection[int],
    ) -> None:
        self._inserter = inserter
        self._ids = ids
        self._locked = locked
        self._known = {plannable.visit.id: plannable for plannable in given.visits}
        self._visits = visits
        self._away = set(away)

    def merge(self, plan: Plan) -> Merged:
        """Return the days after publishing."""
        days = {day.resource: day for day in self._locked.now.values() if day.day == plan.day}
        routes = {route.officer: route for route in plan.routes if route.officer in days}
        known = {s.visit for r in plan.routes for s in r.stops if s.visit} | {left.visit for left in plan.unassigned}
        after, outcome = dict(days), dict[int, str]()
        for group in _groups(days, routes):
            stale = any(days[officer].seq != routes[officer].seq for officer in group)
            try:
                after |= self._group({officer: (days[officer], routes[officer]) for officer in group}, known)
                how = "reconciled" if stale else "published"
            except _DoesNotFit as reason:
                if not stale and not isinstance(reason, _Away):
                    raise PlanStale(
                        f"{plan.name} no longer fits the days it was made for ({reason}): run a new plan", plan=plan.name
                    ) from reason
                how = "unchanged"
            outcome |= dict.fromkeys(group, how)
        on_route = {stop.visit for day in after.values() for stop in day.stops}
        before = {stop.visit for day in days.values() for stop in day.stops if stop.visit}
        codes = {route.officer: route.officer_code for route in routes.values()}
        return Merged(
            days=tuple(after[day.resource] if day.day == plan.day else day for day in self._locked.now.values()),
            released=frozenset(before - on_route),
            published=_codes(outcome, codes, "published"),
            reconciled=_codes(outcome, codes, "reconciled"),
            unchanged=_codes(outcome, codes, "unchanged"),
        )

    def _group(
        self, group: Mapping[int, tuple[ResourceDay, PlannedRoute]], known: Collection[int]
    ) -> dict[int, ResourceDay]:
        shelf = _Shelf(day for day, _ in group.values())
        after = {}
        for officer, (day, route) in group.items():
            stops = [stop for planned in route.stops if (stop := self._stop(planned, day, shelf))]
            after[officer] = self._around_facts(day, stops)
        for officer, (day, route) in group.items():
            for stop in day.stops:
                if self._came_meanwhile(stop, route, known):
                    after[officer] = self._inserted(after[officer], stop)
        for officer, result in after.items():
            if defects := result.defects():
                raise _DoesNotFit(f"officer {officer}: {defects[0]}")
        _must_keep_promises({officer: day for officer, (day, _) in group.items()}, after)
        return after

    def _around_facts(self, day: ResourceDay, stops: list[Stop]) -> ResourceDay:
        """Return the day with these stops but for planned visits in the time of an absence, which is blocked again."""
        legs = self._locked.legs_of(day)
        result = routed(day, stops, legs)
        while hit := {one.occupancy for one in result.overtaken() if self._visits[one.visit].state in MOVABLE}:
            stops = [stop for stop in stops if stop.occupancy not in hit]
            result = routed(day, stops, legs)
        if defects := result.defects():  # before the stops are put in order of time again: their legs are of this order
            raise _DoesNotFit(f"officer {day.resource}: {defects[0]}")
        blocked = [stop for stop in day.stops if stop.kind is StopKind.BLOCKED]
        return replace(result, stops=(*result.stops, *blocked)).recut(self._ids.occupancy)

    def _stop(self, planned: PlannedStop, day: ResourceDay, shelf: _Shelf) -> Stop | None:
        """Return the stop of a planned one, or None when what it was for is gone."""
        if not planned.visit:
            found = next((stop for stop in day.stops if stop.occupancy == planned.occupancy), None)
            return None if found is None or found.kind is StopKind.BLOCKED else replace(found, start=planned.start)
        visit = self._visits.get(planned.visit)
        if visit is None or visit.state not in ON_ROUTE or planned.visit in self._away:
            return None
        if found := shelf.take(planned.visit, day.resource):
            bounds = _bounds(self._known[planned.visit], day, planned.start)
            return replace(found, start=planned.start, earliest=bounds[0], latest=bounds[1])
        return new_stop_of(self._known[planned.visit], day, planned.start, self._ids.occupancy())

    @staticmethod
    def _came_meanwhile(stop: Stop, route: PlannedRoute, known: Collection[int]) -> bool:
        if stop.kind is StopKind.BLOCKED or any(planned.occupancy == stop.occupancy for planned in route.stops):
            return False  # a hold that was booked meanwhile still is the stop that was planned
        return not stop.visit or stop.visit not in known

    def _inserted(self, day: ResourceDay, stop: Stop) -> ResourceDay:
        legs = self._locked.legs_of(day)
        asked = Candidate(stop.place, stop.work, stop.before, stop.after, stop.weight)
        reach = table_of(legs, asked, day)
        bounds = (stop.start, stop.start + 1) if stop.fixed else (stop.earliest, stop.latest)
        fits = self._inserter.fits(day, asked, bounds, reach)
        if not fits:
            raise _DoesNotFit(f"what was booked meanwhile at {day.span.at(stop.start).isoformat()} finds no place")
        best = min(fits, key=lambda fit: fit.extra)
        starts = self._inserter.starts(day, asked, best, best.earliest, reach)
        return day.with_stop(stop, best.position, starts, legs)


def _must_keep_promises(before: Mapping[int, ResourceDay], after: Mapping[int, ResourceDay]) -> None:
    """Refuse a merge that takes a promise off its officers' days, or puts one where an officer is away."""
    if _promises(before) != _promises(after):
        raise _DoesNotFit("a promise would lose its time")
    for officer, day in after.items():
        had = {stop.booking or stop.hold for stop in before[officer].collisions()}
        if any((stop.booking or stop.hold) not in had for stop in day.collisions()):
            raise _Away(f"officer {officer} is away at the time of a promise")


def _promises(days: Mapping[int, ResourceDay]) -> Counter[int]:
    """Return how many officers each booking and hold has on these days."""
    return Counter(stop.booking or stop.hold for day in days.values() for stop in day.stops if stop.is_promise)


class _Shelf:
    """The stops of visits that are on the group's routes now: their rows are kept and moved."""

    def __init__(self, days: Iterable[ResourceDay]) -> None:
        self._stops = {(stop.visit, day.resource): stop for day in days for stop in day.stops if stop.visit}

    def take(self, visit: int, officer: int) -> Stop | None:
        """Return the visit's stop on that officer's route, else on another's; each is given once."""
        keys = [key for key in self._stops if key[0] == visit]
        key = (visit, officer) if (visit, officer) in keys else next(iter(keys), None)
        return self._stops.pop(key) if key else None


def new_stop_of(plannable: PlannableVisit, day: ResourceDay, start: int, occupancy: int) -> Stop:
    """Return the stop of a visit that is on no route yet."""
    asked = candidate(plannable.service, plannable.premises, plannable.visit.weight)
    earliest, latest = _bounds(plannable, day, start)
    return Stop(
        occupancy=occupancy,
        kind=StopKind.REMOTE if asked.place is None else StopKind.STOP,
        place=asked.place,
        work=asked.work,
        earliest=earliest,
        latest=latest,
        start=start,
        before=asked.before,
        after=asked.after,
        weight=asked.weight,
        visit=plannable.visit.id,
        booking=plannable.visit.booking,
        fixed=len(plannable.service.crew) > 1,
    )


def _bounds(plannable: PlannableVisit, day: ResourceDay, start: int) -> tuple[int, int]:
    """Return the window of the visit that holds `start`, in the day's seconds; the whole shift where it has none."""
    for window in plannable.windows:
        if _holds(window, day, start):
            return day.span.offset(window.start), day.span.offset(window.end)
    return 0, day.span.seconds


def _holds(window: Span, day: ResourceDay, start: int) -> bool:
    return window.start <= day.span.at(start) < window.end


def routed(day: ResourceDay, stops: list[Stop], legs: LegTable) -> ResourceDay:
    """Return the day with these stops in this order, every leg measured; a break may interrupt the leg that it is on.

    The part of a leg before a break is the break's own `travel`, as little as the next stop's start allows.
    """
    linked: list[Stop] = []
    here: Position = day.base
    rest: list[Stop] = []
    for stop in stops:
        if stop.place is None:
            rest.append(replace(stop, travel=0))
            continue
        leg = legs(here, stop.place)
        leave_by = stop.start - stop.before
        rest, left = _split(rest, leg, leave_by)
        linked += [*rest, replace(stop, travel=left)]
        rest, here = [], stop.place
    home = legs(here, day.base) if here != day.base or any(stop.place for stop in linked) else 0
    rest, home = _split(rest, home, day.span.seconds)
    return replace(day, stops=(*linked, *rest), home_travel=home)


def _split(breaks: list[Stop], leg: int, arrive_by: int) -> tuple[list[Stop], int]:
    """Return the breaks with the parts of the leg that must lie before each, and what is left of the leg after the last."""
    ahead, by = [leg], arrive_by
    for pause in reversed(breaks):
        ahead.insert(0, min(ahead[0], max(0, pause.start + pause.work + pause.after + ahead[0] - by)))
        by = pause.start - pause.before
    parts = [after - before for before, after in pairwise([0, *ahead])]
    return [replace(pause, travel=part) for pause, part in zip(breaks, parts, strict=False)], parts[-1]


def proposed_days(plan: Plan, given: PlanningInput, legs: Tables) -> list[ResourceDay]:
    """Return the days as a plan proposes them, for reading only: new stops have no row yet (occupancy 0)."""
    known = {plannable.visit.id: plannable for plannable in given.visits}
    days = {day.resource: day for day in given.days}
    shown = []
    for route in plan.routes:
        day = days.get(route.officer)
        if day is None:
            continue
        rows = {stop.occupancy: stop for stop in day.stops}
        stops = []
        for planned in route.stops:
            if planned.visit in known:
                stops.append(new_stop_of(known[planned.visit], day, planned.start, 0))
            elif not planned.visit and planned.occupancy in rows:
                stops.append(replace(rows[planned.occupancy], start=planned.start))
        shown.append(routed(replace(day, facts=()), stops, legs[day.key]))
    return shown


def _groups(days: Mapping[int, ResourceDay], routes: Mapping[int, PlannedRoute]) -> list[list[int]]:
    """Return the officers of the plan in groups that share visits between today's routes and the plan's."""
    parent = {officer: officer for officer in routes}

    def root(officer: int) -> int:
        while parent[officer] != officer:
            officer = parent[officer]
        return officer

    first: dict[int, int] = {}
    for officer, route in routes.items():
        visits = {stop.visit for stop in days[officer].stops if stop.visit}
        for visit in visits | {stop.visit for stop in route.stops if stop.visit}:
            parent[root(officer)] = root(first.setdefault(visit, officer))
    groups: dict[int, list[int]] = {}
    for officer in sorted(routes):
        groups.setdefault(root(officer), []).append(officer)
    return list(groups.values())


def _codes(outcome: Mapping[int, str], codes: Mapping[int, str], how: str) -> tuple[str, ...]:
    return tuple(sorted(codes[officer] for officer, fared in outcome.items() if fared == how))
