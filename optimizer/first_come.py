"""The comparison: visits served in the order they came, as a diary kept by hand would."""

from dataclasses import replace

from optimizer.compiled import compile_problem
from optimizer.draft import Draft
from optimizer.engines.greedy import fill
from optimizer.explain import explained
from optimizer.model import Plan, Problem
from optimizer.openings import changes_of, placements
from optimizer.planning import plan_of
from optimizer.validate import demand_sound
from optimizer.writing import problem_hash


def first_come(problem: Problem) -> Plan:
    """Return the plan of a diary: each visit, in the order of `problem.visits`, goes to the end of a route.

    Pinned, frozen and mandatory visits stand in the diary already. Every other visit goes behind all that were entered
    before it, to the officer who can start it soonest under the same rules; where fixed visits stand later in the day,
    the end of a route is in front of those that it still fits before. What cannot be appended is left out.
    """
    demand_sound(problem)
    compiled = compile_problem(problem)
    draft = Draft(compiled)
    required = [visit for visit, task in enumerate(compiled.tasks) if task.required]
    fill(draft, required)
    entered = set[int]()
    for visit in range(len(compiled.tasks)):
        if visit not in required and _append(draft, visit, entered):
            entered.add(visit)
    plan = replace(plan_of(draft), engine="first come", problem_hash=problem_hash(problem))
    return explained(draft, plan)


def _append(draft: Draft, visit: int, entered: set[int]) -> bool:
    ends = {
        s: max((i + 1 for i, other in enumerate(order) if other in entered), default=0)
        for s, order in enumerate(draft.orders)
    }
    found = [p for p in placements(draft, visit) if all(o.position >= ends[o.duty] for o in p.openings)]
    for placement in sorted(found, key=lambda p: p.start):
        if draft.apply(changes_of(draft, visit, placement)) is not None:
            return True
    return False
