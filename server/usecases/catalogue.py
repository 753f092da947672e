"""The catalogue of services."""

from __future__ import annotations

from server.domain.caller import Caller, Request, Role
from server.domain.catalogue import Service
from server.domain.errors import NotFound
from server.domain.organisation import Skill
from server.domain.paging import Listing, Page
from server.usecases.ports import Clock, Store, Transaction


class Catalogue:
    """What can be booked or must be done."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def upsert(self, request: Request, service: Service) -> Service:
        """Add or replace by code. Bookings made before keep the time that they were promised."""
        with self._store.begin(request) as tx:
            stored = tx.services.upsert(service)
            tx.answer(stored)
            return stored

    def get(self, caller: Caller, code: str) -> Service:
        """Return the service; to the public, one that is not public does not exist."""
        with self._store.begin() as tx:
            return visible_service(tx, caller, code)

    def upsert_skill(self, request: Request, skill: Skill) -> Skill:
        """Add or rename a skill."""
        with self._store.begin(request) as tx:
            tx.organisation.save_skill(skill)
            tx.answer(skill)
            return skill

    def skills(self, caller: Caller, page: Page) -> Listing[Skill]:
        """Return a page of skills by code, with how many officers have each today."""
        with self._store.begin() as tx:
            return tx.organisation.skills(page, self._clock().date())

    def list(self, caller: Caller, page: Page) -> Listing[Service]:
        """Return a page by code; the public sees the public ones."""
        with self._store.begin() as tx:
            return tx.services.listing(page, public_only=caller.role is Role.PUBLIC)


def visible_service(tx: Transaction, caller: Caller, code: str) -> Service:
    """Return a service that the caller may know of, or refuse."""
    service = tx.remembered(("service", code), lambda: tx.services.get(code))
    if caller.role is Role.PUBLIC and (service.unannounced or not service.public):
        raise NotFound(f"there is no service 'services/{code}'", name=f"services/{code}")
    return service
