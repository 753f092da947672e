"""Resource-days and the facts that stand against them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Protocol

from server.domain.facts import Absence, Repair
from server.domain.paging import Listing, Page
from server.domain.resource_day import ResourceDay
from server.domain.spans import Span
from server.usecases.ports.basics import DayKey


class DayStore(Protocol):
    """Officer-days."""

    def get(self, keys: Collection[DayKey]) -> dict[DayKey, ResourceDay]:
        """Return those that exist, without a lock."""

    def lock(self, keys: Collection[DayKey]) -> dict[DayKey, ResourceDay]:
        """Lock those that exist, in one statement and in one order for everybody, and return them."""

    def search(self, officers: Collection[int], start: date, end: date) -> list[ResourceDay]:
        """Return the days of these officers with start <= day < end, by day."""

    def add(self, days: Sequence[ResourceDay], origin: str) -> None:
        """Add days with the rows that stand on them; `origin` says what made them: SHIFT, RULE or SESSION."""

    def overlapping(self, officer: int, span: Span) -> list[DayKey]:
        """Return the days of an officer whose span shares an instant with `span`."""

    def of_visits(self, visits: Collection[int]) -> list[DayKey]:
        """Return the days on whose routes these visits are."""


class FactStore(Protocol):
    """Absences and repairs."""

    def add(self, absence: Absence) -> None:
        """Record an absence."""

    def get(self, name: str) -> Absence:
        """Return the absence, or refuse with NotFound."""

    def during(self, officer: str, span: Span) -> list[Absence]:
        """Return an officer's absences that share an instant with `span`; until the transaction ends, none is added."""

    def delete(self, absence: Absence) -> None:
        """Take it back; its blocked pieces must be gone."""

    def absences(self, officer: str, page: Page) -> Listing[Absence]:
        """Return a page of an officer's absences (by code), latest first."""

    def repairs(self, page: Page, show_resolved: bool) -> Listing[Repair]:
        """Return a page, most urgent first."""

    def repair(self, name: str) -> Repair:
        """Return the repair, or refuse with NotFound."""

    def open_repairs(self, booking: int) -> list[Repair]:
        """Return the open repairs of a booking."""

    def save(self, repair: Repair) -> None:
        """Write a repair's state and resolution."""
