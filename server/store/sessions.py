"""Sessions of block bookings."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from server.domain.session import Session, SessionState
from server.domain.spans import Span
from server.store.days import range_of, span_of
from server.store.tables import location, occupancy, officer, resource, service
from server.store.tables import session as t

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
    )


class SqlSessions:
    """Sessions by service and time."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def offering(self, code: str, span: Span, office: str) -> list[Session]:
        """Return the OPEN sessions of a service that share an instant with `span`, earliest first: at most `MOST`."""
        query = _select.where(
            service.c.code == code,
            t.c.state == SessionState.OPEN.value,
            t.c.span.op("&&")(sa.cast(range_of(span), pg.TSTZRANGE)),
            location.c.code == office if office else t.c.location_id.is_(None),
        )
        rows = self._connection.execute(query.order_by(sa.func.lower(t.c.span), t.c.id).limit(MOST))
        return [_from_row(row) for row in rows]
