"""Premises and patches."""

from __future__ import annotations

from server.domain.caller import Caller, Request
from server.domain.geography import Position
from server.domain.organisation import Patch, Premises
from server.domain.paging import Listing, Page
from server.usecases.ports import Store


class Places:
    """Where work is done."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def upsert(self, request: Request, premises: Premises) -> Premises:
        """Add or replace by (source, external_id). A visit that is on a route keeps the place it was planned at."""
        with self._store.begin(request) as tx:
            stored = tx.places.upsert(premises)
            tx.answer(stored)
            return stored

    def get(self, caller: Caller, number: int) -> Premises:
        """Return the premises."""
        with self._store.begin() as tx:
            return tx.places.get(number)

    def list(self, caller: Caller, page: Page, query: str, near: Position | None) -> Listing[Premises]:
        """Return a page by name, or the nearest ones."""
        with self._store.begin() as tx:
            return tx.places.listing(page, query, near)

    def patches(self, caller: Caller, page: Page) -> Listing[Patch]:
        """Return a page of patches by name."""
        with self._store.begin() as tx:
            return tx.places.patches(page)
