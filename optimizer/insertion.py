"""Where one more stop fits into officer-days whose order stands, and when: the evaluator behind slot offers.

All positions of all days are tested at once (see optimizer.slack); the functions for one day ask the same code.
Times are seconds from the start of that day's span.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.model import UNREACHABLE, Int32
from optimizer.slack import FAR, NOWHERE, Days, Flags, Index, Positions

__all__ = ["NOWHERE", "Candidate", "Day", "Gaps", "Insertion", "gaps", "insertions", "placed"]


@dataclass(frozen=True, slots=True, eq=False)
class Day:
    """One officer-day as it stands; arrays have one entry per stop, in order, home not included; see optimizer.slack.Days.

    `working` counts the stops before time away at the end of the day; None: all are worked.
    """

    span: int
    start_place: int
    end_place: int
    place: Int32
    earliest: Int32
    latest: Int32
    before: Int32
    work: Int32
    after: Int32
    start: Int32
    travel: Int32
    home_travel: int
    working: int | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """The stop to insert; windows are half-open bounds of the start of its work, relative to the day's span."""

    work: int
    before: int = 0
    after: int = 0
    remote: bool = False
    windows: tuple[tuple[int, int], ...] = ((0, 1 << 40),)


@dataclass(frozen=True, slots=True)
class Insertion:
    """A feasible place: before the stop now at `position`; starts from earliest to latest, both inclusive, are possible."""

    position: int
    earliest_start: int
    latest_start: int
    extra_travel: int


@dataclass(frozen=True, slots=True, eq=False)
class Gaps:
    """Feasible places in many days: `first` to `last`, both inclusive, bound the start of work."""

    day: Index
    position: Index
    first: Int32
    last: Int32
    extra: Int32

    def __len__(self) -> int:
        return len(self.day)


def gaps(
    at: Positions,
    candidate: Candidate,
    to_new: Int32,
    from_new: Int32,
    since: Int32 | None = None,
    among: Flags | None = None,
) -> Gaps:
    """Return every feasible position (of those `among` them), whatever the candidate's windows.

    `to_new[p]` are the seconds from place p to the new stop, `from_new[p]` those back, -1 where no road leads; a remote
    candidate reads neither. An insertion removes the leg that lies there now. Nobody leaves for the new stop before `since`
    of their day.
    """
    if candidate.remote:
        into, out, extra = np.zeros_like(at.leg), at.leg, np.zeros_like(at.leg)
    else:
        into, out = _road(to_new)[at.here], _road(from_new)[at.next_place]
        extra = into + out - at.leg
    first = at.ready + (into + candidate.before)
    if since is not None:
        soonest = since[at.day]
        np.maximum(first, soonest if candidate.remote else soonest + into + candidate.before, out=first)
    last = np.minimum(at.rest_by, at.end_by - out) - (candidate.after + candidate.work)
    fits = (out <= at.way_by) & (first <= last)
    found = np.flatnonzero(fits if among is None else fits & among)
    return Gaps(at.day[found], at.position[found], first[found], last[found], extra[found])


def _road(seconds: Int32) -> Int32:
    return np.where(seconds == UNREACHABLE, FAR, seconds).astype(np.int32)


def insertions(day: Day, candidate: Candidate, to_new: Int32, from_new: Int32) -> list[Insertion]:
    """Return every feasible position and window, least extra travel first, then earliest start; see `gaps`."""
    return _inside(candidate, gaps(Positions.of(_alone(day)), candidate, to_new, from_new))


def _alone(day: Day) -> Days:
    """Return the day as the only one of many."""

    def alone(value: int) -> Int32:
        return np.array([value], np.int32)

    count = len(day.place)
    return Days(
        counts=np.array([count], np.intp),
        working=np.array([count if day.working is None else day.working], np.intp),
        span=alone(day.span),
        start_place=alone(day.start_place),
        end_place=alone(day.end_place),
        home_travel=alone(day.home_travel),
        place=day.place,
        earliest=day.earliest,
        latest=day.latest,
        before=day.before,
        lasts=day.work + day.after,
        start=day.start,
        travel=day.travel,
    )


def _inside(candidate: Candidate, found: Gaps) -> list[Insertion]:
    """Cut [first, last] of every position with every window, and sort what is left."""
    opens = np.array([start for start, _ in candidate.windows], dtype=np.int64)
    closes = np.array([end - 1 for _, end in candidate.windows], dtype=np.int64)
    earliest = np.maximum(found.first[:, None], opens[None, :])
    latest = np.minimum(found.last[:, None], closes[None, :])
    gap, window = np.nonzero(earliest <= latest)
    columns = [found.position[gap], earliest[gap, window], latest[gap, window], found.extra[gap]]
    rows = np.stack(columns, axis=1)
    order = np.lexsort((rows[:, 0], rows[:, 1], rows[:, 3]))
    return [Insertion(*row) for row in rows[order].tolist()]


@dataclass(frozen=True, slots=True)
class _Rows:
    """The day's arrays as lists: a handful of stops is walked faster so."""

    place: list[int]
    latest: list[int]
    before: list[int]
    work: list[int]
    after: list[int]
    start: list[int]
    travel: list[int]

    @classmethod
    def of(cls, day: Day) -> _Rows:
        columns = (day.place, day.latest, day.before, day.work, day.after, day.start, day.travel)
        return cls(*(column.tolist() for column in columns))


def placed(
    day: Day, candidate: Candidate, insertion: Insertion, start: int, to_new: Int32, from_new: Int32
) -> tuple[int, ...]:
    """Return the start of every stop, the new one included in its place, the others moved as little as possible.

    `start` lies in [earliest_start, latest_start] of the insertion; every stop of the day is worked.
    """
    if not insertion.earliest_start <= start <= insertion.latest_start:
        bounds = f"[{insertion.earliest_start}, {insertion.latest_start}]"
        raise ValueError(f"start {start} lies outside {bounds}, the bounds of the insertion")
    rows, at = _Rows.of(day), insertion.position
    travel, home = _travel_with(day, candidate, rows, at, to_new, from_new)
    starts = [*rows.start[:at], start, *rows.start[at:]]
    before = [*rows.before[:at], candidate.before, *rows.before[at:]]
    lasts = [work + after for work, after in zip(rows.work, rows.after, strict=True)]
    lasts.insert(at, candidate.work + candidate.after)
    for i in range(at - 1, -1, -1):
        starts[i] = min(starts[i], starts[i + 1] - before[i + 1] - travel[i + 1] - lasts[i])
    # A stop behind may have to give up waiting: its latest start follows from the legs as they are now.
    latest, until = [*rows.latest[:at], start, *rows.latest[at:]], day.span - home
    for i in range(len(starts) - 1, at, -1):
        latest[i] = min(latest[i], until - lasts[i])
        until = latest[i] - before[i] - travel[i]
    for i in range(at + 1, len(starts)):
        starts[i] = max(min(starts[i], latest[i]), starts[i - 1] + lasts[i - 1] + travel[i] + before[i])
    return tuple(starts)


def _travel_with(
    day: Day, candidate: Candidate, rows: _Rows, at: int, to_new: Int32, from_new: Int32
) -> tuple[list[int], int]:
    """Return the legs into every stop, the new one in its place, and the leg home."""
    if candidate.remote:
        return [*rows.travel[:at], 0, *rows.travel[at:]], day.home_travel
    here = next((place for place in reversed(rows.place[:at]) if place != NOWHERE), day.start_place)
    travel = [*rows.travel[:at], int(to_new[here]), *rows.travel[at:]]
    for i in range(at, len(rows.place)):
        if rows.place[i] != NOWHERE:
            travel[i + 1] = int(from_new[rows.place[i]])
            return travel, day.home_travel
    return travel, int(from_new[day.end_place])
