"""Resource-days and the facts that stand against them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Protocol

from server.domain.facts import FactKind, Overlay, RecordedFact, Repair
from server.domain.opening import Subject
from server.domain.paging import Listing, Page
from server.domain.resource_day import ResourceDay
from server.domain.roster import Rostered
from server.domain.spans import Span
from server.usecases.ports.basics import DayKey
from server.usecases.ports.search import StoredDays


class DayStore(Protocol):
    """Officer-days."""

    def get(self, keys: Collection[DayKey]) -> dict[DayKey, ResourceDay]:
        """Return those that exist, without a lock."""

    def lock(self, keys: Collection[DayKey]) -> dict[DayKey, ResourceDay]:
        """Lock those that exist, in one statement and in one order for everybody, and return them."""

    def free(self, resources: Collection[int], busy: Span, most: int) -> list[DayKey]:
        """Return, by day and resource, at most `most` days of these that seem to be free during `busy`, unlocked."""

    def search(self, officers: Collection[int], start: date, end: date) -> list[ResourceDay]:
        """Return the days of these officers with start <= day < end, by day."""

    def changed(self, first: date, after_last: date, as_of: int) -> StoredDays:
        """Return the days with first <= day < after_last that changed since a reading gave `as_of`; 0 for all."""

    def fact_kinds(self, overlays: Collection[int]) -> dict[int, str]:
        """Return what each of those facts is: "closed", or the kind of an absence."""

    def add(self, days: Sequence[ResourceDay], origin: str) -> None:
        """Add days with the rows that stand on them; `origin` says what made them: SHIFT, RULE or SESSION."""

    def overlapping(self, officer: int, span: Span) -> list[DayKey]:
        """Return the days of an officer whose span shares an instant with `span`."""

    def of_visits(self, visits: Collection[int]) -> list[DayKey]:
        """Return the days on whose routes these visits are."""


class FactStore(Protocol):
    """Facts and repairs."""

    def add(self, fact: RecordedFact) -> None:
        """Record a fact; its subject exists, or is refused with NotFound."""

    def replace(self, fact: RecordedFact) -> None:
        """Write a fact that exists."""

    def get(self, name: str, lock: bool = False) -> RecordedFact:
        """Return the fact of a name such as "facts/..." or "absences/...", or refuse with NotFound."""

    def of_source(self, source: str, external_id: str) -> RecordedFact | None:
        """Return the fact that another system knows by that id."""

    def delete(self, fact: RecordedFact) -> None:
        """Take it back; what it closed is dropped by whoever brings the days into line."""

    def listing(self, page: Page, subject: Subject | None, kind: FactKind | None) -> Listing[RecordedFact]:
        """Return a page, latest first; None for those about everybody, of every kind."""

    def about(self, who: Rostered, since: datetime) -> list[RecordedFact]:
        """Return the facts that apply to an officer or a resource and end after `since`."""

    def during(self, officer: str, span: Span) -> list[Overlay]:
        """Return what is closed of an officer's time in `span`; until the transaction ends, nothing is added."""

    def repairs(self, page: Page, show_resolved: bool) -> Listing[Repair]:
        """Return a page, most urgent first."""

    def repair(self, name: str, lock: bool = True) -> Repair:
        """Return the repair, or refuse with NotFound."""

    def open_repairs(self, booking: int) -> list[Repair]:
        """Return the open repairs of a booking."""

    def overdue(self, now: datetime, limit: int) -> list[Repair]:
        """Lock and return open repairs that are past their deadline and not escalated; those that others hold are left."""

    def save(self, repair: Repair) -> None:
        """Write a repair's state, resolution, owner and escalation."""
