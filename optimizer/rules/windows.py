"""Work starts inside a window of the visit."""

from collections.abc import Iterator

from optimizer.itinerary import assignments
from optimizer.model import Breach, Plan, Problem
from optimizer.rules.primitives import Primitive, Starts


class Windows:
    def applies(self, problem: Problem) -> bool:
        return any(visit.windows for visit in problem.visits)

    def compile(self, problem: Problem) -> Iterator[Primitive]:
        for v, visit in enumerate(problem.visits):
            if visit.windows:
                yield Starts(v, tuple((window.start, window.end) for window in visit.windows), "window")

    def breaches(self, problem: Problem, plan: Plan) -> Iterator[Breach]:
        for itinerary, call in assignments(problem, plan):
            windows, start = call.visit.windows, call.stop.start
            if windows and not any(window.start <= start < window.end for window in windows):
                margin = min(max(window.start - start, start - window.end + 1) for window in windows)
                needs = " or ".join(f"[{window.start}, {window.end})" for window in windows)
                yield Breach("window", call.visit.id, itinerary.officer.id, needs, str(start), margin)
