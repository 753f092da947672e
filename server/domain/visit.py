"""Visits: units of field demand, booked or due."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import Enum

from server.domain.errors import IllegalTransition
from server.domain.ids import encode
from server.domain.organisation import CaseRef
from server.domain.outcome import Outcome
from server.domain.versioned import Versioned


class VisitState(Enum):
    """Where a visit stands."""

    OPEN = "OPEN"
    PLANNED = "PLANNED"
    IN_PROGRESS = "IN_PROGRESS"
    DONE = "DONE"
    NO_ACCESS = "NO_ACCESS"
    WITHDRAWN = "WITHDRAWN"


MOVES: dict[VisitState, frozenset[VisitState]] = {
    VisitState.OPEN: frozenset({VisitState.PLANNED, VisitState.WITHDRAWN}),
    VisitState.PLANNED: frozenset({VisitState.OPEN, VisitState.IN_PROGRESS, VisitState.WITHDRAWN}),
    VisitState.IN_PROGRESS: frozenset({VisitState.DONE, VisitState.NO_ACCESS, VisitState.WITHDRAWN}),
    VisitState.DONE: frozenset(),
    VisitState.NO_ACCESS: frozenset(),
    VisitState.WITHDRAWN: frozenset(),
}


@dataclass(frozen=True, slots=True)
class Visit(Versioned):
    """One unit of field demand. `booking` is 0 for a due inspection; `version` counts its changes.

    `duration_minutes` 0 means the service's own; `priority` is its level in the matrix, empty for none. `displaced_by` is
    the emergency visit that pushed it back to OPEN, until it is planned again. `case_closed` is read with it, never written.
    """

    id: int
    service: str
    premises: int
    team: str
    weight: int
    state: VisitState
    created: datetime
    due: date | None = None
    case: CaseRef | None = None
    booking: int = 0
    version: int = 1
    duration_minutes: int = 0
    priority: str = ""
    displaced_by: int = 0
    case_closed: bool = False

    @property
    def name(self) -> str:
        """The resource name."""
        return f"visits/{encode(self.id)}"

    def to(self, target: VisitState) -> Visit:
        """Return this visit in state `target`, or refuse."""
        if target not in MOVES[self.state]:
            raise IllegalTransition(
                f"a visit that is {self.state.value} cannot become {target.value}",
                visit=self.name,
                from_state=self.state.value,
                to_state=target.value,
            )
        return replace(self, state=target, version=self.version + 1, displaced_by=0)

    def ended(self, target: VisitState) -> Visit:
        """Return this visit ended as DONE or NO_ACCESS, or refuse; that it began may not have been recorded."""
        begun = self.to(VisitState.IN_PROGRESS) if self.state is VisitState.PLANNED else self
        return replace(begun.to(target), version=self.version + 1)

    def corrected(self, target: VisitState) -> Visit:
        """Return this visit, which is over, with the end that is right."""
        return replace(self, state=target, version=self.version + 1)


@dataclass(frozen=True, slots=True)
class VisitView:
    """A visit with where it stands in the plan just now."""

    visit: Visit
    officers: tuple[str, ...] = ()
    planned_start: datetime | None = None
    outcome: Outcome | None = None
