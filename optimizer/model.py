"""The words of the optimizer: a problem, and a plan for it.

All times are integer seconds from one epoch of the caller's choice, lengths are metres, places are indexes
into the travel matrices, ranges are half-open. Nothing here knows a time zone, a database or a solver.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Int32: TypeAlias = npt.NDArray[np.int32]
UNREACHABLE = -1


@dataclass(frozen=True, slots=True)
class Window:
    """Half-open bounds of the start of work; a fixed time t is [t, t + 1)."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Break:
    """A rest of `seconds`, wholly inside [earliest, latest)."""

    earliest: int
    latest: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Shift:
    """One working period; the officer leaves `origin` at `start` at the earliest and is at `destination` by `end`."""

    id: str
    start: int
    end: int
    origin: int
    destination: int
    profile: str | None = None
    breaks: tuple[Break, ...] = ()
    max_visits: int | None = None
    capacity: Mapping[str, int] = field(default_factory=dict)
    max_overtime: int = 0


@dataclass(frozen=True, slots=True)
class History:
    """What the officer has worked so far in the period over which fairness is measured."""

    minutes: int = 0
    travel_minutes: int = 0


@dataclass(frozen=True, slots=True)
class Officer:
    """Skills map a name to a level; a level above the one needed serves too."""

    id: str
    profile: str
    shifts: tuple[Shift, ...]
    skills: Mapping[str, int] = field(default_factory=dict)
    history: History = History()

    def lacks(self, needs: Mapping[str, int]) -> dict[str, int]:
        """Return the needed skills, with their levels, that this officer does not have."""
        return {skill: level for skill, level in needs.items() if self.skills.get(skill, 0) < level}


@dataclass(frozen=True, slots=True)
class Visit:
    """One unit of demand; `place` is None for remote work; no windows means any time of a shift."""

    id: str
    seconds: int
    place: int | None = None
    windows: tuple[Window, ...] = ()
    crew: tuple[Mapping[str, int], ...] = ({},)
    weight: int = 1
    mandatory: bool = False
    due: int | None = None
    late_weight_per_day: int = 0
    only: frozenset[str] | None = None
    never: frozenset[str] = frozenset()
    prefer: Mapping[str, int] = field(default_factory=dict)
    buffer_before: int = 0
    buffer_after: int = 0
    load: Mapping[str, int] = field(default_factory=dict)
    remote: bool = False
    setup: int = 0
    setup_group: str | None = None


@dataclass(frozen=True, slots=True)
class Pin:
    """What may not change about a visit, which must be served: crew, start, or that it is later on the route of `after`."""

    visit: str
    officers: tuple[str, ...] | None = None
    start: int | None = None
    after: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Travel:
    """Square matrices of one travel profile, row = from; -1 means unreachable."""

    seconds: Int32
    metres: Int32 | None = None


@dataclass(frozen=True, slots=True)
class Stability:
    """What a change of `base` costs in seconds, which shift of a start is none, and how many changes are allowed."""

    per_change: int = 0
    tolerance: int = 0
    max_changes: int | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A point for maps, in degrees; no calculation uses it."""

    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class Stop:
    """A visit on a route: `end` is the end of work, before buffer_after."""

    visit: str
    arrive: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class BreakStop:
    """A break taken; `index` counts in the shift's list of breaks."""

    index: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Route:
    officer: str
    shift: str
    stops: tuple[Stop | BreakStop, ...]


class Why(StrEnum):
    """Why a visit is left out, as PROBLEM_FORMAT defines the classes."""

    NO_SKILL = "NO_SKILL"
    NO_ROAD = "NO_ROAD"
    NO_TIME = "NO_TIME"
    NO_CAPACITY = "NO_CAPACITY"
    OUTRANKED = "OUTRANKED"
    CHANGES_EXHAUSTED = "CHANGES_EXHAUSTED"
    NOT_FOUND = "NOT_FOUND"


@dataclass(frozen=True, slots=True)
class Reason:
    """Which rule keeps the visit from this officer, and by how much (seconds, levels or units of the rule)."""

    officer: str
    rule: str
    needs: str
    has: str
    margin: int


@dataclass(frozen=True, slots=True)
class Relaxation:
    """The smallest change of one rule that would let the visit in, the other stops keeping officer and order."""

    rule: str
    officer: str
    seconds: int


@dataclass(frozen=True, slots=True)
class Unassigned:
    visit: str
    why: Why
    reasons: tuple[Reason, ...] = ()
    smallest_relaxation: Relaxation | None = None


@dataclass(frozen=True, slots=True)
class Cost:
    """What a plan costs, term by term; `mandatory_lost` is the part of lost_weight that must not be lost."""

    mandatory_lost: int = 0
    lost_weight: int = 0
    late: int = 0
    travel_seconds: int = 0
    travel_metres: int = 0
    overtime_seconds: int = 0
    prefer: int = 0
    changes: int = 0
    fairness: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    routes: tuple[Route, ...]
    unassigned: tuple[Unassigned, ...] = ()
    cost: Cost = Cost()
    problem_hash: str = ""
    engine: str = ""
    build: str = ""
    seed: int = 1
    iterations: int = 0
    bound: Any = None

    def served(self) -> set[str]:
        """Return the ids of the visits on any route."""
        return {stop.visit for route in self.routes for stop in route.stops if isinstance(stop, Stop)}


TERMS = ("served", "late", "travel", "overtime", "prefer", "changes", "fairness")


@dataclass(frozen=True, eq=False)
class Problem:
    """Everything a plan depends on; construct freely, then ask validate.defects."""

    officers: tuple[Officer, ...]
    visits: tuple[Visit, ...]
    travel: Mapping[str, Travel]
    name: str = ""
    places: tuple[Place, ...] = ()
    base: tuple[Route, ...] = ()
    pins: tuple[Pin, ...] = ()
    freeze_until: int | None = None
    objective: tuple[tuple[str, ...], ...] = (("served",), ("travel",))
    stability: Stability = Stability()
    fairness_per_minute: int = 0

    def duties(self) -> Iterator[tuple[Officer, Shift]]:
        """Yield every officer with each shift, in the order in which shifts are numbered everywhere."""
        return ((officer, shift) for officer in self.officers for shift in officer.shifts)

    def legs(self, officer: Officer, shift: Shift) -> Travel:
        """Return the travel matrices that this officer uses on this shift."""
        return self.travel[shift.profile or officer.profile]

    @cached_property
    def visit_by_id(self) -> dict[str, Visit]:
        return {visit.id: visit for visit in self.visits}

    @cached_property
    def duty_by_id(self) -> dict[tuple[str, str], tuple[Officer, Shift]]:
        return {(officer.id, shift.id): (officer, shift) for officer, shift in self.duties()}


@dataclass(frozen=True, slots=True)
class Breach:
    """One rule that a plan breaks; `margin` says by how much, in seconds, levels or units of the rule."""

    rule: str
    visit: str | None
    officer: str | None
    needs: str
    has: str
    margin: int = 0
