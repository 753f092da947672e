"""What a process remembers of catalogue and organisation, for as long as nobody changes them."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar, cast

import sqlalchemy as sa

from server.store import prepared
from server.store.tables import reference_version as t

T = TypeVar("T")
MOST = 20_000
_VERSION = prepared.compiled(sa.select(sa.cast(t.c.changed, sa.Text), t.c.version))

Version = tuple[str, int]
"""The transaction that changed something last, and how often: what one saw of its own and then rolled back is no other's."""


def version(connection: sa.Connection) -> Version | None:
    """Return the version of catalogue and organisation as this transaction sees them."""
    found = prepared.rows(connection, _VERSION, {})
    return (found[0][0], found[0][1]) if found else None


class Memory:
    """Values by key, all of one version; safe for many threads.

    A value may be newer than its version: then it is read once more than necessary.
    """

    def __init__(self) -> None:
        self._kept: tuple[Version | None, dict[Hashable, Any]] = (None, {})

    def get(self, now: Version | None, key: Hashable, make: Callable[[], T]) -> T:
        """Return the value of the key at the version `now`, made anew where something has changed since."""
        kept, known = self._kept
        if now is None or now != kept or len(known) >= MOST:
            known = {}
            self._kept = (now, known)
        if key not in known:
            known[key] = make()
        return cast(T, known[key])
