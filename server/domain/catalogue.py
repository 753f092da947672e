"""Services: what can be booked or must be done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

from server.domain import local_time
from server.domain.errors import InvalidField, OffGrid, OutsideNotice
from server.domain.spans import Span

Skills = dict[str, int]
"""Skill code -> level, 1 to 9."""


class Place(Enum):
    """Where a service is done."""

    ON_SITE = "ON_SITE"
    OFFICE = "OFFICE"
    REMOTE = "REMOTE"


class PromiseKind(Enum):
    """What the customer is promised: a minute, or a window in which work starts."""

    EXACT = "EXACT"
    WINDOW = "WINDOW"


@dataclass(frozen=True, slots=True)
class ResourceNeed:
    """Rooms or equipment that a service needs: `quantity` seats of one resource of a category that has all `features`."""

    category: str
    quantity: int = 1
    features: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Service:
    """A service of the catalogue. Minutes are whole; `crew` has one entry per officer needed.

    `locations` are the codes of those where an OFFICE service is offered; empty: at all. With a `capacity` above 1 it is
    booked as a seat of a session. `contact_required` names contact points ("phone", "email") that a customer must give.
    """

    code: str
    name: str
    duration_minutes: int
    crew: tuple[tuple[tuple[str, int], ...], ...]
    place: Place
    promise_kind: PromiseKind
    step_minutes: int
    window_minutes: int = 0
    buffer_before_minutes: int = 0
    buffer_after_minutes: int = 0
    needs_approval: bool = False
    public: bool = False
    notice_minutes: int = 0
    horizon_days: int = 60
    weight: int = 100
    unannounced: bool = False
    id: int = 0
    locations: tuple[str, ...] = ()
    resources: tuple[ResourceNeed, ...] = ()
    duration_options: tuple[int, ...] = ()
    capacity: int = 1
    documents: tuple[str, ...] = ()
    fee_cents: int = 0
    currency: str = ""
    contact_required: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    purpose_required: bool = False

    def __post_init__(self) -> None:
        if (self.promise_kind is PromiseKind.WINDOW) != (self.window_minutes > 0):
            raise InvalidField.of(
                "service.window_minutes",
                f"{self.window_minutes} does not go with {self.promise_kind.value}: "
                "a WINDOW needs its length, EXACT needs 0",
            )
        if not self.crew:
            raise InvalidField.of("service.crew", "needs one entry per officer, at least one")
        if self.capacity > 1 and self.promise_kind is PromiseKind.WINDOW:
            raise InvalidField.of(
                "service.capacity", f"{self.capacity} does not go with WINDOW: a session's seats are EXACT"
            )
        if self.fee_cents and not self.currency:
            raise InvalidField.of("service.currency", "is empty: a fee needs its currency, ISO 4217")
        if self.purpose_required and not self.purposes:
            raise InvalidField.of("service.purposes", "is empty: a required purpose needs codes to choose from")

    @property
    def work_s(self) -> int:
        """Seconds of work."""
        return self.duration_minutes * 60

    @property
    def before_s(self) -> int:
        """Seconds kept free after arrival, before work."""
        return self.buffer_before_minutes * 60

    @property
    def after_s(self) -> int:
        """Seconds kept free after work."""
        return self.buffer_after_minutes * 60

    def lasting(self, minutes: int) -> Service:
        """Return this service with that duration (0: its own), or refuse one that is not among its options."""
        if minutes in (0, self.duration_minutes):
            return self
        if minutes not in self.duration_options:
            offered = ", ".join(str(option) for option in sorted({self.duration_minutes, *self.duration_options}))
            raise InvalidField.of(
                "duration_minutes", f"{minutes} is not offered by services/{self.code}: take one of {offered}"
            )
        return replace(self, duration_minutes=minutes)

    def requiring(self, skills: Sequence[tuple[str, int]]) -> Service:
        """Return this service as it is for somebody whom only an officer with these skills, too, can serve: who leads."""
        if not skills:
            return self
        lead = dict(self.crew[0])
        for skill, level in skills:
            lead[skill] = max(level, lead.get(skill, 0))
        return replace(self, crew=(tuple(sorted(lead.items())), *self.crew[1:]))

    def must_serve(self, purpose: str) -> None:
        """Refuse a purpose code that is missing or unknown."""
        if purpose and self.purposes and purpose not in self.purposes:
            raise InvalidField.of("purpose", f"{purpose!r} is unknown to services/{self.code}: {', '.join(self.purposes)}")
        if self.purpose_required and not purpose:
            raise InvalidField.of("purpose", f"is required by services/{self.code}: one of {', '.join(self.purposes)}")

    @property
    def at_office(self) -> bool:
        """Whether the customer comes to a location of the authority."""
        return self.place is Place.OFFICE

    @property
    def remote(self) -> bool:
        """Whether it is done where the officer happens to be."""
        return self.place is Place.REMOTE

    def promise(self, start: datetime) -> Span:
        """Return the promise that begins at `start`: the half-open range in which work starts, one second for EXACT."""
        exact = self.promise_kind is PromiseKind.EXACT
        return Span(start, start + (timedelta(seconds=1) if exact else timedelta(minutes=self.window_minutes)))

    def promises(self, day: date, zone: ZoneInfo) -> list[Span]:
        """Return every promise of a local date, in order, whoever is free."""
        return [self.promise(start) for start in local_time.grid(day, self.step_minutes, zone)]

    def open_span(self, now: datetime) -> Span:
        """Return when a promise may begin, seen from `now`: after the notice, inside the horizon."""
        return Span(now + timedelta(minutes=self.notice_minutes), now + timedelta(days=self.horizon_days, seconds=1))

    def must_offer(self, start: datetime, now: datetime, zone: ZoneInfo) -> Span:
        """Return the promise that begins at `start`, or refuse a start that could never have been offered."""
        if not local_time.on_grid(start, self.step_minutes, zone):
            raise OffGrid(
                f"start_time {start.isoformat()} is not on the grid of services/{self.code}: local times in {zone.key} "
                f"that are multiples of {self.step_minutes} minutes after midnight; take one that SearchSlots offers",
                start_time=start.isoformat(),
            )
        if start not in self.open_span(now):
            raise OutsideNotice(
                f"start_time {start.isoformat()} is outside the booking period of services/{self.code}: at least "
                f"{self.notice_minutes} minutes and at most {self.horizon_days} days from now",
                start_time=start.isoformat(),
            )
        return self.promise(start)


def lacking(has: Skills, needs: tuple[tuple[str, int], ...]) -> list[str]:
    """Return the codes of the needed skills that are missing or too low."""
    return [skill for skill, level in needs if has.get(skill, 0) < level]
