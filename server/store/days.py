"""Officer-days: the unit of locking, searching and changing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import Range

from server.domain.day_rows import bitmap, longest_gap
from server.domain.resource_day import Occupancy, ResourceDay
from server.domain.spans import Span
from server.store import route_codec
from server.store.tables import occupancy
from server.store.tables import resource_day as t
from server.usecases.ports import DayKey

_select = sa.select(t.c.day, t.c.resource_id, t.c.span, t.c.seq, t.c.route)


def span_of(stored: Range[Any]) -> Span:
    """Return the span of a stored range."""
    assert stored.lower is not None
    assert stored.upper is not None
    return Span(stored.lower, stored.upper)


def range_of(span: Span) -> Range[Any]:
    """Return the half-open range to store."""
    return Range(span.start, span.end, bounds="[)")


def day_of(row: Any) -> ResourceDay:
    """Return the day of a row of resource_day."""
    return route_codec.unpack(row.route, row.day, row.resource_id, span_of(row.span), row.seq)


def _day_row(day: ResourceDay, origin: str) -> dict[str, Any]:
    return {
        "day": day.day,
        "resource_id": day.resource,
        "span": range_of(day.span),
        "seq": day.seq,
        "origin": origin,
        "bitmap": bitmap(day),
        "max_gap": longest_gap(day),
        "route": route_codec.pack(day),
    }


def _occupancy_row(row: Occupancy) -> dict[str, Any]:
    return {
        "id": row.id,
        "day": row.day,
        "resource_id": row.resource,
        "seats": Range(row.seats[0], row.seats[1], bounds="[)"),
        "busy": range_of(row.busy),
        "lead_s": row.lead_s,
        "kind": row.kind,
        "visit_id": row.visit or None,
        "booking_id": row.booking or None,
        "hold_id": row.hold or None,
        "overlay_id": row.overlay or None,
        "session_id": row.session or None,
        "expires_at": row.expires,
    }


class SqlDays:
    """Reads, locks and adds; changing is the generic write's."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def get(self, keys: Collection[DayKey]) -> dict[DayKey, ResourceDay]:
        """Return those that exist, without a lock."""
        return self._read(_select.where(self._are(keys)))

    def lock(self, keys: Collection[DayKey]) -> dict[DayKey, ResourceDay]:
        """Lock those that exist: one statement, one order for everybody, so nobody waits in a circle."""
        return self._read(_select.where(self._are(keys)).order_by(t.c.day, t.c.resource_id).with_for_update(key_share=True))

    def search(self, officers: Collection[int], start: date, end: date) -> list[ResourceDay]:
        """Return the days of these officers with start <= day < end, by day."""
        query = _select.where(
            t.c.day >= start,
            t.c.day < end,
            t.c.resource_id == sa.any_(sa.cast(list(officers), sa.ARRAY(sa.BigInteger))),
        )
        return [day_of(row) for row in self._connection.execute(query.order_by(t.c.day, t.c.resource_id))]

    def overlapping(self, officer: int, span: Span) -> list[DayKey]:
        """Return the days of an officer whose span shares an instant with `span`."""
        query = sa.select(t.c.day, t.c.resource_id).where(
            t.c.resource_id == officer, t.c.span.op("&&")(sa.cast(range_of(span), t.c.span.type))
        )
        return [(row.day, row.resource_id) for row in self._connection.execute(query.order_by(t.c.day))]

    def of_visits(self, visits: Collection[int]) -> list[DayKey]:
        """Return the days on whose routes these visits are."""
        query = (
            sa.select(occupancy.c.day, occupancy.c.resource_id)
            .where(occupancy.c.visit_id == sa.any_(sa.cast(list(visits), sa.ARRAY(sa.BigInteger))))
            .distinct()
        )
        return sorted((row.day, row.resource_id) for row in self._connection.execute(query))

    def add(self, days: Sequence[ResourceDay], origin: str) -> None:
        """Add days with the rows that stand on them."""
        if not days:
            return
        self._connection.execute(sa.insert(t), [_day_row(day, origin) for day in days])
        rows = [_occupancy_row(row) for day in days for row in day.occupancies()]
        if rows:
            self._connection.execute(sa.insert(occupancy), rows)

    def _read(self, query: sa.Select[Any]) -> dict[DayKey, ResourceDay]:
        return {(row.day, row.resource_id): day_of(row) for row in self._connection.execute(query)}

    @staticmethod
    def _are(keys: Collection[DayKey]) -> sa.ColumnElement[bool]:
        return sa.tuple_(t.c.day, t.c.resource_id).in_(list(keys)) if keys else sa.false()
