"""What a process remembers of catalogue and organisation, for as long as nobody changes them."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar, cast

import sqlalchemy as sa

from server.store import prepared
from server.store.tables import reference_version as t

T = TypeVar("T")
MOST = 20_000
_VERSION = prepared.text(sa.select(sa.cast(t.c.changed, sa.Text), t.c.version))


class Memory:
    """Values by key, all of one version; safe for many threads.

    The version names the transaction that wrote it, so that what one saw of its own and then rolled back is never taken
    for the truth. A value may be newer than its version: then it is read once more than necessary.
    """

    def __init__(self) -> None:
        self._kept: tuple[object, dict[Hashable, Any]] = (None, {})

    def get(self, connection: sa.Connection, key: Hashable, make: Callable[[], T]) -> T:
        """Return the value of the key, made anew where something has changed since."""
        found = prepared.rows(connection, _VERSION, {})
        version, known = self._kept
        if not found or found[0] != version or len(known) >= MOST:
            known = {}
            self._kept = (found[0] if found else object(), known)
        if key not in known:
            known[key] = make()
        return cast(T, known[key])
