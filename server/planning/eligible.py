"""Which officers' days may take part in a search, and as which member of the crew."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from server.domain.limits import UNLIMITED
from server.planning.day_blocks import Block
from server.planning.slot_grid import Grid
from server.usecases.ports.search import Ask, Flags, Index, Moments, Numbers


class Eligible:
    """The officers of one search, looked up for many days at once."""

    def __init__(self, ask: Ask, grid: Grid) -> None:
        self._ask = ask
        self._ids = np.array(sorted(ask.zones), np.int64)
        ids = self._ids.tolist()
        limits = [ask.limits.get(one, UNLIMITED) for one in ids]
        self._zone = np.array([grid.zones.index(ask.zones[one]) for one in ids], np.intp)
        self._visits = np.array([limit.visits or 1 << 30 for limit in limits], np.int32)
        self._percent = np.array([limit.promised_percent for limit in limits], np.int64)
        self._seconds = ask.candidate.before + ask.candidate.work + ask.candidate.after
        self._roles: dict[int, tuple[Sequence[frozenset[int]], Numbers]] = {}

    def zones(self, block: Block) -> Index:
        """Return the number of each day's zone."""
        return self._zone[self._officers(block)]

    def roles(self, block: Block) -> Numbers:
        """Return, per day, which members of the crew its officer could be: bit m for member m; 0 for nobody."""
        officers = self._officers(block)
        known = self._ids[officers] == block.arrays.resource
        dates = {stored.day for stored in block.stored}
        crews = {day: self._ask.crew(day) for day in dates}
        if len({id(crew) for crew in crews.values()}) == 1:
            return np.where(known, self._bits(next(iter(crews.values())))[officers], 0)
        rows = zip(block.stored, officers.tolist(), strict=True)
        bits = np.array([self._bits(crews[stored.day])[officer] for stored, officer in rows], np.int32)
        return np.where(known, bits, 0)

    def _bits(self, crew: Sequence[frozenset[int]]) -> Numbers:
        if id(crew) not in self._roles:
            bits = [sum(1 << member for member, some in enumerate(crew) if one in some) for one in self._ids.tolist()]
            self._roles[id(crew)] = crew, np.array(bits, np.int32)
        return self._roles[id(crew)][1]

    def room(self, block: Block, displaced: int) -> Flags:
        """Tell, per day, whether its officer's limits admit one more when so many planned visits are pushed out."""
        officers = self._officers(block)
        span: Moments = block.arrays.end - block.arrays.start
        kept = (block.arrays.promised.astype(np.int64) + self._seconds) * 100
        percent = self._percent[officers]
        room: Flags = block.arrays.visits - displaced < self._visits[officers]
        fits: Flags = room & ((percent == 100) | (kept <= span * percent))
        return fits

    def _officers(self, block: Block) -> Index:
        return np.minimum(np.searchsorted(self._ids, block.arrays.resource), len(self._ids) - 1)
