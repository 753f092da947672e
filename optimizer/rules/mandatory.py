"""A mandatory visit is served."""

from collections.abc import Iterator

from optimizer.model import Breach, Plan, Problem
from optimizer.rules.primitives import Primitive, Required


class Mandatory:
    def applies(self, problem: Problem) -> bool:
        return any(visit.mandatory for visit in problem.visits)

    def compile(self, problem: Problem) -> Iterator[Primitive]:
        return (Required(v, "mandatory") for v, visit in enumerate(problem.visits) if visit.mandatory)

    def breaches(self, problem: Problem, plan: Plan) -> Iterator[Breach]:
        served = plan.served()
        for visit in problem.visits:
            if visit.mandatory and visit.id not in served:
                yield Breach("mandatory", visit.id, None, "served", "left out", visit.weight)
