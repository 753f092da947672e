"""Sessions of block bookings."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from server.domain.commands import SessionFilter
from server.domain.paging import Listing, Page
from server.domain.session import Session
from server.domain.spans import Span


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

    def add(self, sessions: Sequence[Session]) -> list[Session]:
        """Record the sessions of one block with the resources that they are; return them with ids. Days are added apart."""

    def save(self, session: Session) -> None:
        """Write span, state and release of a session that is one version on; ChangedMeanwhile when somebody else was."""
