"""New identities: random numbers for what the world sees, blocks of a sequence for occupancy rows."""

from __future__ import annotations

import secrets
import threading

import sqlalchemy as sa

from server.domain.ids import BITS
from server.store.tables import occupancy_ids

BLOCK = 64


class SqlIds:
    """Takes a block of occupancy ids at a time. `engine` is for nothing else: callers hold connections and locks."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._next = self._end = 0

    def unguessable(self) -> int:
        """Return a random number in [1, 2**62)."""
        return secrets.randbelow((1 << BITS) - 1) + 1

    def occupancy(self) -> int:
        """Return an occupancy id that was never used."""
        with self._lock:
            if self._next == self._end:
                with self._engine.connect() as connection:
                    self._next = connection.execute(sa.select(occupancy_ids.next_value())).scalar_one()
                self._end = self._next + BLOCK
            self._next += 1
            return self._next - 1
