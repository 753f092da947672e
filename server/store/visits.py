"""Visits: units of field demand."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa

from server.domain.commands import VisitFilter, VisitOrder
from server.domain.errors import InvalidField, NotFound
from server.domain.ids import decode
from server.domain.organisation import CaseRef
from server.domain.paging import Listing, Page
from server.domain.visit import Visit, VisitState, VisitView
from server.store.cases import is_closed
from server.store.life_cycle import SqlOutcomes
from server.store.paging import listing
from server.store.standing import NOWHERE, standings
from server.store.tables import occupancy, service
from server.store.tables import team as _teams
from server.store.tables import visit as t

_select = (
    sa.select(t, service.c.code.label("service"), _teams.c.code.label("team"), is_closed(t).label("case_closed"))
    .join(service, service.c.id == t.c.service_id)
    .join(_teams, _teams.c.id == t.c.team_id)
)


def case_of(row: Any) -> CaseRef | None:
    """Return the case of a row that has the two case columns."""
    return CaseRef(row.case_system, row.case_external_id) if row.case_system else None


def _from_row(row: Any) -> Visit:
    return Visit(
        id=row.id,
        service=row.service,
        premises=row.premises_id or 0,
        team=row.team,
        weight=row.weight,
        state=VisitState(row.state),
        created=row.created_at,
        due=row.due,
        case=case_of(row),
        booking=row.booking_id or 0,
        version=row.version,
        priority=row.priority,
        displaced_by=row.displaced_by or 0,
        duration_minutes=row.duration_minutes,
        case_closed=row.case_closed,
    )


class SqlVisits:
    """Visits by id, team, state and case."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def get(self, name: str) -> Visit:
        """Return the visit, or refuse."""
        found = self.some([decode(name, "visit")])
        if not found:
            raise NotFound(f"there is no visit {name!r}", name=name)
        return next(iter(found.values()))

    def some(self, numbers: Collection[int]) -> dict[int, Visit]:
        """Return those that exist, by id."""
        query = _select.where(t.c.id == sa.any_(sa.cast(list(numbers), sa.ARRAY(sa.BigInteger))))
        return {row.id: _from_row(row) for row in self._connection.execute(query)}

    def view(self, visits: Sequence[Visit]) -> list[VisitView]:
        """Return them with officers and planned start."""
        placed = standings(self._connection, occupancy.c.visit_id, [visit.id for visit in visits])
        outcomes = SqlOutcomes(self._connection).of([visit.id for visit in visits])
        found = ((visit, placed.get(visit.id, NOWHERE)) for visit in visits)
        return [VisitView(visit, at.officers, at.start, outcomes.get(visit.id)) for visit, at in found]

    def listing(self, page: Page, wanted: VisitFilter) -> Listing[Visit]:
        """Return a page, newest first."""
        query = _select
        if wanted.team:
            query = query.where(_teams.c.code == wanted.team)
        if wanted.state:
            query = query.where(t.c.state == wanted.state.value)
        if wanted.case:
            query = query.where(t.c.case_system == wanted.case.system, t.c.case_external_id == wanted.case.external_id)
        if wanted.system:
            query = query.where(t.c.case_system == wanted.system)
        key = [t.c.created_at, t.c.id]
        if wanted.order is VisitOrder.HEAVIEST:
            key.insert(0, t.c.weight)
        return listing(self._connection, query, page, f"visits {wanted}", key, _from_row, descending=True)

    def to_plan(self, team: str, limit: int) -> list[Visit]:
        """Return the team's OPEN visits without a booking in the order they came; more than `limit` are refused."""
        query = (
            _select.where(_teams.c.code == team, t.c.state == VisitState.OPEN.value, t.c.booking_id.is_(None))
            .order_by(t.c.created_at, t.c.id)
            .limit(limit + 1)
        )
        visits = [_from_row(row) for row in self._connection.execute(query)]
        if len(visits) > limit:
            raise InvalidField.of(
                "team", f"teams/{team} has more than {limit} open visits: withdraw some, or split the team"
            )
        return visits
