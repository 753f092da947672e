"""The change feed: rows whose transaction one snapshot does not show and a later one does.

A snapshot names the transactions that were at work when it was taken. So one that began early and commits late is not
passed over, as it would be after the highest id or time that was seen; and nobody has to wait for it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import sqlalchemy as sa

from server.domain.errors import StoreUnavailable
from server.domain.watching import BookingNews, Cursor, DayNews, Reading
from server.store import errors
from server.store.bookings import event_of
from server.store.tables import booking, booking_event, dropped_day, officer, resource, resource_day

_NAME = sa.func.coalesce(sa.literal("officers/") + officer.c.code, sa.literal("resources/") + resource.c.code, "")
_control = sa.func.pg_control_system().table_valued(sa.column("system_identifier", sa.BigInteger), name="control")
_database = sa.table("pg_database", sa.column("oid", sa.BigInteger), sa.column("datname", sa.Text))
_IDENTITY = (
    sa.select(_control.c.system_identifier, _database.c.oid)
    .select_from(_control.join(_database, sa.true()))
    .where(_database.c.datname == sa.func.current_database())
)


class _PgSnapshot(sa.types.UserDefinedType[str]):
    """Which transactions are over."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        """Return the type's name in SQL."""
        return "pg_snapshot"


class SqlChangeFeed:
    """Reads on connections of its own: who tells others what happens must not queue behind those who make it happen."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine.execution_options(isolation_level="REPEATABLE READ")

    def identity(self) -> str:
        """Return a mark of this database: a restored copy of it counts its transactions differently."""
        with self._reading() as connection:
            row = connection.execute(_IDENTITY).one()
        return hashlib.sha256(f"{row.system_identifier} {row.oid}".encode()).hexdigest()[:12]

    def present(self) -> Cursor:
        """Return the cursor to which everything is known by now."""
        with self._reading() as connection:
            return Cursor(_now(connection))

    def bookings(self, cursor: Cursor, limit: int) -> Reading[BookingNews]:
        """Return at most `limit` booking events by id, which follows locks: a later step of a booking has a higher one."""
        e = booking_event
        with self._reading() as connection:
            asked = cursor.towards(_now(connection))
            if asked.is_empty:
                return Reading((), Cursor(asked.until))
            query = (
                sa.select(e, booking.c.creator)
                .join(booking, booking.c.id == e.c.booking_id)
                .where(*_range(e.c.changed, asked), _is_new(e.c.changed, asked), e.c.id > asked.after)
            )
            rows = connection.execute(query.order_by(e.c.id).limit(limit)).all()
        items = tuple(BookingNews(row.id, event_of(row), row.creator) for row in rows)
        more = len(rows) == limit
        return Reading(items, Cursor(asked.since, asked.until, rows[-1].id) if more else Cursor(asked.until))

    def days(self, cursor: Cursor, first: date, limit: int) -> Reading[DayNews]:
        """Return the changed days from `first` on, once each; of more than `limit` only the dates."""
        with self._reading() as connection:
            asked = cursor.towards(_now(connection))
            if asked.is_empty:
                return Reading((), Cursor(asked.until))
            changed = _changed_days(asked, first)
            rows = connection.execute(_named(changed).limit(limit + 1)).all()
            if len(rows) > limit:
                rows = connection.execute(_dates(changed)).all()
        return Reading(tuple(DayNews(row.day, row.name, row.is_offer) for row in rows), Cursor(asked.until))

    def close(self) -> None:
        """Give every connection back."""
        self._engine.dispose()

    @contextmanager
    def _reading(self) -> Iterator[sa.Connection]:
        try:
            with self._engine.begin() as connection:
                yield connection
        except sa.exc.TimeoutError as error:
            raise StoreUnavailable("every connection of the change feed is in use: try again in a moment") from error
        except sa.exc.DBAPIError as error:
            raise errors.refusal(error) from error


def _now(connection: sa.Connection) -> str:
    return str(connection.execute(sa.select(sa.cast(sa.func.pg_current_snapshot(), sa.Text))).scalar_one())


def _snapshot(text: str) -> sa.ColumnElement[Any]:
    return sa.cast(sa.literal(text, sa.Text), _PgSnapshot())


def _range(changed: sa.Column[int], asked: Cursor) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    """Return the ends between which every row of a reading lies: what an index finds."""
    low, high = sa.func.pg_snapshot_xmin(_snapshot(asked.since)), sa.func.pg_snapshot_xmax(_snapshot(asked.until))
    return changed >= low, changed < high


def _is_new(changed: sa.Column[int], asked: Cursor) -> sa.ColumnElement[bool]:
    visible = sa.func.pg_visible_in_snapshot
    return sa.and_(visible(changed, _snapshot(asked.until)), sa.not_(visible(changed, _snapshot(asked.since))))


def _changed_days(asked: Cursor, first: date) -> sa.Subquery:
    """Return day, resource and whether offers are concerned, of the days that changed or are no more."""
    parts = []
    for table, offer in ((resource_day, resource_day.c.offer_changed), (dropped_day, dropped_day.c.changed)):
        is_offer = _is_new(offer, asked)
        here = sa.select(table.c.day, table.c.resource_id, is_offer.label("is_offer"))
        is_changed = _is_new(table.c.changed, asked) | is_offer
        parts.append(here.where(table.c.day >= first, _range(table.c.changed, asked)[0], is_changed))
    return sa.union_all(*parts).subquery("changed_day")


def _named(changed: sa.Subquery) -> sa.Select[Any]:
    each = _grouped(changed, changed.c.day, changed.c.resource_id).subquery("each")
    return (
        sa.select(each.c.day, _NAME.label("name"), each.c.is_offer)
        .join(resource, resource.c.id == each.c.resource_id)
        .outerjoin(officer, officer.c.id == each.c.resource_id)
        .order_by(each.c.day, each.c.resource_id)
    )


def _dates(changed: sa.Subquery) -> sa.Select[Any]:
    each = _grouped(changed, changed.c.day).subquery("each")
    return sa.select(each.c.day, sa.literal("").label("name"), each.c.is_offer).order_by(each.c.day)


def _grouped(changed: sa.Subquery, *by: sa.ColumnElement[Any]) -> sa.Select[Any]:
    """Return one row each: a day that went and came again is told once."""
    return sa.select(*by, sa.func.bool_or(changed.c.is_offer).label("is_offer")).group_by(*by)
