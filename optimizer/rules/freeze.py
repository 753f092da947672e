"""Nothing of the published plan that starts before the freeze changes, and nothing new starts inside it."""

from collections.abc import Iterator

from optimizer.itinerary import assignments
from optimizer.model import Breach, Break, BreakStop, Plan, Problem, Route, Stop
from optimizer.rules.primitives import Forbidden, Primitive, Required, Rest, Starts


class Freeze:
    def applies(self, problem: Problem) -> bool:
        return problem.freeze_until is not None

    def compile(self, problem: Problem) -> Iterator[Primitive]:
        until = problem.freeze_until or 0
        shift_number = {(officer.id, shift.id): s for s, (officer, shift) in enumerate(problem.duties())}
        frozen = _frozen(problem)
        for v, visit in enumerate(problem.visits):
            stops = [(shift_number[key], stop) for key, stop in frozen if isinstance(stop, Stop) and stop.visit == visit.id]
            if not stops:
                yield Starts(v, ((until, until + 2**52),), "freeze")
                continue
            yield Required(v, "freeze")
            yield Starts(v, ((stops[0][1].start, stops[0][1].start + 1),), "freeze")
            kept = {s for s, _ in stops}
            for s in set(shift_number.values()) - kept:
                for member in range(len(visit.crew)):
                    yield Forbidden(v, member, s, "freeze", "the published officer", "another")
        for key, stop in frozen:
            if isinstance(stop, BreakStop):
                yield Rest(shift_number[key], stop.index, Break(stop.start, stop.end, stop.end - stop.start))

    def breaches(self, problem: Problem, plan: Plan) -> Iterator[Breach]:
        frozen = _frozen(problem)
        now = {(route.officer, route.shift, _what(stop), stop.start) for route in plan.routes for stop in route.stops}
        for (officer, shift), stop in frozen:
            if (officer, shift, _what(stop), stop.start) not in now:
                visit = stop.visit if isinstance(stop, Stop) else None
                yield Breach("freeze", visit, officer, f"{_what(stop)} at {stop.start}", "changed", 1)
        kept = {stop.visit for _, stop in frozen if isinstance(stop, Stop)}
        until = problem.freeze_until or 0
        for itinerary, call in assignments(problem, plan):
            if call.visit.id not in kept and call.stop.start < until:
                margin = until - call.stop.start
                yield Breach(
                    "freeze",
                    call.visit.id,
                    itinerary.officer.id,
                    f"start>={until}",
                    str(call.stop.start),
                    margin,
                )


def _what(stop: Stop | BreakStop) -> str:
    return f"visit {stop.visit}" if isinstance(stop, Stop) else f"break {stop.index}"


def _frozen(problem: Problem) -> list[tuple[tuple[str, str], Stop | BreakStop]]:
    until = problem.freeze_until or 0
    return [(_key(route), stop) for route in problem.base for stop in route.stops if stop.start < until]


def _key(route: Route) -> tuple[str, str]:
    return route.officer, route.shift
