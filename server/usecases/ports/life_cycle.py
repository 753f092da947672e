"""What stands beside a booking and its visit: facets, requests for change, outcomes; and the reasons for cancelling."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from server.domain.cancel_reason import CancelReason
from server.domain.facets import ChangeRequest, Facet, Facets
from server.domain.outcome import Outcome
from server.domain.paging import Listing, Page


class FacetStore(Protocol):
    """Facets of bookings; they are never locked, the last one who writes wins."""

    def of(self, bookings: Collection[int]) -> dict[int, Facets]:
        """Return the facets of those bookings of which anything is known."""

    def save(self, booking: int, facet: Facet, at: datetime) -> None:
        """Write one facet of a booking."""


class ChangeRequestStore(Protocol):
    """Changes that were asked for and not decided on: one per booking."""

    def of(self, bookings: Collection[int]) -> dict[int, ChangeRequest]:
        """Return those that stand, by booking."""

    def expired(self, now: datetime, limit: int) -> list[ChangeRequest]:
        """Return those that have run out, longest ago first."""

    def save(self, request: ChangeRequest) -> None:
        """Record it in the place of the one that stands."""

    def delete(self, booking: int) -> None:
        """Forget it."""


class OutcomeStore(Protocol):
    """Outcomes of visits."""

    def of(self, visits: Collection[int]) -> dict[int, Outcome]:
        """Return what became of those that began, by visit."""

    def save(self, visit: int, outcome: Outcome) -> None:
        """Write what became of a visit."""


class ReasonStore(Protocol):
    """Reasons for cancelling."""

    def get(self, code: str) -> CancelReason:
        """Return the reason, or refuse with InvalidField."""

    def listing(self, page: Page, show_retired: bool) -> Listing[CancelReason]:
        """Return a page by code."""

    def upsert(self, reason: CancelReason) -> CancelReason:
        """Add or replace by code."""
