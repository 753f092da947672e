"""Every break of a shift with visits is taken once, inside its window, interrupting nothing but a leg."""

from collections.abc import Iterator

from optimizer.itinerary import Itinerary, itineraries
from optimizer.model import Breach, BreakStop, Plan, Problem
from optimizer.rules.primitives import Primitive, Rest


class Breaks:
    def applies(self, problem: Problem) -> bool:
        return any(shift.breaks for _, shift in problem.duties())

    def compile(self, problem: Problem) -> Iterator[Primitive]:
        for s, (_, shift) in enumerate(problem.duties()):
            for k, pause in enumerate(shift.breaks):
                yield Rest(s, k, pause)

    def breaches(self, problem: Problem, plan: Plan) -> Iterator[Breach]:
        for day in itineraries(problem, plan):
            taken = [pause.index for pause in day.breaks]
            for k in range(len(day.shift.breaks)):
                if taken.count(k) != 1 and (day.calls or taken):
                    yield _breach(day, f"break {k} once", f"{taken.count(k)} times", 1)
            for pause in day.breaks:
                yield from _window(day, pause)
            yield from _interruptions(day)


def _window(day: Itinerary, pause: BreakStop) -> Iterator[Breach]:
    if not 0 <= pause.index < len(day.shift.breaks):
        yield _breach(day, f"a break below {len(day.shift.breaks)}", f"break {pause.index}", 1)
        return
    wanted = day.shift.breaks[pause.index]
    if pause.end - pause.start != wanted.seconds:
        short = abs(wanted.seconds - pause.end + pause.start)
        yield _breach(day, f"{wanted.seconds} s", f"{pause.end - pause.start} s", short)
    if pause.start < wanted.earliest or pause.end > wanted.latest:
        out = max(wanted.earliest - pause.start, pause.end - wanted.latest)
        yield _breach(day, f"inside [{wanted.earliest}, {wanted.latest})", f"[{pause.start}, {pause.end})", out)


def _interruptions(day: Itinerary) -> Iterator[Breach]:
    """A break begins after the work before has ended and ends before the preparation of the next begins."""
    gaps = [(call.leaves, call.stop.start - call.preparation, call.breaks) for call in day.calls]
    gaps.append((day.leaves, day.shift.end + day.shift.max_overtime, day.leg_breaks))
    for free, busy, pauses in gaps:
        at = free
        for pause in pauses:
            if pause.start < at:
                yield _breach(day, f"start>={at}", str(pause.start), at - pause.start)
            if pause.end > busy:
                yield _breach(day, f"end<={busy}", str(pause.end), pause.end - busy)
            at = max(at, pause.end)


def _breach(day: Itinerary, needs: str, has: str, margin: int) -> Breach:
    return Breach("break", None, day.officer.id, needs, has, margin)
