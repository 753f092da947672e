"""No more of the published plan changes than allowed; what counts as a change is written here once."""

from collections.abc import Iterator

from optimizer.itinerary import assignments
from optimizer.model import Breach, Plan, Problem, Stop
from optimizer.rules.primitives import Primitive


class Stability:
    """The limit counts over all routes, which no primitive says: an engine that cannot count changes must say so."""

    def applies(self, problem: Problem) -> bool:
        return problem.stability.max_changes is not None

    def compile(self, _problem: Problem) -> Iterator[Primitive]:
        return iter(())

    def breaches(self, problem: Problem, plan: Plan) -> Iterator[Breach]:
        limit = problem.stability.max_changes
        count = len(changed(problem, plan))
        if limit is not None and count > limit:
            yield Breach("changes", None, None, f"changes<={limit}", str(count), count - limit)


def changed(problem: Problem, plan: Plan) -> set[str]:
    """Return the visits of base with another officer or shift, dropped, or starting more than the tolerance away."""
    before: dict[str, dict[tuple[str, str], int]] = {}
    for route in problem.base:
        for stop in route.stops:
            if isinstance(stop, Stop):
                before.setdefault(stop.visit, {})[route.officer, route.shift] = stop.start
    now: dict[str, dict[tuple[str, str], int]] = {name: {} for name in before}
    for itinerary, call in assignments(problem, plan):
        if call.visit.id in now:
            now[call.visit.id][itinerary.officer.id, itinerary.shift.id] = call.stop.start
    return {name for name, duties in before.items() if _differs(duties, now[name], problem.stability.tolerance)}


def _differs(before: dict[tuple[str, str], int], now: dict[tuple[str, str], int], tolerance: int) -> bool:
    return before.keys() != now.keys() or any(abs(now[key] - start) > tolerance for key, start in before.items())
