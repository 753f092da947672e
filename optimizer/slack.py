"""How much room many officer-days leave between their stops: the arrays behind the insertion evaluator.

Earliest and latest starts (slack arrays after Savelsbergh 1992) of all days are walked at once, stop by stop, so that the
test of one position is O(1). Breaks and remote work are stops without a place: they happen where the officer then is, and
keep their order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from optimizer.model import Int32

Index: TypeAlias = npt.NDArray[np.intp]
Flags: TypeAlias = npt.NDArray[np.bool_]
FAR = 1 << 28
"""More seconds than any day has; some of them still add up to 32 bits."""
NOWHERE = -1


@dataclass(frozen=True, slots=True, eq=False)
class Days:
    """Many officer-days as they stand; times are seconds from the start of each day's span.

    A column of stops has one entry per stop, home not included, day after day; `counts` says how many each day has. The
    officer leaves `start_place` at 0 at the earliest and is at `end_place` by `span`. The first `working` stops are worked
    one after the other; those behind them have no place and are time away, before which the officer goes home. `earliest`
    and `latest` bound the start of work, both inclusive; `before` is spent between arrival and work, `lasts` at work and
    before leaving. `travel` is the leg into each stop (0 where `place` is NOWHERE), `home_travel` the last leg. `start`
    are the planned starts.
    """

    counts: Index
    working: Index
    span: Int32
    start_place: Int32
    end_place: Int32
    home_travel: Int32
    place: Int32
    earliest: Int32
    latest: Int32
    before: Int32
    lasts: Int32
    start: Int32
    travel: Int32


@dataclass(frozen=True, slots=True, eq=False)
class Positions:
    """Every position of many days where a stop could be put: before stop `position` of a day, or behind its last one.

    The officer is `here` and can leave at `ready`; the next stop with a place is `next_place`, reached by `leg` now. What
    is put there ends, the way to that place included, no later than `end_by`, and without it no later than `rest_by`; the
    way takes no more than `way_by`. A day that is late already has none.
    """

    day: Index
    position: Index
    here: Int32
    next_place: Int32
    leg: Int32
    ready: Int32
    rest_by: Int32
    end_by: Int32
    way_by: Int32

    def __len__(self) -> int:
        return len(self.day)

    @classmethod
    def of(cls, days: Days) -> Positions:
        """Walk every day forwards, then backwards."""
        stops = _Padded.of(days)
        here, ready, in_time = _forward(stops)
        rooms = _backward(stops)
        is_open = in_time & (ready + stops.home_travel <= stops.home_by) & (stops.home_by > 0)
        last = is_open[stops.working, np.arange(len(stops.day))]
        is_open = np.where(np.arange(len(ready))[:, None] < stops.working, last, is_open)
        at = position, column = np.nonzero(is_open & stops.exists)
        by = rooms.arrive_by[at]
        return cls(
            day=stops.day[column],
            position=position,
            here=here[at],
            next_place=rooms.next_place[at],
            leg=rooms.leg[at],
            ready=ready[at],
            rest_by=rooms.rest_by[at],
            end_by=by - rooms.rest[at],
            way_by=by - rooms.rested[at],
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Padded:
    """The columns of stops with one row per place in the order and one column per day, those with the most stops first.

    `lengths` says how many days have a stop in each row; one that is not there takes no time. `exists` tells the positions,
    one more than stops. `home_by` is, for positions behind the working stops, when the officer must be home: before time
    away, or by the end. `resting` are the days that have, in a row, a stop without a place.
    """

    day: Index
    working: Index
    lengths: list[int]
    start_place: Int32
    end_place: Int32
    home_travel: Int32
    place: Int32
    earliest: Int32
    latest: Int32
    before: Int32
    lasts: Int32
    travel: Int32
    exists: Flags
    home_by: Int32
    resting: list[Index]

    @classmethod
    def of(cls, days: Days) -> _Padded:
        order = np.argsort(-days.counts, kind="stable")
        rows, many = int(days.counts.max(initial=0)), len(days.counts)
        exists = np.arange(rows + 1)[:, None] <= days.counts[order]
        cell = _cells(days.counts, order)

        def padded(column: Int32, otherwise: int) -> Int32:
            full = np.full(rows * many, otherwise, dtype=np.int32)
            full[cell] = column
            return full.reshape(rows, many)

        place, working = padded(days.place, NOWHERE), days.working[order]
        return cls(
            day=order,
            working=working,
            lengths=exists[1:].sum(axis=1).tolist(),
            start_place=days.start_place[order],
            end_place=days.end_place[order],
            home_travel=days.home_travel[order],
            place=place,
            earliest=padded(days.earliest, -FAR),
            latest=padded(days.latest, FAR),
            before=padded(days.before, 0),
            lasts=padded(days.lasts, 0),
            travel=padded(days.travel, 0),
            exists=exists,
            home_by=_home_by(days, order, cell, exists.shape),
            resting=_by_row((place == NOWHERE) & exists[1:]),
        )


def _cells(counts: Index, order: Index) -> Index:
    """Return where each stop goes in the padded columns."""
    many = len(counts)
    column = np.empty(many, np.intp)
    column[order] = np.arange(many)
    first = column - many * (np.cumsum(counts) - counts)
    cells: Index = np.repeat(first, counts) + many * np.arange(counts.sum())
    return cells


def _by_row(flags: Flags) -> list[Index]:
    """Return the columns that are set in each row."""
    row, column = np.nonzero(flags)
    return np.split(column, np.searchsorted(row, np.arange(1, len(flags)))) if len(flags) else []


def _home_by(days: Days, order: Index, cell: Index, shape: tuple[int, ...]) -> Int32:
    home_by: Int32 = np.repeat(days.span[order][None, :], shape[0], axis=0)
    if (days.working < days.counts).any():
        number = np.arange(len(cell)) - np.repeat(np.cumsum(days.counts) - days.counts, days.counts)
        away = number >= np.repeat(days.working, days.counts)
        home_by.reshape(-1)[cell[away]] = days.start[away]
    return home_by


def _forward(stops: _Padded) -> tuple[Int32, Int32, Flags]:
    """Return, per position, where the officer is and when they can leave; and whether every stop before it is in time."""
    shape = stops.exists.shape
    here, ready, in_time = np.empty(shape, np.int32), np.zeros(shape, np.int32), np.ones(shape, np.bool_)
    here[0], here[1:] = stops.start_place, stops.place
    soonest, begins = stops.travel + stops.before, np.zeros_like(stops.place)
    for i, many in enumerate(stops.lengths):
        begin = begins[i, :many]
        np.add(ready[i, :many], soonest[i, :many], out=begin)
        np.maximum(begin, stops.earliest[i, :many], out=begin)
        np.add(begin, stops.lasts[i, :many], out=ready[i + 1, :many])
        here[i + 1, stops.resting[i]] = here[i, stops.resting[i]]
    if len(begins):
        np.logical_and.accumulate(begins <= stops.latest, axis=0, out=in_time[1:])
    return here, ready, in_time


@dataclass(frozen=True, slots=True, eq=False)
class _Rooms:
    """What lies behind each position: the next stop with a place is reached by `leg` and no later than `arrive_by`; those
    without a place up to it take `rest` seconds, can begin no later than `rest_by`, and end no earlier than `rested`,
    whatever comes before."""

    next_place: Int32
    leg: Int32
    arrive_by: Int32
    rest: Int32
    rest_by: Int32
    rested: Int32

    def put_rest(self, i: int, at: Index, lasts: Int32, begin_by: Int32, ends_from: Int32) -> None:
        """Put a stop without a place before what lies behind it, on the days `at`."""
        after = self.rest[i + 1, at]
        self.next_place[i, at], self.leg[i, at] = self.next_place[i + 1, at], self.leg[i + 1, at]
        self.arrive_by[i, at], self.rest[i, at] = self.arrive_by[i + 1, at], after + lasts
        self.rested[i, at] = np.maximum(ends_from + after, self.rested[i + 1, at])
        self.rest_by[i, at] = np.minimum(begin_by, self.rest_by[i + 1, at] - lasts)


def _behind_all(stops: _Padded) -> _Rooms:
    """Return what lies behind positions from which the officer goes home; the others' place and leg are there already."""
    shape = stops.exists.shape
    next_place, leg = np.empty(shape, np.int32), np.empty(shape, np.int32)
    tied = np.arange(len(stops.place))[:, None] < stops.working
    next_place[-1], leg[-1] = stops.end_place, stops.home_travel
    next_place[:-1] = np.where(tied, stops.place, stops.end_place)
    leg[:-1] = np.where(tied, stops.travel, stops.home_travel)
    rest, rest_by, rested = (np.full(shape, value, np.int32) for value in (0, FAR, -FAR))
    return _Rooms(next_place, leg, stops.home_by.copy(), rest, rest_by, rested)


def _backward(stops: _Padded) -> _Rooms:
    rooms = _behind_all(stops)
    lasts, begin_by, ends_from = stops.before + stops.lasts, stops.latest - stops.before, stops.earliest + stops.lasts
    for i in range(len(lasts) - 1, -1, -1):
        many, at = stops.lengths[i], stops.resting[i]
        leaves = rooms.arrive_by[i + 1, :many] - rooms.rest[i + 1, :many]
        leaves -= rooms.leg[i + 1, :many]
        np.minimum(leaves, rooms.rest_by[i + 1, :many], out=leaves)
        leaves -= lasts[i, :many]
        tied = stops.working[:many] > i
        np.copyto(rooms.arrive_by[i, :many], np.minimum(leaves, begin_by[i, :many], out=leaves), where=tied)
        at = at[tied[at]]
        if len(at):
            rooms.put_rest(i, at, lasts[i, at], begin_by[i, at], ends_from[i, at])
    return rooms
