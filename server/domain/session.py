"""Sessions: periods opened by a block booking. A session is a stop of its officers, and itself a resource with seats."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum

from server.domain.ids import encode
from server.domain.spans import Span
from server.domain.versioned import Versioned


class SessionState(Enum):
    """Where a session stands: only an OPEN one takes bookings."""

    OPEN = "OPEN"
    CLOSED = "CLOSED"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True, slots=True)
class Session(Versioned):
    """A period in which a service can be booked, `seats` at a time. `id` is that of the resource, `officers` are codes."""

    id: int
    service: str
    day: date
    span: Span
    seats: int
    officers: tuple[str, ...]
    location: str = ""
    state: SessionState = SessionState.OPEN
    version: int = 1

    @property
    def name(self) -> str:
        """The resource name."""
        return f"sessions/{encode(self.id)}"

    @property
    def key(self) -> tuple[date, int]:
        """What its day is locked by."""
        return self.day, self.id
