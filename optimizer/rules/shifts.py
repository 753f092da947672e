"""The day starts with the shift and ends, the way home and overtime included, by its end."""

from collections.abc import Iterator

from optimizer.itinerary import itineraries
from optimizer.model import Breach, Plan, Problem
from optimizer.rules.primitives import Primitive


class Shifts:
    """Spans are part of every engine's routes, so there is nothing to compile."""

    def applies(self, problem: Problem) -> bool:
        return bool(problem.officers)

    def compile(self, _problem: Problem) -> Iterator[Primitive]:
        return iter(())

    def breaches(self, problem: Problem, plan: Plan) -> Iterator[Breach]:
        for day in itineraries(problem, plan):
            first = day.calls[0].visit.id if day.calls else None
            last = day.calls[-1].visit.id if day.calls else None
            for start in (
                *(call.stop.start for call in day.calls[:1]),
                *(pause.start for pause in day.breaks[:1]),
            ):
                early = day.shift.start - start
                if early > 0:
                    needs = f"start>={day.shift.start}"
                    yield Breach("shift_start", first, day.officer.id, needs, str(start), early)
            end = day.shift.end + day.shift.max_overtime
            if day.home > end:
                needs = f"home<={end}"
                yield Breach("shift_end", last, day.officer.id, needs, str(day.home), day.home - end)
