"""Bookings: promises of time to customers, and their states."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from server.domain.errors import IllegalTransition
from server.domain.facets import ChangeRequest, Facets
from server.domain.ids import encode
from server.domain.organisation import CaseRef
from server.domain.outcome import Outcome
from server.domain.spans import Span
from server.domain.versioned import Versioned


class BookingState(Enum):
    """Where a booking stands."""

    PENDING = "PENDING"
    CONFIRMED = "CONFIRMED"
    IN_PROGRESS = "IN_PROGRESS"
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"
    NO_SHOW = "NO_SHOW"
    RESCHEDULED = "RESCHEDULED"


_S = BookingState
MOVES: dict[BookingState, frozenset[BookingState]] = {
    _S.PENDING: frozenset({_S.CONFIRMED, _S.CANCELLED, _S.RESCHEDULED}),
    _S.CONFIRMED: frozenset({_S.IN_PROGRESS, _S.COMPLETED, _S.NO_SHOW, _S.CANCELLED, _S.RESCHEDULED}),
    _S.IN_PROGRESS: frozenset({_S.COMPLETED, _S.NO_SHOW, _S.CANCELLED}),
    _S.COMPLETED: frozenset(),
    _S.CANCELLED: frozenset(),
    _S.NO_SHOW: frozenset(),
    _S.RESCHEDULED: frozenset(),
}
LIVE = frozenset({_S.PENDING, _S.CONFIRMED, _S.IN_PROGRESS})
"""The states that occupy time."""


class Source(Enum):
    """How a booking came in; follows from the caller's credential."""

    STAFF = "STAFF"
    PUBLIC = "PUBLIC"
    PARTNER = "PARTNER"
    IMPORT = "IMPORT"
    PHONE = "PHONE"
    EMAIL = "EMAIL"
    MOBILE_APP = "MOBILE_APP"
    AI_AGENT = "AI_AGENT"
    CALENDAR = "CALENDAR"


@dataclass(frozen=True, slots=True)
class Customer:
    """Who books or is visited. `phone` is E.164 or empty, `language` BCP 47 or empty."""

    name: str
    phone: str = ""
    email: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Booking(Versioned):
    """A promise of time. `promise` is when work starts; `revision` counts changes of the promise, `version` all changes.

    `customer` are the details as this booking has them, `customer_id` the lasting record (0: none). `location` is the code
    of an office; `duration_minutes` 0 means the service's own. `case_closed` is read with it, never written.
    """

    id: int
    service: str
    premises: int
    promise: Span
    customer: Customer
    state: BookingState
    source: Source
    creator: str
    created: datetime
    visit: int
    case: CaseRef | None = None
    note: str = ""
    cancel_reason: str = ""
    allow_duplicate: bool = False
    revision: int = 1
    version: int = 1
    rescheduled_to: int = 0
    rescheduled_from: int = 0
    calendar_uid: str = ""
    customer_id: int = 0
    location: str = ""
    session: int = 0
    series: int = 0
    recurrence_start: datetime | None = None
    conversation: str = ""
    purpose: str = ""
    duration_minutes: int = 0
    rebooked_from: int = 0
    case_closed: bool = False

    @property
    def name(self) -> str:
        """The resource name."""
        return f"bookings/{encode(self.id)}"

    def to(self, target: BookingState) -> Booking:
        """Return this booking in state `target`, or refuse."""
        if target not in MOVES[self.state]:
            raise IllegalTransition(
                f"a booking that is {self.state.value} cannot become {target.value}",
                booking=self.name,
                from_state=self.state.value,
                to_state=target.value,
            )
        return replace(self, state=target, version=self.version + 1)

    def cancel(self, reason: str) -> Booking:
        """Return it cancelled for that reason code; the promise changes, so the revision rises."""
        return replace(self.to(BookingState.CANCELLED), cancel_reason=reason, revision=self.revision + 1)

    def corrected(self, target: BookingState, reason: str) -> Booking:
        """Return it with the end that is right, or refuse; `reason` is the code for CANCELLED, else empty.

        Only ends of work are put right, and only into one another: nothing becomes busy again.
        """
        was_broken_off = self.state is BookingState.CANCELLED and self.cancel_reason.startswith("ABORTED_")
        if self.state not in (BookingState.COMPLETED, BookingState.NO_SHOW) and not was_broken_off:
            raise IllegalTransition(
                f"a booking that is {self.state.value} is not put right: only COMPLETED, NO_SHOW and CANCELLED with "
                "ABORTED_* are",
                booking=self.name,
                from_state=self.state.value,
                to_state=target.value,
            )
        if target is self.state:
            raise IllegalTransition(
                f"a booking that is {self.state.value} is that already",
                booking=self.name,
                from_state=self.state.value,
                to_state=target.value,
            )
        return replace(self, state=target, cancel_reason=reason, version=self.version + 1)

    def described(self, customer: Customer, note: str) -> Booking:
        """Return it with other customer details."""
        return replace(self, customer=customer, note=note, version=self.version + 1)


@dataclass(frozen=True, slots=True)
class BookingView:
    """A booking with where it stands in the plan just now, and what is known beside its state.

    `alternatives` are promises that could be made instead of one that the authority took back.
    """

    booking: Booking
    officers: tuple[str, ...] = ()
    planned_start: datetime | None = None
    facets: Facets = Facets()
    outcome: Outcome | None = None
    change_request: ChangeRequest | None = None
    alternatives: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class BookingEvent:
    """Something that happened to a booking; `before` is None for the first. `detail` holds no personal data."""

    booking: int
    at: datetime
    kind: str
    actor: str
    before: BookingState | None
    after: BookingState
    revision: int
    detail: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Hold:
    """A short reservation of a slot. Its time is kept until its row is deleted; `expires` only permits that."""

    id: int
    principal: str
    service: str
    premises: int
    promise: Span
    expires: datetime
    location: str = ""
    duration_minutes: int = 0

    @property
    def name(self) -> str:
        """The resource name."""
        return f"holds/{encode(self.id)}"


@dataclass(frozen=True, slots=True)
class Slot:
    """An offer: a promise that could be made now, and what it would cost the officer's plan.

    `remaining_seats` is for sessions; 0 otherwise.
    """

    promise: Span
    officer: str
    available_officers: int
    extra_travel_s: int
    displaced_weight: int
    remaining_seats: int = 0

    @property
    def cost(self) -> tuple[int, int]:
        """What it costs the plan: weight that is pushed out first, then travel."""
        return self.displaced_weight, self.extra_travel_s
