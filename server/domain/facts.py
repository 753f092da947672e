"""Facts that stand against promises, and the repairs they call for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from server.domain.errors import InvalidField
from server.domain.ids import encode
from server.domain.opening import Subject, SubjectKind
from server.domain.spans import Span
from server.domain.versioned import Versioned


class FactKind(Enum):
    """What sort of fact it is."""

    ABSENCE = "absence"
    CLOSURE = "closure"
    EXTERNAL_BUSY = "external-busy"
    OUT_OF_SERVICE = "out-of-service"


_OF = {FactKind.ABSENCE: SubjectKind.OFFICER, FactKind.OUT_OF_SERVICE: SubjectKind.RESOURCE}


@dataclass(frozen=True, slots=True)
class RecordedFact(Versioned):
    """Time in which somebody or something is not to be had, whoever was promised it. `label` says what sort, e.g. "sick".

    One that another system owns has that system's short name as `source`, and its id there.
    """

    id: int
    subject: Subject
    kind: FactKind
    span: Span
    label: str = ""
    source: str = ""
    external_id: str = ""
    creator: str = ""
    created: datetime | None = None
    version: int = 1

    def __post_init__(self) -> None:
        needed = _OF.get(self.kind, self.subject.kind)
        if needed is not self.subject.kind:
            raise InvalidField.of("fact.subject", f"{self.subject} does not go with {self.kind.value}: name one of its sort")
        if bool(self.source) != bool(self.external_id):
            raise InvalidField.of(
                "fact.external_id", f"source {self.source!r} and external_id {self.external_id!r} go together: give both"
            )

    @property
    def name(self) -> str:
        """The resource name."""
        return f"facts/{encode(self.id)}"

    @property
    def cause(self) -> str:
        """Why promises lose their time, in words."""
        return f"{self.kind.value}: {self.label}" if self.label else self.kind.value


@dataclass(frozen=True, slots=True)
class Overlay:
    """What a fact, or the opening rules (`fact` 0), close of one resource's time."""

    id: int
    resource: int
    span: Span
    kind: str
    fact: int = 0


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
    """A promise that lost its time: somebody (`owner`) has to act before `deadline`, or it is `escalated`.

    The time lost is an officer's, or that of a room or of equipment (`resource`): codes, one of them empty.
    """

    id: int
    cause: str
    booking: int
    officer: str
    owner: str
    deadline: datetime
    state: RepairState
    created: datetime
    resolution: str = ""
    resource: str = ""
    escalated: datetime | None = None

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


@dataclass(frozen=True, slots=True)
class FactOutcome:
    """What a fact about one officer or resource did; that about many is told by the list of repairs."""

    fact: RecordedFact
    repairs: tuple[Repair, ...] = ()
    reopened_visits: tuple[int, ...] = ()
