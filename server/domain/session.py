"""Sessions: periods opened by a block booking. A session is a stop of its officers, and itself a resource with seats."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import Enum

from server.domain.errors import InvalidField
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
    """A period in which a service can be booked, `seats` at a time. `id` is that of the resource, `officers` are codes.

    At `release` (None: never) what nobody has booked is given back to officers and room.
    """

    id: int
    service: str
    day: date
    span: Span
    seats: int
    officers: tuple[str, ...]
    location: str = ""
    state: SessionState = SessionState.OPEN
    version: int = 1
    block: int = 0
    release: datetime | None = None

    def __post_init__(self) -> None:
        if self.seats < 1:
            raise InvalidField.of("block.seats", f"{self.seats} is too few: a session has at least one")

    def closed(self, state: SessionState) -> Session:
        """Return it as it ends: it takes no bookings, and there is nothing to release any more."""
        return replace(self, state=state, release=None, version=self.version + 1)

    def trimmed(self, span: Span) -> Session:
        """Return it released but for `span`, where its bookings are."""
        return replace(self, span=span, release=None, version=self.version + 1)

    @property
    def name(self) -> str:
        """The resource name."""
        return f"sessions/{encode(self.id)}"

    @property
    def key(self) -> tuple[date, int]:
        """What its day is locked by."""
        return self.day, self.id
