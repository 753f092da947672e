"""`prefer`: what a wished officer is worth. A term of the cost; no plan breaches it."""

from collections.abc import Iterator

from optimizer.model import Breach, Plan, Problem
from optimizer.rules.primitives import Bonus, Primitive


class Preference:
    def applies(self, problem: Problem) -> bool:
        return any(visit.prefer for visit in problem.visits)

    def compile(self, problem: Problem) -> Iterator[Primitive]:
        for v, visit in enumerate(problem.visits):
            for s, (officer, _) in enumerate(problem.duties()):
                if officer.id in visit.prefer:
                    yield Bonus(v, s, visit.prefer[officer.id])

    def breaches(self, _problem: Problem, _plan: Plan) -> Iterator[Breach]:
        return iter(())
