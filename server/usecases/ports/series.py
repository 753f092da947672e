"""Series and their occurrences."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Protocol

from server.domain.commands import SeriesFilter
from server.domain.paging import Listing, Page
from server.domain.series import Occurrence, OccurrenceState, Series


class SeriesStore(Protocol):
    """Bookings that come again."""

    def add(self, series: Series, occurrences: Sequence[Occurrence]) -> None:
        """Record a series with its occurrences."""

    def put(self, occurrences: Sequence[Occurrence]) -> None:
        """Add occurrences, or write start, state and reason of those that are known."""

    def get(self, name: str, lock: bool = False) -> Series:
        """Return the series, or refuse with NotFound. Days are locked before it is."""

    def by_id(self, number: int) -> Series:
        """Return the series of that id, which exists."""

    def save(self, series: Series) -> None:
        """Write state and version of a series that is one version on; ChangedMeanwhile when somebody else was."""

    def listing(self, page: Page, wanted: SeriesFilter, creator: str) -> Listing[Series]:
        """Return a page, newest first; `creator` empty for all principals."""

    def occurrences(self, series: int) -> list[Occurrence]:
        """Return every occurrence with the last of its bookings, in the order of the pattern."""

    def page(self, series: int, page: Page, states: Collection[OccurrenceState]) -> Listing[Occurrence]:
        """Return a page of occurrences with the last of their bookings, in the order of the pattern; no states: all."""

    def roster_end(self, resources: Collection[int]) -> date | None:
        """Return the last date on which any of these resources has a day."""

    def intended(self, before: datetime, after: int, limit: int) -> list[int]:
        """Return ids above `after` of series with intentions that begin before that instant, in order."""
