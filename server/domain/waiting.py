"""The waiting list: who would take a time that comes free, and what is kept for them meanwhile."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, time
from enum import Enum
from zoneinfo import ZoneInfo

from server.domain.booking import Customer
from server.domain.caller import Role
from server.domain.errors import IllegalTransition, InvalidField
from server.domain.ids import encode
from server.domain.organisation import CaseRef
from server.domain.priority import Rating
from server.domain.spans import Span
from server.domain.versioned import Versioned

EVERY_DAY = frozenset(range(1, 8))


class WaitingState(Enum):
    """Where an entry stands."""

    WAITING = "WAITING"
    OFFERED = "OFFERED"
    BOOKED = "BOOKED"
    EXPIRED = "EXPIRED"
    WITHDRAWN = "WITHDRAWN"


_S = WaitingState
MOVES: dict[WaitingState, frozenset[WaitingState]] = {
    _S.WAITING: frozenset({_S.OFFERED, _S.EXPIRED, _S.WITHDRAWN}),
    _S.OFFERED: frozenset({_S.BOOKED, _S.EXPIRED, _S.WITHDRAWN}),
    _S.BOOKED: frozenset(),
    _S.EXPIRED: frozenset(),
    _S.WITHDRAWN: frozenset(),
}


@dataclass(frozen=True, slots=True)
class Wish:
    """When somebody could come: starts inside `span`, on these weekdays (ISO), from `first` until before `last`.

    Weekdays and times are local to where it is done; no times: all day.
    """

    span: Span
    weekdays: frozenset[int] = EVERY_DAY
    first: time | None = None
    last: time | None = None

    def __post_init__(self) -> None:
        if not self.weekdays or not self.weekdays <= EVERY_DAY:
            raise InvalidField.of("waiting_entry.weekdays", f"{sorted(self.weekdays)}: at least one of 1 to 7")
        if self.first and self.last and not self.first < self.last:
            raise InvalidField.of(
                "waiting_entry.until_time", f"{self.last} is not after from_time {self.first}: no start lies between them"
            )

    def likes(self, start: datetime, zone: ZoneInfo) -> bool:
        """Tell whether a promise that begins at `start` would do."""
        local = start.astimezone(zone)
        at = local.time()
        in_time = (self.first is None or self.first <= at) and (self.last is None or at < self.last)
        return start in self.span and local.isoweekday() in self.weekdays and in_time


@dataclass(frozen=True, slots=True)
class Kept:
    """What is offered: the hold (id) that keeps it, its promise, and until when it is kept."""

    hold: int
    promise: Span
    expires: datetime


@dataclass(frozen=True, slots=True)
class WaitingEntry(Versioned):
    """Somebody who waits. `creator` and `role` are the principal who put them there: offers are what that one could book.

    `premises`, `location`, `duration_minutes` as in a slot's choice; weekdays and times of the wish are local to `zone`.
    `offers` counts those made so far.
    """

    id: int
    service: str
    premises: int
    location: str
    duration_minutes: int
    wish: Wish
    zone: str
    customer: Customer
    weight: int
    state: WaitingState
    creator: str
    role: Role
    created: datetime
    case: CaseRef | None = None
    note: str = ""
    purpose: str = ""
    offer: Kept | None = None
    offers: int = 0
    booking: int = 0
    version: int = 1

    @property
    def name(self) -> str:
        """The resource name; also the principal in whose name its offer is held."""
        return f"waitingEntries/{encode(self.id)}"

    def to(self, target: WaitingState) -> WaitingEntry:
        """Return this entry in state `target`, or refuse."""
        if target not in MOVES[self.state]:
            raise IllegalTransition(
                f"{self.name} is {self.state.value} and cannot become {target.value}: only who waits or has an offer can",
                waiting_entry=self.name,
                from_state=self.state.value,
                to_state=target.value,
            )
        return replace(self, state=target, version=self.version + 1)

    def offered(self, kept: Kept) -> WaitingEntry:
        """Return it with an offer."""
        return replace(self.to(WaitingState.OFFERED), offer=kept, offers=self.offers + 1)

    def booked(self, booking: int) -> WaitingEntry:
        """Return it with the booking that its offer became."""
        return replace(self.to(WaitingState.BOOKED), booking=booking)


@dataclass(frozen=True, slots=True)
class NewEntry:
    """Somebody who wants to wait. `weight` 0 means what the rating says, or the service's own."""

    service: str
    premises: int
    wish: Wish
    customer: Customer
    location: str = ""
    duration_minutes: int = 0
    weight: int = 0
    rating: Rating | None = None
    case: CaseRef | None = None
    note: str = ""
    purpose: str = ""


@dataclass(frozen=True, slots=True)
class WaitingView:
    """An entry with how many are before it: those who wait for the same service and weigh more, or came earlier."""

    entry: WaitingEntry
    ahead: int = 0


@dataclass(frozen=True, slots=True)
class WaitingFilter:
    """Which entries; None and empty mean all."""

    service: str = ""
    states: frozenset[WaitingState] = frozenset()
