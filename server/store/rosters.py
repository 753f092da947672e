"""Opening rules, and the days and overlays that they make."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from server.domain.errors import NotFound
from server.domain.facts import Overlay
from server.domain.geography import Position
from server.domain.opening import Subject, SubjectKind
from server.domain.organisation import TravelMode
from server.domain.resource_day import ResourceDay
from server.domain.roster import Origin, Rostered
from server.store import positions
from server.store.days import day_of, range_of, span_of
from server.store.tables import dropped_day, fact, location, occupancy, officer, opening_rule, overlay, resource, team
from server.store.tables import resource_day as t
from server.usecases.ports import DayKey

NOWHERE = Position.of(0, 0)
"""The base of equipment that is taken along: nobody travels from it."""

_officers = sa.select(
    officer.c.id,
    officer.c.code,
    team.c.code.label("team"),
    team.c.zone,
    positions.latitude(officer.c.base).label("lat"),
    positions.longitude(officer.c.base).label("lon"),
    officer.c.mode,
).join(team, team.c.id == officer.c.team_id)
_first_zone = sa.select(team.c.zone).order_by(team.c.code).limit(1).scalar_subquery()
_resources = (
    sa.select(
        resource.c.id,
        resource.c.code,
        resource.c.seats,
        sa.func.coalesce(location.c.zone, _first_zone, "UTC").label("zone"),
        positions.latitude(location.c.site).label("lat"),
        positions.longitude(location.c.site).label("lon"),
    )
    .outerjoin(location, location.c.id == resource.c.location_id)
    .where(resource.c.code.is_not(None))
)


def _read_officer(row: Any) -> Rostered:
    subject = Subject(SubjectKind.OFFICER, row.code)
    return Rostered(row.id, subject, row.team, row.zone, Position.of(row.lat, row.lon), TravelMode(row.mode))


def _read_resource(row: Any) -> Rostered:
    base = NOWHERE if row.lat is None else Position.of(row.lat, row.lon)
    return Rostered(row.id, Subject(SubjectKind.RESOURCE, row.code), "", row.zone, base, None, row.seats)


def subject_columns(connection: sa.Connection, subject: Subject) -> dict[str, int | None]:
    """Return what stands in the columns team_id and resource_id for a subject, or refuse one that does not exist."""
    if subject.kind is SubjectKind.AUTHORITY:
        return {"team_id": None, "resource_id": None}
    column, query = {
        SubjectKind.TEAM: ("team_id", sa.select(team.c.id).where(team.c.code == subject.code)),
        SubjectKind.OFFICER: ("resource_id", sa.select(officer.c.id).where(officer.c.code == subject.code)),
        SubjectKind.RESOURCE: ("resource_id", sa.select(resource.c.id).where(resource.c.code == subject.code)),
    }[subject.kind]
    number = connection.execute(query).scalar_one_or_none()
    if number is None:
        raise NotFound(f"there is no {subject.kind.value.lower()} '{subject}'", name=str(subject))
    return {"team_id": None, "resource_id": None, column: number}


def read_subject(row: Any) -> Subject:
    """Return the subject of a row with the columns of `with_subject`."""
    if row.team_code:
        return Subject(SubjectKind.TEAM, row.team_code)
    if row.officer_code:
        return Subject(SubjectKind.OFFICER, row.officer_code)
    if row.resource_code:
        return Subject(SubjectKind.RESOURCE, row.resource_code)
    return Subject(SubjectKind.AUTHORITY)


def with_subject(table: sa.Table) -> sa.Select[Any]:
    """Return the rows of a table with the codes of what they are about."""
    return (
        sa.select(
            table,
            team.c.code.label("team_code"),
            officer.c.code.label("officer_code"),
            resource.c.code.label("resource_code"),
        )
        .outerjoin(team, team.c.id == table.c.team_id)
        .outerjoin(officer, officer.c.id == table.c.resource_id)
        .outerjoin(resource, resource.c.id == table.c.resource_id)
    )


def about(table: sa.Table, who: Rostered) -> sa.ColumnElement[bool]:
    """Return the condition that a row is about an officer or resource, its team or the whole authority."""
    everybody = sa.and_(table.c.team_id.is_(None), table.c.resource_id.is_(None))
    own = table.c.resource_id == who.id
    if not who.team:
        return sa.or_(everybody, own)
    return sa.or_(everybody, own, table.c.team_id == sa.select(team.c.id).where(team.c.code == who.team).scalar_subquery())


class SqlRosters:
    """Who has a roster, and its days."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def covered(self, subject: Subject) -> list[Rostered]:
        """Return the officers and resources that a subject covers, by id."""
        columns = subject_columns(self._connection, subject)
        officers, resources = _officers, _resources
        if columns["team_id"] is not None:
            officers, resources = officers.where(officer.c.team_id == columns["team_id"]), resources.where(sa.false())
        if columns["resource_id"] is not None:
            officers = officers.where(officer.c.id == columns["resource_id"])
            resources = resources.where(resource.c.id == columns["resource_id"])
        found = [_read_officer(row) for row in self._connection.execute(officers)]
        found += [_read_resource(row) for row in self._connection.execute(resources)]
        return sorted(found, key=lambda who: who.id)

    def is_governed(self) -> bool:
        """Tell whether there is any rule, or any fact about more than one."""
        rules, shared = sa.exists().select_from(opening_rule), sa.exists().where(fact.c.resource_id.is_(None))
        return bool(self._connection.execute(sa.select(sa.or_(rules, shared))).scalar_one())

    def lock(self, resource_id: int) -> None:
        """Lock the resource against what refers to it: the foreign keys of days, facts and rules wait for this."""
        self._connection.execute(sa.select(resource.c.id).where(resource.c.id == resource_id).with_for_update())

    def days(self, resource_id: int, since: datetime) -> list[tuple[ResourceDay, Origin]]:
        """Return the days that end after `since`, in order."""
        query = sa.select(t.c.day, t.c.resource_id, t.c.span, t.c.seq, t.c.route, t.c.origin).where(
            t.c.resource_id == resource_id, sa.func.upper(t.c.span) > since
        )
        return [(day_of(row), Origin(row.origin)) for row in self._connection.execute(query.order_by(t.c.day))]

    def overlays(self, resource_id: int, since: datetime) -> list[Overlay]:
        """Return what is closed after `since`."""
        query = sa.select(overlay).where(overlay.c.resource_id == resource_id, sa.func.upper(overlay.c.busy) > since)
        rows = self._connection.execute(query.order_by(overlay.c.id))
        return [Overlay(row.id, row.resource_id, span_of(row.busy), row.kind, row.fact_id or 0) for row in rows]

    def add_overlays(self, overlays: Sequence[Overlay]) -> None:
        """Record what is closed."""
        rows = [
            {
                "id": one.id,
                "resource_id": one.resource,
                "kind": one.kind,
                "busy": range_of(one.span),
                "fact_id": one.fact or None,
            }
            for one in overlays
        ]
        if rows:
            self._connection.execute(sa.insert(overlay), rows)

    def move_overlays(self, overlays: Sequence[Overlay]) -> None:
        """Write when they are closed now."""
        for one in overlays:
            self._connection.execute(sa.update(overlay).where(overlay.c.id == one.id).values(busy=range_of(one.span)))

    def drop_overlays(self, overlays: Iterable[int]) -> None:
        """Forget them."""
        numbers = list(overlays)
        if numbers:
            self._connection.execute(sa.delete(overlay).where(overlay.c.id == sa.any_(_bigints(numbers))))

    def move_spans(self, days: Sequence[ResourceDay]) -> None:
        """Write the spans: in one statement, so that days may pass each other's old place."""
        if not days:
            return
        new = sa.values(
            sa.column("day", sa.Date), sa.column("resource_id", sa.BigInteger), sa.column("span", pg.TSTZRANGE), name="new"
        ).data([(day.day, day.resource, range_of(day.span)) for day in days])
        where = sa.and_(t.c.day == new.c.day, t.c.resource_id == new.c.resource_id)
        self._connection.execute(sa.update(t).where(where).values(span=new.c.span, changed=sa.func.pg_current_xact_id()))

    def drop_days(self, keys: Collection[DayKey]) -> None:
        """Forget days, with what is blocked on them."""
        if not keys:
            return
        self._connection.execute(_remember(keys))
        for table in (occupancy, t):
            these = sa.tuple_(table.c.day, table.c.resource_id).in_(list(keys))
            self._connection.execute(sa.delete(table).where(these))

    def booked_in(self, sessions: Collection[int]) -> dict[int, set[int]]:
        """Return the bookings that have a seat in sessions."""
        found: dict[int, set[int]] = {session: set() for session in sessions}
        query = sa.select(occupancy.c.resource_id, occupancy.c.booking_id).where(
            occupancy.c.resource_id == sa.any_(_bigints(sessions)), occupancy.c.booking_id.is_not(None)
        )
        for row in self._connection.execute(query) if sessions else ():
            found[row.resource_id].add(row.booking_id)
        return found


def _bigints(numbers: Collection[int]) -> sa.Cast[Any]:
    return sa.cast(list(numbers), pg.ARRAY(sa.BigInteger))


def _remember(keys: Collection[DayKey]) -> sa.Executable:
    """Return the statement that keeps, for whoever watches, that days are no more."""
    gone = pg.insert(dropped_day).values([{"day": day, "resource_id": resource} for day, resource in keys])
    return gone.on_conflict_do_update(index_elements=["day", "resource_id"], set_={"changed": sa.func.pg_current_xact_id()})
