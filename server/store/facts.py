"""Facts that stand against promises, and the repairs that they call for."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from server.domain.errors import NotFound
from server.domain.facts import FactKind, Overlay, RecordedFact, Repair, RepairState
from server.domain.ids import decode
from server.domain.opening import Subject
from server.domain.paging import Listing, Page
from server.domain.roster import Rostered
from server.domain.spans import Span
from server.store.days import range_of, span_of
from server.store.paging import listing
from server.store.rosters import about, read_subject, subject_columns, with_subject
from server.store.tables import fact, officer, overlay, repair, resource

_fact = with_subject(fact)
_repair = (
    sa.select(repair, officer.c.code.label("officer"), resource.c.code.label("resource"))
    .outerjoin(officer, officer.c.id == repair.c.resource_id)
    .join(resource, resource.c.id == repair.c.resource_id)
)


def _read_fact(row: Any) -> RecordedFact:
    return RecordedFact(
        id=row.id,
        subject=read_subject(row),
        kind=FactKind(row.kind),
        span=span_of(row.busy),
        label=row.label,
        source=row.source,
        external_id=row.external_id,
        creator=row.creator,
        created=row.created_at,
        version=row.version,
    )


def _read_repair(row: Any) -> Repair:
    return Repair(
        row.id,
        row.cause,
        row.booking_id,
        row.officer or "",
        row.owner,
        row.deadline,
        RepairState(row.state),
        row.created_at,
        row.resolution,
        row.resource or "",
        row.escalated_at,
    )


class SqlFacts:
    """Facts beside occupancy, and what they call for."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def _row(self, new: RecordedFact) -> dict[str, Any]:
        return {
            **subject_columns(self._connection, new.subject),
            "kind": new.kind.value,
            "label": new.label,
            "busy": range_of(new.span),
            "source": new.source,
            "external_id": new.external_id,
            "creator": new.creator,
            "created_at": new.created,
            "version": new.version,
        }

    def add(self, new: RecordedFact) -> None:
        """Record a fact."""
        self._connection.execute(sa.insert(fact).values(id=new.id, **self._row(new)))

    def replace(self, changed: RecordedFact) -> None:
        """Write a fact that exists."""
        self._connection.execute(sa.update(fact).where(fact.c.id == changed.id).values(**self._row(changed)))

    def get(self, name: str, lock: bool = False) -> RecordedFact:
        """Return the fact, or refuse."""
        kind = name.partition("/")[0].removesuffix("s")
        query = _fact.where(fact.c.id == decode(name, kind))
        row = self._connection.execute(query.with_for_update(of=fact) if lock else query).one_or_none()
        if row is None:
            raise NotFound(f"there is no {kind} {name!r}", name=name)
        return _read_fact(row)

    def of_source(self, source: str, external_id: str) -> RecordedFact | None:
        """Return the fact that another system knows by that id."""
        query = _fact.where(fact.c.source == source, fact.c.external_id == external_id)
        row = self._connection.execute(query).one_or_none()
        return None if row is None else _read_fact(row)

    def delete(self, gone: RecordedFact) -> None:
        """Take it back."""
        self._connection.execute(sa.delete(fact).where(fact.c.id == gone.id))

    def listing(self, page: Page, subject: Subject | None, kind: FactKind | None) -> Listing[RecordedFact]:
        """Return a page, latest first; None for those about everybody, of every kind."""
        query = _fact
        if subject is not None:
            for column, number in subject_columns(self._connection, subject).items():
                query = query.where(fact.c[column].is_(None) if number is None else fact.c[column] == number)
        if kind is not None:
            query = query.where(fact.c.kind == kind.value)
        key = [sa.func.lower(fact.c.busy, type_=sa.DateTime(timezone=True)), fact.c.id]
        return listing(self._connection, query, page, f"facts {subject} {kind}", key, _read_fact, descending=True)

    def about(self, who: Rostered, since: datetime) -> list[RecordedFact]:
        """Return the facts that apply to an officer or a resource and end after `since`."""
        query = _fact.where(about(fact, who), sa.func.upper(fact.c.busy) > since)
        return [_read_fact(row) for row in self._connection.execute(query.order_by(fact.c.id))]

    def during(self, who: str, span: Span) -> list[Overlay]:
        """Return what is closed of an officer's time in `span`; until the transaction ends, nothing is added.

        The lock on the resource is what the foreign key of a new overlay waits for.
        """
        mine = sa.select(officer.c.id).where(officer.c.code == who).scalar_subquery()
        self._connection.execute(sa.select(resource.c.id).where(resource.c.id == mine).with_for_update())
        shared = overlay.c.busy.op("&&")(sa.cast(range_of(span), overlay.c.busy.type))
        rows = self._connection.execute(
            sa.select(overlay).where(overlay.c.resource_id == mine, shared).order_by(overlay.c.id)
        )
        return [Overlay(row.id, row.resource_id, span_of(row.busy), row.kind, row.fact_id or 0) for row in rows]

    def repairs(self, page: Page, show_resolved: bool) -> Listing[Repair]:
        """Return a page, most urgent first."""
        query = _repair if show_resolved else _repair.where(repair.c.state == RepairState.OPEN.value)
        key = [repair.c.deadline, repair.c.id]
        return listing(self._connection, query, page, f"repairs {show_resolved}", key, _read_repair)

    def repair(self, name: str, lock: bool = True) -> Repair:
        """Return the repair, or refuse."""
        query = _repair.where(repair.c.id == decode(name, "repair"))
        row = self._connection.execute(query.with_for_update(of=repair) if lock else query).one_or_none()
        if row is None:
            raise NotFound(f"there is no repair {name!r}", name=name)
        return _read_repair(row)

    def open_repairs(self, booking: int) -> list[Repair]:
        """Return the open repairs of a booking."""
        query = _repair.where(repair.c.booking_id == booking, repair.c.state == RepairState.OPEN.value)
        return [_read_repair(row) for row in self._connection.execute(query)]

    def overdue(self, now: datetime, limit: int) -> list[Repair]:
        """Lock and return open repairs that are past their deadline and not escalated; those that others hold are left."""
        query = _repair.where(
            repair.c.state == RepairState.OPEN.value, repair.c.deadline <= now, repair.c.escalated_at.is_(None)
        )
        query = query.order_by(repair.c.deadline, repair.c.id).limit(limit).with_for_update(of=repair, skip_locked=True)
        return [_read_repair(row) for row in self._connection.execute(query)]

    def save(self, changed: Repair) -> None:
        """Write a repair's state, resolution, owner and escalation."""
        self._connection.execute(
            sa.update(repair)
            .where(repair.c.id == changed.id)
            .values(
                state=changed.state.value,
                resolution=changed.resolution,
                owner=changed.owner,
                escalated_at=changed.escalated,
            )
        )
