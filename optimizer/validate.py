"""Problem -> list of defects, each with its JSON path. A problem without defects can be solved, perhaps badly."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from optimizer.model import TERMS, UNREACHABLE, BreakStop, Int32, Officer, Problem, Shift, Visit
from optimizer.reading import Defect, Defective


def defects(problem: Problem) -> list[Defect]:
    """Return everything that makes the problem unusable, in the order of the file; [] means it can be solved."""
    found = [*_travel(problem), *_officers(problem), *_visits(problem), *_objective(problem)]
    if found:
        return found
    return [*_base(problem), *_pins(problem)]


def _travel(problem: Problem) -> Iterator[Defect]:
    for profile, travel in problem.travel.items():
        path = f"$.travel.{profile}"
        yield from _matrix(travel.seconds, f"{path}.seconds", problem)
        if travel.metres is not None:
            yield from _matrix(travel.metres, f"{path}.metres", problem)
    sizes = {travel.seconds.shape for travel in problem.travel.values()}
    if len(sizes) > 1:
        yield Defect("$.travel", f"the matrices differ in size: {sorted(sizes)}", "give every profile the same places")


def _matrix(matrix: Int32, path: str, problem: Problem) -> Iterator[Defect]:
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        yield Defect(path, f"the matrix has the shape {matrix.shape}", "give a square matrix")
        return
    if problem.places and len(matrix) != len(problem.places):
        yield Defect(path, f"{len(matrix)} rows for {len(problem.places)} places", "give one row and column per place")
    if matrix.size and matrix.min() < UNREACHABLE:
        yield Defect(path, f"the negative number {matrix.min()}", "write -1 for unreachable, otherwise 0 or more")


def _size(problem: Problem) -> int:
    return min((len(travel.seconds) for travel in problem.travel.values()), default=0)


def _officers(problem: Problem) -> Iterator[Defect]:
    yield from _twice((officer.id for officer in problem.officers), "$.officers")
    for i, officer in enumerate(problem.officers):
        path = f"$.officers[{i}]"
        if officer.profile not in problem.travel:
            yield _unknown(f"{path}.profile", officer.profile, problem.travel)
        yield from _no_negative(officer.skills, f"{path}.skills")
        yield from _no_negative({"minutes": officer.history.minutes}, f"{path}.history")
        yield from _twice((shift.id for shift in officer.shifts), f"{path}.shifts")
        for k, shift in enumerate(officer.shifts):
            yield from _shift(problem, shift, f"{path}.shifts[{k}]")
        yield from _overlaps(officer, path)


def _overlaps(officer: Officer, path: str) -> Iterator[Defect]:
    shifts = sorted(officer.shifts, key=lambda shift: shift.start)
    for first, second in pairwise(shifts):
        if second.start < first.end + first.max_overtime:
            problem = f"{first.id} ends at {first.end} (+ {first.max_overtime}), {second.id} starts at {second.start}"
            yield Defect(f"{path}.shifts", problem, "let the shifts of an officer not overlap")


def _shift(problem: Problem, shift: Shift, path: str) -> Iterator[Defect]:
    if shift.profile is not None and shift.profile not in problem.travel:
        yield _unknown(f"{path}.profile", shift.profile, problem.travel)
    if shift.end <= shift.start:
        yield Defect(path, f"ends at {shift.end}, not after its start {shift.start}", "let it end after it starts")
    for name, place in (("from", shift.origin), ("to", shift.destination)):
        yield from _place(place, f"{path}.{name}", problem)
    limits = {"max_overtime": shift.max_overtime, "max_visits": shift.max_visits or 0}
    yield from _no_negative(limits, path)
    yield from _no_negative(shift.capacity, f"{path}.capacity")
    for k, pause in enumerate(shift.breaks):
        yield from _no_negative({"seconds": pause.seconds}, f"{path}.breaks[{k}]")
        earliest, latest = max(pause.earliest, shift.start), min(pause.latest, shift.end + shift.max_overtime)
        if latest - earliest < pause.seconds:
            problem_text = f"{pause.seconds} s do not fit into [{earliest}, {latest}), where window and shift meet"
            yield Defect(f"{path}.breaks[{k}]", problem_text, "widen the window or shorten the break")


def _visits(problem: Problem) -> Iterator[Defect]:
    yield from _twice((visit.id for visit in problem.visits), "$.visits")
    officers = {officer.id for officer in problem.officers}
    for i, visit in enumerate(problem.visits):
        path = f"$.visits[{i}]"
        yield from _times(visit, path)
        yield from _where(visit, path, problem)
        yield from _crew(visit, path)
        named = [("only", visit.only or ()), ("never", visit.never), ("prefer", visit.prefer)]
        for name, ids in named:
            yield from (_unknown(f"{path}.{name}", other, officers) for other in sorted(set(ids) - officers))


def _times(visit: Visit, path: str) -> Iterator[Defect]:
    values = {
        name: getattr(visit, name)
        for name in ("seconds", "weight", "buffer_before", "buffer_after", "setup", "late_weight_per_day")
    }
    yield from _no_negative(values, path)
    yield from _no_negative(visit.load, f"{path}.load")
    for k, window in enumerate(visit.windows):
        if window.end <= window.start:
            problem = f"the window [{window.start}, {window.end}) is empty or inverted"
            yield Defect(f"{path}.windows[{k}]", problem, "let it end after it starts; a fixed time t is [t, t+1]")


def _where(visit: Visit, path: str, problem: Problem) -> Iterator[Defect]:
    if visit.remote and visit.place is not None:
        yield Defect(f"{path}.place", f"{visit.place}, but the visit is remote", "remove the place or remote")
    elif not visit.remote and visit.place is None:
        yield Defect(f"{path}.place", "the field is missing", "name a place, or say remote: true")
    elif visit.place is not None:
        yield from _place(visit.place, f"{path}.place", problem)


def _crew(visit: Visit, path: str) -> Iterator[Defect]:
    if not visit.crew:
        yield Defect(f"{path}.crew", "nobody is needed", "give one entry per officer, {} for any officer")
    for k, needs in enumerate(visit.crew):
        yield from _no_negative(needs, f"{path}.crew[{k}]")


def _objective(problem: Problem) -> Iterator[Defect]:
    terms = [term for group in problem.objective for term in group]
    if not terms:
        yield Defect("$.objective", "there is no objective", "write e.g. [['served'], ['travel']]")
    for i, group in enumerate(problem.objective):
        for k, term in enumerate(group):
            if term not in TERMS:
                yield _unknown(f"$.objective[{i}][{k}]", term, TERMS)
    yield from _twice(iter(terms), "$.objective")
    stability = problem.stability
    values = {
        "per_change": stability.per_change,
        "tolerance": stability.tolerance,
        "max_changes": stability.max_changes or 0,
    }
    yield from _no_negative(values, "$.stability")
    yield from _no_negative({"per_minute": problem.fairness_per_minute}, "$.fairness")


def _base(problem: Problem) -> Iterator[Defect]:
    yield from _twice((f"{r.officer} {r.shift}" for r in problem.base), "$.base.routes")
    for i, route in enumerate(problem.base):
        path = f"$.base.routes[{i}]"
        duty = problem.duty_by_id.get((route.officer, route.shift))
        if duty is None:
            yield Defect(path, f"{route.officer} has no shift {route.shift}", "name an officer and one of their shifts")
            continue
        for k, stop in enumerate(route.stops):
            if isinstance(stop, BreakStop):
                if not 0 <= stop.index < len(duty[1].breaks):
                    yield Defect(
                        f"{path}.stops[{k}].break",
                        f"{stop.index} is no break",
                        "number the shift's breaks from 0",
                    )
            elif stop.visit not in problem.visit_by_id:
                yield _unknown(f"{path}.stops[{k}].visit", stop.visit, problem.visit_by_id)


def _pins(problem: Problem) -> Iterator[Defect]:
    yield from _twice((pin.visit for pin in problem.pins), "$.pins")
    officers = {officer.id for officer in problem.officers}
    for i, pin in enumerate(problem.pins):
        path = f"$.pins[{i}]"
        visit = problem.visit_by_id.get(pin.visit)
        if visit is None:
            yield _unknown(f"{path}.visit", pin.visit, problem.visit_by_id)
            continue
        if pin.officers is not None:
            yield from (_unknown(f"{path}.officers", name, officers) for name in sorted(set(pin.officers) - officers))
            yield from _pinned_crew(visit, pin.officers, path)
        if pin.after is not None and pin.after not in problem.visit_by_id:
            yield _unknown(f"{path}.after", pin.after, problem.visit_by_id)
        if pin.start is not None and visit.windows and not any(w.start <= pin.start < w.end for w in visit.windows):
            yield Defect(
                f"{path}.start",
                f"{pin.start} is in none of the visit's windows",
                "move the pin or the window",
            )
    yield from _circles(problem)


def _pinned_crew(visit: Visit, officers: tuple[str, ...], path: str) -> Iterator[Defect]:
    if len(set(officers)) != len(visit.crew):
        problem = f"{len(set(officers))} officers for a crew of {len(visit.crew)}"
        yield Defect(f"{path}.officers", problem, "pin as many officers as the crew has")
    barred = set(officers) & visit.never | (set(officers) - visit.only if visit.only is not None else set())
    if barred:
        yield Defect(
            f"{path}.officers",
            f"{sorted(barred)[0]} may not do the visit (only, never)",
            "correct one of them",
        )


def _circles(problem: Problem) -> Iterator[Defect]:
    after = {pin.visit: pin.after for pin in problem.pins if pin.after is not None}
    for i, pin in enumerate(problem.pins):
        seen, at = {pin.visit}, after.get(pin.visit)
        while at is not None and at not in seen:
            seen.add(at)
            at = after.get(at)
        if at == pin.visit:
            yield Defect(f"$.pins[{i}].after", f"{pin.visit} would come after itself", "break the circle")


def _place(place: int, path: str, problem: Problem) -> Iterator[Defect]:
    if not 0 <= place < _size(problem):
        yield Defect(path, f"{place} is no place", f"stay within 0 to {_size(problem) - 1}")


def _no_negative(values: Mapping[str, int], path: str) -> Iterator[Defect]:
    for name, value in values.items():
        if value < 0:
            yield Defect(f"{path}.{name}", f"the negative number {value}", "write 0 or more")


def _twice(ids: Iterable[str], path: str) -> Iterator[Defect]:
    for name, count in Counter(ids).items():
        if count > 1:
            yield Defect(path, f"{name} stands {count} times", "keep one of them")


def _unknown(path: str, name: str, known: Iterable[str]) -> Defect:
    names = sorted(known)
    listed = ", ".join(names[:5]) + (", ..." if len(names) > 5 else "")
    return Defect(path, f"{name} is unknown", f"use one of: {listed}" if names else "define it first")


def demand_sound(problem: Problem) -> None:
    """Raise Defective unless the problem has no defects."""
    found = defects(problem)
    if found:
        raise Defective(found)
