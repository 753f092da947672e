"""Where bookings and visits stand in the plan just now: whose routes carry them, and when work starts."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from server.store.tables import occupancy, officer


@dataclass(frozen=True, slots=True)
class Standing:
    """The officers' codes, sorted, and the planned start of work."""

    officers: tuple[str, ...] = ()
    start: datetime | None = None


NOWHERE = Standing()


def standings(connection: sa.Connection, subject: sa.ColumnElement[Any], numbers: Collection[int]) -> dict[int, Standing]:
    """Return, by id, where they stand; `subject` is the column of occupancy that refers to them."""
    start = sa.func.lower(occupancy.c.busy) + occupancy.c.lead_s * sa.literal(timedelta(seconds=1))
    chosen = subject == sa.any_(sa.cast(list(numbers), sa.ARRAY(sa.BigInteger)))
    there = occupancy.alias("there")
    own = (
        sa.select(subject.label("subject"), officer.c.code, start.label("start"))
        .join(officer, officer.c.id == occupancy.c.resource_id)
        .where(chosen)
    )
    # A seat of a session has the officers who have the session on their routes.
    in_session = (
        sa.select(subject, officer.c.code, start)
        .join(there, there.c.session_id == occupancy.c.resource_id)
        .join(officer, officer.c.id == there.c.resource_id)
        .where(chosen)
    )
    rows = sa.union_all(own, in_session).subquery()
    query = sa.select(
        rows.c.subject,
        sa.func.array_agg(sa.distinct(rows.c.code)).label("officers"),
        sa.func.min(rows.c.start).label("start"),
    ).group_by(rows.c.subject)
    return {row.subject: Standing(tuple(sorted(row.officers)), row.start) for row in connection.execute(query)}


def crews(connection: sa.Connection, sessions: Collection[int]) -> dict[int, tuple[str, ...]]:
    """Return the codes of the officers of sessions, sorted, by session."""
    if not sessions:
        return {}
    query = (
        sa.select(occupancy.c.session_id, sa.func.array_agg(sa.distinct(officer.c.code)).label("officers"))
        .join(officer, officer.c.id == occupancy.c.resource_id)
        .where(occupancy.c.session_id == sa.any_(sa.cast(list(sessions), sa.ARRAY(sa.BigInteger))))
        .group_by(occupancy.c.session_id)
    )
    return {row.session_id: tuple(sorted(row.officers)) for row in connection.execute(query)}
