"""Absences and repairs."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from server.domain.errors import NotFound
from server.domain.facts import Absence, Repair, RepairState
from server.domain.ids import decode
from server.domain.paging import Listing, Page
from server.domain.spans import Span
from server.store.days import range_of, span_of
from server.store.paging import listing
from server.store.tables import fact, officer, overlay, repair, resource

_absence = (
    sa.select(overlay.c.id, overlay.c.busy, fact.c.label, officer.c.code.label("officer"))
    .join(officer, officer.c.id == overlay.c.resource_id)
    .join(fact, fact.c.id == overlay.c.fact_id)
)
_repair = sa.select(repair, officer.c.code.label("officer")).join(officer, officer.c.id == repair.c.resource_id)


def _read_absence(row: Any) -> Absence:
    return Absence(row.id, row.officer, span_of(row.busy), row.label)


def _read_repair(row: Any) -> Repair:
    return Repair(
        row.id,
        row.cause,
        row.booking_id,
        row.officer,
        row.owner,
        row.deadline,
        RepairState(row.state),
        row.created_at,
        row.resolution,
    )


class SqlFacts:
    """Facts beside occupancy, and what they call for."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, absence: Absence) -> None:
        """Record an absence."""
        who = sa.select(officer.c.id).where(officer.c.code == absence.officer).scalar_subquery()
        common = {"id": absence.id, "resource_id": who, "kind": "absence", "busy": range_of(absence.span)}
        self._connection.execute(sa.insert(fact).values(**common, label=absence.kind))
        self._connection.execute(sa.insert(overlay).values(**common, fact_id=absence.id))

    def get(self, name: str) -> Absence:
        """Return the absence, or refuse."""
        row = self._connection.execute(_absence.where(overlay.c.id == decode(name, "absence"))).one_or_none()
        if row is None:
            raise NotFound(f"there is no absence {name!r}", name=name)
        return _read_absence(row)

    def during(self, who: str, span: Span) -> list[Absence]:
        """Return an officer's absences that share an instant with `span`; until the transaction ends, none is added.

        The lock on the resource is what the foreign key of a new absence waits for.
        """
        mine = sa.select(officer.c.id).where(officer.c.code == who).scalar_subquery()
        self._connection.execute(sa.select(resource.c.id).where(resource.c.id == mine).with_for_update())
        shared = overlay.c.busy.op("&&")(sa.cast(range_of(span), overlay.c.busy.type))
        query = _absence.where(officer.c.code == who, shared).order_by(overlay.c.id)
        return [_read_absence(row) for row in self._connection.execute(query)]

    def delete(self, absence: Absence) -> None:
        """Take it back."""
        self._connection.execute(sa.delete(overlay).where(overlay.c.id == absence.id))
        self._connection.execute(sa.delete(fact).where(fact.c.id == absence.id))

    def absences(self, officer_code: str, page: Page) -> Listing[Absence]:
        """Return a page of an officer's absences, latest first."""
        key = [sa.func.lower(overlay.c.busy, type_=sa.DateTime(timezone=True)), overlay.c.id]
        query = _absence.where(officer.c.code == officer_code)
        return listing(self._connection, query, page, f"absences {officer_code}", key, _read_absence, descending=True)

    def repairs(self, page: Page, show_resolved: bool) -> Listing[Repair]:
        """Return a page, most urgent first."""
        query = _repair if show_resolved else _repair.where(repair.c.state == RepairState.OPEN.value)
        key = [repair.c.deadline, repair.c.id]
        return listing(self._connection, query, page, f"repairs {show_resolved}", key, _read_repair)

    def repair(self, name: str) -> Repair:
        """Return the repair, or refuse."""
        query = _repair.where(repair.c.id == decode(name, "repair")).with_for_update(of=repair)
        row = self._connection.execute(query).one_or_none()
        if row is None:
            raise NotFound(f"there is no repair {name!r}", name=name)
        return _read_repair(row)

    def open_repairs(self, booking: int) -> list[Repair]:
        """Return the open repairs of a booking."""
        query = _repair.where(repair.c.booking_id == booking, repair.c.state == RepairState.OPEN.value)
        return [_read_repair(row) for row in self._connection.execute(query)]

    def save(self, changed: Repair) -> None:
        """Write a repair's state and resolution."""
        self._connection.execute(
            sa.update(repair)
            .where(repair.c.id == changed.id)
            .values(state=changed.state.value, resolution=changed.resolution)
        )
