"""Calendar feeds; their tokens are kept hashed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from server.domain.errors import NotFound
from server.domain.feed import Feed
from server.domain.ids import decode
from server.store.tables import feed as t
from server.store.tables import officer

_select = (
    sa.select(t, officer.c.code.label("officer"))
    .join(officer, officer.c.id == t.c.officer_id)
    .where(t.c.revoked_at.is_(None))
)


def _from_row(row: Any) -> Feed:
    return Feed(row.id, row.officer, row.private_titles, row.created_at)


class SqlFeeds:
    """Live feeds by name and by token."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, feed: Feed, token_hash: bytes) -> None:
        """Record a feed."""
        whose = sa.select(officer.c.id).where(officer.c.code == feed.officer).scalar_subquery()
        self._connection.execute(
            sa.insert(t).values(
                id=feed.id,
                officer_id=whose,
                token_hash=token_hash,
                private_titles=feed.private_titles,
                created_at=feed.created,
            )
        )

    def get(self, name: str) -> Feed:
        """Return a live feed, or refuse."""
        row = self._connection.execute(_select.where(t.c.id == decode(name, "feed"))).one_or_none()
        if row is None:
            raise NotFound(f"there is no feed {name!r}", name=name)
        return _from_row(row)

    def by_token(self, token_hash: bytes) -> Feed | None:
        """Return the live feed of that token."""
        row = self._connection.execute(_select.where(t.c.token_hash == token_hash)).one_or_none()
        return None if row is None else _from_row(row)

    def revoke(self, feed: Feed, now: datetime) -> None:
        """End a feed."""
        self._connection.execute(sa.update(t).where(t.c.id == feed.id).values(revoked_at=now))
