"""Every leg is travelled on a road that exists, in at least the time it takes, breaks left out."""

from collections.abc import Iterator

from optimizer.itinerary import Call, Itinerary, itineraries
from optimizer.model import Breach, Plan, Problem
from optimizer.rules.primitives import Primitive


class Legs:
    """Travel is part of every engine's routes, so there is nothing to compile; a remote visit has no leg."""

    def applies(self, problem: Problem) -> bool:
        return bool(problem.visits)

    def compile(self, _problem: Problem) -> Iterator[Primitive]:
        return iter(())

    def breaches(self, problem: Problem, plan: Plan) -> Iterator[Breach]:
        for day in itineraries(problem, plan):
            for call in day.calls:
                yield from _leg(day, call)
            if day.leg is None and day.calls:
                yield Breach("road", day.calls[-1].visit.id, day.officer.id, "a way home", "none", 1)


def _leg(day: Itinerary, call: Call) -> Iterator[Breach]:
    if call.leg is None:
        yield Breach("road", call.visit.id, day.officer.id, "a road to the place", "none", 1)
        return
    resting = sum(max(0, min(pause.end, call.stop.arrive) - max(pause.start, call.leaves)) for pause in call.breaks)
    available = call.stop.arrive - call.leaves - resting
    if available < call.leg:
        yield Breach("travel", call.visit.id, day.officer.id, f"{call.leg} s", f"{available} s", call.leg - available)
