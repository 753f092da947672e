"""OR-Tools routing: guided local search from a draft. The library is imported on first use: that takes 0.8 s."""

from time import monotonic
from typing import TYPE_CHECKING, Any

from optimizer.compiled import REMOTE, Compiled
from optimizer.draft import Draft, Orders
from optimizer.engines.engine import Budget
from optimizer.engines.prices import prices_of
from optimizer.planning import draft_from_orders

if TYPE_CHECKING:
    from optimizer.engines.ortools_model import Model

NO_LIMIT_MS = 10**9
SECONDS_WORTH_BUILDING = 0.05
STALLED_BRANCHES = 3000
STALLED_BRANCHES_PER_NODE = 100
ASKS_PER_LOOK = 256


class OrToolsRouting:
    """Iterations are the solutions that the search accepts; without the clock it stops after exactly so many."""

    name = "ortools-routing"

    def cannot(self, compiled: Compiled) -> list[str]:
        problem, terms = compiled.problem, {term for group in compiled.problem.objective for term in group}
        checks = {
            "remote visits": any(task.place == REMOTE for task in compiled.tasks),
            "pinned orders": any(task.after_visits for task in compiled.tasks),
            "fairness": "fairness" in terms and problem.fairness_per_minute > 0,
            "changes": "changes" in terms and problem.stability.per_change > 0 and bool(problem.base),
            "lateness that begins within a shift": "late" in terms and _late_within(compiled),
            "weights that span too many orders of magnitude": not prices_of(compiled).exact,
            "a problem without shifts or visits": not (compiled.duties and compiled.tasks),
        }
        return [what for what, so in checks.items() if so]

    def improve(self, draft: Draft, budget: Budget, seed: int) -> tuple[Draft, int]:
        """Return the better of the draft and what the search finds; `seed` is not used: the search has no dice."""
        del seed
        if budget.spent(0):
            return draft, 0
        from optimizer.engines.ortools_model import Model

        model = Model(draft)
        search = _Search(model, budget)
        search.run()
        if search.best is None:
            return draft, search.done
        found = draft_from_orders(draft.compiled, search.best)
        return min(draft, found, key=Draft.standing), search.done


class _Search:
    """One run: counts solutions, remembers the cheapest, stops when the budget is spent."""

    def __init__(self, model: "Model", budget: Budget) -> None:
        self._model, self._budget = model, budget
        self._cost: int | None = None
        self._branches_then = 0
        self._asked = 0
        self._patience = STALLED_BRANCHES + STALLED_BRANCHES_PER_NODE * model.routing.Size()
        self.best: Orders | None = None
        self.done = 0

    def run(self) -> None:
        routing, parameters = self._model.routing, _parameters(self._budget)
        if parameters is None:
            return
        routing.AddSearchMonitor(routing.solver().CustomLimit(self._stop))
        routing.CloseModelWithParameters(parameters)
        routing.AddAtSolutionCallback(self._found)
        warm = self._model.warm()
        if warm is not None:
            routing.SolveFromAssignmentWithParameters(warm, parameters)

    def _stop(self) -> bool:
        """Stop when told to, and when the search circles without finding anything: that depends on no clock."""
        self._asked += 1
        if self._asked % ASKS_PER_LOOK == 0 and self._budget.cancelled():
            return True
        return bool(self._model.routing.solver().Branches() - self._branches_then > self._patience)

    def _found(self) -> None:
        self.done += 1
        routing = self._model.routing
        self._branches_then = routing.solver().Branches()
        cost = routing.CostVar().Max()
        if self._cost is None or cost < self._cost:
            self._cost, self.best = cost, self._model.orders()
            self._budget.progress(self.done, (cost,))
        if self._budget.spent(self.done):
            routing.solver().FinishCurrentSearch()


def _parameters(budget: Budget) -> Any:
    """Return guided local search under the budget; None if no time is left to begin."""
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2

    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    if budget.iterations is not None:
        parameters.solution_limit = budget.iterations
        parameters.time_limit.FromMilliseconds(NO_LIMIT_MS)
        return parameters
    left = budget.until - monotonic()
    if left < SECONDS_WORTH_BUILDING:
        return None
    parameters.time_limit.FromMilliseconds(int(left * 1000))
    return parameters


def _late_within(compiled: Compiled) -> bool:
    """Say whether a visit's lateness depends on the minute, not only on the shift."""
    return any(
        visit.due is not None and visit.late_weight_per_day and compiled.late(v, duty.start) != compiled.late(v, duty.end)
        for v, visit in enumerate(compiled.problem.visits)
        for duty in compiled.duties
    )
