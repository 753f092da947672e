"""Sessions of block bookings."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from server.domain.booking import Booking
from server.domain.commands import SessionFilter
from server.domain.paging import Listing, Page
from server.domain.session import Session
from server.domain.spans import Span
from server.usecases.ports.basics import DayKey


class SessionStore(Protocol):
    """Periods in which seats can be booked."""

    def offering(self, service: str, span: Span, location: str) -> list[Session]:
        """Return the OPEN sessions of a service that share an instant with `span`, earliest first: at most 1,000.

        `location` is the code of an office; empty: sessions without one.
        """

    def get(self, name: str) -> Session:
        """Return the session, or refuse with NotFound."""

    def some(self, numbers: Collection[int]) -> dict[int, Session]:
        """Return those that exist, by id."""

    def of_block(self, block: int) -> list[Session]:
        """Return every session of a block, earliest first."""

    def listing(self, page: Page, wanted: SessionFilter, public_only: bool) -> Listing[Session]:
        """Return a page by time; with `public_only` the OPEN ones of public services."""

    def to_release(self, now: datetime, limit: int) -> list[Session]:
        """Return OPEN sessions whose time of release has come, the longest ago first."""

    def new_ids(self, count: int) -> list[int]:
        """Return ids for so many sessions to come."""

    def add(self, sessions: Sequence[Session]) -> None:
        """Record the sessions of one block with the resources that they are. Their days are added apart."""

    def days(self, numbers: Collection[int]) -> list[DayKey]:
        """Return the days of these sessions and those on which they are stops: of their officers and rooms."""

    def bookings(self, numbers: Collection[int]) -> list[Booking]:
        """Return the live bookings in these sessions, by promise."""

    def save(self, session: Session) -> None:
        """Write span, state and release of a session that is one version on; ChangedMeanwhile when somebody else was."""
