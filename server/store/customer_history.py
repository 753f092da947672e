"""One timeline over all bookings of a customer: events and messages."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from server.domain.customer import HistoryEntry, HistoryKind
from server.domain.paging import Listing, Page
from server.store.customer_links import belongs_to
from server.store.paging import listing
from server.store.tables import booking, booking_event, message

_NOTHING = sa.literal("", sa.Text)


def _events(customer: int) -> sa.Select[Any]:
    return (
        sa.select(
            booking_event.c.at,
            sa.literal(HistoryKind.EVENT.value, sa.Text).label("entry"),
            booking_event.c.id,
            booking_event.c.booking_id,
            booking_event.c.kind.label("what"),
            booking_event.c.to_state.label("state"),
            booking_event.c.from_state,
            booking_event.c.revision,
            booking_event.c.actor,
            *(_NOTHING.label(name) for name in ("channel", "recipient", "subject", "body")),
        )
        .join(booking, booking.c.id == booking_event.c.booking_id)
        .where(belongs_to(customer))
    )


def _messages(customer: int) -> sa.Select[Any]:
    """Return the messages; what is not sent stands at the change that it speaks of."""
    spoken_of = (
        sa.select(sa.func.max(booking_event.c.at))
        .where(booking_event.c.booking_id == message.c.booking_id, booking_event.c.revision == message.c.revision)
        .scalar_subquery()
    )
    return (
        sa.select(
            sa.func.coalesce(message.c.sent_at, spoken_of, booking.c.created_at).label("at"),
            sa.literal(HistoryKind.MESSAGE.value, sa.Text).label("entry"),
            message.c.id,
            message.c.booking_id,
            message.c.kind.label("what"),
            message.c.state,
            sa.literal(None, sa.Text).label("from_state"),
            message.c.revision,
            _NOTHING.label("actor"),
            message.c.channel,
            message.c.recipient,
            message.c.subject,
            message.c.body,
        )
        .join(booking, booking.c.id == message.c.booking_id)
        .where(belongs_to(customer))
    )


def page_of(connection: sa.Connection, customer: int, page: Page) -> Listing[HistoryEntry]:
    """Return a page of the timeline, newest first."""
    lines = sa.union_all(_events(customer), _messages(customer)).subquery("line")
    key = [lines.c.at, lines.c.entry, lines.c.id]
    return listing(connection, sa.select(lines), page, f"history {customer}", key, _from_row, descending=True)


def _from_row(row: Any) -> HistoryEntry:
    return HistoryEntry(
        at=row.at,
        kind=HistoryKind(row.entry),
        booking=row.booking_id,
        what=row.what,
        state=row.state,
        before=row.from_state or "",
        revision=row.revision,
        actor=row.actor,
        channel=row.channel,
        recipient=row.recipient,
        subject=row.subject,
        body=row.body,
    )
