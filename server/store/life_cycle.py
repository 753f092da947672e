"""Facets, requests for change, outcomes, reasons: what stands beside bookings and visits."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from server.domain.caller import Role
from server.domain.cancel_reason import CancelReason, ReasonKind
from server.domain.errors import InvalidField
from server.domain.facets import KINDS, ChangeRequest, ChangeWanted, Facet, Facets, name_of
from server.domain.outcome import Outcome, Party
from server.domain.paging import Listing, Page
from server.store.days import range_of, span_of
from server.store.paging import listing
from server.store.tables import booking_facet, cancel_reason, change_request, outcome


def _among(column: sa.Column[Any], numbers: Collection[int]) -> sa.ColumnElement[bool]:
    return column == sa.any_(sa.cast(list(numbers), sa.ARRAY(sa.BigInteger)))


def _upsert(connection: sa.Connection, table: sa.Table, values: dict[str, Any]) -> None:
    keys = [column.name for column in table.primary_key]
    rest = {name: value for name, value in values.items() if name not in keys}
    connection.execute(insert(table).values(values).on_conflict_do_update(index_elements=keys, set_=rest))


class SqlFacets:
    """Facets by booking."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def of(self, bookings: Collection[int]) -> dict[int, Facets]:
        """Return the facets of those bookings of which anything is known."""
        t = booking_facet
        known: dict[int, dict[str, Any]] = {}
        for row in self._connection.execute(sa.select(t).where(_among(t.c.booking_id, bookings))):
            known.setdefault(row.booking_id, {})[row.facet] = KINDS[row.facet](row.value)
        return {number: Facets(**values) for number, values in known.items()}

    def save(self, booking: int, facet: Facet, at: datetime) -> None:
        """Write one facet of a booking."""
        values = {"booking_id": booking, "facet": name_of(facet), "value": facet.value, "at": at}
        _upsert(self._connection, booking_facet, values)


class SqlChangeRequests:
    """Requests for change by booking."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def of(self, bookings: Collection[int]) -> dict[int, ChangeRequest]:
        """Return those that stand, by booking."""
        query = sa.select(change_request).where(_among(change_request.c.booking_id, bookings))
        return {row.booking_id: _request(row) for row in self._connection.execute(query)}

    def expired(self, now: datetime, limit: int) -> list[ChangeRequest]:
        """Return those that have run out, longest ago first."""
        t = change_request
        query = sa.select(t).where(t.c.expires_at <= now).order_by(t.c.expires_at, t.c.booking_id).limit(limit)
        return [_request(row) for row in self._connection.execute(query)]

    def save(self, request: ChangeRequest) -> None:
        """Record it in the place of the one that stands."""
        values = {
            "booking_id": request.booking,
            "wanted": request.wanted.value,
            "creator": request.creator,
            "created_at": request.created,
            "expires_at": request.expires,
            "promise": range_of(request.promise) if request.promise else None,
            "hold_id": request.hold or None,
        }
        _upsert(self._connection, change_request, values)

    def delete(self, booking: int) -> None:
        """Forget it."""
        self._connection.execute(sa.delete(change_request).where(change_request.c.booking_id == booking))


def _request(row: Any) -> ChangeRequest:
    return ChangeRequest(
        row.booking_id,
        ChangeWanted(row.wanted),
        row.creator,
        row.created_at,
        row.expires_at,
        span_of(row.promise) if row.promise else None,
        row.hold_id or 0,
    )


class SqlOutcomes:
    """Outcomes by visit."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def of(self, visits: Collection[int]) -> dict[int, Outcome]:
        """Return what became of those that began, by visit."""
        query = sa.select(outcome).where(_among(outcome.c.visit_id, visits))
        return {row.visit_id: _outcome(row) for row in self._connection.execute(query)}

    def save(self, visit: int, became: Outcome) -> None:
        """Write what became of a visit."""
        values = {
            "visit_id": visit,
            "started_at": became.started,
            "ended_at": became.ended,
            "code": became.code,
            "note": became.note,
            "attachments": list(became.attachments),
            "party": became.party.value if became.party else None,
        }
        _upsert(self._connection, outcome, values)


def _outcome(row: Any) -> Outcome:
    party = Party(row.party) if row.party else None
    return Outcome(row.started_at, row.ended_at, row.code, row.note, tuple(row.attachments), party)


class SqlReasons:
    """Reasons by code."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def get(self, code: str) -> CancelReason:
        """Return the reason, or refuse."""
        query = sa.select(cancel_reason).where(cancel_reason.c.code == code)
        row = self._connection.execute(query).one_or_none()
        if row is None:
            raise InvalidField.of("reason", f"{code!r} is no reason that ListCancelReasons tells: take one of those")
        return _reason(row)

    def listing(self, page: Page, show_retired: bool) -> Listing[CancelReason]:
        """Return a page by code."""
        query = sa.select(cancel_reason) if show_retired else sa.select(cancel_reason).where(~cancel_reason.c.retired)
        return listing(self._connection, query, page, f"reasons {show_retired}", [cancel_reason.c.code], _reason)

    def upsert(self, reason: CancelReason) -> CancelReason:
        """Add or replace by code."""
        values = {
            "code": reason.code,
            "text": reason.text,
            "kind": reason.kind.value,
            "roles": sorted(role.value for role in reason.roles),
            "retired": reason.retired,
        }
        _upsert(self._connection, cancel_reason, values)
        return reason


def _reason(row: Any) -> CancelReason:
    return CancelReason(row.code, row.text, ReasonKind(row.kind), frozenset(Role(role) for role in row.roles), row.retired)
