"""Plans, and the runs that make them."""

from __future__ import annotations

import zlib
from datetime import date
from typing import Any

import sqlalchemy as sa

from server.domain.errors import NotFound
from server.domain.ids import decode
from server.domain.operation import Operation
from server.domain.paging import Listing, Page
from server.domain.plan import Plan, State
from server.store import plan_codec
from server.store.paging import listing
from server.store.tables import operation as o
from server.store.tables import plan as p
from server.store.tables import team as _teams

_plan = sa.select(
    p.c.id, p.c.day, p.c.state, p.c.version, p.c.created_at, p.c.published_at, p.c.content, _teams.c.code.label("team")
).join(_teams, _teams.c.id == p.c.team_id)
_operation = sa.select(o, _teams.c.code.label("team")).join(_teams, _teams.c.id == o.c.team_id)


def _team(code: str) -> sa.ScalarSelect[int]:
    return sa.select(_teams.c.id).where(_teams.c.code == code).scalar_subquery()


def _bare(row: Any) -> Plan:
    return plan_codec.plan_of(row, with_routes=False)


def _read_operation(row: Any) -> Operation:
    return Operation(
        id=row.id,
        team=row.team,
        day=row.day,
        seconds=row.seconds,
        seed=row.seed,
        phase=row.phase,
        progress_percent=row.progress_percent,
        created=row.created_at,
        plan=row.plan_id or 0,
        error=(row.error_reason, row.error_message) if row.error_reason else None,
        cancel_requested=row.cancel_requested,
    )


class SqlPlans:
    """Plans and operations by id, team and day."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, plan: Plan, problem: bytes) -> None:
        """Record a plan with what it solves."""
        self._connection.execute(
            sa.insert(p).values(
                id=plan.id,
                team_id=_team(plan.team),
                day=plan.day,
                state=plan.state.value,
                version=plan.version,
                created_at=plan.created,
                published_at=plan.published,
                content=plan_codec.content_of(plan),
                problem=zlib.compress(problem),
            )
        )

    def get(self, name: str, lock: bool = False) -> Plan:
        """Return the plan, or refuse."""
        query = _plan.where(p.c.id == decode(name, "plan"))
        row = self._connection.execute(query.with_for_update(of=p) if lock else query).one_or_none()
        if row is None:
            raise NotFound(f"there is no plan {name!r}", name=name)
        return plan_codec.plan_of(row)

    def problem(self, name: str) -> bytes:
        """Return what a plan solves."""
        query = sa.select(p.c.problem).where(p.c.id == decode(name, "plan"))
        return zlib.decompress(self._connection.execute(query).scalar_one())

    def save(self, plan: Plan) -> None:
        """Write a plan's state, breaches and times."""
        self._connection.execute(
            sa.update(p)
            .where(p.c.id == plan.id)
            .values(
                state=plan.state.value,
                version=plan.version,
                published_at=plan.published,
                content=plan_codec.content_of(plan),
            )
        )

    def listing(self, page: Page, team: str) -> Listing[Plan]:
        """Return a page, newest first, without routes."""
        query = _plan.where(_teams.c.code == team) if team else _plan
        key = [p.c.created_at, p.c.id]
        return listing(self._connection, query, page, f"plans {team}", key, _bare, descending=True)

    def published(self, team: str, day: date) -> list[Plan]:
        """Return the plans of that team and day that are PUBLISHED."""
        query = _plan.where(_teams.c.code == team, p.c.day == day, p.c.state == State.PUBLISHED.value)
        return [plan_codec.plan_of(row) for row in self._connection.execute(query)]

    def add_operation(self, operation: Operation) -> None:
        """Record a run."""
        self._connection.execute(
            sa.insert(o).values(
                id=operation.id,
                team_id=_team(operation.team),
                day=operation.day,
                seconds=operation.seconds,
                seed=operation.seed,
                created_at=operation.created,
                cancel_requested=False,
                **_progress(operation),
            )
        )

    def operation(self, name: str, lock: bool = False) -> Operation:
        """Return the run, or refuse."""
        query = _operation.where(o.c.id == decode(name, "operation"))
        row = self._connection.execute(query.with_for_update(of=o) if lock else query).one_or_none()
        if row is None:
            raise NotFound(f"there is no operation {name!r}", name=name)
        return _read_operation(row)

    def save_operation(self, operation: Operation) -> None:
        """Write how far a run is."""
        self._connection.execute(sa.update(o).where(o.c.id == operation.id).values(**_progress(operation)))

    def operations(self, page: Page) -> Listing[Operation]:
        """Return a page, newest first."""
        key = [o.c.created_at, o.c.id]
        return listing(self._connection, _operation, page, "operations", key, _read_operation, descending=True)

    def request_cancel(self, operation: Operation) -> None:
        """Note that somebody wants the run to stop."""
        self._connection.execute(sa.update(o).where(o.c.id == operation.id).values(cancel_requested=True))


def _progress(operation: Operation) -> dict[str, Any]:
    reason, message = operation.error or (None, None)
    return {
        "phase": operation.phase,
        "progress_percent": operation.progress_percent,
        "plan_id": operation.plan or None,
        "error_reason": reason,
        "error_message": message,
    }
