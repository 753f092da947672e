"""By how little a rule would have to give for a visit to fit, the other stops keeping officer and order."""

from dataclasses import replace

from optimizer.compiled import ANY_TIME, NEVER, NO_ROAD, REMOTE, Compiled, Duty, Task, Windows
from optimizer.draft import Draft
from optimizer.model import Reason
from optimizer.openings import openings
from optimizer.timing import time_route

UNMEASURED = 0


def reasons_of(draft: Draft, visit: int) -> list[Reason]:
    """Return what keeps the visit from each officer, the officer's most willing shift speaking for them.

    Rules that hold by the data alone come first; what is left is measured on the routes as they stand.
    """
    compiled = draft.compiled
    barred = _barred(compiled, visit)
    reasons: list[Reason] = []
    for number, officer in enumerate(compiled.problem.officers):
        own = [s for s, duty in enumerate(compiled.duties) if duty.officer == number]
        usable = [s for s in own if any(s in shifts for shifts in compiled.tasks[visit].shifts)]
        if not usable:
            reasons += barred.get(number) or [Reason(officer.id, "shift", "a shift", "none", 1)]
            continue
        measured = [reason for s in usable if (reason := _measured(draft, visit, s)) is not None]
        reasons += sorted(measured, key=lambda reason: (reason.rule in ("road", "route"), reason.margin))[:1]
    return reasons


def _barred(compiled: Compiled, visit: int) -> dict[int, list[Reason]]:
    """Return, per officer, each rule once that excludes them from the visit."""
    found: dict[int, dict[tuple[str, str], Reason]] = {}
    for pair in compiled.forbidden_by_visit.get(visit, ()):
        number = compiled.duties[pair.shift].officer
        officer = compiled.problem.officers[number].id
        reason = Reason(officer, pair.rule, pair.needs, pair.has, pair.margin)
        found.setdefault(number, {}).setdefault((pair.rule, pair.needs), reason)
    return {number: list(reasons.values()) for number, reasons in found.items()}


def _measured(draft: Draft, visit: int, s: int) -> Reason | None:
    compiled = draft.compiled
    task, duty = compiled.tasks[visit], compiled.duties[s]
    officer = compiled.problem.officers[duty.officer].id
    if task.place != REMOTE and not reachable(compiled, s, task.place):
        return Reason(officer, "road", "a road to the place and back", "none", UNMEASURED)
    for limit in duty.limits:
        has = sum(limit.loads[other] for other in draft.orders[s]) + limit.loads[visit]
        if has > limit.limit:
            return Reason(officer, "capacity", f"{limit.name}<={limit.limit}", str(has), has - limit.limit)
    if any(openings(draft, visit, s)):
        # A crew that cannot meet, or a visit that fits and was not placed: this officer alone is no obstacle.
        return Reason(officer, "crew_start", "a common start", "none", 0) if task.crew > 1 else None
    late, away = overtime_needed(draft, visit, s), window_needed(draft, visit, s)
    if late <= away and late < NEVER:
        needs = f"home<={duty.end}"
        return Reason(officer, "shift_end", needs, str(duty.end + late), late)
    if away < NEVER:
        return Reason(officer, "window", _shown(task.windows), f"{away} s outside", away)
    return Reason(officer, "route", "room between the other stops", "none", UNMEASURED)


def _shown(windows: Windows) -> str:
    return " or ".join(f"[{start}, {end})" for start, end in windows) or "some time"


def overtime_needed(draft: Draft, visit: int, s: int) -> int:
    """Return the least seconds by which the shift would have to end later, or NEVER."""
    compiled, order = draft.compiled, draft.orders[s]
    duty = compiled.duties[s]
    longer = replace(duty, end=NO_ROAD - 1)
    least = NEVER
    waiting_apart = _busy(draft, visit, s)
    for position in range(len(order) + 1):
        if waiting_apart + _detour(draft, visit, s, position) - duty.end >= least:
            continue
        timing = time_route(longer, compiled.tasks, [*order[:position], visit, *order[position:]], draft.lower)
        if timing is not None and timing.home < NO_ROAD:
            least = min(least, max(1, timing.home - duty.end))
    return least


def _busy(draft: Draft, visit: int, s: int) -> int:
    """Return when the shift would end at the earliest if nobody ever waited and the visit needed no leg."""
    tasks, duty = draft.compiled.tasks, draft.compiled.duties[s]
    work = sum(tasks[other].work + tasks[other].before + tasks[other].after for other in (*draft.orders[s], visit))
    return duty.start + work + draft.timings[s].travel


def _detour(draft: Draft, visit: int, s: int, position: int) -> int:
    """Return the extra travel of the visit at this position, 0 where remote work makes that unclear."""
    order, tasks, duty = draft.orders[s], draft.compiled.tasks, draft.compiled.duties[s]
    here, there = draft.timings[s].place[position], tasks[visit].place
    onward = duty.destination if position == len(order) else tasks[order[position]].place
    if REMOTE in (there, onward) or not order:
        return 0
    return duty.legs[here][there] + duty.legs[there][onward] - duty.legs[here][onward]


def window_needed(draft: Draft, visit: int, s: int) -> int:
    """Return the least seconds by which a window would have to reach further, or NEVER."""
    compiled = draft.compiled
    task = compiled.tasks[visit]
    if not task.windows or task.windows == ANY_TIME:
        return NEVER
    compiled.tasks[visit] = replace(task, windows=ANY_TIME)
    try:
        spans = [(opening.earliest, opening.latest) for opening in openings(draft, visit, s)]
    finally:
        compiled.tasks[visit] = task
    gaps = [max(start - late, early - end + 1) for early, late in spans for start, end in task.windows]
    return min(gaps, default=NEVER)


def reachable(compiled: Compiled, s: int, place: int) -> bool:
    """Say whether roads lead from the shift's origin to the place and on to its destination, over other places too."""
    duty = compiled.duties[s]
    return place in _reached(compiled, duty, duty.origin, False) and place in _reached(
        compiled, duty, duty.destination, True
    )


def _reached(compiled: Compiled, duty: Duty, start: int, backwards: bool) -> set[int]:
    key = (id(duty.legs), start, backwards)
    if key not in compiled.reached:
        compiled.reached[key] = _closure(duty.legs, start, backwards)
    return compiled.reached[key]


def _closure(legs: list[list[int]], start: int, backwards: bool) -> set[int]:
    found, queue = {start}, [start]
    while queue:
        at = queue.pop()
        for other in range(len(legs)):
            if other not in found and (legs[other][at] if backwards else legs[at][other]) < NO_ROAD:
                found.add(other)
                queue.append(other)
    return found


def without_limits(compiled: Compiled) -> Compiled:
    """Return the problem without count limits, loads and pinned orders."""
    duties = [replace(duty, limits=[]) for duty in compiled.duties]
    tasks: list[Task] = [replace(task, after_visits=[], before_visits=[]) for task in compiled.tasks]
    return replace(compiled, duties=duties, tasks=tasks)
