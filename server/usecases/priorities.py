"""The priority matrix: read by whoever rates, written by administrators."""

from __future__ import annotations

from server.domain.audit import Audit
from server.domain.caller import Caller, Request
from server.domain.change import Change
from server.domain.priority import PriorityMatrix
from server.usecases.ports import Clock, Store


class Priorities:
    """Reads and replaces the matrix."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def get(self, _caller: Caller) -> PriorityMatrix:
        """Return the matrix."""
        with self._store.begin() as tx:
            return tx.priorities.get()

    def replace(self, request: Request, matrix: PriorityMatrix) -> PriorityMatrix:
        """Put a matrix in the place of the one before; visits that exist keep their weight."""
        with self._store.begin(request) as tx:
            tx.priorities.save(matrix)
            detail = tuple(
                (f"{row.rating.severity} x {row.rating.likelihood}", f"{row.level} {row.weight}") for row in matrix.rows
            )
            line = Audit(self._clock(), request.caller.principal, "priorities.replaced", "priorityMatrix", detail)
            tx.write(Change(audits=(line,)), matrix)
            return matrix
