"""Series: bookings that come again. Each occurrence is a booking like any other, and checked like one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

from server.domain.booking import LIVE, Booking, Customer, Source
from server.domain.ids import encode
from server.domain.organisation import CaseRef
from server.domain.recurrence import Pattern, moment_of
from server.domain.spans import Span
from server.domain.versioned import Versioned


class ClashPolicy(Enum):
    """What to do when an occurrence cannot be booked: book none at all, leave it out, or take the nearest free time."""

    ALL_OR_NOTHING = "ALL_OR_NOTHING"
    SKIP = "SKIP"
    ALTERNATIVE = "ALTERNATIVE"


class SeriesState(Enum):
    """Whether a series goes on."""

    ACTIVE = "ACTIVE"
    CANCELLED = "CANCELLED"


class OccurrenceState(Enum):
    """Where an occurrence stands.

    INTENDED: beyond the roster, made firm as it opens. BOOKED: has a booking, which says the rest. SKIPPED: left out when
    the series was made. CLASHED: could not be made firm, somebody has to choose a time. CANCELLED: never became a booking.
    """

    INTENDED = "INTENDED"
    BOOKED = "BOOKED"
    SKIPPED = "SKIPPED"
    CLASHED = "CLASHED"
    CANCELLED = "CANCELLED"


class Scope(Enum):
    """Which occurrences a change of a series means: one, that one and all after it, every one that is still to come."""

    THIS = "THIS"
    FOLLOWING = "FOLLOWING"
    ALL = "ALL"


@dataclass(frozen=True, slots=True)
class Series(Versioned):
    """A series. `officer` (a code) leads every occurrence, empty for whoever it costs least; `premises` 0 for none."""

    id: int
    service: str
    premises: int
    pattern: Pattern
    policy: ClashPolicy
    customer: Customer
    creator: str
    source: Source
    created: datetime
    location: str = ""
    officer: str = ""
    duration_minutes: int = 0
    case: CaseRef | None = None
    note: str = ""
    purpose: str = ""
    state: SeriesState = SeriesState.ACTIVE
    version: int = 1

    @property
    def name(self) -> str:
        """The resource name."""
        return f"series/{encode(self.id)}"

    @property
    def calendar_uid(self) -> str:
        """The UID that all its occurrences share; RECURRENCE-ID tells them apart."""
        return f"{encode(self.id)}@fieldwork"

    def changed(self, state: SeriesState | None = None) -> Series:
        """Return it with its next version."""
        return replace(self, state=state or self.state, version=self.version + 1)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time of a series. `original` is where its pattern has it and never changes; `start` where later edits put it.

    `why` is the reason of a time that could not be booked. `booking` is the last of its bookings, None without any.
    """

    series: int
    original: datetime
    start: datetime
    state: OccurrenceState
    why: str = ""
    booking: Booking | None = None

    @property
    def is_exception(self) -> bool:
        """Whether its booking was moved on its own: later edits of the series leave it alone."""
        return self.booking is not None and self.booking.promise.start != self.start

    def follows(self, now: datetime) -> bool:
        """Tell whether edits of the series still reach it: to come, not final, not begun, not an exception."""
        if self.state is not OccurrenceState.BOOKED:
            return self.state is OccurrenceState.INTENDED and self.start > now
        return not self.is_exception and self.ends_with_series(now)

    def ends_with_series(self, now: datetime) -> bool:
        """Tell whether cancelling the series cancels it: an exception too, unless it is past, begun or final."""
        if self.state is not OccurrenceState.BOOKED:
            return self.state in (OccurrenceState.INTENDED, OccurrenceState.CLASHED)
        if self.booking is None or self.booking.state not in LIVE:
            return False
        return self.booking.state.value != "IN_PROGRESS" and self.booking.promise.start > now


@dataclass(frozen=True, slots=True)
class Move:
    """How occurrences move: by whole dates, and to a local time of day (minutes after midnight; None: as it is)."""

    days: int = 0
    minutes: int | None = None

    def moved(self, moment: datetime, zone: ZoneInfo) -> datetime:
        """Return the instant that an occurrence at `moment` moves to; dates and times are local."""
        local = moment.astimezone(zone).replace(tzinfo=None) + timedelta(days=self.days)
        if self.minutes is not None:
            local = local.replace(hour=self.minutes // 60, minute=self.minutes % 60, second=0, fold=0)
        return moment_of(local, zone)


@dataclass(frozen=True, slots=True)
class SeriesView:
    """A series with its occurrences, in the order of its pattern."""

    series: Series
    occurrences: tuple[Occurrence, ...]


@dataclass(frozen=True, slots=True)
class OccurrenceView:
    """An occurrence, and for one that cannot be booked the promises that are free instead just now."""

    occurrence: Occurrence
    alternatives: tuple[Span, ...] = ()
