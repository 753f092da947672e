"""A plan under construction: orders of visits per duty, always timed and always feasible.

Crews are kept together by raising a common lower bound of their start until all routes agree: the least
fixpoint of monotone route timings, so an order that can be timed at all is timed as early as possible
(with breaks beside crews the fixpoint is sound, and may in rare cases refuse what another break would allow).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from optimizer.compiled import Compiled
from optimizer.cost import unfairness
from optimizer.timing import Timing, time_route

Orders = dict[int, list[int]]


@dataclass(slots=True)
class Undo:
    """What `apply` replaced."""

    orders: Orders
    timings: dict[int, Timing]
    lower: dict[int, int]


class Draft:
    """Orders per duty; `where[visit]` are the duties that serve it, () if none does."""

    def __init__(self, compiled: Compiled) -> None:
        self.compiled = compiled
        self.orders: list[list[int]] = [[] for _ in compiled.duties]
        self.where: list[tuple[int, ...]] = [() for _ in compiled.tasks]
        self.lower: dict[int, int] = {}
        self.timings = [self._timed(s, [], {}) for s in range(len(compiled.duties))]

    def _timed(self, duty: int, order: list[int], lower: Mapping[int, int]) -> Timing:
        timing = time_route(self.compiled.duties[duty], self.compiled.tasks, order, lower)
        if timing is None:
            raise AssertionError("an empty route can always be timed")
        return timing

    def unserved(self) -> list[int]:
        return [visit for visit, duties in enumerate(self.where) if not duties]

    def start(self, visit: int) -> int:
        """Return the start of a served visit."""
        duty = self.where[visit][0]
        return self.timings[duty].starts[self.orders[duty].index(visit)]

    def apply(self, changes: Orders) -> Undo | None:
        """Replace these orders and re-time what hangs together; None, and nothing changed, if it cannot be done."""
        before = {s: self.orders[s] for s in changes}
        self._replace(changes)
        linked = self.linked(changes)
        undo = Undo(before, {s: self.timings[s] for s in linked}, dict(self.lower))
        if not (self._within_limits(changes) and self._retime(linked)):
            self.restore(undo)
            return None
        return undo

    def restore(self, undo: Undo) -> None:
        """Take back the last `apply`."""
        self._replace(undo.orders)
        for s, timing in undo.timings.items():
            self.timings[s] = timing
        self.lower = undo.lower

    def _replace(self, changes: Orders) -> None:
        for s in changes:
            for visit in self.orders[s]:
                self.where[visit] = tuple(other for other in self.where[visit] if other != s)
        for s, order in changes.items():
            self.orders[s] = order
            for visit in order:
                self.where[visit] = (*self.where[visit], s)

    def linked(self, duties: Iterable[int]) -> list[int]:
        """Return these duties and all that hang together with them by crews."""
        tasks, found, queue = self.compiled.tasks, set(duties), list(duties)
        while queue:
            for visit in self.orders[queue.pop()]:
                if tasks[visit].crew > 1:
                    new = set(self.where[visit]) - found
                    found |= new
                    queue.extend(sorted(new))
        return sorted(found)

    def _within_limits(self, duties: Iterable[int]) -> bool:
        return all(
            sum(limit.loads[visit] for visit in self.orders[s]) <= limit.limit
            for s in duties
            for limit in self.compiled.duties[s].limits
        )

    def _retime(self, linked: list[int]) -> bool:
        tasks = self.compiled.tasks
        crews = {s: [visit for visit in self.orders[s] if tasks[visit].crew > 1] for s in linked}
        for visits in crews.values():
            for visit in visits:
                self.lower.pop(visit, None)
        queue = list(linked)
        while queue:
            s = queue.pop(0)
            timing = time_route(self.compiled.duties[s], tasks, self.orders[s], self.lower)
            if timing is None:
                return False
            self.timings[s] = timing
            for visit in crews[s]:
                start = timing.starts[self.orders[s].index(visit)]
                if start > self.lower.get(visit, start - 1):
                    self.lower[visit] = start
                    queue.extend(t for t in self.where[visit] if t != s and t not in queue)
        return True

    def without(self, visits: Iterable[int]) -> Orders:
        """Return the changes that take these visits off their routes."""
        gone = set(visits)
        touched = {s for visit in gone for s in self.where[visit]}
        return {s: [visit for visit in self.orders[s] if visit not in gone] for s in sorted(touched)}

    def rank(self) -> tuple[int, ...]:
        """Return the objective as cost.rank computes it, from the timings alone."""
        problem, tasks = self.compiled.problem, self.compiled.tasks
        lost = self.unserved()
        travel = sum(timing.travel for timing in self.timings)
        terms = {"served": sum(tasks[v].weight for v in lost), "travel": travel}
        for group in problem.objective:
            for term in group:
                if term not in terms:
                    terms[term] = self._term(term)
        mandatory = sum(tasks[v].weight for v in lost if problem.visits[v].mandatory)
        return (mandatory, *(sum(terms[term] for term in group) for group in problem.objective))

    def standing(self) -> tuple[int, ...]:
        """Return the rank, led by the number of required visits that are missing: what drafts are compared by."""
        missing = sum(self.compiled.tasks[visit].required for visit in self.unserved())
        return (missing, *self.rank())

    def _term(self, term: str) -> int:
        compiled = self.compiled
        if term == "late":
            return sum(compiled.late(v, self.start(v)) for v, duties in enumerate(self.where) if duties)
        if term == "overtime":
            late = zip(self.timings, compiled.duties, strict=True)
            return sum(max(0, timing.home - duty.paid_end) for timing, duty in late)
        if term == "prefer":
            return -sum(compiled.tasks[v].bonus.get(s, 0) for v, duties in enumerate(self.where) for s in duties)
        if term == "changes":
            return compiled.problem.stability.per_change * self.changes()
        return self._unfairness()

    def changes(self) -> int:
        """Count the visits of base that differ, as rules.stability defines it."""
        tolerance = self.compiled.problem.stability.tolerance
        return sum(
            set(self.where[v]) != set(stops) or any(abs(self.start(v) - start) > tolerance for start in stops.values())
            for v, stops in self.compiled.base.items()
        )

    def _unfairness(self) -> int:
        compiled = self.compiled
        worked = [officer.history.minutes * 60 for officer in compiled.problem.officers]
        for duty, order, timing in zip(compiled.duties, self.orders, self.timings, strict=True):
            worked[duty.officer] += timing.travel
            group: str | None = None
            for visit in order:
                task = compiled.tasks[visit]
                worked[duty.officer] += task.work + task.preparation(group)
                group = task.group
        return unfairness(compiled.problem.fairness_per_minute, worked)
