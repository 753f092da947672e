"""The slow oracle of the insertion evaluator: one day at a time, stop by stop, and time away as a day that ends there."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from optimizer.insertion import NOWHERE, Candidate, Day, Insertion
from optimizer.model import UNREACHABLE, Int32

Int64 = npt.NDArray[np.int64]
FAR = np.int64(1) << 40


def slow_insertions(day: Day, candidate: Candidate, to_new: Int32, from_new: Int32) -> list[Insertion]:
    """Return every feasible position and window; the way home follows the last stop that is not time away."""
    count = len(day.place)
    working = count if day.working is None else day.working
    found: list[Insertion] = []
    for end in range(working, count + 1):
        if end < count and day.start[end] <= 0:
            continue
        some = _all_worked(_up_to(day, end), candidate, to_new, from_new)
        found += [one for one in some if end == working or one.position == end]
    return found


def _up_to(day: Day, end: int) -> Day:
    if end == len(day.place):
        return replace(day, working=None)
    columns = ("place", "earliest", "latest", "before", "work", "after", "start", "travel")
    cut = {name: getattr(day, name)[:end] for name in columns}
    return replace(day, span=int(day.start[end]), working=None, **cut)


def _all_worked(day: Day, candidate: Candidate, to_new: Int32, from_new: Int32) -> list[Insertion]:
    slack = _Slack.of(day)
    if not slack.in_time:
        return []
    if candidate.remote:
        into, out, extra = np.zeros_like(slack.leg), slack.leg, np.zeros_like(slack.leg)
    else:
        into, out = _road(to_new[slack.here]), _road(from_new[slack.next_place])
        extra = into + out - slack.leg
    first = slack.ready + into + candidate.before
    last = np.minimum(slack.rest_by, slack.arrive_by - slack.rest - out) - candidate.after - candidate.work
    last[slack.rested + out > slack.arrive_by] = -FAR
    return _inside(candidate, first, last, extra)


def _road(seconds: Int32) -> Int64:
    legs = seconds.astype(np.int64)
    legs[legs == UNREACHABLE] = FAR
    return legs


def _inside(candidate: Candidate, first: Int64, last: Int64, extra: Int64) -> list[Insertion]:
    """Cut [first, last] of every position with every window, and sort what is left."""
    opens = np.array([start for start, _ in candidate.windows], dtype=np.int64)
    closes = np.array([end - 1 for _, end in candidate.windows], dtype=np.int64)
    earliest = np.maximum(first[:, None], opens[None, :])
    latest = np.minimum(last[:, None], closes[None, :])
    position, window = np.nonzero(earliest <= latest)
    rows = np.stack([position, earliest[position, window], latest[position, window], extra[position]], axis=1)
    order = np.lexsort((position, rows[:, 1], rows[:, 3]))
    return [Insertion(*row) for row in rows[order].tolist()]


@dataclass(frozen=True, slots=True, eq=False)
class _Slack:
    """Per position i (before stop i; n = before home): the officer is `here` and can leave at `ready`; the next stop
    with a place is `next_place`, reached by `leg` now and no later than `arrive_by`; the stops without a place up to it
    take `rest` seconds, can begin no later than `rest_by`, and end no earlier than `rested`, whatever comes before."""

    here: npt.NDArray[np.intp]
    next_place: npt.NDArray[np.intp]
    leg: Int64
    ready: Int64
    arrive_by: Int64
    rest: Int64
    rest_by: Int64
    rested: Int64
    in_time: bool

    @classmethod
    def of(cls, day: Day) -> _Slack:
        rows = _Rows.of(day)
        count = len(rows.place)
        here, ready, in_time = _forward(day, rows)
        next_place, leg = [day.end_place] * (count + 1), [day.home_travel] * (count + 1)
        arrive_by, rest = [day.span] * (count + 1), [0] * (count + 1)
        rest_by, rested = [int(FAR)] * (count + 1), [-int(FAR)] * (count + 1)
        for i in range(count - 1, -1, -1):
            lasts = rows.before[i] + rows.work[i] + rows.after[i]
            if rows.place[i] == NOWHERE:
                next_place[i], leg[i], arrive_by[i] = next_place[i + 1], leg[i + 1], arrive_by[i + 1]
                rest[i] = rest[i + 1] + lasts
                rested[i] = max(rows.earliest[i] + lasts - rows.before[i] + rest[i + 1], rested[i + 1])
                rest_by[i] = min(rows.latest[i] - rows.before[i], rest_by[i + 1] - lasts)
            else:
                leaves = min(rest_by[i + 1], arrive_by[i + 1] - rest[i + 1] - leg[i + 1])
                next_place[i], leg[i] = rows.place[i], rows.travel[i]
                arrive_by[i] = min(rows.latest[i] - rows.before[i], leaves - lasts)
        numbers = [np.array(column, dtype=np.int64) for column in (leg, ready, arrive_by, rest, rest_by, rested)]
        places = [np.array(column, dtype=np.intp) for column in (here, next_place)]
        return cls(places[0], places[1], numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5], in_time)


@dataclass(frozen=True, slots=True)
class _Rows:
    """The day's arrays as lists: a handful of stops is walked faster so."""

    place: list[int]
    earliest: list[int]
    latest: list[int]
    before: list[int]
    work: list[int]
    after: list[int]
    start: list[int]
    travel: list[int]

    @classmethod
    def of(cls, day: Day) -> _Rows:
        columns = (day.place, day.earliest, day.latest, day.before, day.work, day.after, day.start, day.travel)
        return cls(*(column.tolist() for column in columns))


def _forward(day: Day, rows: _Rows) -> tuple[list[int], list[int], bool]:
    """Return, per position, where the officer is and when they can leave; and whether every stop is in time."""
    here, ready, in_time = [day.start_place], [0], True
    for i, place in enumerate(rows.place):
        start = max(ready[i] + rows.travel[i] + rows.before[i], rows.earliest[i])
        in_time = in_time and start <= rows.latest[i]
        ready.append(start + rows.work[i] + rows.after[i])
        here.append(here[i] if place == NOWHERE else place)
    return here, ready, in_time and ready[-1] + day.home_travel <= day.span
