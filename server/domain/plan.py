"""Plans: proposals of routes for a team and a date."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import Enum

from server.domain.errors import PlanState
from server.domain.ids import encode
from server.domain.route import Route
from server.domain.versioned import Versioned


class State(Enum):
    """Where a plan stands."""

    DRAFT = "DRAFT"
    CHECKED = "CHECKED"
    REJECTED = "REJECTED"
    PUBLISHED = "PUBLISHED"
    SUPERSEDED = "SUPERSEDED"
    DISCARDED = "DISCARDED"


MOVES: dict[State, frozenset[State]] = {
    State.DRAFT: frozenset({State.CHECKED, State.REJECTED, State.DISCARDED}),
    State.CHECKED: frozenset({State.PUBLISHED, State.REJECTED, State.DISCARDED}),
    State.REJECTED: frozenset({State.CHECKED, State.DISCARDED}),
    State.PUBLISHED: frozenset({State.SUPERSEDED}),
    State.SUPERSEDED: frozenset(),
    State.DISCARDED: frozenset(),
}


@dataclass(frozen=True, slots=True)
class Figures:
    """What a plan achieves; a visit of two officers counts once; travel counts every leg, ways home included."""

    served_visits: int
    served_weight: int
    lost_visits: int
    lost_weight: int
    travel_seconds: int
    travel_metres: int


@dataclass(frozen=True, slots=True)
class PlannedStop:
    """A stop of a planned route: a visit, or (visit 0) a break or hold that has an occupancy row already.

    `start` and `end` bound the work, seconds from the start of the day's span.
    """

    visit: int
    start: int
    end: int
    occupancy: int = 0


@dataclass(frozen=True, slots=True)
class PlannedRoute:
    """A planned route of one officer-day, and the sequence number that the day had when the plan read it."""

    officer: int
    officer_code: str
    seq: int
    stops: tuple[PlannedStop, ...]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why one officer does not have a visit; `margin` is in the rule's unit."""

    officer: str
    rule: str
    needs: str
    has: str
    margin: int


@dataclass(frozen=True, slots=True)
class Unassigned:
    """A visit that a plan leaves out. `cls` is one of the optimizer's classes, e.g. "OUTRANKED"."""

    visit: int
    premises_name: str
    weight: int
    cls: str
    reasons: tuple[Reason, ...]
    smallest_relaxation: str


@dataclass(frozen=True, slots=True)
class Plan(Versioned):
    """A proposal. `visits` are all visits that it decided about (routes and unassigned)."""

    id: int
    team: str
    day: date
    state: State
    created: datetime
    figures: Figures
    first_come: Figures
    common_travel_seconds: int
    first_come_common_travel_seconds: int
    problem_hash: str
    engine: str
    seed: int
    travel_source: str
    routes: tuple[PlannedRoute, ...] = ()
    unassigned: tuple[Unassigned, ...] = ()
    breaches: tuple[str, ...] = ()
    published: datetime | None = None
    version: int = 1

    @property
    def name(self) -> str:
        """The resource name."""
        return f"plans/{encode(self.id)}"

    def to(self, target: State) -> Plan:
        """Return this plan in state `target`, or refuse."""
        if target not in MOVES[self.state]:
            raise PlanState(
                f"{self.name} is {self.state.value} and cannot become {target.value}",
                plan=self.name,
                from_state=self.state.value,
                to_state=target.value,
            )
        return replace(self, state=target, version=self.version + 1)


@dataclass(frozen=True, slots=True)
class PlanView:
    """A plan with its routes as people read them."""

    plan: Plan
    routes: tuple[Route, ...]


@dataclass(frozen=True, slots=True)
class Published:
    """What publishing did: officer codes by how their day fared."""

    plan: Plan
    published: tuple[str, ...]
    reconciled: tuple[str, ...]
    unchanged: tuple[str, ...]
