"""The number of visits and the loads of a shift stay within its limits."""

from collections.abc import Iterator

from optimizer.itinerary import itineraries
from optimizer.model import Breach, Plan, Problem, Shift, Visit
from optimizer.rules.primitives import Capacity, Primitive

COUNT = "max_visits"


class Capacities:
    def applies(self, problem: Problem) -> bool:
        return any(_limits(shift) for _, shift in problem.duties())

    def compile(self, problem: Problem) -> Iterator[Primitive]:
        for s, (_, shift) in enumerate(problem.duties()):
            for name, limit in _limits(shift).items():
                yield Capacity(s, name, limit, tuple(_load(visit, name) for visit in problem.visits))

    def breaches(self, problem: Problem, plan: Plan) -> Iterator[Breach]:
        for day in itineraries(problem, plan):
            for name, limit in _limits(day.shift).items():
                has = sum(_load(call.visit, name) for call in day.calls)
                if has > limit:
                    yield Breach("capacity", None, day.officer.id, f"{name}<={limit}", str(has), has - limit)


def _limits(shift: Shift) -> dict[str, int]:
    """Return the limits by name; loads that a shift does not limit are free."""
    limits = {f"load {name}": limit for name, limit in shift.capacity.items()}
    return limits if shift.max_visits is None else limits | {COUNT: shift.max_visits}


def _load(visit: Visit, name: str) -> int:
    return 1 if name == COUNT else visit.load.get(name.removeprefix("load "), 0)
