"""The days of the dates that are searched, kept as blocks; each search asks the store only for what has changed.

Reading thousands of routes takes longer than searching them. A transaction that was at work at the last reading is asked
about again (see StoredDays), so nothing that was committed before a search began is missed.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

from server.planning.day_blocks import Block, PlaceNumbers
from server.planning.variants import Variants
from server.usecases.ports.search import DayCodec, DayReader, Flags, StoredDay, StoredDays

MOST_DAYS = 60_000
MOST_PLACES = 500_000
ONE_DAY = timedelta(days=1)


@dataclass(slots=True, eq=False)
class Kept:
    """A block and what was made of it: the days without a visit that may be pushed out, once somebody asked."""

    block: Block
    fresh: Flags
    variants: Variants | None = None


@dataclass(slots=True, eq=False)
class _Date:
    as_of: int
    days: dict[int, StoredDay] = field(default_factory=dict)
    main: Kept | None = None
    patch: Kept | None = None
    rows: dict[int, int] = field(default_factory=dict)
    changed: set[int] = field(default_factory=set)


class _PrivateError(Exception):
    """The transaction that reads has written some of these days itself."""


class DayMemory:
    """Safe for many threads: blocks never change, and are put together under a lock."""

    def __init__(self, codec: DayCodec) -> None:
        self._codec = codec
        self._lock = threading.Lock()
        self._dates: OrderedDict[date, _Date] = OrderedDict()
        self.numbers = PlaceNumbers()

    def read(self, reader: DayReader, first: date, after_last: date) -> list[list[Kept]]:
        """Return the blocks of each date with first <= date < after_last, as they are stored now."""
        dates = [first + ONE_DAY * number for number in range((after_last - first).days)]
        with self._lock:
            self._make_room()
            try:
                self._refresh(reader, dates)
            except _PrivateError:
                return self._apart(reader.changed(dates[0], dates[-1] + ONE_DAY, 0), dates)
            return [self._blocks(day) for day in dates]

    def _refresh(self, reader: DayReader, dates: Sequence[date]) -> None:
        missing = [day for day in dates if day not in self._dates]
        if missing:
            self._take(reader, missing[0], missing[-1] + ONE_DAY, 0)
        if len(missing) == len(dates):
            return
        first, after_last = dates[0], dates[-1] + ONE_DAY
        count = self._take(reader, first, after_last, min(self._dates[day].as_of for day in dates))
        if count != sum(len(self._dates[day].days) for day in dates):
            self._take(reader, first, after_last, 0)

    def _apart(self, found: StoredDays, dates: Sequence[date]) -> list[list[Kept]]:
        """Return blocks that are not kept: they show what a transaction has written and may yet take back."""
        by_date: dict[date, list[StoredDay]] = {day: [] for day in dates}
        for stored in found.changed:
            by_date[stored.day].append(stored)
        return [[self._kept(by_date[day])] if by_date[day] else [] for day in dates]

    def _make_room(self) -> None:
        if len(self.numbers) > MOST_PLACES:
            self._dates.clear()
            self.numbers = PlaceNumbers()
        while self._dates and sum(len(one.days) for one in self._dates.values()) > MOST_DAYS:
            self._dates.popitem(last=False)

    def _take(self, reader: DayReader, first: date, after_last: date, as_of: int) -> int:
        """Read what changed since `as_of` (0: everything anew); return how many days the store has."""
        found = reader.changed(first, after_last, as_of)
        if found.is_private:
            raise _PrivateError
        for number in range((after_last - first).days):
            day = first + ONE_DAY * number
            if as_of == 0 or day not in self._dates:
                self._dates[day] = _Date(found.as_of)
            self._dates[day].as_of = found.as_of
            self._dates.move_to_end(day)
        for stored in found.changed:
            one = self._dates[stored.day]
            old = one.days.get(stored.resource)
            if old is None or old.version != stored.version:
                one.days[stored.resource] = stored
                one.changed.add(stored.resource)
        return found.count

    def _blocks(self, day: date) -> list[Kept]:
        one = self._dates[day]
        if one.changed:
            self._renew(one)
        return [kept for kept in (one.main, one.patch) if kept is not None]

    def _renew(self, one: _Date) -> None:
        """Put the changed days into a small block beside the main one, and all into a new one when it has grown."""
        patched = one.changed | ({stored.resource for stored in one.patch.block.stored} if one.patch else set())
        if one.main is None or len(patched) * 4 > len(one.days) + 16:
            one.main, one.patch = self._kept(one.days.values()), None
            one.rows = {stored.resource: row for row, stored in enumerate(one.main.block.stored)}
        else:
            fresh = one.main.fresh.copy()
            fresh[[one.rows[resource] for resource in patched if resource in one.rows]] = False
            one.main = Kept(one.main.block, fresh, one.main.variants)
            one.patch = self._kept([one.days[resource] for resource in patched])
        one.changed = set()

    def _kept(self, days: Iterable[StoredDay]) -> Kept:
        stored: Sequence[StoredDay] = sorted(days, key=lambda each: each.resource)
        return Kept(Block.of(stored, self._codec, self.numbers), np.ones(len(stored), np.bool_))
