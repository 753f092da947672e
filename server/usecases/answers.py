"""Forgetting the answers that were kept for whoever repeats a request."""

from __future__ import annotations

from datetime import timedelta

from server.usecases.ports import Clock, Store

REMEMBERED = timedelta(days=7)
"""So long a request id makes a retry harmless."""
SLICE = timedelta(hours=1)
SLICES = 7 * 24


class Answers:
    """Keeps the store from growing with every write that was ever asked for."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def forget(self) -> int:
        """Delete the answers older than `REMEMBERED`; return how many.

        Oldest first, an hour's worth in a transaction: a worker that was away for days locks no more rows at once.
        """
        end = self._clock() - REMEMBERED
        return sum(self._store.forget_answers(end - number * SLICE) for number in reversed(range(SLICES)))
