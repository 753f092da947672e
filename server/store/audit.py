"""The audit, newest first."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from server.domain.audit import Audit, AuditFilter
from server.domain.paging import Listing, Page
from server.store.paging import listing
from server.store.tables import audit as t


def audit_of(row: Any) -> Audit:
    """Return the line of a row."""
    return Audit(row.at, row.actor, row.action, row.subject, tuple(sorted(row.detail.items())))


class SqlAudit:
    """Who used a privilege, when, on what."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def listing(self, page: Page, wanted: AuditFilter) -> Listing[Audit]:
        """Return a page, newest first."""
        query = sa.select(t)
        if wanted.subject:
            query = query.where(_is(t.c.subject, wanted.subject, "/-"))
        if wanted.action:
            query = query.where(_is(t.c.action, wanted.action, ".*"))
        if wanted.actor:
            query = query.where(t.c.actor == wanted.actor)
        if wanted.span:
            query = query.where(t.c.at >= wanted.span.start, t.c.at < wanted.span.end)
        scope = f"audit {wanted}"
        return listing(self._connection, query, page, scope, [t.c.at, t.c.id], audit_of, descending=True)


def _is(column: sa.Column[str], wanted: str, every: str) -> sa.ColumnElement[bool]:
    """Return the condition that a column is a value, or begins as it does where that ends in `every`."""
    if wanted.endswith(every):
        return column.startswith(wanted[:-1], autoescape=True)
    return column == wanted
