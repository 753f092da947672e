"""A plan names only officers, shifts and visits of its problem, and accounts for every visit once."""

from collections import Counter
from collections.abc import Iterator

from optimizer.model import Breach, Plan, Problem, Stop
from optimizer.rules.primitives import Primitive


class Known:
    """True of everything that an engine builds, so there is nothing to compile."""

    def applies(self, _problem: Problem) -> bool:
        return True

    def compile(self, _problem: Problem) -> Iterator[Primitive]:
        return iter(())

    def breaches(self, problem: Problem, plan: Plan) -> Iterator[Breach]:
        for key, count in Counter((route.officer, route.shift) for route in plan.routes).items():
            if key not in problem.duty_by_id:
                yield Breach("known", None, key[0], "a shift of the problem", " ".join(key), 1)
            if count > 1:
                yield Breach("once", None, key[0], "one route per shift", f"{count} routes", count - 1)
        for route in plan.routes:
            for stop in route.stops:
                if isinstance(stop, Stop) and stop.visit not in problem.visit_by_id:
                    yield Breach("known", stop.visit, route.officer, "a visit of the problem", stop.visit, 1)
        yield from _accounts(problem, plan)


def _accounts(problem: Problem, plan: Plan) -> Iterator[Breach]:
    """Each visit is on routes or in `unassigned`, once and not both."""
    listed = Counter(item.visit for item in plan.unassigned)
    served = plan.served()
    for visit in problem.visits:
        count = listed.pop(visit.id, 0) + (visit.id in served)
        if count != 1:
            yield Breach("once", visit.id, None, "served or unassigned", f"{count} times", abs(count - 1))
    for name in listed:
        yield Breach("known", name, None, "a visit of the problem", name, 1)
