"""The catalogue."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from server.domain.catalogue import Place, PromiseKind, ResourceNeed, Service
from server.domain.errors import NotFound
from server.domain.paging import Listing, Page
from server.store.paging import listing
from server.store.tables import service as t


def _from_row(row: Any) -> Service:
    return Service(
        code=row.code,
        name=row.name,
        duration_minutes=row.duration_minutes,
        crew=tuple(tuple(sorted(member.items())) for member in row.crew),
        place=Place(row.place),
        promise_kind=PromiseKind(row.promise_kind),
        step_minutes=row.step_minutes,
        window_minutes=row.window_minutes,
        buffer_before_minutes=row.buffer_before_minutes,
        buffer_after_minutes=row.buffer_after_minutes,
        needs_approval=row.needs_approval,
        public=row.public,
        notice_minutes=row.notice_minutes,
        horizon_days=row.horizon_days,
        weight=row.weight,
        unannounced=row.unannounced,
        locations=tuple(row.locations),
        resources=tuple(ResourceNeed(n["category"], n["quantity"], tuple(n["features"])) for n in row.resources),
        duration_options=tuple(row.duration_options),
        capacity=row.capacity,
        documents=tuple(row.documents),
        fee_cents=row.fee_cents,
        currency=row.currency,
        contact_required=tuple(row.contact_required),
        purposes=tuple(row.purposes),
        purpose_required=row.purpose_required,
        id=row.id,
    )


class SqlServices:
    """Services by code."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def get(self, code: str) -> Service:
        """Return the service, or refuse."""
        found = self.some([code])
        if code not in found:
            raise NotFound(f"there is no service 'services/{code}'", name=f"services/{code}")
        return found[code]

    def some(self, codes: Collection[str]) -> dict[str, Service]:
        """Return those that exist, by code."""
        query = sa.select(t).where(t.c.code == sa.any_(sa.cast(list(codes), sa.ARRAY(sa.Text))))
        return {row.code: _from_row(row) for row in self._connection.execute(query)}

    def listing(self, page: Page, public_only: bool) -> Listing[Service]:
        """Return a page by code."""
        query = sa.select(t).where(t.c.public, ~t.c.unannounced) if public_only else sa.select(t)
        return listing(self._connection, query, page, f"services {public_only}", [t.c.code], _from_row)

    def upsert(self, service: Service) -> Service:
        """Add or replace by code."""
        values = {
            "code": service.code,
            "name": service.name,
            "duration_minutes": service.duration_minutes,
            "buffer_before_minutes": service.buffer_before_minutes,
            "buffer_after_minutes": service.buffer_after_minutes,
            "crew": [dict(member) for member in service.crew],
            "place": service.place.value,
            "promise_kind": service.promise_kind.value,
            "window_minutes": service.window_minutes,
            "step_minutes": service.step_minutes,
            "needs_approval": service.needs_approval,
            "public": service.public,
            "notice_minutes": service.notice_minutes,
            "horizon_days": service.horizon_days,
            "weight": service.weight,
            "unannounced": service.unannounced,
            "locations": list(service.locations),
            "resources": [asdict(need) for need in service.resources],
            "duration_options": list(service.duration_options),
            "capacity": service.capacity,
            "documents": list(service.documents),
            "fee_cents": service.fee_cents,
            "currency": service.currency,
            "contact_required": list(service.contact_required),
            "purposes": list(service.purposes),
            "purpose_required": service.purpose_required,
        }
        statement = pg.insert(t).values(values).on_conflict_do_update(index_elements=["code"], set_=values)
        self._connection.execute(statement)
        return self.get(service.code)
