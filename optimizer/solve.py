"""The strategy: greedy, then the engines that can express the problem, the exchange, the checker, the reasons."""

from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from time import monotonic

from optimizer.check import check
from optimizer.compiled import Compiled, compile_problem
from optimizer.draft import Draft
from optimizer.engines.engine import Budget, Engine, never, unheard
from optimizer.engines.greedy import fill
from optimizer.engines.ortools_routing import OrToolsRouting
from optimizer.engines.ruin import Ruin
from optimizer.exchange import exchange
from optimizer.explain import explained
from optimizer.model import Breach, Plan, Problem
from optimizer.planning import draft_from, plan_of
from optimizer.stable import keep_base
from optimizer.validate import demand_sound
from optimizer.writing import problem_hash

ENGINES: tuple[Engine, ...] = (OrToolsRouting(), Ruin())
SHARE_OF_SEARCH = 0.85


class NoPlan(Exception):
    """No plan was found that the checker accepts; `plan` is the best one all the same, `breaches` what it breaks."""

    def __init__(self, plan: Plan, breaches: list[Breach]) -> None:
        first = breaches[0]
        super().__init__(
            f"no plan keeps every rule: {first.rule} of visit {first.visit} needs {first.needs}, has {first.has}"
        )
        self.plan = plan
        self.breaches = breaches


def solve(
    problem: Problem,
    seconds: float = 10.0,
    seed: int = 1,
    threads: int = 1,
    start: Plan | None = None,
    iterations: int | None = None,
    progress: Callable[[int, tuple[int, ...]], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Plan:
    """Return the best plan found, checked and explained; raise Defective or NoPlan.

    `seconds` is wall time for the search; checking and explaining come on top. With `iterations` the clock is
    not read and the same arguments give the same plan. `threads` is accepted and not used: the engines of today
    run on one. `progress` is called with the iterations done and the objective; `cancelled` ends the search early,
    with the best plan so far.
    """
    del threads
    demand_sound(problem)
    began = monotonic()
    free = compile_problem(problem)
    compiled = keep_base(free) if problem.stability.max_changes is not None else free
    draft = _first(compiled, start)
    budget = Budget(
        until=began + seconds * SHARE_OF_SEARCH,
        iterations=iterations,
        cancelled=cancelled or never,
        progress=progress or unheard,
    )
    engine = next(engine for engine in ENGINES if not engine.cannot(compiled))
    draft, done = engine.improve(draft, budget, seed)
    exchange(draft, budget.cancelled)
    plan = explained(draft, plan_of(draft), None if compiled is free else free)
    plan = replace(plan, problem_hash=problem_hash(problem), engine=engine.name, build=_build(), seed=seed, iterations=done)
    breaches = check(problem, plan)
    if breaches:
        raise NoPlan(plan, breaches)
    return plan


def _first(compiled: Compiled, start: Plan | None) -> Draft:
    """Return the best of an insertion into empty routes, into the published plan, and into `start`."""
    problem, everything = compiled.problem, list(range(len(compiled.tasks)))
    drafts = [Draft(compiled)]
    # With a limit on changes, routes that ignore the published plan are no start.
    if problem.base:
        kept = draft_from(compiled, problem.base)
        drafts = [kept] if problem.stability.max_changes is not None else [*drafts, kept]
    if start is not None:
        drafts.append(draft_from(compiled, start.routes))
    for draft in drafts:
        fill(draft, [visit for visit in everything if not draft.where[visit]])
    return min(drafts, key=Draft.standing)


def _build() -> str:
    """Return the version of the installed package: with the seed and the count it makes a run repeatable."""
    try:
        return f"fieldwork {version('fieldwork')}"
    except PackageNotFoundError:
        return "fieldwork"
