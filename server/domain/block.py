"""Block bookings: periods that are reserved in bulk, officers and a room together, for a service to be booked inside."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum

from server.domain import local_time
from server.domain.booking import Customer
from server.domain.ids import encode
from server.domain.organisation import CaseRef
from server.domain.recurrence import Pattern, moment_of
from server.domain.series import ClashPolicy
from server.domain.spans import Span
from server.domain.versioned import Versioned


class BlockState(Enum):
    """Whether a block goes on."""

    ACTIVE = "ACTIVE"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True, slots=True)
class Block(Versioned):
    """A block. Each session lasts `minutes` of local time; `officers` and `room` are codes, empty: found, or none.

    With `customer` it is allocated: each session becomes one booking that holds it whole. `release_before_hours` 0: what
    nobody books stays reserved.
    """

    id: int
    service: str
    pattern: Pattern
    minutes: int
    seats: int
    policy: ClashPolicy
    creator: str
    created: datetime
    location: str = ""
    officers: tuple[str, ...] = ()
    room: str = ""
    release_before_hours: int = 0
    case: CaseRef | None = None
    customer: Customer | None = None
    note: str = ""
    state: BlockState = BlockState.ACTIVE
    cancel_reason: str = ""
    version: int = 1

    @property
    def name(self) -> str:
        """The resource name."""
        return f"blocks/{encode(self.id)}"

    def spans(self) -> list[Span]:
        """Return the time of every session, in order."""
        zone = local_time.zone(self.pattern.zone)
        spans = []
        for start in self.pattern.occurrences():
            local = start.astimezone(zone).replace(tzinfo=None, fold=0) + timedelta(minutes=self.minutes)
            spans.append(Span(start, max(moment_of(local, zone), start + timedelta(minutes=1))))
        return spans

    def cancelled(self, reason: str) -> Block:
        """Return it as it ended."""
        return replace(self, state=BlockState.CANCELLED, cancel_reason=reason, version=self.version + 1)
