"""A plan read as what each officer does, leg by leg: the checker's own view, sharing nothing with the engines."""

from collections.abc import Iterator
from dataclasses import dataclass

from optimizer.model import UNREACHABLE, BreakStop, Officer, Plan, Problem, Route, Shift, Stop, Visit


@dataclass(frozen=True, slots=True)
class Call:
    """One stop with what leads to it; `leg` is None where no road leads there; times are seconds."""

    visit: Visit
    stop: Stop
    previous: Visit | None
    leaves: int
    leg: int | None
    metres: int
    breaks: tuple[BreakStop, ...]

    @property
    def preparation(self) -> int:
        """Seconds between arrival and the start of work: setup, unless the visit before shares it, and buffer."""
        shared = self.previous is not None and self.visit.setup_group is not None
        if shared and self.previous is not None and self.previous.setup_group == self.visit.setup_group:
            return self.visit.buffer_before
        return self.visit.setup + self.visit.buffer_before


@dataclass(frozen=True, slots=True)
class Itinerary:
    """One officer-shift of a plan; the way home begins at `leaves` and has `breaks` on it."""

    officer: Officer
    shift: Shift
    calls: tuple[Call, ...]
    breaks: tuple[BreakStop, ...]
    leaves: int
    leg: int | None
    metres: int
    leg_breaks: tuple[BreakStop, ...]

    @property
    def home(self) -> int:
        """When the officer is at the shift's destination, breaks on the way or there included."""
        at, left = self.leaves, self.leg or 0
        for pause in self.leg_breaks:
            left -= min(left, max(0, pause.start - at))
            at = max(at, pause.end)
        return at + left

    @property
    def travel(self) -> int:
        """Leg seconds, the way home included."""
        return sum(call.leg or 0 for call in self.calls) + (self.leg or 0)


def itineraries(problem: Problem, plan: Plan) -> list[Itinerary]:
    """Return the itinerary of each route; stops and routes that the problem does not know are left out."""
    known = [route for route in plan.routes if (route.officer, route.shift) in problem.duty_by_id]
    return [_itinerary(problem, route) for route in known]


def _itinerary(problem: Problem, route: Route) -> Itinerary:
    officer, shift = problem.duty_by_id[route.officer, route.shift]
    calls: list[Call] = []
    pending: list[BreakStop] = []
    breaks: list[BreakStop] = []
    here, leaves, previous = shift.origin, shift.start, None
    for stop in route.stops:
        if isinstance(stop, BreakStop):
            pending.append(stop)
            breaks.append(stop)
            continue
        visit = problem.visit_by_id.get(stop.visit)
        if visit is None:
            continue
        to = here if visit.place is None else visit.place
        leg, metres = leg_between(problem, officer, shift, here, to)
        calls.append(Call(visit, stop, previous, leaves, leg, metres, tuple(pending)))
        here, leaves, previous = to, stop.start + visit.seconds + visit.buffer_after, visit
        pending = []
    leg, metres = leg_between(problem, officer, shift, here, shift.destination)
    return Itinerary(officer, shift, tuple(calls), tuple(breaks), leaves, leg, metres, tuple(pending))


def leg_between(problem: Problem, officer: Officer, shift: Shift, here: int, to: int) -> tuple[int | None, int]:
    """Return seconds (None: no road) and metres of a leg; staying where one is costs nothing."""
    if here == to:
        return 0, 0
    travel = problem.legs(officer, shift)
    seconds = int(travel.seconds[here, to])
    metres = 0 if travel.metres is None else max(0, int(travel.metres[here, to]))
    return (None if seconds == UNREACHABLE else seconds), metres


def assignments(problem: Problem, plan: Plan) -> Iterator[tuple[Itinerary, Call]]:
    """Yield every stop with the itinerary it stands on."""
    for itinerary in itineraries(problem, plan):
        for call in itinerary.calls:
            yield itinerary, call
