"""Reading the audit."""

from __future__ import annotations

from server.domain.audit import Audit, AuditFilter
from server.domain.caller import Caller
from server.domain.paging import Listing, Page
from server.usecases.ports import Store


class Auditing:
    """What those who answer for the authority look at."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def list(self, caller: Caller, page: Page, wanted: AuditFilter) -> Listing[Audit]:
        """Return a page, newest first."""
        with self._store.begin() as tx:
            return tx.audit.listing(page, wanted)
