"""What every edge and job asks of block bookings."""

from __future__ import annotations

from server.usecases.blocks.cancelling import Cancelling
from server.usecases.blocks.opening import Opening
from server.usecases.blocks.reading import Reading
from server.usecases.blocks.releasing import Releasing


class BlockBookings(Opening, Cancelling, Releasing, Reading):
    """Blocks and their sessions, a transaction per step."""
