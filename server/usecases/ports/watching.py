"""What has changed in the store since a snapshot of it."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from server.domain.watching import BookingNews, Cursor, DayNews, Reading


class ChangeFeed(Protocol):
    """Reads what transactions left behind, whatever the order in which they committed: nothing is passed over.

    A reading of a cursor that is whole goes up to the present; what is too much for one is left for the next.
    """

    def identity(self) -> str:
        """Return what tells this store's transactions from another one's."""

    def present(self) -> Cursor:
        """Return the cursor to which everything is known by now."""

    def bookings(self, cursor: Cursor, limit: int) -> Reading[BookingNews]:
        """Return at most `limit` booking events."""

    def days(self, cursor: Cursor, first: date, limit: int) -> Reading[DayNews]:
        """Return the changed days from `first` on, once each; of more than `limit` only the dates."""
