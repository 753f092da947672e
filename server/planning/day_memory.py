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
MOST_PATCHES, MOST_WHOLES = 64, 16
MOST_STALE = 16
"""So many changed days of one date are searched beside its block; with more of them it is made anew."""
ONE_DAY = timedelta(days=1)


@dataclass(slots=True, eq=False)
class Kept:
    """A block, which of its days are `fresh`, and the days without a visit that may be pushed out, once somebody asked."""

    block: Block
    fresh: Flags
    variants: Variants | None = None

    @classmethod
    def joined(cls, some: Sequence[Kept]) -> Kept | None:
        """Return some blocks as one; None of none."""
        if not some:
            return None
        return cls(Block.joined([one.block for one in some]), np.concatenate([one.fresh for one in some]))


@dataclass(slots=True, eq=False)
class _Date:
    """The days of a date: most are in the `main` block, at its `rows`; those that changed since are `stale` there."""

    as_of: int
    days: dict[int, StoredDay] = field(default_factory=dict)
    main: Kept | None = None
    rows: dict[int, int] = field(default_factory=dict)
    stale: set[int] = field(default_factory=set)
    is_touched: bool = False


@dataclass(frozen=True, slots=True)
class KeptDates:
    """The blocks of some dates: one per date that has any days, all of them as one, and one with what changed since."""

    dates: tuple[Kept, ...]
    joined: Kept | None
    patch: Kept | None

    @property
    def apart(self) -> tuple[Kept, ...]:
        """The blocks date by date, and what changed."""
        return (*self.dates, self.patch) if self.patch else self.dates

    @property
    def together(self) -> tuple[Kept, ...]:
        """The block of all dates, and what changed."""
        return tuple(one for one in (self.joined, self.patch) if one)


class _PrivateError(Exception):
    """The transaction that reads has written some of these days itself."""


class DayMemory:
    """Safe for many threads: blocks never change, and are put together under a lock."""

    def __init__(self, codec: DayCodec) -> None:
        self._codec = codec
        self._lock = threading.Lock()
        self._dates: OrderedDict[date, _Date] = OrderedDict()
        self._patches: dict[tuple[date, date], tuple[int, Kept | None]] = {}
        self._wholes: OrderedDict[tuple[date, date], tuple[list[Block], Block]] = OrderedDict()
        self._stamp = 0
        self.numbers = PlaceNumbers()

    def read(self, reader: DayReader, first: date, after_last: date) -> KeptDates:
        """Return the blocks of the dates with first <= date < after_last, as they are stored now."""
        dates = [first + ONE_DAY * number for number in range((after_last - first).days)]
        with self._lock:
            self._make_room()
            try:
                self._refresh(reader, dates)
            except _PrivateError:
                return self._apart(reader.changed(first, after_last, 0), dates)
            known = [self._dates[day] for day in dates]
            for one in known:
                self._renew(one)
            mains = tuple(one.main for one in known if one.main)
            return KeptDates(mains, self._joined(dates, mains), self._patched(dates, known))

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

    def _apart(self, found: StoredDays, dates: Sequence[date]) -> KeptDates:
        """Return blocks that are not kept: they show what a transaction has written and may yet take back."""
        by_date: dict[date, list[StoredDay]] = {day: [] for day in dates}
        for stored in found.changed:
            by_date[stored.day].append(stored)
        blocks = tuple(self._kept(days) for days in by_date.values() if days)
        return KeptDates(blocks, Kept.joined(blocks), None)

    def _make_room(self) -> None:
        if len(self.numbers) > MOST_PLACES:
            self._dates.clear()
            self._patches.clear()
            self._wholes.clear()
            self.numbers = PlaceNumbers()
        while self._dates and sum(len(one.days) for one in self._dates.values()) > MOST_DAYS:
            self._dates.popitem(last=False)

    def _take(self, reader: DayReader, first: date, after_last: date, as_of: int) -> int:
        """Read what changed since `as_of` (0: everything anew); return how many days the store has."""
        found = reader.changed(first, after_last, as_of)
        if found.is_private:
            raise _PrivateError
        self._stamp += as_of == 0
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
                one.stale.add(stored.resource)
                one.is_touched = True
                self._stamp += 1
        return found.count

    def _renew(self, one: _Date) -> None:
        """Leave the changed days out of a date's block, or make it anew when there are many."""
        if not one.is_touched:
            return
        if one.main is None or len(one.stale) > MOST_STALE:
            one.main, one.stale = self._kept(one.days.values()), set()
            one.rows = {stored.resource: row for row, stored in enumerate(one.main.block.stored)}
        else:
            fresh = np.ones(len(one.main.block), np.bool_)
            fresh[[one.rows[resource] for resource in one.stale if resource in one.rows]] = False
            one.main = Kept(one.main.block, fresh, one.main.variants)
        one.is_touched = False

    def _joined(self, dates: Sequence[date], mains: Sequence[Kept]) -> Kept | None:
        """Return the blocks of some dates as one, which is kept for the ranges that were asked for last."""
        if not mains:
            return None
        key, blocks = (dates[0], dates[-1]), [one.block for one in mains]
        known = self._wholes.get(key)
        if known is None or [*map(id, known[0])] != [*map(id, blocks)]:
            known = blocks, Block.joined(blocks)
            self._wholes[key] = known
            if len(self._wholes) > MOST_WHOLES:
                self._wholes.popitem(last=False)
        self._wholes.move_to_end(key)
        return Kept(known[1], np.concatenate([one.fresh for one in mains]))

    def _patched(self, dates: Sequence[date], known: Sequence[_Date]) -> Kept | None:
        """Return one block of all days that changed since their dates' blocks were made; kept until another changes."""
        key = dates[0], dates[-1]
        made = self._patches.get(key)
        if made is None or made[0] != self._stamp:
            stale = [one.days[resource] for one in known for resource in one.stale]
            if len(self._patches) >= MOST_PATCHES:
                self._patches.clear()
            made = self._patches[key] = self._stamp, self._kept(stale) if stale else None
        return made[1]

    def _kept(self, days: Iterable[StoredDay]) -> Kept:
        stored: Sequence[StoredDay] = sorted(days, key=lambda each: (each.resource, each.day))
        return Kept(Block.of(stored, self._codec, self.numbers), np.ones(len(stored), np.bool_))
