"""Bulk writing of what other systems own: organisation, places, roads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from server.domain.organisation import AddressPoint, Officer, PatchArea, Premises, RoadMap
from server.domain.resource_day import ResourceDay
from server.store import positions
from server.store.days import SqlDays, range_of
from server.store.tables import (
    address,
    officer,
    officer_skill,
    patch,
    premises,
    resource,
    resource_day,
    road_graph,
    team,
)

BATCH = 500
T = TypeVar("T")


class SqlImports:
    """Upserts by the keys of the other systems."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def team(self, code: str, name: str, zone: str) -> None:
        """Add or replace a team."""
        values = {"code": code, "name": name, "zone": zone}
        self._connection.execute(pg.insert(team).values(values).on_conflict_do_update(index_elements=["code"], set_=values))

    def officer(self, new: Officer) -> None:
        """Add or replace an officer by code; the skills given replace those held."""
        known = self._connection.execute(sa.select(officer.c.id).where(officer.c.code == new.code)).scalar_one_or_none()
        values: dict[str, Any] = {
            "name": new.name,
            "team_id": sa.select(team.c.id).where(team.c.code == new.team).scalar_subquery(),
            "base": positions.stored(new.base),
            "mode": new.mode.value,
        }
        if known is None:
            made = sa.insert(resource).values(kind="officer").returning(resource.c.id)
            known = self._connection.execute(made).scalar_one()
            self._connection.execute(sa.insert(officer).values(id=known, code=new.code, **values))
        else:
            self._connection.execute(sa.update(officer).where(officer.c.id == known).values(**values))
        self._connection.execute(sa.delete(officer_skill).where(officer_skill.c.officer_id == known))
        for skill, level in new.skills.items():
            self._connection.execute(sa.insert(officer_skill).values(officer_id=known, skill=skill, level=level))

    def has_shift(self, day: ResourceDay) -> bool:
        """Tell whether the officer has a shift on that date, or one that overlaps this one."""
        span = sa.cast(range_of(day.span), pg.TSTZRANGE)
        query = sa.select(sa.literal(1)).where(
            resource_day.c.resource_id == day.resource,
            sa.or_(resource_day.c.day == day.day, resource_day.c.span.op("&&")(span)),
        )
        return self._connection.execute(query.limit(1)).scalar_one_or_none() is not None

    def shift(self, day: ResourceDay) -> None:
        """Add an officer-day with the rows of its break and of its absences."""
        SqlDays(self._connection).add([day], "SHIFT")

    def patches(self, patches: Sequence[PatchArea]) -> None:
        """Add or replace patches by name."""
        for one in patches:
            values = {"name": one.name, "area": sa.func.ST_GeogFromText(one.area)}
            self._connection.execute(
                pg.insert(patch).values(values).on_conflict_do_update(index_elements=["name"], set_=values)
            )

    def premises(self, new: Sequence[Premises]) -> None:
        """Add or replace by (source, external_id); access notes and approach times of ours are kept."""
        for some in _batches(new):
            statement = pg.insert(premises).values([_premises(one) for one in some])
            theirs = ("name", "category", "house_number", "street", "postcode", "city", "site", "opening_hours")
            self._connection.execute(
                statement.on_conflict_do_update(
                    index_elements=["source", "external_id"], set_={c: statement.excluded[c] for c in theirs}
                )
            )

    def addresses(self, new: Sequence[AddressPoint]) -> None:
        """Add or replace by (source, external_id)."""
        for some in _batches(new):
            statement = pg.insert(address).values([_address(one) for one in some])
            theirs = ("house_number", "street", "postcode", "city", "site")
            self._connection.execute(
                statement.on_conflict_do_update(
                    index_elements=["source", "external_id"], set_={c: statement.excluded[c] for c in theirs}
                )
            )

    def assign_patches(self) -> None:
        """Give every premises the patch that covers it; of several the first by name."""
        covering = (
            sa.select(patch.c.id)
            .where(sa.func.ST_Covers(patch.c.area, premises.c.site))
            .order_by(patch.c.name)
            .limit(1)
            .scalar_subquery()
        )
        self._connection.execute(sa.update(premises).values(patch_id=covering))

    def roads(self, roads: RoadMap, now: datetime) -> None:
        """Keep a road graph; one of that version is made the newest."""
        values = {
            "name": roads.name,
            "version": roads.version,
            "attribution": roads.attribution,
            "content": roads.content,
            "created_at": now,
        }
        self._connection.execute(
            pg.insert(road_graph).values(values).on_conflict_do_update(index_elements=["version"], set_=values)
        )

    def premises_ids(self) -> dict[tuple[str, str], int]:
        """Return the ids of all premises by (source, external_id)."""
        query = sa.select(premises.c.source, premises.c.external_id, premises.c.id)
        return {(row.source, row.external_id): row.id for row in self._connection.execute(query)}


def _batches(items: Sequence[T]) -> Iterator[Sequence[T]]:
    return (items[start : start + BATCH] for start in range(0, len(items), BATCH))


def _premises(one: Premises) -> dict[str, Any]:
    return {
        "source": one.source,
        "external_id": one.external_id,
        "name": one.name,
        "category": one.category,
        "house_number": one.address.house_number,
        "street": one.address.street,
        "postcode": one.address.postcode,
        "city": one.address.city,
        "site": positions.stored(one.position),
        "opening_hours": one.opening_hours,
        "access_note": one.access_note,
        "approach_s": one.approach_s,
    }


def _address(one: AddressPoint) -> dict[str, Any]:
    return {
        "source": one.source,
        "external_id": one.external_id,
        "house_number": one.address.house_number,
        "street": one.address.street,
        "postcode": one.address.postcode,
        "city": one.address.city,
        "site": positions.stored(one.position),
    }


def newest_roads(connection: sa.Connection) -> RoadMap | None:
    """Return the road graph that is in use."""
    query = sa.select(road_graph).order_by(road_graph.c.created_at.desc(), road_graph.c.id.desc()).limit(1)
    row = connection.execute(query).one_or_none()
    return None if row is None else RoadMap(row.name, row.version, row.attribution, row.content)
