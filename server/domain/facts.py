"""Facts that stand against promises, and the repairs they call for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from server.domain.ids import encode
from server.domain.spans import Span


@dataclass(frozen=True, slots=True)
class Absence:
    """Time in which an officer (by code) is not available; `kind` is e.g. "sick"."""

    id: int
    officer: str
    span: Span
    kind: str

    @property
    def name(self) -> str:
        """The resource name."""
        return f"absences/{encode(self.id)}"


class RepairState(Enum):
    """Where a repair stands."""

    OPEN = "OPEN"
    RESOLVED = "RESOLVED"


@dataclass(frozen=True, slots=True)
class Repair:
    """A promise that lost its time: somebody (`owner`) has to act before `deadline`."""

    id: int
    cause: str
    booking: int
    officer: str
    owner: str
    deadline: datetime
    state: RepairState
    created: datetime
    resolution: str = ""

    @property
    def name(self) -> str:
        """The resource name."""
        return f"repairs/{encode(self.id)}"


@dataclass(frozen=True, slots=True)
class AbsenceOutcome:
    """What an absence did: repairs it opened, visits without a booking that went back to OPEN."""

    absence: Absence
    repairs: tuple[Repair, ...]
    reopened_visits: tuple[int, ...]
