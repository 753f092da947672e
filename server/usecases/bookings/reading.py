"""Reading bookings, their history, and what their customers were told."""

from __future__ import annotations

from server.domain.booking import BookingEvent, BookingView
from server.domain.caller import Caller, Role
from server.domain.commands import BookingFilter
from server.domain.message import Message
from server.domain.paging import Listing, Page
from server.usecases.bookings.records import seen
from server.usecases.bookings.room import Room


class Reading(Room):
    """Whoever asks sees what they may know of."""

    def get(self, caller: Caller, name: str) -> BookingView:
        """Return the booking; to a partner, another's does not exist."""
        with self._store.begin() as tx:
            return seen(tx, caller, name)

    def list(self, caller: Caller, page: Page, wanted: BookingFilter) -> Listing[BookingView]:
        """Return a page by promise; a partner sees the own ones."""
        creator = caller.principal if caller.role is Role.PARTNER else ""
        with self._store.begin() as tx:
            found = tx.bookings.listing(page, wanted, creator)
            return Listing(tuple(tx.bookings.view(found.items)), found.next_token)

    def events(self, caller: Caller, name: str, page: Page) -> Listing[BookingEvent]:
        """Return a page of what happened, oldest first."""
        with self._store.begin() as tx:
            return tx.bookings.events(seen(tx, caller, name).booking.id, page)

    def messages(self, caller: Caller, name: str, page: Page) -> Listing[Message]:
        """Return a page of what the customer was told, newest first."""
        with self._store.begin() as tx:
            return tx.messages.listing(seen(tx, caller, name).booking.id, page)
