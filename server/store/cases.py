"""Cases that other systems told of."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from server.domain.case import Case, CaseDocument, CaseFilter, CaseState
from server.domain.errors import NotFound
from server.domain.ids import decode
from server.domain.organisation import CaseRef
from server.domain.paging import Listing, Page
from server.store.paging import listing
from server.store.tables import case_record as t
from server.store.tables import occupancy, officer, visit


def _from_row(row: Any) -> Case:
    return Case(
        id=row.id,
        reference=CaseRef(row.system, row.external_id),
        kind=row.type,
        state=CaseState(row.state),
        title=row.name,
        brief=tuple((label, text) for label, text in row.brief),
        documents=tuple(CaseDocument(*one) for one in row.documents),
        version=row.version,
    )


def is_closed(table: sa.Table) -> sa.ColumnElement[bool]:
    """Tell whether the case of a row that has the two case columns was told to be closed."""
    told = sa.exists().where(
        t.c.system == table.c.case_system, t.c.external_id == table.c.case_external_id, t.c.state == CaseState.CLOSED.value
    )
    return told.correlate(table)


class SqlCases:
    """Cases by id and by (system, external id)."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def get(self, name: str) -> Case:
        """Return the case, or refuse."""
        row = self._connection.execute(sa.select(t).where(t.c.id == decode(name, "case"))).one_or_none()
        if row is None:
            raise NotFound(f"there is no case {name!r}", name=name)
        return _from_row(row)

    def of_reference(self, reference: CaseRef, to_write: bool = False) -> Case | None:
        """Return the case, None when nobody told of it; nobody else changes it until the transaction ends."""
        query = sa.select(t).where(t.c.system == reference.system, t.c.external_id == reference.external_id)
        row = self._connection.execute(query.with_for_update(read=not to_write)).one_or_none()
        return None if row is None else _from_row(row)

    def some(self, references: Collection[CaseRef]) -> dict[CaseRef, Case]:
        """Return those that somebody told of."""
        keys = [(one.system, one.external_id) for one in references]
        query = sa.select(t).where(sa.tuple_(t.c.system, t.c.external_id).in_(keys))
        found = map(_from_row, self._connection.execute(query) if keys else ())
        return {one.reference: one for one in found}

    def listing(self, page: Page, wanted: CaseFilter) -> Listing[Case]:
        """Return a page by system and external id."""
        query = sa.select(t)
        if wanted.reference:
            query = query.where(t.c.system == wanted.reference.system, t.c.external_id == wanted.reference.external_id)
        if wanted.system:
            query = query.where(t.c.system == wanted.system)
        if wanted.state:
            query = query.where(t.c.state == wanted.state.value)
        return listing(self._connection, query, page, f"cases {wanted}", [t.c.system, t.c.external_id], _from_row)

    def upsert(self, case: Case) -> Case:
        """Add, or replace by reference; every write is a new version, and the id stays."""
        values = {
            "type": case.kind,
            "name": case.title,
            "state": case.state.value,
            "brief": [list(item) for item in case.brief],
            "documents": [[one.id, one.title, one.url] for one in case.documents],
        }
        key = {"id": case.id, "system": case.reference.system, "external_id": case.reference.external_id, "version": 1}
        statement = (
            pg.insert(t)
            .values({**key, **values})
            .on_conflict_do_update(index_elements=["system", "external_id"], set_={**values, "version": t.c.version + 1})
            .returning(t)
        )
        return _from_row(self._connection.execute(statement).one())

    def is_visited_by(self, reference: CaseRef, officer_code: str) -> bool:
        """Tell whether a visit of the case stands on the routes of an officer."""
        query = (
            sa.select(visit.c.id)
            .join(occupancy, occupancy.c.visit_id == visit.c.id)
            .join(officer, officer.c.id == occupancy.c.resource_id)
            .where(
                visit.c.case_system == reference.system,
                visit.c.case_external_id == reference.external_id,
                officer.c.code == officer_code,
            )
        )
        return self._connection.execute(sa.select(query.exists())).scalar_one()
