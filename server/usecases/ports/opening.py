"""Opening rules, the rosters that they make, public holidays."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from server.domain.facts import Overlay
from server.domain.opening import OpeningRule, Subject
from server.domain.paging import Listing, Page
from server.domain.resource_day import ResourceDay
from server.domain.roster import Origin, Rostered
from server.usecases.ports.basics import DayKey


class Holidays(Protocol):
    """The public holidays of the deployment."""

    def of_year(self, year: int) -> Mapping[date, str]:
        """Return the holidays of a year and what people call them."""


class RuleStore(Protocol):
    """Opening rules."""

    def add(self, rule: OpeningRule) -> None:
        """Record a rule; its subject exists, or is refused with NotFound."""

    def get(self, name: str, lock: bool = False) -> OpeningRule:
        """Return the rule, or refuse with NotFound."""

    def save(self, rule: OpeningRule) -> None:
        """Write a rule that exists."""

    def delete(self, rule: OpeningRule) -> None:
        """Take it back."""

    def listing(self, page: Page, subject: Subject | None) -> Listing[OpeningRule]:
        """Return a page by subject and id; None for those of everybody."""

    def about(self, who: Rostered) -> list[OpeningRule]:
        """Return the rules that apply to an officer or a resource."""


class RosterStore(Protocol):
    """Who has a roster, and the days and overlays that are its consequence."""

    def covered(self, subject: Subject) -> list[Rostered]:
        """Return the officers and resources that a subject covers, by id; refuse one that does not exist with NotFound."""

    def is_governed(self) -> bool:
        """Tell whether there is any rule, or any fact about more than one officer or resource."""

    def lock(self, resource: int) -> None:
        """Wait for whoever adds days, facts or rules of a resource, and keep others from it until the transaction ends."""

    def days(self, resource: int, since: datetime) -> list[tuple[ResourceDay, Origin]]:
        """Return the days of a resource that end after `since`, in order."""

    def overlays(self, resource: int, since: datetime) -> list[Overlay]:
        """Return what is closed of a resource after `since`."""

    def add_overlays(self, overlays: Sequence[Overlay]) -> None:
        """Record what is closed."""

    def move_overlays(self, overlays: Sequence[Overlay]) -> None:
        """Write when they are closed now."""

    def drop_overlays(self, overlays: Iterable[int]) -> None:
        """Forget what is closed no more; its blocked pieces must be gone."""

    def move_spans(self, days: Sequence[ResourceDay]) -> None:
        """Write the spans of days that are locked; the rest of them is for the generic write."""

    def drop_days(self, keys: Collection[DayKey]) -> None:
        """Forget days that are locked, with what is blocked on them: nobody was promised anything there."""

    def booked_in(self, sessions: Collection[int]) -> dict[int, set[int]]:
        """Return the bookings that have a seat in sessions."""
