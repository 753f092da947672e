"""`only` and `never`: who may do a visit at all."""

from collections.abc import Iterator

from optimizer.itinerary import assignments
from optimizer.model import Breach, Officer, Plan, Problem, Visit
from optimizer.rules.primitives import Forbidden, Primitive


class Permission:
    def applies(self, problem: Problem) -> bool:
        return any(visit.only is not None or visit.never for visit in problem.visits)

    def compile(self, problem: Problem) -> Iterator[Primitive]:
        for v, visit in enumerate(problem.visits):
            for s, (officer, _) in enumerate(problem.duties()):
                refusal = _refusal(visit, officer)
                if refusal is not None:
                    for member in range(len(visit.crew)):
                        yield Forbidden(v, member, s, *refusal, officer.id)

    def breaches(self, problem: Problem, plan: Plan) -> Iterator[Breach]:
        for itinerary, call in assignments(problem, plan):
            refusal = _refusal(call.visit, itinerary.officer)
            if refusal is not None:
                yield Breach(refusal[0], call.visit.id, itinerary.officer.id, refusal[1], itinerary.officer.id)


def _refusal(visit: Visit, officer: Officer) -> tuple[str, str] | None:
    if visit.only is not None and officer.id not in visit.only:
        return "only", "one of " + ", ".join(sorted(visit.only))
    if officer.id in visit.never:
        return "never", "anyone but " + officer.id
    return None
