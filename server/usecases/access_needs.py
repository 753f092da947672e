"""Access needs: the catalogue, and what the needs of a customer ask of a slot."""

from __future__ import annotations

from collections.abc import Collection

from server.domain.access_need import AccessNeed, Required, required
from server.domain.caller import Caller, Request
from server.domain.errors import InvalidField
from server.domain.paging import Listing, Page
from server.usecases.ports import Store, Transaction


class AccessNeeds:
    """What customers can need in order to be served."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def upsert(self, request: Request, need: AccessNeed) -> AccessNeed:
        """Add or replace by code."""
        with self._store.begin(request) as tx:
            tx.access_needs.save(need)
            tx.answer(need)
            return need

    def list(self, caller: Caller, page: Page) -> Listing[AccessNeed]:
        """Return a page by code."""
        with self._store.begin() as tx:
            return tx.access_needs.listing(page)


def must_exist(tx: Transaction, codes: Collection[str], field: str) -> dict[str, AccessNeed]:
    """Return the needs of these codes, or refuse a code that is unknown, naming `field`."""
    known = tx.access_needs.some(codes)
    unknown = sorted(set(codes) - set(known))
    if unknown:
        raise InvalidField.of(field, f"{unknown[0]!r} is no access need: ListAccessNeeds tells the codes")
    return known


def needs_of(tx: Transaction, codes: Collection[str], field: str = "access_needs") -> Required:
    """Return the skills of officers and the features of rooms and offices that these needs ask for, or refuse `field`."""
    return required(must_exist(tx, codes, field).values()) if codes else Required()
