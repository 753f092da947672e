"""Long-running operations as their clients see them."""

from __future__ import annotations

from server.domain.caller import Caller
from server.domain.operation import Operation
from server.domain.paging import Listing, Page
from server.usecases.ports import Store


class Operations:
    """Runs of the planner."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, caller: Caller, name: str) -> Operation:
        """Return the run."""
        with self._store.begin() as tx:
            return tx.plans.operation(name)

    def list(self, caller: Caller, page: Page) -> Listing[Operation]:
        """Return a page, newest first."""
        with self._store.begin() as tx:
            return tx.plans.operations(page)

    def cancel(self, caller: Caller, name: str) -> None:
        """Ask the run to stop; what it has found by then is kept when it is a whole plan."""
        with self._store.begin() as tx:
            tx.plans.request_cancel(tx.plans.operation(name))
