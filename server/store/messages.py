"""Messages that were or will be sent: one per booking or waiting entry, revision, kind and channel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from server.domain.message import Channel, Message, MessageState
from server.domain.paging import Listing, Page
from server.store.paging import listing
from server.store.tables import message as t


def _from_row(row: Any) -> Message:
    return Message(
        booking=row.booking_id or 0,
        waiting=row.waiting_id or 0,
        revision=row.revision,
        kind=row.kind,
        channel=Channel(row.channel),
        recipient=row.recipient,
        subject=row.subject,
        body=row.body,
        ics=row.ics,
        state=MessageState(row.state),
        sent=row.sent_at,
    )


class SqlMessages:
    """What was said to whom."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def queue(self, messages: Sequence[Message]) -> list[Message]:
        """Record those that do not exist yet; return all of them as they are now stored."""
        for message in messages:
            self._connection.execute(
                pg.insert(t)
                .values(
                    booking_id=message.booking or None,
                    waiting_id=message.waiting or None,
                    revision=message.revision,
                    kind=message.kind,
                    channel=message.channel.value,
                    recipient=message.recipient,
                    subject=message.subject,
                    body=message.body,
                    ics=message.ics,
                    state=message.state.value,
                )
                .on_conflict_do_nothing()
            )
        stored = (self._connection.execute(sa.select(t).where(_is(message))).one() for message in messages)
        return [_from_row(row) for row in stored]

    def settle(self, message: Message, provider_id: str) -> None:
        """Write state and time of a message. What was sent stays sent, whatever a slower worker met."""
        self._connection.execute(
            sa.update(t)
            .where(_is(message), t.c.state != MessageState.SENT.value)
            .values(state=message.state.value, sent_at=message.sent, provider_id=provider_id)
        )

    def listing(self, booking: int, page: Page) -> Listing[Message]:
        """Return a page, newest first."""
        query = sa.select(t).where(t.c.booking_id == booking)
        return listing(self._connection, query, page, f"messages {booking}", [t.c.id], _from_row, descending=True)


def _is(message: Message) -> sa.ColumnElement[bool]:
    return sa.and_(
        t.c.waiting_id == message.waiting if message.waiting else t.c.booking_id == message.booking,
        t.c.revision == message.revision,
        t.c.kind == message.kind,
        t.c.channel == message.channel.value,
    )
