"""Locations, rooms and equipment."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from server.domain.catalogue import ResourceNeed
from server.domain.errors import NotFound
from server.domain.geography import Position
from server.domain.paging import Listing, Page
from server.domain.resource import Location, Resource, ResourceKind
from server.store import positions
from server.store.paging import listing
from server.store.tables import booking, fact, hold, occupancy, opening_rule, overlay, repair, resource_day, service, session
from server.store.tables import location as _locations
from server.store.tables import resource as t
from server.usecases.ports import DayKey

MOST = 50
_location = sa.select(
    _locations,
    positions.latitude(_locations.c.site).label("lat"),
    positions.longitude(_locations.c.site).label("lon"),
)
_resource = sa.select(t, _locations.c.code.label("location")).outerjoin(_locations, _locations.c.id == t.c.location_id)


def _location_of(row: Any) -> Location:
    return Location(
        code=row.code,
        title=row.name,
        address=row.address,
        position=Position.of(row.lat, row.lon),
        zone=row.zone,
        features=frozenset(row.features),
        id=row.id,
        version=row.version,
    )


def _resource_of(row: Any) -> Resource:
    return Resource(
        code=row.code,
        title=row.name,
        kind=ResourceKind(row.kind),
        category=row.category,
        seats=row.seats,
        location=row.location or "",
        features=frozenset(row.features),
        id=row.id,
        version=row.version,
    )


class SqlResources:
    """Locations and resources by code."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def location(self, code: str) -> Location:
        """Return the location, or refuse."""
        row = self._connection.execute(_location.where(_locations.c.code == code)).one_or_none()
        if row is None:
            raise NotFound(f"there is no location 'locations/{code}'", name=f"locations/{code}")
        return _location_of(row)

    def locations(self, page: Page, codes: Collection[str] | None = None) -> Listing[Location]:
        """Return a page by code; with `codes` those only."""
        query = _location if codes is None else _location.where(_locations.c.code.in_(codes))
        scope = "locations" if codes is None else f"locations {sorted(codes)}"
        return listing(self._connection, query, page, scope, [_locations.c.code], _location_of)

    def save_location(self, location: Location) -> Location:
        """Add or replace by code; every write is a new version."""
        values = {
            "code": location.code,
            "name": location.title,
            "address": location.address,
            "site": positions.stored(location.position),
            "zone": location.zone,
            "features": sorted(location.features),
        }
        newer = {**values, "version": _locations.c.version + 1}
        added = pg.insert(_locations).values(values)
        self._connection.execute(added.on_conflict_do_update(index_elements=["code"], set_=newer))
        return self.location(location.code)

    def get(self, code: str) -> Resource:
        """Return the room or equipment, or refuse."""
        row = self._connection.execute(_resource.where(t.c.code == code)).one_or_none()
        if row is None:
            raise NotFound(f"there is no resource 'resources/{code}'", name=f"resources/{code}")
        return _resource_of(row)

    def listing(self, page: Page, location: str, category: str) -> Listing[Resource]:
        """Return a page by code; `location` and `category` empty for all."""
        query = _resource.where(t.c.code.is_not(None))
        if location:
            query = query.where(_locations.c.code == location)
        if category:
            query = query.where(t.c.category == category)
        return listing(self._connection, query, page, f"resources {location} {category}", [t.c.code], _resource_of)

    def save(self, resource: Resource) -> Resource:
        """Add or replace by code; every write is a new version."""
        where = self.location(resource.location).id if resource.location else None
        values = {
            "code": resource.code,
            "name": resource.title,
            "kind": resource.kind.value,
            "category": resource.category,
            "seats": resource.seats,
            "location_id": where,
            "features": sorted(resource.features),
        }
        newer = {**values, "version": t.c.version + 1}
        self._connection.execute(pg.insert(t).values(values).on_conflict_do_update(index_elements=["code"], set_=newer))
        return self.get(resource.code)

    def rooms(self, numbers: Collection[int]) -> list[Resource]:
        """Return those of these resources that are rooms, by code."""
        query = _resource.where(t.c.id.in_(numbers), t.c.kind == ResourceKind.ROOM.value).order_by(t.c.code)
        return [_resource_of(row) for row in self._connection.execute(query)]

    def serving(self, need: ResourceNeed, location: str) -> list[Resource]:
        """Return what could serve a need at a location (empty: anywhere), by code: at most `MOST`."""
        query = _resource.where(
            t.c.code.is_not(None),
            t.c.category == need.category,
            t.c.seats >= need.quantity,
            t.c.features.contains(sa.cast(list(need.features), pg.ARRAY(sa.Text))),
        )
        here = t.c.location_id.is_(None)
        query = query.where(sa.or_(here, _locations.c.code == location) if location else here)
        return [_resource_of(row) for row in self._connection.execute(query.order_by(t.c.code).limit(MOST))]

    def at(self, location: str) -> list[Resource]:
        """Return everything that stands at a location."""
        return [_resource_of(row) for row in self._connection.execute(_resource.where(_locations.c.code == location))]

    def users_of_location(self, location: Location) -> str:
        """Return what refers to a location, in words."""
        users = {
            "rooms or equipment": t.c.location_id == location.id,
            "services": sa.literal(location.code) == sa.any_(service.c.locations),
            "bookings": booking.c.location_id == location.id,
            "holds": hold.c.location_id == location.id,
            "sessions": session.c.location_id == location.id,
        }
        query = sa.select(*(sa.exists().where(condition) for condition in users.values()))
        found = self._connection.execute(query).one()
        return ", ".join(name for name, used in zip(users, found, strict=True) if used)

    def delete_location(self, location: Location) -> None:
        """Remove it."""
        self._connection.execute(sa.delete(_locations).where(_locations.c.id == location.id))

    def days(self, resource: Resource) -> list[DayKey]:
        """Return its days."""
        query = sa.select(resource_day.c.day).where(resource_day.c.resource_id == resource.id)
        return [(day, resource.id) for day in self._connection.execute(query).scalars()]

    def is_used(self, resource: Resource) -> bool:
        """Tell whether anything but what is closed ever stood on it."""
        stood = sa.exists().where(occupancy.c.resource_id == resource.id, occupancy.c.kind != "overlay")
        lost = sa.exists().where(repair.c.resource_id == resource.id)
        return bool(self._connection.execute(sa.select(sa.or_(stood, lost))).scalar_one())

    def delete(self, resource: Resource) -> None:
        """Remove it with its days, rules and facts."""
        for table in (occupancy, resource_day, overlay, fact, opening_rule):
            self._connection.execute(sa.delete(table).where(table.c.resource_id == resource.id))
        self._connection.execute(sa.delete(t).where(t.c.id == resource.id))
