"""The last polish: no visit left out fits after removing one visit, or two of one route, of smaller total weight."""

from collections.abc import Callable, Iterator
from itertools import combinations

from optimizer.draft import Draft
from optimizer.engines.greedy import fill
from optimizer.openings import place


def exchange(draft: Draft, cancelled: Callable[[], bool] = lambda: False) -> None:
    """Make the promise of PROBLEM_FORMAT true: trade lighter visits for heavier ones until nothing can be traded.

    Every trade lowers the weight lost, so it ends. Plans whose objective does not gain by a trade keep their visits.
    """
    traded = True
    while traded and not cancelled():
        fill(draft, draft.unserved())
        heavy = sorted(draft.unserved(), key=lambda visit: (-draft.compiled.tasks[visit].weight, visit))
        traded = any(_trade(draft, visit) for visit in heavy if not cancelled())


def _trade(draft: Draft, visit: int) -> bool:
    """Put the visit in the place of lighter ones, give those another place if there is one; False if that is no gain."""
    if not any(draft.compiled.tasks[visit].shifts):
        return False
    before = draft.rank()
    for gone in victims(draft, visit):
        removal = draft.apply(draft.without(gone))
        if removal is None:
            continue
        insertion = place(draft, visit)
        if insertion is not None:
            if draft.rank() < before:
                fill(draft, list(gone))
                return True
            draft.restore(insertion)
        draft.restore(removal)
    return False


def victims(draft: Draft, visit: int) -> Iterator[tuple[int, ...]]:
    """Yield what may be removed for the visit: one visit, or two of one route, lighter in sum; light ones first."""
    tasks = draft.compiled.tasks
    weight = tasks[visit].weight
    usable = set().union(*tasks[visit].shifts)
    sets: set[tuple[int, ...]] = set()
    for s, order in enumerate(draft.orders):
        if s in usable:
            light = [other for other in order if tasks[other].weight < weight and removable(draft, other)]
            sets.update((other,) for other in light)
            sets.update(
                tuple(sorted(pair))
                for pair in combinations(light, 2)
                if tasks[pair[0]].weight + tasks[pair[1]].weight < weight
            )
    return iter(sorted(sets, key=lambda gone: (sum(tasks[other].weight for other in gone), len(gone), gone)))


def removable(draft: Draft, visit: int) -> bool:
    """Say whether a served visit may be taken off its route: nothing requires it or is pinned behind it."""
    task = draft.compiled.tasks[visit]
    return not task.required and not task.before_visits
