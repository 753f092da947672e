"""Sessions of block bookings."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from server.domain.booking import LIVE, Booking
from server.domain.commands import SessionFilter
from server.domain.errors import NotFound
from server.domain.ids import decode
from server.domain.paging import Listing, Page
from server.domain.session import Session, SessionState
from server.domain.spans import Span
from server.store import prepared
from server.store.bookings import SqlBookings
from server.store.days import range_of, span_of
from server.store.paging import listing
from server.store.tables import booking, location, occupancy, officer, resource, service
from server.store.tables import session as t
from server.store.tables.base import Time
from server.usecases.ports import ChangedMeanwhile, DayKey

MOST = 1_000

_officers = (
    sa.select(sa.func.array_agg(sa.distinct(officer.c.code)))
    .select_from(occupancy)
    .join(officer, officer.c.id == occupancy.c.resource_id)
    .where(occupancy.c.session_id == t.c.id)
    .scalar_subquery()
)
_select = (
    sa.select(
        t,
        service.c.code.label("service"),
        location.c.code.label("location"),
        resource.c.seats,
        sa.func.coalesce(_officers, sa.cast(sa.literal("{}"), pg.ARRAY(sa.Text))).label("officers"),
    )
    .join(service, service.c.id == t.c.service_id)
    .join(resource, resource.c.id == t.c.id)
    .outerjoin(location, location.c.id == t.c.location_id)
)

_office = sa.bindparam("office", type_=sa.Text)
_OFFERING = prepared.compiled(
    sa.select(t.c.id)
    .join(service, service.c.id == t.c.service_id)
    .outerjoin(location, location.c.id == t.c.location_id)
    .where(
        service.c.code == sa.bindparam("code", type_=sa.Text),
        sa.func.coalesce(location.c.code, sa.literal_column("''")) == _office,
        t.c.state == sa.literal_column("'OPEN'"),
        t.c.span.op("&&")(
            sa.func.tstzrange(sa.bindparam("start", type_=Time), sa.bindparam("end", type_=Time), type_=pg.TSTZRANGE)
        ),
    )
    .order_by(sa.func.lower(t.c.span), t.c.id)
    .limit(sa.literal_column(str(MOST)))
)


def _from_row(row: Any) -> Session:
    return Session(
        id=row.id,
        service=row.service,
        day=row.day,
        span=span_of(row.span),
        seats=row.seats,
        officers=tuple(sorted(row.officers)),
        location=row.location or "",
        state=SessionState(row.state),
        version=row.version,
        block=row.block_id or 0,
        release=row.release_at,
    )


def _row(session: Session, service_id: int, location_id: int | None) -> dict[str, Any]:
    return {
        "id": session.id,
        "block_id": session.block or None,
        "service_id": service_id,
        "location_id": location_id,
        "day": session.day,
        "span": range_of(session.span),
        "state": session.state.value,
        "version": session.version,
        "release_at": session.release,
    }


class SqlSessions:
    """Sessions by service and time."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def offering(self, code: str, span: Span, office: str) -> list[Session]:
        """Return the OPEN sessions of a service that share an instant with `span`, earliest first: at most `MOST`.

        Most services have none, and every search asks.
        """
        asked = {"code": code, "office": office, "start": span.start, "end": span.end}
        numbers = [number for (number,) in prepared.rows(self._connection, _OFFERING, asked)]
        found = self.some(numbers) if numbers else {}
        return sorted(found.values(), key=lambda one: (one.span.start, one.id))

    def get(self, name: str) -> Session:
        """Return the session, or refuse."""
        number = decode(name, "session")
        found = self.some([number])
        if number not in found:
            raise NotFound(f"there is no session {name!r}", name=name)
        return found[number]

    def some(self, numbers: Collection[int]) -> dict[int, Session]:
        """Return those that exist, by id."""
        query = _select.where(t.c.id == sa.any_(sa.cast(list(numbers), sa.ARRAY(sa.BigInteger))))
        return {row.id: _from_row(row) for row in self._connection.execute(query)}

    def of_block(self, block: int) -> list[Session]:
        """Return every session of a block, earliest first."""
        query = _select.where(t.c.block_id == block).order_by(sa.func.lower(t.c.span), t.c.id)
        return [_from_row(row) for row in self._connection.execute(query)]

    def listing(self, page: Page, wanted: SessionFilter, public_only: bool) -> Listing[Session]:
        """Return a page by time; with `public_only` the OPEN ones of public services."""
        query = _select
        if wanted.service:
            query = query.where(service.c.code == wanted.service)
        if wanted.location:
            query = query.where(location.c.code == wanted.location)
        if wanted.block:
            query = query.where(t.c.block_id == wanted.block)
        if wanted.span:
            query = query.where(t.c.span.op("&&")(sa.cast(range_of(wanted.span), pg.TSTZRANGE)))
        if public_only:
            query = query.where(service.c.public, ~service.c.unannounced, t.c.state == SessionState.OPEN.value)
        scope = f"sessions {wanted} {public_only}"
        key = [sa.func.lower(t.c.span, type_=sa.DateTime(timezone=True)), t.c.id]
        return listing(self._connection, query, page, scope, key, _from_row)

    def to_release(self, now: datetime, limit: int) -> list[Session]:
        """Return OPEN sessions whose time of release has come, the longest ago first."""
        query = _select.where(t.c.release_at <= now, t.c.state == SessionState.OPEN.value)
        return [_from_row(row) for row in self._connection.execute(query.order_by(t.c.release_at, t.c.id).limit(limit))]

    def new_ids(self, count: int) -> list[int]:
        """Return ids for so many sessions to come."""
        following = sa.func.nextval(sa.func.pg_get_serial_sequence("resource", "id"))
        rows = sa.select(following).select_from(sa.func.generate_series(1, count))
        return list(self._connection.execute(rows).scalars())

    def add(self, sessions: Sequence[Session]) -> None:
        """Record the sessions of a block with the resources that they are."""
        if not sessions:
            return
        resources = [{"id": session.id, "kind": "session", "seats": session.seats} for session in sessions]
        self._connection.execute(sa.insert(resource), resources)
        ids = sa.select(
            sa.select(service.c.id).where(service.c.code == sessions[0].service).scalar_subquery().label("service"),
            sa.select(location.c.id).where(location.c.code == sessions[0].location).scalar_subquery().label("location"),
        )
        known = self._connection.execute(ids).one()
        self._connection.execute(sa.insert(t), [_row(one, known.service, known.location) for one in sessions])

    def days(self, numbers: Collection[int]) -> list[DayKey]:
        """Return the days of these sessions and those on which they are stops: of their officers and rooms."""
        ids = sa.cast(list(numbers), sa.ARRAY(sa.BigInteger))
        own = sa.select(t.c.day, t.c.id.label("resource_id")).where(t.c.id == sa.any_(ids))
        stood = sa.select(occupancy.c.day, occupancy.c.resource_id).where(occupancy.c.session_id == sa.any_(ids))
        return sorted((row.day, row.resource_id) for row in self._connection.execute(own.union(stood)))

    def bookings(self, numbers: Collection[int]) -> list[Booking]:
        """Return the live bookings in these sessions, by promise."""
        live = sa.select(booking.c.id).where(
            booking.c.session_id == sa.any_(sa.cast(list(numbers), sa.ARRAY(sa.BigInteger))),
            booking.c.state.in_(sorted(state.value for state in LIVE)),
        )
        found = SqlBookings(self._connection).some(list(self._connection.execute(live).scalars()))
        return sorted(found.values(), key=lambda one: (one.promise, one.id))

    def save(self, session: Session) -> None:
        """Write span, state and release of a session that is one version on; ChangedMeanwhile when somebody else was."""
        written = self._connection.execute(
            sa.update(t)
            .where(t.c.id == session.id, t.c.version == session.version - 1)
            .values(
                span=range_of(session.span),
                state=session.state.value,
                release_at=session.release,
                version=session.version,
            )
            .returning(t.c.id)
        ).one_or_none()
        if written is None:
            raise ChangedMeanwhile
