"""Sessions of block bookings."""

from __future__ import annotations

from typing import Protocol

from server.domain.session import Session
from server.domain.spans import Span


class SessionStore(Protocol):
    """Periods in which seats can be booked."""

    def offering(self, service: str, span: Span, location: str) -> list[Session]:
        """Return the OPEN sessions of a service that share an instant with `span`, earliest first: at most 1,000.

        `location` is the code of an office; empty: sessions without one.
        """
