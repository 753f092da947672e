"""Customers and their contact points."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from server.domain.audit import Audit
from server.domain.customer import ContactKind, ContactPoint, CustomerFilter, CustomerRecord, HistoryEntry
from server.domain.errors import NotFound, StaleEtag
from server.domain.ids import decode
from server.domain.message import Channel
from server.domain.paging import Listing, Page
from server.store import customer_history
from server.store.audit import audit_of
from server.store.customer_links import belongs_to
from server.store.paging import listing
from server.store.places import literal
from server.store.tables import audit, booking, contact_point, occupancy, officer
from server.store.tables import customer as t


def _values(record: CustomerRecord) -> dict[str, Any]:
    return {
        "full_name": record.full_name,
        "title": record.title,
        "company": record.company,
        "language": record.language,
        "preferred_channels": [channel.value for channel in record.preferred_channels],
        "opted_out_channels": [channel.value for channel in record.opted_out_channels],
        "access_needs": list(record.access_needs),
        "merged_into": record.merged_into or None,
        "version": record.version,
    }


def _from_row(row: Any, points: tuple[ContactPoint, ...] = ()) -> CustomerRecord:
    return CustomerRecord(
        id=row.id,
        full_name=row.full_name,
        created=row.created_at,
        title=row.title,
        company=row.company,
        language=row.language,
        contact_points=points,
        preferred_channels=tuple(map(Channel, row.preferred_channels)),
        opted_out_channels=tuple(map(Channel, row.opted_out_channels)),
        access_needs=tuple(row.access_needs),
        source=row.source or "",
        external_id=row.external_id or "",
        merged_into=row.merged_into or 0,
        version=row.version,
    )


class SqlCustomers:
    """Customers by id, source, name and contact point."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def get(self, name: str, lock: bool = False) -> CustomerRecord:
        """Return the record, or refuse."""
        found = self.some([decode(name, "customer")], lock)
        if not found:
            raise NotFound(f"there is no customer {name!r}", name=name)
        return next(iter(found.values()))

    def some(self, numbers: Collection[int], lock: bool = False) -> dict[int, CustomerRecord]:
        """Return those that exist, by id; locked in the order of their ids."""
        query = sa.select(t).where(t.c.id == sa.any_(sa.cast(list(numbers), sa.ARRAY(sa.BigInteger)))).order_by(t.c.id)
        rows = self._connection.execute(query.with_for_update(key_share=True) if lock else query).all()
        return {one.id: one for one in self._whole(rows)}

    def live(self, numbers: Collection[int]) -> dict[int, CustomerRecord]:
        """Return, by the ids that were asked for, those records, or the ones into which they were merged."""
        asked = t.alias("asked")
        wanted = asked.c.id == sa.any_(sa.cast(list(numbers), sa.ARRAY(sa.BigInteger)))
        query = sa.select(asked.c.id, sa.func.coalesce(asked.c.merged_into, asked.c.id).label("live")).where(wanted)
        lives = {row.id: row.live for row in self._connection.execute(query)}
        records = self.some(set(lives.values()))
        return {number: records[live] for number, live in lives.items()}

    def of_source(self, source: str, external_id: str) -> CustomerRecord | None:
        """Return the record that another system owns, locked."""
        query = sa.select(t).where(t.c.source == source, t.c.external_id == external_id).with_for_update(key_share=True)
        return next(iter(self._whole(self._connection.execute(query).all())), None)

    def listing(self, page: Page, wanted: CustomerFilter) -> Listing[CustomerRecord]:
        """Return a page by name."""
        query = sa.select(t)
        if wanted.text:
            like = f"%{literal(wanted.text)}%"
            having = sa.select(contact_point.c.customer_id).where(contact_point.c.value == wanted.text)
            named = sa.or_(t.c.full_name.ilike(like, escape="\\"), t.c.company.ilike(like, escape="\\"))
            query = query.where(sa.or_(named, t.c.id.in_(having)))
        if wanted.source:
            query = query.where(t.c.source == wanted.source)
        if not wanted.with_merged:
            query = query.where(t.c.merged_into.is_(None))
        found = listing(self._connection, query, page, f"customers {wanted}", [t.c.full_name, t.c.id], lambda row: row)
        return Listing(tuple(self._whole(found.items)), found.next_token)

    def _whole(self, rows: Collection[Any]) -> list[CustomerRecord]:
        """Return the records of rows, with their contact points."""
        ids = [row.id for row in rows]
        points: dict[int, list[ContactPoint]] = defaultdict(list)
        query = sa.select(contact_point).where(contact_point.c.customer_id == sa.any_(sa.cast(ids, sa.ARRAY(sa.BigInteger))))
        for row in self._connection.execute(query.order_by(contact_point.c.place)) if ids else ():
            points[row.customer_id].append(ContactPoint(ContactKind(row.kind), row.value, row.label))
        return [_from_row(row, tuple(points[row.id])) for row in rows]

    def add(self, record: CustomerRecord) -> None:
        """Write a new record."""
        owner = {"source": record.source or None, "external_id": record.external_id or None}
        values = {"id": record.id, "created_at": record.created, **owner, **_values(record)}
        self._connection.execute(sa.insert(t).values(values))
        self._add_points(record)

    def save(self, record: CustomerRecord) -> None:
        """Write a record that is one version further, or refuse."""
        written = self._connection.execute(
            sa.update(t).where(t.c.id == record.id, t.c.version == record.version - 1).values(_values(record))
        )
        if written.rowcount != 1:
            raise StaleEtag(f"{record.name} has changed: read it again", name=record.name)
        self._connection.execute(sa.delete(contact_point).where(contact_point.c.customer_id == record.id))
        self._add_points(record)

    def _add_points(self, record: CustomerRecord) -> None:
        rows = [
            {"customer_id": record.id, "place": place, "kind": one.kind.value, "value": one.value, "label": one.label}
            for place, one in enumerate(record.contact_points)
        ]
        if rows:
            self._connection.execute(sa.insert(contact_point), rows)

    def merge(self, loser: int, winner: int) -> int:
        """Give the winner what refers to the loser; return how many bookings."""
        self._connection.execute(sa.update(t).where(t.c.merged_into == loser).values(merged_into=winner))
        moved = sa.update(booking).where(booking.c.customer_id == loser).values(customer_id=winner)
        return self._connection.execute(moved).rowcount

    def merged_into(self, winner: int) -> list[CustomerRecord]:
        """Return the records that went into one."""
        query = sa.select(t).where(t.c.merged_into == winner).order_by(t.c.id)
        return self._whole(self._connection.execute(query).all())

    def is_visited_by(self, customer: int, officer_code: str) -> bool:
        """Tell whether a booking of the customer stands on the routes of an officer."""
        query = (
            sa.select(booking.c.id)
            .join(occupancy, occupancy.c.booking_id == booking.c.id)
            .join(officer, officer.c.id == occupancy.c.resource_id)
            .where(belongs_to(customer), officer.c.code == officer_code)
        )
        return self._connection.execute(sa.select(query.exists())).scalar_one()

    def history(self, customer: int, page: Page) -> Listing[HistoryEntry]:
        """Return a page of the timeline, newest first."""
        return customer_history.page_of(self._connection, customer, page)

    def unlinked_bookings(self, contact_points: Collection[str], limit: int) -> list[int]:
        """Return ids of bookings without a record that give one of these telephone numbers or addresses."""
        given = sa.or_(booking.c.contact_phone.in_(contact_points), booking.c.contact_email.in_(contact_points))
        query = sa.select(booking.c.id).where(booking.c.customer_id.is_(None), given)
        return list(self._connection.execute(query.order_by(booking.c.id).limit(limit)).scalars())

    def audit_lines(self, subjects: Collection[str], limit: int) -> list[Audit]:
        """Return the newest lines of the audit about these resources, oldest first."""
        query = sa.select(audit).where(audit.c.subject.in_(subjects)).order_by(audit.c.id.desc()).limit(limit)
        rows = self._connection.execute(query).all()
        return [audit_of(row) for row in reversed(rows)]
