"""Between arrival and work lie setup (unless shared with the visit before) and buffer; work lasts as long as it lasts."""

from collections.abc import Iterator

from optimizer.itinerary import assignments
from optimizer.model import Breach, Plan, Problem
from optimizer.rules.primitives import Primitive, Setup


class Preparation:
    def applies(self, problem: Problem) -> bool:
        return bool(problem.visits)

    def compile(self, problem: Problem) -> Iterator[Primitive]:
        for v, visit in enumerate(problem.visits):
            if visit.setup:
                yield Setup(v, visit.setup, visit.setup_group)

    def breaches(self, problem: Problem, plan: Plan) -> Iterator[Breach]:
        for itinerary, call in assignments(problem, plan):
            officer, stop = itinerary.officer.id, call.stop
            if stop.start - stop.arrive < call.preparation:
                margin = call.preparation - stop.start + stop.arrive
                has = f"{stop.start - stop.arrive} s"
                yield Breach("preparation", call.visit.id, officer, f"{call.preparation} s", has, margin)
            if stop.end - stop.start != call.visit.seconds:
                margin = abs(call.visit.seconds - stop.end + stop.start)
                has = f"{stop.end - stop.start} s"
                yield Breach("work", call.visit.id, officer, f"{call.visit.seconds} s", has, margin)
