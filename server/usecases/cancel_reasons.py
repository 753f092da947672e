"""The reasons for which bookings are cancelled."""

from __future__ import annotations

from server.domain.caller import Caller, Request
from server.domain.cancel_reason import CancelReason
from server.domain.paging import Listing, Page
from server.usecases.ports import Store


class Reasons:
    """Reasons are data: administrators keep them."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def upsert(self, request: Request, reason: CancelReason) -> CancelReason:
        """Add or replace a reason by code."""
        with self._store.begin(request) as tx:
            written = tx.reasons.upsert(reason)
            tx.answer(written)
            return written

    def list(self, caller: Caller, page: Page, show_retired: bool) -> Listing[CancelReason]:
        """Return a page by code, for anybody who picks one or reads a report."""
        with self._store.begin() as tx:
            return tx.reasons.listing(page, show_retired)
