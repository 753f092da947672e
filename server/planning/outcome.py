"""From the optimizer's plan to the domain's: routes in the days' own seconds, reasons in words."""

from __future__ import annotations

from itertools import pairwise

from optimizer import model
from server.domain import local_time
from server.domain.ids import decode
from server.domain.plan import Figures, PlannedRoute, PlannedStop, Reason, Unassigned
from server.domain.resource_day import ResourceDay, StopKind
from server.planning import words
from server.planning.problem import HOLD, Framed
from server.usecases.ports import PlanningInput

TIME_RULES = frozenset({"shift_end", "window", "route"})


def routes(framed: Framed, plan: model.Plan) -> tuple[PlannedRoute, ...]:
    """Return a route for every officer-day of the problem, empty ones too."""
    by_officer = {route.officer: route for route in plan.routes}
    found = []
    for code, day in framed.days.items():
        offset = int((day.span.start - framed.epoch).total_seconds())
        stops = by_officer[code].stops if code in by_officer else ()
        planned = [_stop(stop, day, offset) for stop in stops]
        taken = {stop.occupancy for stop in planned}
        planned += [
            PlannedStop(0, stop.start, stop.start + stop.work, stop.occupancy)
            for stop in day.stops
            if not stop.visit and stop.occupancy not in taken
        ]
        ordered = tuple(sorted(planned, key=lambda stop: (stop.start, stop.end)))
        found.append(PlannedRoute(day.resource, code, day.seq, ordered))
    return tuple(found)


def _stop(stop: model.Stop | model.BreakStop, day: ResourceDay, offset: int) -> PlannedStop:
    start, end = stop.start - offset, stop.end - offset
    if isinstance(stop, model.BreakStop):
        rests = [rest for rest in day.stops if rest.kind in (StopKind.BREAK, StopKind.BLOCKED)]
        return PlannedStop(0, start, end, rests[stop.index].occupancy)
    if stop.visit.startswith(HOLD):
        return PlannedStop(0, start, end, int(stop.visit.removeprefix(HOLD)))
    return PlannedStop(decode(stop.visit, "visit"), start, end)


def figures(framed: Framed, plan: model.Plan) -> Figures:
    """Return what a plan achieves; holds do not count as visits."""
    demand = {visit.id: visit.weight for visit in framed.problem.visits if not visit.id.startswith(HOLD)}
    served = plan.served() & demand.keys()
    weight = sum(demand[visit] for visit in served)
    return Figures(
        served_visits=len(served),
        served_weight=weight,
        lost_visits=len(demand) - len(served),
        lost_weight=sum(demand.values()) - weight,
        travel_seconds=plan.cost.travel_seconds,
        travel_metres=plan.cost.travel_metres,
    )


def travel_on(framed: Framed, plan: model.Plan, visits: set[str]) -> int:
    """Return the travel seconds of a plan's routes cut down to some visits: same officers, same order, ways home too."""
    seconds = 0
    visit_of = {visit.id: visit for visit in framed.problem.visits}
    duties = {shift.id: (officer, shift) for officer, shift in framed.problem.duties()}
    for route in plan.routes:
        officer, shift = duties[route.shift]
        legs = framed.problem.legs(officer, shift).seconds
        places = [
            visit_of[stop.visit].place for stop in route.stops if isinstance(stop, model.Stop) and stop.visit in visits
        ]
        way = [shift.origin, *[place for place in places if place is not None], shift.destination]
        if len(way) > 2:
            seconds += sum(int(legs[start, end]) for start, end in pairwise(way))
    return seconds


def unassigned(framed: Framed, plan: model.Plan, given: PlanningInput) -> tuple[Unassigned, ...]:
    """Return what the plan leaves out, heaviest first, with reasons in words."""
    clock = words.clock_of(framed.epoch, local_time.zone(given.team.zone))
    known = {visit.visit.id: visit for visit in given.visits}
    rows = []
    for left in plan.unassigned:
        if left.visit.startswith(HOLD):
            continue
        visit = known[decode(left.visit, "visit")]
        rows.append(
            Unassigned(
                visit=visit.visit.id,
                premises_name=visit.premises.name if visit.premises else "",
                weight=visit.visit.weight,
                cls=left.why.value,
                reasons=tuple(_reason(found, visit.closed, clock) for found in left.reasons),
                smallest_relaxation=words.CLOSED if visit.closed else words.relaxation(left.smallest_relaxation),
            )
        )
    return tuple(sorted(rows, key=lambda visit: (-visit.weight, visit.visit)))


def _reason(found: model.Reason, closed: bool, clock: words.Clock) -> Reason:
    return words.closed(found.officer) if closed and found.rule in TIME_RULES else words.reason(found, clock)
