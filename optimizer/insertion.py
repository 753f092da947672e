"""Where one more stop fits into an officer-day whose order stands, and when: the evaluator behind slot offers.

Times are seconds from the start of that day's span. Earliest and latest starts of the day's stops (slack arrays
after Savelsbergh 1992) make the test of one position O(1), so all positions are tested at once in NumPy.
Breaks and remote work are stops without a place: they happen where the officer then is, and keep their order.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from optimizer.model import UNREACHABLE, Int32

Int64 = npt.NDArray[np.int64]
FAR = np.int64(1) << 40
NOWHERE = -1


@dataclass(frozen=True, slots=True, eq=False)
class Day:
    """One officer-day as it stands; arrays have one entry per stop, in order, home not included.

    The officer leaves `start_place` at 0 at the earliest and is at `end_place` by `span`. `earliest` and `latest` bound
    the start of work, both inclusive; `before` is spent between arrival and work, `after` before leaving. `travel` is
    the leg into each stop (0 where `place` is NOWHERE), `home_travel` the last leg. `start` are the planned starts.
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


def insertions(
    day: Day, candidate: Candidate, to_new: Int32, from_new: Int32, direct: Int32 | None = None
) -> list[Insertion]:
    """Return every feasible position and window, least extra travel first, then earliest start.

    `to_new[p]` are the seconds from place p to the new stop, `from_new[p]` those back, -1 where no road leads; a remote
    candidate reads neither. An insertion at position i removes the leg that lies there now, or counts `direct[i]`
    seconds for it where that is given. A day that is late already takes nothing.
    """
    slack = _Slack.of(day)
    if not slack.in_time:
        return []
    if candidate.remote:
        into, out, extra = np.zeros_like(slack.leg), slack.leg, np.zeros_like(slack.leg)
    else:
        into, out = _road(to_new[slack.here]), _road(from_new[slack.next_place])
        extra = into + out - (slack.leg if direct is None else direct.astype(np.int64))
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
    def of(cls, day: Day) -> "_Slack":
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
    def of(cls, day: Day) -> "_Rows":
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


def placed(
    day: Day, candidate: Candidate, insertion: Insertion, start: int, to_new: Int32, from_new: Int32
) -> tuple[int, ...]:
    """Return the start of every stop, the new one included in its place, the others moved as little as possible.

    `start` lies in [earliest_start, latest_start] of the insertion.
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
