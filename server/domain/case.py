"""Cases: matters that other systems own. We hold their reference, type and state, and what prepares the officer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from server.domain.errors import CaseClosed, InvalidField
from server.domain.ids import encode
from server.domain.organisation import CaseRef
from server.domain.versioned import Versioned

LARGEST_BRIEF_BYTES = 4096


class CaseState(Enum):
    """Whether work is still done for it."""

    OPEN = "OPEN"
    CLOSED = "CLOSED"


@dataclass(frozen=True, slots=True)
class CaseDocument:
    """A document that the owning system keeps: its id and title there, and where it can be opened."""

    id: str
    title: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Case(Versioned):
    """A matter. The `brief` is label -> text, in the owner's order; at most 4 KB."""

    id: int
    reference: CaseRef
    kind: str
    state: CaseState
    title: str = ""
    brief: tuple[tuple[str, str], ...] = ()
    documents: tuple[CaseDocument, ...] = ()
    version: int = 1

    def __post_init__(self) -> None:
        size = sum(len(label.encode()) + len(text.encode()) for label, text in self.brief)
        if size > LARGEST_BRIEF_BYTES:
            raise InvalidField.of(
                "case.brief", f"has {size} bytes: shorten it to {LARGEST_BRIEF_BYTES}, and link documents for the rest"
            )

    @property
    def name(self) -> str:
        """The resource name."""
        return f"cases/{encode(self.id)}"

    def must_be_open(self) -> None:
        """Refuse new bookings of a case that is closed."""
        if self.state is CaseState.CLOSED:
            reference = self.reference
            raise CaseClosed(
                f"case {reference.external_id!r} of {reference.system} is closed: reopen it there, or let staff set "
                "allow_closed_case",
                case=self.name,
                system=reference.system,
                external_id=reference.external_id,
            )

    def without_preparation(self) -> Case:
        """Return it for those who are not to read the brief and the documents."""
        return replace(self, brief=(), documents=())


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """Which cases; None and empty mean all."""

    reference: CaseRef | None = None
    system: str = ""
    state: CaseState | None = None
