"""Officers' days without one of the planned visits that nobody was promised: what a heavier promise may push out."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from server.domain.geography import Position
from server.domain.resource_day import ResourceDay, Stop
from server.planning.day_blocks import Block
from server.usecases.ports import DayKey, LegTable, Travel
from server.usecases.ports.search import DayCodec, Index, Numbers, StoredDay

MOST_REMEMBERED = 20_000


@dataclass(frozen=True, slots=True, eq=False)
class Variants:
    """The variants of a block's days: the `row` of the day, the weight that is pushed out, when its officer would have set
    out for it, and the travel that goes with it (as a rule less than none)."""

    block: Block
    row: Index
    weight: Numbers
    leave: Numbers
    extra: Numbers


@dataclass(frozen=True, slots=True)
class _Variant:
    stored: StoredDay
    weight: int
    leave: int
    extra: int


class VariantMaker:
    """Makes variants, and remembers those of each day until the day changes."""

    def __init__(self, travel: Travel, codec: DayCodec) -> None:
        self._travel = travel
        self._codec = codec
        self._known: OrderedDict[DayKey, tuple[int, tuple[_Variant, ...]]] = OrderedDict()

    def of(self, block: Block) -> Variants:
        """Return the variants of all days of a block. Legs may have to be measured: never asked under a lock."""
        owner = np.repeat(np.arange(len(block)), block.arrays.counts)
        rows = np.unique(owner[block.arrays.yields >= 0]).tolist()
        found = [(row, variant) for row in rows for variant in self._variants(block.stored[row])]
        return Variants(
            block=Block.of([variant.stored for _, variant in found], self._codec, block.numbers),
            row=np.array([row for row, _ in found], np.intp),
            weight=np.array([variant.weight for _, variant in found], np.int32),
            leave=np.array([variant.leave for _, variant in found], np.int32),
            extra=np.array([variant.extra for _, variant in found], np.int32),
        )

    def _variants(self, stored: StoredDay) -> Sequence[_Variant]:
        key = stored.day, stored.resource
        known = self._known.get(key)
        if known is not None and known[0] == stored.version and stored.version:
            return known[1]
        made = tuple(self._made(stored))
        if stored.version:
            self._known[key] = stored.version, made
            while len(self._known) > MOST_REMEMBERED:
                self._known.popitem(last=False)
        return made

    def _made(self, stored: StoredDay) -> Iterator[_Variant]:
        day = self._codec.day(stored)
        table: list[LegTable] = []

        def legs(start: Position, end: Position) -> int:
            if not table and day.mode:
                table.append(self._travel.table(day.mode, set(day.places())))
            return table[0](start, end)

        for stop in day.stops:
            if may_yield(stop):
                without = day.without([stop.occupancy], legs)
                extra = without.travel_seconds() - day.travel_seconds()
                yield _Variant(self._codec.stored(stored, without), stop.weight, stop.leave, extra)


def may_yield(stop: Stop) -> bool:
    """Tell whether something heavier may push a stop out: planned, not promised, not fixed."""
    return bool(stop.visit) and not stop.is_promise and not stop.fixed


def unversioned(stored: StoredDay, day: ResourceDay, codec: DayCodec) -> StoredDay:
    """Return a day as one search has it; nothing that follows from it may be remembered."""
    return replace(codec.stored(stored, day), version=0)
