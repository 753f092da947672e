"""Officers' days as blocks: what the insertion evaluator needs of many days, made once and kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from optimizer.slack import NOWHERE, Days, Positions
from server.domain.geography import Position
from server.domain.organisation import TravelMode
from server.usecases.ports.search import DayArrays, DayCodec, Flags, Index, Numbers, StoredDay

_COLUMNS = [column.name for column in fields(DayArrays)]
_PER_STOP = frozenset(_COLUMNS[_COLUMNS.index("placed") :])


class PlaceNumbers:
    """Counts the places of routes: one number per travel mode and position, the same as long as the process lives."""

    def __init__(self) -> None:
        self._known: dict[int, int] = {}
        self.places: list[tuple[TravelMode, Position]] = []
        self._modes = (*TravelMode,)

    def __len__(self) -> int:
        return len(self.places)

    def of(self, mode: Numbers, lat: Numbers, lon: Numbers) -> Numbers:
        """Return the numbers of places; whoever has no mode is nowhere."""
        keys = (lat.astype(np.int64) + 90_000_000) << 31 | (lon.astype(np.int64) + 180_000_000) << 2 | mode
        distinct, inverse = np.unique(keys, return_inverse=True)
        numbers = [self._number(key) for key in distinct.tolist()]
        return np.array(numbers, np.int32)[inverse]

    def _number(self, key: int) -> int:
        known = self._known.get(key)
        if known is None:
            mode = key & 3
            if mode >= len(self._modes):
                return NOWHERE
            lat, lon = (key >> 31) - 90_000_000, (key >> 2 & (1 << 29) - 1) - 180_000_000
            self.places.append((self._modes[mode], Position(lat, lon)))
            known = self._known[key] = len(self.places) - 1
        return known


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Some officers' days of one date. `since`: the seconds of each day that are over, where any are."""

    stored: Sequence[StoredDay]
    numbers: PlaceNumbers
    arrays: DayArrays
    place: Numbers
    base: Numbers
    at: Positions
    expires: Numbers
    since: Numbers | None = None

    @classmethod
    def of(cls, stored: Sequence[StoredDay], codec: DayCodec, numbers: PlaceNumbers) -> Block:
        """Return the block of some days."""
        arrays = codec.arrays(stored)
        place = numbers.of(np.repeat(arrays.mode, arrays.counts), arrays.lat, arrays.lon)
        place = np.where(arrays.placed, place, NOWHERE).astype(np.int32)
        base = numbers.of(arrays.mode, arrays.base_lat, arrays.base_lon)
        at = Positions.of(_days(arrays, place, base, None))
        return cls(stored, numbers, arrays, place, base, at, _first_expiry(arrays))

    @classmethod
    def joined(cls, blocks: Sequence[Block]) -> Block:
        """Return the days of several blocks as one block."""
        if len(blocks) == 1:
            return blocks[0]
        many = [block.arrays for block in blocks]
        arrays = DayArrays(**{name: np.concatenate([getattr(one, name) for one in many]) for name in _COLUMNS})
        before = np.cumsum([0, *(len(block) for block in blocks)])
        at = {column.name: [getattr(block.at, column.name) for block in blocks] for column in fields(Positions)}
        at["day"] = [days + first for days, first in zip(at["day"], before, strict=False)]
        return cls(
            stored=[stored for block in blocks for stored in block.stored],
            numbers=blocks[0].numbers,
            arrays=arrays,
            place=np.concatenate([block.place for block in blocks]),
            base=np.concatenate([block.base for block in blocks]),
            at=Positions(**{name: np.concatenate(columns) for name, columns in at.items()}),
            expires=np.concatenate([block.expires for block in blocks]),
        )

    def __len__(self) -> int:
        return len(self.stored)

    def some(self, rows: Index, since: Numbers | None = None) -> Block:
        """Return some of the days, as they can still change when so many seconds of each are over."""
        keep = np.zeros(len(self), np.bool_)
        keep[rows] = True
        rows, stops = np.flatnonzero(keep), np.repeat(keep, self.arrays.counts)
        chosen = {name: getattr(self.arrays, name)[stops if name in _PER_STOP else rows] for name in _COLUMNS}
        arrays, place, base = DayArrays(**chosen), self.place[stops], self.base[rows]
        at = Positions.of(_days(arrays, place, base, since))
        stored = [self.stored[row] for row in rows.tolist()]
        return Block(stored, self.numbers, arrays, place, base, at, self.expires[rows], since)


def _first_expiry(arrays: DayArrays) -> Numbers:
    """Return when the first hold of each day runs out, in seconds of that day."""
    first = np.full(len(arrays.counts), np.iinfo(np.int32).max, np.int32)
    np.minimum.at(first, _owner(arrays), arrays.expires)
    return first


def _owner(arrays: DayArrays) -> Index:
    return np.repeat(np.arange(len(arrays.counts)), arrays.counts)


def _days(arrays: DayArrays, place: Numbers, base: Numbers, since: Numbers | None) -> Days:
    """Return what the evaluator reads. What was travelled before a break on a leg counts as part of the break."""
    arrays = arrays if since is None else _under_way(arrays, since)
    return Days(
        counts=arrays.counts,
        working=_working(arrays),
        span=(arrays.end - arrays.start).astype(np.int32),
        start_place=base,
        end_place=base,
        home_travel=arrays.home_travel,
        place=place,
        earliest=np.where(arrays.fixed, arrays.begin, arrays.earliest),
        latest=np.where(arrays.fixed, arrays.begin, arrays.latest - 1),
        before=arrays.before + np.where(arrays.placed, 0, arrays.travel),
        lasts=arrays.work + arrays.after,
        start=arrays.begin,
        travel=np.where(arrays.placed, arrays.travel, 0),
    )


def _working(arrays: DayArrays) -> Index:
    """Return how many stops each day has up to the last one that is not time away."""
    working = arrays.counts.copy()
    if arrays.away.any():
        owner, first = _owner(arrays), np.cumsum(arrays.counts) - arrays.counts
        working[:] = 0
        np.maximum.at(working, owner, np.where(arrays.away, 0, np.arange(len(owner)) - first[owner] + 1))
    return working


def _under_way(arrays: DayArrays, since: Numbers) -> DayArrays:
    """Return days as they can still change: what was left for stays, for the rest nobody leaves before `since`."""
    over = since[_owner(arrays)]
    begun = over > 0
    ahead = arrays.before + arrays.travel
    left: Flags = begun & (arrays.begin - ahead < over)
    earliest = np.where(begun, np.maximum(arrays.earliest, over + ahead), arrays.earliest)
    return replace(arrays, fixed=arrays.fixed | left, earliest=earliest)
