"""A lexicographic objective as one sum of integers: what one unit of each term is worth."""

from dataclasses import dataclass

from optimizer.compiled import Compiled

LARGEST_SUM = 1 << 61


@dataclass(frozen=True, slots=True)
class Prices:
    """Coefficients such that no sum of a later level ever reaches one unit of an earlier one."""

    term: dict[str, int]
    required: int
    total: int

    @property
    def exact(self) -> bool:
        """Say whether the largest possible sum fits into 64 bits with room to spare."""
        return self.total < LARGEST_SUM


def prices_of(compiled: Compiled) -> Prices:
    """Return what a unit of each term in the objective costs, and what leaving out a required visit does."""
    most = _largest(compiled)
    prices: dict[str, int] = {}
    unit = 1
    for group in reversed(compiled.problem.objective):
        for term in group:
            prices[term] = unit
        unit *= 1 + sum(most[term] for term in group)
    required = sum(task.weight + 1 for task in compiled.tasks)
    return Prices(prices, unit, unit * (1 + required))


def _largest(compiled: Compiled) -> dict[str, int]:
    """Return the most that each term can vary by."""
    visits = compiled.problem.visits
    days = max((duty.end for duty in compiled.duties), default=0)
    return {
        "served": sum(task.weight for task in compiled.tasks),
        "late": sum(compiled.late(v, days) for v in range(len(visits))),
        "travel": sum(duty.end - duty.start for duty in compiled.duties),
        "overtime": sum(duty.end - duty.paid_end for duty in compiled.duties),
        "prefer": sum(max(map(abs, task.bonus.values()), default=0) * task.crew for task in compiled.tasks),
        "changes": 0,
        "fairness": 0,
    }
