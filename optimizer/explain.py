"""Why each visit is left out: its class, the reasons per officer, and the smallest change that would let it in.

Every class but NOT_FOUND is a claim that is tested here before it is made, on the routes as they stand:
the other stops keep officer and order. A visit that must be served outranks any other.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations

from optimizer.compiled import REMOTE, Compiled
from optimizer.draft import Draft
from optimizer.exchange import removable
from optimizer.model import Plan, Reason, Relaxation, Unassigned, Why
from optimizer.openings import place
from optimizer.planning import draft_from_orders, may_serve_all
from optimizer.relaxation import reachable, reasons_of, without_limits

MOST_TRIALS = 800


def explained(draft: Draft, plan: Plan, free: Compiled | None = None) -> Plan:
    """Return the plan with every visit that it does not serve explained.

    `free` is the problem without a limit on changes, where the draft's own has one. The search for lighter visits that
    could make room is bounded by MOST_TRIALS insertions; what is beyond stays NOT_FOUND.
    """
    asker = _Asker.of(draft, free)
    visits = draft.compiled.problem.visits
    heavy_first = sorted(draft.unserved(), key=lambda visit: (-draft.compiled.tasks[visit].weight, visit))
    found = {visit: _unassigned(asker, visit) for visit in heavy_first}
    return replace(plan, unassigned=tuple(found[visit] for visit in range(len(visits)) if visit in found))


def _unassigned(asker: "_Asker", visit: int) -> Unassigned:
    reasons = reasons_of(asker.draft, visit)
    return Unassigned(
        asker.draft.compiled.problem.visits[visit].id,
        asker.why(visit),
        tuple(reasons),
        _smallest(reasons),
    )


def _smallest(reasons: list[Reason]) -> Relaxation | None:
    seconds = [reason for reason in reasons if reason.rule in ("shift_end", "window")]
    if not seconds:
        return None
    least = min(seconds, key=lambda reason: reason.margin)
    return Relaxation(least.rule, least.officer, least.margin)


@dataclass(slots=True)
class _Asker:
    """The draft and the what-ifs that the classes are tested on."""

    draft: Draft
    unlimited: Draft
    empty: Draft
    freed: Draft | None
    trials: int = MOST_TRIALS

    @classmethod
    def of(cls, draft: Draft, free: Compiled | None) -> "_Asker":
        orders = dict(enumerate(draft.orders))
        unlimited = without_limits(free or draft.compiled)
        return cls(
            draft,
            draft_from_orders(without_limits(draft.compiled), orders),
            Draft(unlimited),
            None if free is None else draft_from_orders(free, orders),
        )

    def why(self, visit: int) -> Why:
        compiled = self.empty.compiled
        task = compiled.tasks[visit]
        if not may_serve_all(compiled, visit, set(range(len(compiled.duties)))):
            return Why.NO_SKILL
        roads = {s for s in set().union(*task.shifts) if task.place == REMOTE or reachable(compiled, s, task.place)}
        if not may_serve_all(compiled, visit, roads):
            return Why.NO_ROAD
        if not fits(self.empty, visit):
            return Why.NO_TIME
        return self._why_here(visit)

    def _why_here(self, visit: int) -> Why:
        """The visit could be served on an empty day: what stands in its way today?"""
        if fits(self.draft, visit):
            return Why.NOT_FOUND
        if fits(self.unlimited, visit) or self._limits_refuse_an_empty_day(visit):
            return Why.NO_CAPACITY
        if self.freed is not None and fits(self.freed, visit):
            return Why.CHANGES_EXHAUSTED
        return Why.OUTRANKED if self._outranked(visit) else Why.NOT_FOUND

    def _limits_refuse_an_empty_day(self, visit: int) -> bool:
        compiled = self.draft.compiled
        return not fits(Draft(compiled), visit) and fits(Draft(without_limits(compiled)), visit)

    def _outranked(self, visit: int) -> bool:
        """Say whether it is proved that no set of lighter visits, in sum, makes room."""
        for routes, gone in self._lighter(visit):
            self.trials -= 1
            if self.trials < 0:
                return False
            removal = self.draft.apply(self.draft.without(gone))
            if removal is not None:
                room = fits(self.draft, visit, routes)
                self.draft.restore(removal)
                if room:
                    return False
        return True

    def _lighter(self, visit: int) -> Iterator[tuple[list[int], tuple[int, ...]]]:
        """Yield (routes, visits, lighter in sum, whose removal makes room there if anything does), small sets first.

        One officer's route is freed by its own visits, and by those of routes that share a crew with it; a
        crew needs room on several routes at once.
        """
        draft, tasks = self.draft, self.draft.compiled.tasks
        usable = set().union(*tasks[visit].shifts)
        pools = [usable] if tasks[visit].crew > 1 else [{s} for s in sorted(usable)]
        for pool in pools:
            routes = draft.linked(pool)
            light = sorted(
                {v for s in routes for v in draft.orders[s] if removable(draft, v) and tasks[v].weight < tasks[visit].weight}
            )
            for gone in _sums_below([(v, tasks[v].weight) for v in light], tasks[visit].weight):
                yield sorted(pool), gone


def _sums_below(weights: list[tuple[int, int]], limit: int) -> Iterator[tuple[int, ...]]:
    """Yield the non-empty sets whose weights add up to less than `limit`, by size."""
    lightest = sorted(weight for _, weight in weights)
    for size in range(1, len(weights) + 1):
        if sum(lightest[:size]) >= limit:
            return
        for chosen in combinations(weights, size):
            if sum(weight for _, weight in chosen) < limit:
                yield tuple(visit for visit, _ in chosen)


def fits(draft: Draft, visit: int, duties: list[int] | None = None) -> bool:
    """Say whether the visit can be inserted, all other stops keeping officer and order; on these duties, if given.

    A crew needs several routes at once: for one, `duties` are all that it may be taken from anyway.
    """
    undo = place(draft, visit, duties)
    if undo is not None:
        draft.restore(undo)
    return undo is not None
