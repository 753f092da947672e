"""Insertion by weight, then by regret: a feasible plan within milliseconds to a second, whatever the rules."""

from optimizer.compiled import Compiled
from optimizer.draft import Draft
from optimizer.openings import Placement, changes_of, place, placements_on

WIDTH = 24


def fill(draft: Draft, visits: list[int]) -> None:
    """Insert as many of these visits as fit: required ones first, then heavy ones, in pinned order, then by regret."""
    for group in _groups(draft.compiled, visits):
        _regret(draft, group)


def _groups(compiled: Compiled, visits: list[int]) -> list[list[int]]:
    """Return groups of equal urgency; a visit pinned after another stands in a later group than that one."""

    def urgency(visit: int) -> tuple[bool, bool, int, int]:
        task = compiled.tasks[visit]
        return (not task.required, not compiled.problem.visits[visit].mandatory, _depth(compiled, visit), -task.weight)

    ordered = sorted(visits, key=urgency)
    groups: list[list[int]] = []
    for visit in ordered:
        if groups and urgency(groups[-1][0]) == urgency(visit):
            groups[-1].append(visit)
        else:
            groups.append([visit])
    return groups


def _depth(compiled: Compiled, visit: int) -> int:
    return max((_depth(compiled, other) + 1 for other in compiled.tasks[visit].after_visits), default=0)


def _regret(draft: Draft, group: list[int]) -> None:
    """Insert the visits of one group, next always the one that would lose most by not getting its best duty."""
    tasks = draft.compiled.tasks
    crews = [visit for visit in group if tasks[visit].crew > 1]
    singles = [visit for visit in group if tasks[visit].crew == 1]
    for visit in crews:
        place(draft, visit)
    singles.sort(key=lambda visit: len(tasks[visit].shifts[0]))
    best: dict[int, dict[int, Placement]] = {}
    while singles or best:
        while singles and len(best) < WIDTH:
            visit = singles.pop(0)
            best[visit] = _per_duty(draft, visit, sorted(tasks[visit].shifts[0]))
        visit = min(best, key=lambda v: (_comparable(best[v]), v))
        changed = _insert(draft, visit, best.pop(visit))
        for other, known in best.items():
            stale = [s for s in changed if s in tasks[other].shifts[0]]
            for s in stale:
                known.pop(s, None)
            known.update(_per_duty(draft, other, stale))


def _per_duty(draft: Draft, visit: int, duties: list[int]) -> dict[int, Placement]:
    found: dict[int, Placement] = {}
    for placement in placements_on(draft, visit, duties):
        found.setdefault(placement.openings[0].duty, placement)
    return found


def _comparable(known: dict[int, Placement]) -> tuple[int, int, int]:
    """Return (number of duties, but 2 for more; minus the regret; price): smaller goes first."""
    prices = sorted(placement.price for placement in known.values())
    if len(prices) < 2:
        return (len(prices), 0, prices[0][1] if prices else 0)
    late = prices[1][0] - prices[0][0]
    return (2, -(late * 86400 + prices[1][1] - prices[0][1]), prices[0][1])


def _insert(draft: Draft, visit: int, known: dict[int, Placement]) -> list[int]:
    """Insert at the best place that can be timed; return the duties whose routes changed."""
    for placement in sorted(known.values(), key=lambda placement: placement.price):
        undo = draft.apply(changes_of(draft, visit, placement))
        if undo is not None:
            return list(undo.timings)
    undo = place(draft, visit) if known else None
    return [] if undo is None else list(undo.timings)
