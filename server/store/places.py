"""Premises and patches."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from server.domain.errors import NotFound
from server.domain.geography import Position
from server.domain.organisation import Address, Patch, Premises
from server.domain.paging import Listing, Page
from server.store import positions
from server.store.paging import listing
from server.store.tables import patch
from server.store.tables import premises as t

_select = sa.select(
    t.c.id,
    t.c.source,
    t.c.external_id,
    t.c.name,
    t.c.category,
    t.c.house_number,
    t.c.street,
    t.c.postcode,
    t.c.city,
    positions.latitude(t.c.site).label("lat"),
    positions.longitude(t.c.site).label("lon"),
    t.c.opening_hours,
    t.c.access_note,
    t.c.approach_s,
    t.c.patch_id,
)


def _from_row(row: Any) -> Premises:
    return Premises(
        id=row.id,
        source=row.source,
        external_id=row.external_id,
        name=row.name,
        category=row.category,
        address=Address(row.house_number, row.street, row.postcode, row.city),
        position=Position.of(row.lat, row.lon),
        opening_hours=row.opening_hours,
        access_note=row.access_note,
        approach_s=row.approach_s,
        patch_id=row.patch_id,
    )


def literal(text: str) -> str:
    """Return `text` with LIKE's own characters made plain."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


class SqlPlaces:
    """Premises by id, name and distance."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def get(self, number: int) -> Premises:
        """Return the premises, or refuse."""
        found = self.some([number])
        if number not in found:
            raise NotFound(f"there is no premises 'premises/{number}'", name=f"premises/{number}")
        return found[number]

    def some(self, numbers: Collection[int]) -> dict[int, Premises]:
        """Return those that exist, by id."""
        query = _select.where(t.c.id == sa.any_(sa.cast(list(numbers), sa.ARRAY(sa.BigInteger))))
        return {row.id: _from_row(row) for row in self._connection.execute(query)}

    def listing(self, page: Page, query: str, near: Position | None) -> Listing[Premises]:
        """Return a page by name, or the nearest ones (one page only)."""
        wanted = _select.where(t.c.name.ilike(f"%{literal(query)}%", escape="\\")) if query else _select
        if near is None:
            return listing(self._connection, wanted, page, f"premises {query}", [t.c.name, t.c.id], _from_row)
        nearest = wanted.order_by(t.c.site.op("<->")(positions.stored(near))).limit(page.limit)
        return Listing(tuple(_from_row(row) for row in self._connection.execute(nearest)))

    def upsert(self, premises: Premises) -> Premises:
        """Add or replace by (source, external_id); the patch follows from the position."""
        site = positions.stored(premises.position)
        where = sa.select(patch.c.id).where(sa.func.ST_Covers(patch.c.area, site)).order_by(patch.c.name).limit(1)
        values = {
            "source": premises.source,
            "external_id": premises.external_id,
            "name": premises.name,
            "category": premises.category,
            "house_number": premises.address.house_number,
            "street": premises.address.street,
            "postcode": premises.address.postcode,
            "city": premises.address.city,
            "site": site,
            "opening_hours": premises.opening_hours,
            "access_note": premises.access_note,
            "approach_s": premises.approach_s,
            "patch_id": where.scalar_subquery(),
        }
        statement = (
            pg.insert(t)
            .values(values)
            .on_conflict_do_update(index_elements=["source", "external_id"], set_=values)
            .returning(t.c.id)
        )
        return self.get(self._connection.execute(statement).scalar_one())

    def patches(self, page: Page) -> Listing[Patch]:
        """Return a page of patches by name."""
        query = sa.select(patch.c.id, patch.c.name)
        return listing(self._connection, query, page, "patches", [patch.c.name], lambda row: Patch(row.id, row.name))
