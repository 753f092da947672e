"""Locations, rooms and equipment."""

from __future__ import annotations

from datetime import datetime

from server.domain.audit import Audit
from server.domain.caller import Caller, Request
from server.domain.change import Change
from server.domain.errors import InUse, InvalidField, NotFound
from server.domain.opening import Subject, SubjectKind
from server.domain.paging import Listing, Page
from server.domain.resource import Location, Resource, ResourceKind
from server.usecases.catalogue import visible_service
from server.usecases.ports import Clock, Store, Transaction
from server.usecases.rosters import Rosters, reopening


class Resources:
    """What is booked together with officers, and where. A resource's days follow it before the call ends."""

    def __init__(self, store: Store, rosters: Rosters, clock: Clock) -> None:
        self._store = store
        self._rosters = rosters
        self._clock = clock

    def upsert_location(self, request: Request, location: Location) -> Location:
        """Add or replace by code; rooms there follow its zone."""
        with self._store.begin(request) as tx:
            stored = tx.resources.save_location(location)
            here = tx.resources.at(location.code)
            jobs = tuple(reopening(_subject(one.code), self._clock()) for one in here)
            tx.write(Change(audits=(self._audit(request, "location.upsert", stored.name),), jobs=jobs), stored)
        for one in here:
            self._rosters.reopen(_subject(one.code))
        return stored

    def get_location(self, caller: Caller, code: str) -> Location:
        """Return the location."""
        with self._store.begin() as tx:
            return tx.resources.location(code)

    def list_locations(self, caller: Caller, page: Page, service: str) -> Listing[Location]:
        """Return a page by code; with `service` (a code) those at which it is offered."""
        with self._store.begin() as tx:
            if not service:
                return tx.resources.locations(page)
            asked = visible_service(tx, caller, service)
            return tx.resources.locations(page, asked.locations)

    def delete_location(self, request: Request, code: str) -> None:
        """Remove a location that nothing refers to."""
        with self._store.begin(request) as tx:
            location = tx.resources.location(code)
            users = tx.resources.users_of_location(location)
            if users:
                raise InUse(f"{location.name} is still used by {users}: change or remove them first", name=location.name)
            tx.resources.delete_location(location)
            tx.write(Change(audits=(self._audit(request, "location.delete", location.name),)), "")

    def upsert(self, request: Request, resource: Resource) -> Resource:
        """Add or replace by code; what it is, a room or equipment, stays."""
        if resource.kind is ResourceKind.ROOM and not resource.location:
            raise InvalidField.of("resource.location", "is empty: a room stands somewhere, name its location")
        now = self._clock()
        with self._store.begin(request) as tx:
            known = _known(tx, resource.code)
            if known:
                _must_fit(tx, known, resource, now)
            stored = tx.resources.save(resource)
            audit = self._audit(request, "resource.upsert", stored.name)
            tx.write(Change(audits=(audit,), jobs=(reopening(_subject(stored.code), now),)), stored)
        self._rosters.reopen(_subject(stored.code))
        return stored

    def get(self, caller: Caller, code: str) -> Resource:
        """Return the room or equipment."""
        with self._store.begin() as tx:
            return tx.resources.get(code)

    def list(self, caller: Caller, page: Page, location: str, category: str) -> Listing[Resource]:
        """Return a page by code; `location` and `category` empty for all."""
        with self._store.begin() as tx:
            if location:
                tx.resources.location(location)
            return tx.resources.listing(page, location, category)

    def delete(self, request: Request, code: str) -> None:
        """Remove a room or equipment that nothing was ever booked on, with its rules and facts."""
        with self._store.begin(request) as tx:
            resource = tx.resources.get(code)
            tx.days.lock(tx.resources.days(resource))
            tx.rosters.lock(resource.id)
            if tx.resources.is_used(resource):
                raise InUse(
                    f"{resource.name} has bookings, past ones too: close it by a rule or a fact instead", name=resource.name
                )
            tx.resources.delete(resource)
            tx.write(Change(audits=(self._audit(request, "resource.delete", resource.name),)), "")

    def _audit(self, request: Request, action: str, name: str) -> Audit:
        return Audit(self._clock(), request.caller.principal, action, name)


def _subject(code: str) -> Subject:
    return Subject(SubjectKind.RESOURCE, code)


def _known(tx: Transaction, code: str) -> Resource | None:
    try:
        return tx.resources.get(code)
    except NotFound:
        return None


def _must_fit(tx: Transaction, known: Resource, wanted: Resource, now: datetime) -> None:
    """Refuse a change that what is booked on the resource cannot follow."""
    if wanted.kind is not known.kind:
        raise InvalidField.of("resource.kind", f"{wanted.kind.value}: {known.name} is {known.kind.value}, and stays so")
    if wanted.seats >= known.seats:
        return
    days = tx.days.lock(tx.resources.days(known))
    taken = [day for day in days.values() if any(stop.seat >= wanted.seats for stop in day.beside) and day.span.end > now]
    if taken:
        raise InUse(
            f"{known.name} has more than {wanted.seats} seats taken on {min(day.day for day in taken)}: move what stands "
            "there first",
            name=known.name,
            day=min(day.day for day in taken),
        )
