"""Block bookings."""

from __future__ import annotations

from typing import Protocol

from server.domain.block import Block
from server.domain.paging import Listing, Page


class BlockStore(Protocol):
    """Blocks; their sessions are in the store of sessions."""

    def add(self, block: Block) -> None:
        """Record a block."""

    def get(self, name: str, lock: bool = False) -> Block:
        """Return the block, or refuse with NotFound. Days are locked before it is."""

    def by_id(self, number: int) -> Block:
        """Return the block of that id, which exists."""

    def save(self, block: Block) -> None:
        """Write how a block ended; it is one version on. ChangedMeanwhile when somebody else was."""

    def listing(self, page: Page) -> Listing[Block]:
        """Return a page, newest first."""
