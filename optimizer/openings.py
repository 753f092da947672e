"""Where one more visit fits into the routes of a draft, tested in O(1) per position by the timing's slack rows."""

from collections.abc import Iterator
from dataclasses import dataclass

from optimizer.compiled import NEVER, NO_ROAD, REMOTE, Compiled
from optimizer.draft import Draft, Orders, Undo
from optimizer.timing import arrivals, departure, first_start, last_start, latest_starts


@dataclass(frozen=True, slots=True)
class Opening:
    """A position on a route where the visit may start in [earliest, latest], both inclusive, in its windows."""

    duty: int
    position: int
    earliest: int
    latest: int
    extra_travel: int


@dataclass(frozen=True, slots=True)
class Placement:
    """Openings for the whole crew, and the common start of work."""

    openings: tuple[Opening, ...]
    start: int
    price: tuple[int, int, int]


def openings(draft: Draft, visit: int, s: int) -> Iterator[Opening]:
    """Yield the openings of one duty that its limits and pinned orders allow."""
    order, task = draft.orders[s], draft.compiled.tasks[visit]
    for limit in draft.compiled.duties[s].limits:
        if sum(limit.loads[other] for other in order) + limit.loads[visit] > limit.limit:
            return
    positions = range(len(order) + 1)
    if task.after_visits or task.before_visits:
        positions = _between(order, task.after_visits, task.before_visits)
    for position in positions:
        yield from _at(draft, visit, s, position)


def _between(order: list[int], after: list[int], before: list[int]) -> range:
    """Return the positions behind all of `after`, which must be there, and ahead of those of `before` that are."""
    if any(other not in order for other in after):
        return range(0)
    first = max((order.index(other) + 1 for other in after), default=0)
    last = min((order.index(other) for other in before if other in order), default=len(order))
    return range(first, last + 1)


def _at(draft: Draft, visit: int, s: int, position: int) -> Iterator[Opening]:
    compiled = draft.compiled
    duty, tasks, order, timing = compiled.duties[s], compiled.tasks, draft.orders[s], draft.timings[s]
    task, rests = tasks[visit], duty.rests
    here, last = timing.place[position], position == len(order)
    there = here if task.place == REMOTE else task.place
    leg, old, after = duty.legs[here][there], 0, 0
    if last:
        old = duty.legs[here][duty.destination] if order else 0
        after = duty.legs[there][duty.destination]
    else:
        follower = tasks[order[position]]
        if follower.place == REMOTE:
            yield from _before_remote(draft, visit, s, position)
            return
        old, after = duty.legs[here][follower.place], duty.legs[there][follower.place]
    if leg >= NO_ROAD or after >= NO_ROAD:
        return
    ahead = task.preparation(tasks[order[position - 1]].group if position else None)
    then = 0 if last else tasks[order[position]].preparation(task.group)
    for k, leaves in enumerate(timing.ready[position]):
        if leaves >= NO_ROAD:
            continue
        for by, arrival in arrivals(rests, k, leaves, leg):
            earliest = first_start(task.windows, arrival + ahead)
            done = earliest + task.work + task.after
            if done > duty.end:
                continue
            latest = -NEVER
            for until_by in range(by, len(rests) + 1):
                until = timing.latest[position][until_by]
                if until > -NO_ROAD:
                    latest = max(latest, departure(rests, by, until_by, after, until - then))
            latest = last_start(task.windows, latest - task.work - task.after)
            if earliest <= latest:
                yield Opening(s, position, earliest, latest, leg + after - old)


def _before_remote(draft: Draft, visit: int, s: int, position: int) -> Iterator[Opening]:
    """Ahead of remote work a visit changes where that is done, so the rest of the route is timed anew."""
    compiled, timing = draft.compiled, draft.timings[s]
    duty, tasks = compiled.duties[s], compiled.tasks
    order = [*draft.orders[s][:position], visit, *draft.orders[s][position:]]
    place = list(timing.place[: position + 1])
    travel = 0
    for other in order[position:]:
        there = place[-1] if tasks[other].place == REMOTE else tasks[other].place
        travel += duty.legs[place[-1]][there]
        place.append(there)
    travel += duty.legs[place[-1]][duty.destination]
    before = list(timing.place[position:])
    old = sum(duty.legs[a][b] for a, b in zip(before, [*before[1:], duty.destination], strict=True))
    if travel >= NO_ROAD:
        return
    latest = latest_starts(duty, tasks, order, place)[position]
    task = tasks[visit]
    ahead = task.preparation(tasks[order[position - 1]].group if position else None)
    leg = duty.legs[place[position]][place[position + 1]]
    for k, leaves in enumerate(timing.ready[position]):
        if leaves < NO_ROAD:
            for by, arrival in arrivals(duty.rests, k, leaves, leg):
                earliest = first_start(task.windows, arrival + ahead)
                if earliest <= latest[by]:
                    yield Opening(s, position, earliest, latest[by], travel - old)


def placements(draft: Draft, visit: int) -> list[Placement]:
    """Return how the visit's crew can be placed, cheapest first; [] if nowhere."""
    task = draft.compiled.tasks[visit]
    if task.crew > 1:
        return _crew_placements(draft, visit)
    return placements_on(draft, visit, sorted(task.shifts[0]))


def placements_on(draft: Draft, visit: int, duties: list[int]) -> list[Placement]:
    """Return the placements of a visit for one officer on these duties, cheapest first."""
    found = [
        Placement((opening,), opening.earliest, price(draft.compiled, visit, (opening,), opening.earliest))
        for s in duties
        for opening in openings(draft, visit, s)
    ]
    found.sort(key=lambda placement: placement.price)
    return found


def price(compiled: Compiled, visit: int, chosen: tuple[Opening, ...], start: int) -> tuple[int, int, int]:
    """Return (lateness, extra travel less bonuses, start): what placements are compared by."""
    bonus = compiled.tasks[visit].bonus
    seconds = sum(opening.extra_travel - bonus.get(opening.duty, 0) for opening in chosen)
    return (compiled.late(visit, start), seconds, start)


def _crew_placements(draft: Draft, visit: int) -> list[Placement]:
    """The earliest common start of a crew is the earliest start of one of its members, so only those are tried."""
    compiled = draft.compiled
    task = compiled.tasks[visit]
    per_duty = {s: list(openings(draft, visit, s)) for s in sorted(set().union(*task.shifts))}
    starts = sorted({opening.earliest for found in per_duty.values() for opening in found})
    placements: list[Placement] = []
    for start in starts:
        open_then = {
            s: min(fits, key=lambda o: o.extra_travel)
            for s, found in per_duty.items()
            if (fits := [o for o in found if o.earliest <= start <= o.latest])
        }
        crew = _cheapest_crew(compiled, visit, open_then)
        if crew is not None:
            placements.append(Placement(crew, start, price(compiled, visit, crew, start)))
    placements.sort(key=lambda placement: placement.price)
    return placements


def _cheapest_crew(compiled: Compiled, visit: int, open_then: dict[int, Opening]) -> tuple[Opening, ...] | None:
    """Choose one opening per member, officers all different, cheapest in sum; by depth-first search with a bound."""
    task = compiled.tasks[visit]
    ranked = sorted(open_then.values(), key=lambda o: o.extra_travel - task.bonus.get(o.duty, 0))
    members = [[o for o in ranked if o.duty in allowed] for allowed in task.shifts]
    best: tuple[int, tuple[Opening, ...]] | None = None
    queue: list[tuple[int, tuple[Opening, ...]]] = [(0, ())]
    while queue:
        cost, chosen = queue.pop()
        if len(chosen) == len(members):
            if best is None or cost < best[0]:
                best = (cost, chosen)
            continue
        taken = {compiled.duties[o.duty].officer for o in chosen}
        # One more candidate than the other members can take away is enough.
        free = [o for o in members[len(chosen)] if compiled.duties[o.duty].officer not in taken]
        for opening in reversed(_one_per_officer(compiled, free, len(members))):
            queue.append((cost + opening.extra_travel - task.bonus.get(opening.duty, 0), (*chosen, opening)))
    return None if best is None else best[1]


def _one_per_officer(compiled: Compiled, ranked: list[Opening], count: int) -> list[Opening]:
    """Return the cheapest opening of each of the first `count` officers."""
    seen: dict[int, Opening] = {}
    for opening in ranked:
        seen.setdefault(compiled.duties[opening.duty].officer, opening)
        if len(seen) == count:
            break
    return list(seen.values())


def changes_of(draft: Draft, visit: int, placement: Placement) -> Orders:
    """Return the orders with the visit placed so."""
    orders: Orders = {}
    for opening in placement.openings:
        order = draft.orders[opening.duty]
        orders[opening.duty] = [*order[: opening.position], visit, *order[opening.position :]]
    return orders


def place(draft: Draft, visit: int, duties: list[int] | None = None) -> Undo | None:
    """Place the visit at its cheapest placement that can be timed; None, and nothing changed, if there is none.

    With `duties`, a visit for one officer is tried on these alone.
    """
    single = duties is not None and draft.compiled.tasks[visit].crew == 1
    for placement in placements_on(draft, visit, duties or []) if single else placements(draft, visit):
        undo = draft.apply(changes_of(draft, visit, placement))
        if undo is not None:
            return undo
    return None
