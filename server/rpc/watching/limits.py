"""How many streams may be open at a time."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator

from server.domain.errors import TooMany


class OpenStreams:
    """Counts open streams per principal and in all; a stream costs little, but every one of them for hours."""

    def __init__(self, per_principal: int, in_all: int) -> None:
        self._per_principal = per_principal
        self._in_all = in_all
        self._open: Counter[str] = Counter()

    @contextlib.contextmanager
    def one_more(self, principal: str) -> Iterator[None]:
        """Count a stream while it is open, or refuse it."""
        if self._open[principal] >= self._per_principal:
            raise TooMany(f"{principal} has {self._per_principal} streams open, the most there may be: close one")
        if self._open.total() >= self._in_all:
            raise TooMany(f"{self._in_all} streams are open here, the most there may be: try another server, or later")
        self._open[principal] += 1
        try:
            yield
        finally:
            self._open[principal] -= 1
            if not self._open[principal]:
                del self._open[principal]
