"""What watchers are told, and where they stand: a snapshot of the store says which transactions they know of."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Generic, TypeVar

from server.domain.booking import BookingEvent

T = TypeVar("T")

_SNAPSHOT = re.compile(r"[0-9]{1,19}:[0-9]{1,19}:([0-9]{1,19}(,[0-9]{1,19}){0,999})?")


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a watcher stands: it was told of everything that the snapshot `since` shows.

    While a long reading of what the snapshot `until` shows beyond that is under way, it was also told of the first part of
    it: what has an id up to `after`. Snapshots are written as the store writes them: "xmin:xmax:xip,xip".
    """

    since: str
    until: str = ""
    after: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether no reading is under way."""
        return not self.until

    @property
    def is_empty(self) -> bool:
        """Whether it is a reading that cannot find anything: no transaction began or ended meanwhile."""
        return self.since == self.until

    def towards(self, until: str) -> Cursor:
        """Return the start of a reading up to `until`; a reading that is under way comes to its own end first."""
        return Cursor(self.since, until) if self.is_whole else self


@dataclass(frozen=True, slots=True)
class Reading(Generic[T]):
    """What is new since a cursor, in order, and the cursor behind it."""

    items: tuple[T, ...]
    next: Cursor


@dataclass(frozen=True, slots=True)
class BookingNews:
    """Something that happened to a booking that `creator` made. `id` orders the news of one reading."""

    id: int
    event: BookingEvent
    creator: str


@dataclass(frozen=True, slots=True)
class DayNews:
    """A day changed. `resource` is a name such as "officers/anna", empty when very many days changed at once.

    `is_offer`: more changed than visits that were promised to nobody, so that the public may know.
    """

    day: date
    resource: str
    is_offer: bool


def is_snapshot(text: str) -> bool:
    """Tell whether a text is a snapshot that the store reads."""
    if not _SNAPSHOT.fullmatch(text):
        return False
    low, high, between = text.split(":")
    running = [int(one) for one in between.split(",") if one]
    ordered = all(a < b for a, b in pairwise(running))
    inside = all(int(low) <= one < int(high) for one in running)
    return 0 < int(low) <= int(high) < 1 << 63 and ordered and inside


def horizon(snapshot: str) -> int:
    """Return the transaction at and after which a snapshot shows nothing."""
    return int(snapshot.split(":")[1])
