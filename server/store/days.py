"""Officer-days: the unit of locking, searching and changing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import Range, psycopg

from server.domain.day_rows import bitmap, longest_gap
from server.domain.resource_day import Occupancy, ResourceDay
from server.domain.spans import Span
from server.store import prepared, route_codec
from server.store.tables import occupancy, overlay
from server.store.tables import resource_day as t
from server.store.tables.base import Xid8
from server.usecases.ports import DayKey
from server.usecases.ports.search import StoredDay, StoredDays


def _number(xid: sa.ColumnElement[Any]) -> sa.ColumnElement[int]:
    return sa.cast(sa.cast(xid, sa.Text), sa.BigInteger)


_select = sa.select(t.c.day, t.c.resource_id, t.c.span, t.c.seq, t.c.route)
_wanted = (
    sa.func.unnest(sa.bindparam("days", type_=sa.ARRAY(sa.Date)), sa.bindparam("resources", type_=sa.ARRAY(sa.BigInteger)))
    .table_valued(sa.column("day", sa.Date), sa.column("resource_id", sa.BigInteger), name="wanted")
    .render_derived()
)
_keyed = _select.join(_wanted, sa.and_(t.c.day == _wanted.c.day, t.c.resource_id == _wanted.c.resource_id))
_GET = prepared.compiled(_keyed)
# Everybody locks in this order, so nobody waits in a circle.
_LOCK = prepared.compiled(_keyed.order_by(t.c.day, t.c.resource_id).with_for_update(of=t, key_share=True))
_low, _high = (sa.bindparam(name, type_=sa.DateTime(timezone=True)) for name in ("low", "high"))
_seconds = sa.bindparam("seconds", type_=sa.Integer)
_since = sa.cast(sa.extract("epoch", _low - sa.func.lower(t.c.span)), sa.Integer)


def _bit_at(second: sa.ColumnElement[int]) -> sa.ColumnElement[int]:
    return second.op("/", precedence=8)(sa.literal_column("300", sa.Integer))


_bits = (
    sa.func.generate_series(_bit_at(_since), _bit_at(_since + _seconds - sa.literal_column("1", sa.Integer)))
    .table_valued(sa.column("bit", sa.Integer), name="bits")
    .render_derived()
)
_FREE = prepared.compiled(
    sa.select(t.c.day, t.c.resource_id)
    .where(
        t.c.day >= sa.bindparam("first", type_=sa.Date),
        t.c.day <= sa.bindparam("last", type_=sa.Date),
        t.c.resource_id == sa.any_(sa.bindparam("resources", type_=sa.ARRAY(sa.BigInteger))),
        t.c.max_gap >= _seconds,
        sa.func.lower(t.c.span) <= _low,
        sa.func.upper(t.c.span) >= _high,
        ~sa.exists().where(sa.func.get_bit(t.c.bitmap, _bits.c.bit) == sa.literal_column("1")),
    )
    .order_by(t.c.day, t.c.resource_id)
    .limit(sa.bindparam("most", type_=sa.Integer))
)


_changed_in = t.c.changed >= sa.cast(sa.cast(sa.bindparam("as_of"), sa.Text), Xid8)
_xmin = sa.func.pg_snapshot_xmin(sa.func.pg_current_snapshot())
_CHANGED = str(
    sa.select(
        sa.func.count(),
        _number(_xmin),
        _number(sa.func.pg_current_xact_id_if_assigned()),
        *(
            sa.func.array_agg(column).filter(_changed_in)
            for column in (
                t.c.day,
                t.c.resource_id,
                sa.func.lower(t.c.span),
                sa.func.upper(t.c.span),
                t.c.seq,
                _number(t.c.changed),
                t.c.route,
            )
        ),
    )
    .where(t.c.day >= sa.bindparam("first", type_=sa.Date), t.c.day < sa.bindparam("after_last", type_=sa.Date))
    .compile(dialect=psycopg.dialect())  # type: ignore[no-untyped-call]
)


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
        return self._read(_GET, keys)

    def lock(self, keys: Collection[DayKey]) -> dict[DayKey, ResourceDay]:
        """Lock those that exist, in one statement."""
        return self._read(_LOCK, keys)

    def free(self, resources: Collection[int], busy: Span, most: int) -> list[DayKey]:
        """Return the first few days of these whose busy bits are clear during `busy`, by day and resource."""
        asked = {
            "first": busy.start.date() - timedelta(days=1),
            "last": busy.end.date() + timedelta(days=1),
            "resources": list(resources),
            "seconds": busy.seconds,
            "low": busy.start,
            "high": busy.end,
            "most": most,
        }
        return [(day, resource) for day, resource in prepared.rows(self._connection, _FREE, asked)]

    def search(self, officers: Collection[int], start: date, end: date) -> list[ResourceDay]:
        """Return the days of these officers with start <= day < end, by day."""
        query = _select.where(
            t.c.day >= start,
            t.c.day < end,
            t.c.resource_id == sa.any_(sa.cast(list(officers), sa.ARRAY(sa.BigInteger))),
        )
        return [day_of(row) for row in self._connection.execute(query.order_by(t.c.day, t.c.resource_id))]

    def changed(self, first: date, after_last: date, as_of: int) -> StoredDays:
        """Return the days with first <= day < after_last that changed since a reading gave `as_of`; 0 for all.

        One statement, so that the count and the days are of one moment; in binary, since these are many bytes.
        """
        driver: Any = self._connection.connection.driver_connection
        with driver.cursor(binary=True) as cursor:
            cursor.execute(_CHANGED, {"first": first, "after_last": after_last, "as_of": str(as_of)})
            count, present, mine, *columns = cursor.fetchone()
        rows = zip(*(column or () for column in columns), strict=True)
        changed = tuple(StoredDay(day, who, Span(a, b), *rest) for day, who, a, b, *rest in rows)
        return StoredDays(count, present, changed, any(stored.version == mine for stored in changed))

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

    def fact_kinds(self, overlays: Collection[int]) -> dict[int, str]:
        """Return what each of those facts is."""
        wanted = overlay.c.id == sa.any_(sa.cast(list(overlays), sa.ARRAY(sa.BigInteger)))
        query = sa.select(overlay.c.id, overlay.c.kind).where(wanted)
        return {row.id: row.kind for row in self._connection.execute(query)} if overlays else {}

    def add(self, days: Sequence[ResourceDay], origin: str) -> None:
        """Add days with the rows that stand on them."""
        if not days:
            return
        self._connection.execute(sa.insert(t), [_day_row(day, origin) for day in days])
        rows = [_occupancy_row(row) for day in days for row in day.occupancies()]
        if rows:
            self._connection.execute(sa.insert(occupancy), rows)

    def _read(self, statement: prepared.Statement, keys: Collection[DayKey]) -> dict[DayKey, ResourceDay]:
        if not keys:
            return {}
        asked = {"days": [day for day, _ in keys], "resources": [resource for _, resource in keys]}
        found = prepared.rows(self._connection, statement, asked)
        return {(day, who): route_codec.unpack(route, day, who, span_of(span), seq) for day, who, span, seq, route in found}
