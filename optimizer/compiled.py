"""A problem compiled for search: rules turned into primitives, primitives into plain lists.

Pure Python on short routes is faster with lists of int than with arrays, so matrices become lists here.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from optimizer.cost import lateness
from optimizer.model import UNREACHABLE, Break, Officer, Problem, Shift, Stop, Travel
from optimizer.rules import RULES
from optimizer.rules.primitives import (
    Bonus,
    Capacity,
    Forbidden,
    Later,
    Primitive,
    Required,
    Rest,
    Setup,
    Starts,
    Synchronised,
)

NEVER = 1 << 60
NO_ROAD = 1 << 56
REMOTE = -1
ANY_TIME = ((-NEVER, NEVER),)
Windows = tuple[tuple[int, int], ...]


@dataclass(slots=True)
class Duty:
    """One officer-shift: `end` includes the overtime allowed, `legs` has NO_ROAD where none leads."""

    officer: int
    start: int
    end: int
    paid_end: int
    origin: int
    destination: int
    legs: list[list[int]]
    rests: list[tuple[int, Break]]
    limits: list[Capacity] = field(default_factory=list)


@dataclass(slots=True)
class Task:
    """One visit: `shifts[m]` are the duties that crew member m may be taken from."""

    place: int
    work: int
    before: int
    after: int
    weight: int
    shifts: list[set[int]]
    windows: Windows = ANY_TIME
    setup: int = 0
    group: str | None = None
    crew: int = 1
    required: bool = False
    bonus: dict[int, int] = field(default_factory=dict)
    after_visits: list[int] = field(default_factory=list)
    before_visits: list[int] = field(default_factory=list)

    def preparation(self, group_before: str | None) -> int:
        """Seconds between arrival and start, given the setup group of the visit before."""
        shared = self.group is not None and self.group == group_before
        return self.before if shared else self.before + self.setup


@dataclass(slots=True)
class Compiled:
    """The whole problem; `base[visit]` maps the duties that serve it in the published plan to its start there.

    `reached` remembers which places roads lead to, per matrix, place and direction: see relaxation.reachable.
    """

    problem: Problem
    duties: list[Duty]
    tasks: list[Task]
    forbidden_by_visit: dict[int, list[Forbidden]]
    base: dict[int, dict[int, int]]
    reached: dict[tuple[int, int, bool], set[int]] = field(default_factory=dict)

    def late(self, visit: int, start: int) -> int:
        """Weight lost by starting the visit then."""
        return lateness(self.problem.visits[visit], start)


def primitives(problem: Problem) -> Iterator[Primitive]:
    """Yield what all rules that apply compile to."""
    for rule in RULES:
        if rule.applies(problem):
            yield from rule.compile(problem)


def compile_problem(problem: Problem) -> Compiled:
    """Return the problem as the search sees it; the problem has no defects."""
    duties = _duties(problem)
    everyone = set(range(len(duties)))
    tasks = [
        Task(
            place=REMOTE if visit.place is None else visit.place,
            work=visit.seconds,
            before=visit.buffer_before,
            after=visit.buffer_after,
            weight=visit.weight,
            shifts=[set(everyone) for _ in visit.crew],
        )
        for visit in problem.visits
    ]
    compiled = Compiled(problem, duties, tasks, {}, _base(problem))
    for primitive in primitives(problem):
        _add(compiled, primitive)
    for duty in duties:
        duty.rests.sort(key=lambda rest: (rest[1].earliest, rest[1].latest))
    return compiled


def _base(problem: Problem) -> dict[int, dict[int, int]]:
    index = {visit.id: v for v, visit in enumerate(problem.visits)}
    number = {(officer.id, shift.id): s for s, (officer, shift) in enumerate(problem.duties())}
    stops: dict[int, dict[int, int]] = {}
    for route in problem.base:
        for stop in route.stops:
            if isinstance(stop, Stop):
                stops.setdefault(index[stop.visit], {})[number[route.officer, route.shift]] = stop.start
    return stops


def _duties(problem: Problem) -> list[Duty]:
    number = {officer.id: i for i, officer in enumerate(problem.officers)}
    legs = {profile: _legs(travel) for profile, travel in problem.travel.items()}
    return [_duty(number[o.id], o, shift, legs) for o, shift in problem.duties()]


def _duty(number: int, officer: Officer, shift: Shift, legs: dict[str, list[list[int]]]) -> Duty:
    return Duty(
        officer=number,
        start=shift.start,
        end=shift.end + shift.max_overtime,
        paid_end=shift.end,
        origin=shift.origin,
        destination=shift.destination,
        legs=legs[shift.profile or officer.profile],
        rests=[],
    )


def _legs(travel: Travel) -> list[list[int]]:
    rows: list[list[int]] = travel.seconds.tolist()
    for i, row in enumerate(rows):
        if min(row) < 0:
            rows[i] = [NO_ROAD if seconds == UNREACHABLE else seconds for seconds in row]
        rows[i][i] = 0
    return rows


def _add(compiled: Compiled, primitive: Primitive) -> None:
    tasks = compiled.tasks
    match primitive:
        case Forbidden(visit, member, shift):
            tasks[visit].shifts[member].discard(shift)
            compiled.forbidden_by_visit.setdefault(visit, []).append(primitive)
        case Starts(visit, windows):
            tasks[visit].windows = intersection(tasks[visit].windows, windows)
        case Bonus(visit, shift, seconds):
            tasks[visit].bonus[shift] = seconds
        case Capacity(shift):
            compiled.duties[shift].limits.append(primitive)
        case Later(visit, after):
            tasks[visit].after_visits.append(after)
            tasks[after].before_visits.append(visit)
        case Setup(visit, seconds, group):
            tasks[visit].setup, tasks[visit].group = seconds, group
        case Synchronised(visit, members):
            tasks[visit].crew = members
        case Required(visit):
            tasks[visit].required = True
        case Rest(shift, index, bounds):
            _rest(compiled.duties[shift], index, bounds)


def _rest(duty: Duty, index: int, bounds: Break) -> None:
    """Add a break, or narrow the one with that index."""
    for i, (other, wider) in enumerate(duty.rests):
        if other == index:
            earliest, latest = max(wider.earliest, bounds.earliest), min(wider.latest, bounds.latest)
            duty.rests[i] = (index, Break(earliest, latest, wider.seconds))
            return
    duty.rests.append((index, bounds))


def intersection(one: Windows, two: Windows) -> Windows:
    """Return the sorted, disjoint common part of two unions of half-open ranges."""
    parts = sorted((max(a, c), min(b, d)) for a, b in one for c, d in two if max(a, c) < min(b, d))
    merged: list[tuple[int, int]] = []
    for start, end in parts:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)
