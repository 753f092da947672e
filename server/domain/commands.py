"""What callers ask for: the inputs of the use cases, already well formed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import Enum

from server.domain.booking import BookingState, Customer, Source
from server.domain.organisation import CaseRef
from server.domain.outcome import Outcome, Party
from server.domain.priority import Rating
from server.domain.recurrence import Pattern
from server.domain.series import ClashPolicy, Move, Scope
from server.domain.spans import Span
from server.domain.visit import VisitState


class SlotOrder(Enum):
    """How offers are ranked."""

    EARLIEST = "EARLIEST"
    LEAST_TRAVEL = "LEAST_TRAVEL"


@dataclass(frozen=True, slots=True)
class PreferredTime:
    """Local times of day from `start` up to, but not including, `end` on some weekdays (ISO: Monday is 1; none: on all)."""

    weekdays: frozenset[int] = frozenset()
    start: time = time.min
    end: time | None = None

    def admits(self, moment: datetime) -> bool:
        """Tell whether a local time is preferred."""
        on = not self.weekdays or moment.isoweekday() in self.weekdays
        return on and self.start <= moment.time() and (self.end is None or moment.time() < self.end)


@dataclass(frozen=True, slots=True)
class SlotQuery:
    """When could this service be promised? `premises` 0 for none, `officer` and `location` (codes) empty for any.

    `duration_minutes` 0: the service's own. `access_needs` are codes; those of the customer `record` (0: none) are added.
    `language` is spoken by who leads (empty: any). Only promises that begin in one of the `preferred` times (none: at any
    time), with `same_patch` only officers who are responsible for the premises' patch.
    """

    service: str
    premises: int
    span: Span
    officer: str = ""
    order: SlotOrder = SlotOrder.EARLIEST
    limit: int = 20
    location: str = ""
    duration_minutes: int = 0
    access_needs: tuple[str, ...] = ()
    record: int = 0
    language: str = ""
    preferred: tuple[PreferredTime, ...] = ()
    same_patch: bool = False


@dataclass(frozen=True, slots=True)
class SlotChoice:
    """A slot that somebody wants: the promise that begins at `start`. `duration_minutes` 0: the service's own.

    `access_needs` are codes of what the customer needs; `language` is spoken by who leads (empty: any).
    """

    service: str
    premises: int
    start: datetime
    officer: str = ""
    location: str = ""
    duration_minutes: int = 0
    access_needs: tuple[str, ...] = ()
    language: str = ""


@dataclass(frozen=True, slots=True)
class NewBooking:
    """A booking to make, out of the hold of that name or of a slot: exactly one of the two is set.

    `record` is the customer's lasting record (0: none), which fills the details that `customer` leaves empty.
    `overbook`: the slot's officer takes it beside the route, whatever stands there; audited. `waiting`: the entry of the
    waiting list (its name) for which the hold was made; it is over with the booking.
    """

    hold: str | None
    slot: SlotChoice | None
    customer: Customer
    case: CaseRef | None = None
    note: str = ""
    allow_duplicate: bool = False
    conversation: str = ""
    purpose: str = ""
    overbook: bool = False
    waiting: str = ""
    record: int = 0
    allow_closed_case: bool = False


@dataclass(frozen=True, slots=True)
class BookingFilter:
    """Which bookings; None, 0 and empty mean all. `officer` and `location` are codes."""

    span: Span | None = None
    states: frozenset[BookingState] = frozenset()
    case: CaseRef | None = None
    services: frozenset[str] = frozenset()
    officer: str = ""
    location: str = ""
    customer: int = 0
    conversation: str = ""
    series: int = 0
    session: int = 0
    creator: str = ""
    sources: frozenset[Source] = frozenset()
    case_closed: bool = False


@dataclass(frozen=True, slots=True)
class Correction:
    """The right end of a booking: `party` goes with NO_SHOW, `cancel_reason` with CANCELLED; `outcome` None: as it is."""

    state: BookingState
    reason: str
    party: Party | None = None
    cancel_reason: str = ""
    outcome: Outcome | None = None


@dataclass(frozen=True, slots=True)
class NewVisit:
    """A due inspection to record; `weight` 0 means what the rating says in the priority matrix."""

    service: str
    premises: int
    team: str
    weight: int
    due: date | None = None
    case: CaseRef | None = None
    rating: Rating | None = None


class VisitOrder(Enum):
    """How visits are listed."""

    NEWEST = "NEWEST"
    HEAVIEST = "HEAVIEST"


@dataclass(frozen=True, slots=True)
class VisitFilter:
    """Which visits; None and empty mean all. `system` is the one whose cases they are for."""

    team: str = ""
    state: VisitState | None = None
    case: CaseRef | None = None
    order: VisitOrder = VisitOrder.NEWEST
    system: str = ""


@dataclass(frozen=True, slots=True)
class RunPlan:
    """A plan to make for a team and a local date, with so many seconds for the optimizer."""

    team: str
    day: date
    seconds: int = 10
    seed: int = 1


@dataclass(frozen=True, slots=True)
class NewAbsence:
    """An absence to record for an officer (by code)."""

    officer: str
    span: Span
    kind: str


@dataclass(frozen=True, slots=True)
class NewShift:
    """A shift to add for an officer (by code). A break of `break_s` seconds lies wholly inside `break_within`."""

    officer: str
    day: date
    span: Span
    break_s: int = 0
    break_within: Span | None = None


@dataclass(frozen=True, slots=True)
class SessionFilter:
    """Which sessions: by service and location (codes), block (id), and time; None and empty mean all."""

    service: str = ""
    location: str = ""
    block: int = 0
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class NewSeries:
    """A series to make: `officer` (a code) leads every occurrence, empty for whoever it costs least."""

    service: str
    premises: int
    pattern: Pattern
    policy: ClashPolicy
    customer: Customer
    location: str = ""
    officer: str = ""
    duration_minutes: int = 0
    case: CaseRef | None = None
    note: str = ""
    purpose: str = ""


@dataclass(frozen=True, slots=True)
class SeriesMove:
    """Which occurrences move, and where to: `start` with THIS, `by` with the others. `original` names the first."""

    name: str
    scope: Scope
    original: datetime | None = None
    start: datetime | None = None
    by: Move = Move()
    etag: str = ""


@dataclass(frozen=True, slots=True)
class SeriesEnd:
    """Which occurrences are cancelled, and why. `original` names the first, ALL needs none."""

    name: str
    scope: Scope
    reason: str
    original: datetime | None = None
    etag: str = ""


@dataclass(frozen=True, slots=True)
class SeriesFilter:
    """Which series; None means all. `clashed_only`: those with an occurrence for which somebody has to choose a time."""

    case: CaseRef | None = None
    clashed_only: bool = False


@dataclass(frozen=True, slots=True)
class NewBlock:
    """A block to open; `officers` and `room` are codes, empty: found by skill, or none. With a customer it is allocated."""

    service: str
    pattern: Pattern
    minutes: int
    seats: int
    policy: ClashPolicy
    location: str = ""
    officers: tuple[str, ...] = ()
    room: str = ""
    release_before_hours: int = 0
    case: CaseRef | None = None
    customer: Customer | None = None
    note: str = ""
