"""The catalogue of access needs."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from server.domain.access_need import AccessNeed
from server.domain.paging import Listing, Page
from server.store.paging import listing
from server.store.tables import access_need as t


def _from_row(row: Any) -> AccessNeed:
    return AccessNeed(row.code, row.name, row.skill, row.level, row.feature)


class SqlAccessNeeds:
    """Access needs by code."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def some(self, codes: Collection[str]) -> dict[str, AccessNeed]:
        """Return those that exist, by code."""
        rows = self._connection.execute(sa.select(t).where(t.c.code.in_(codes))) if codes else ()
        return {row.code: _from_row(row) for row in rows}

    def listing(self, page: Page) -> Listing[AccessNeed]:
        """Return a page by code."""
        return listing(self._connection, sa.select(t), page, "access needs", [t.c.code], _from_row)

    def save(self, need: AccessNeed) -> None:
        """Add or replace by code."""
        values = {"code": need.code, "name": need.title, "skill": need.skill, "level": need.level, "feature": need.feature}
        self._connection.execute(pg.insert(t).values(values).on_conflict_do_update(index_elements=["code"], set_=values))
