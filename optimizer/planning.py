"""From a draft to a plan: starts, arrivals and breaks written out, and back from a plan to a draft."""

from optimizer.compiled import Compiled
from optimizer.cost import cost_of
from optimizer.draft import Draft, Orders
from optimizer.model import BreakStop, Plan, Route, Stop
from optimizer.timing import arrivals


def plan_of(draft: Draft) -> Plan:
    """Return the draft as a plan with its cost; `unassigned` is left to explain."""
    plan = Plan(routes=routes_of(draft))
    return Plan(routes=plan.routes, cost=cost_of(draft.compiled.problem, plan))


def routes_of(draft: Draft) -> tuple[Route, ...]:
    """Return the routes that have visits, in the order of the duties."""
    duties = list(draft.compiled.problem.duties())
    return tuple(
        Route(officer.id, shift.id, _stops(draft, s)) for s, (officer, shift) in enumerate(duties) if draft.orders[s]
    )


def _stops(draft: Draft, s: int) -> tuple[Stop | BreakStop, ...]:
    compiled, order, timing = draft.compiled, draft.orders[s], draft.timings[s]
    duty, stops = compiled.duties[s], list[Stop | BreakStop]()
    leaves = duty.start
    for i, visit in enumerate(order):
        task = compiled.tasks[visit]
        leg = duty.legs[timing.place[i]][timing.place[i + 1]]
        stops += _breaks(draft, s, i, leaves, timing.taken[i + 1])
        arrive = dict(arrivals(duty.rests, timing.taken[i], leaves, leg))[timing.taken[i + 1]]
        start = timing.starts[i]
        stops.append(Stop(compiled.problem.visits[visit].id, arrive, start, start + task.work))
        leaves = start + task.work + task.after
    return (*stops, *_breaks(draft, s, len(order), leaves, len(duty.rests)))


def _breaks(draft: Draft, s: int, gap: int, leaves: int, by: int) -> list[Stop | BreakStop]:
    """Return the breaks taken on the leg left at `leaves`, each as early as it can be."""
    stops, free = list[Stop | BreakStop](), leaves
    for index, pause in draft.compiled.duties[s].rests[draft.timings[s].taken[gap] : by]:
        start = max(free, pause.earliest)
        free = start + pause.seconds
        stops.append(BreakStop(index, start, free))
    return stops


def draft_from(compiled: Compiled, routes: tuple[Route, ...]) -> Draft:
    """Return a draft that follows these routes as far as the rules allow: what cannot stay is left out.

    Pinned and required visits that the routes do not serve are for the caller to insert.
    """
    return draft_from_orders(compiled, _orders(compiled, routes))


def draft_from_orders(compiled: Compiled, wanted: Orders) -> Draft:
    """Return a draft with these orders, less what cannot be timed or exceeds a limit."""
    draft = Draft(compiled)
    if draft.apply(wanted) is not None:
        return draft
    for s, order in wanted.items():
        for visit in order:
            if compiled.tasks[visit].crew == 1:
                draft.apply({s: [*draft.orders[s], visit]})
    for visit in dict.fromkeys(visit for order in wanted.values() for visit in order):
        if compiled.tasks[visit].crew > 1:
            duties = [s for s, order in wanted.items() if visit in order]
            draft.apply({s: _in_place(draft.orders[s], visit, wanted[s]) for s in duties})
    return draft


def _in_place(order: list[int], visit: int, wanted: list[int]) -> list[int]:
    ahead = set(wanted[: wanted.index(visit)])
    position = max((i + 1 for i, other in enumerate(order) if other in ahead), default=0)
    return [*order[:position], visit, *order[position:]]


def _orders(compiled: Compiled, routes: tuple[Route, ...]) -> Orders:
    """Return the orders of the routes without what the rules forbid outright."""
    number = {(officer.id, shift.id): s for s, (officer, shift) in enumerate(compiled.problem.duties())}
    index = {visit.id: v for v, visit in enumerate(compiled.problem.visits)}
    orders: Orders = {}
    for route in routes:
        s = number.get((route.officer, route.shift))
        if s is not None:
            ids = [stop.visit for stop in route.stops if isinstance(stop, Stop) and stop.visit in index]
            orders[s] = list(dict.fromkeys(index[name] for name in ids))
    crews: dict[int, list[int]] = {}
    for s, order in orders.items():
        for visit in order:
            crews.setdefault(visit, []).append(s)
    whole = {visit for visit, duties in crews.items() if may_serve(compiled, visit, duties)}
    orders = {s: [visit for visit in order if visit in whole] for s, order in orders.items()}
    return {s: _pinned_order(compiled, order) for s, order in orders.items()}


def _pinned_order(compiled: Compiled, order: list[int]) -> list[int]:
    """Drop the visits whose pinned predecessor is not ahead of them."""
    kept: list[int] = []
    for visit in order:
        if all(other in kept for other in compiled.tasks[visit].after_visits):
            kept.append(visit)
    return kept


def may_serve(compiled: Compiled, visit: int, duties: list[int]) -> bool:
    """Say whether these duties can be the visit's crew: different officers, one for each member."""
    members = compiled.tasks[visit].shifts
    officers = {compiled.duties[s].officer for s in duties}
    return len(officers) == len(duties) == len(members) and _matched(members, duties)


def _matched(members: list[set[int]], duties: list[int]) -> bool:
    if not members:
        return True
    return any(s in members[0] and _matched(members[1:], [other for other in duties if other != s]) for s in duties)


def may_serve_all(compiled: Compiled, visit: int, duties: set[int]) -> bool:
    """Say whether a whole crew for the visit, different officers, can be found among these duties."""
    members = compiled.tasks[visit].shifts
    able = [{compiled.duties[s].officer for s in shifts & duties} for shifts in members]
    return _distinct(able, set())


def _distinct(able: list[set[int]], taken: set[int]) -> bool:
    return not able or any(_distinct(able[1:], taken | {officer}) for officer in sorted(able[0] - taken))
