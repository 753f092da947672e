"""Messages and calendar feeds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from server.domain.feed import Feed
from server.domain.message import Message
from server.domain.paging import Listing, Page


class MessageStore(Protocol):
    """Messages that were or will be sent."""

    def queue(self, messages: Sequence[Message]) -> list[Message]:
        """Record those that do not exist yet; return all of them as they are now stored."""

    def settle(self, message: Message, provider_id: str) -> None:
        """Write state and time of a message."""

    def listing(self, booking: int, page: Page) -> Listing[Message]:
        """Return a page, newest first."""


class FeedStore(Protocol):
    """Calendar feeds."""

    def add(self, feed: Feed, token_hash: bytes) -> None:
        """Record a feed."""

    def get(self, name: str) -> Feed:
        """Return a live feed, or refuse with NotFound."""

    def by_token(self, token_hash: bytes) -> Feed | None:
        """Return the live feed of that token."""

    def revoke(self, feed: Feed, now: datetime) -> None:
        """End a feed."""
