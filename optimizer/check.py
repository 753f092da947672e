"""The independent checker: it knows rules and legs, and nothing of engines, insertion or search."""

from optimizer.cost import cost_of
from optimizer.model import Breach, Plan, Problem
from optimizer.rules import RULES
from optimizer.writing import problem_hash


def check(problem: Problem, plan: Plan) -> list[Breach]:
    """Return every rule that the plan breaks, [] for a plan that may be published.

    The problem has no defects. Every leg, every rule and the cost are recomputed from the stops alone.
    """
    found = [breach for rule in RULES if rule.applies(problem) for breach in rule.breaches(problem, plan)]
    has, needs = plan.cost, cost_of(problem, plan)
    for term in needs.__slots__:
        claimed, true = getattr(has, term), getattr(needs, term)
        if claimed != true:
            found.append(Breach("cost", None, None, f"{term}={true}", str(claimed), abs(claimed - true)))
    if plan.problem_hash and plan.problem_hash != problem_hash(problem):
        found.append(Breach("problem_hash", None, None, problem_hash(problem), plan.problem_hash, 1))
    return found
