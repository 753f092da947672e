"""When the stops of one route can happen: earliest forward, latest backward, breaks placed wherever they fit.

The state of both passes is (stops done, breaks taken): for each number of breaks taken before a stop the
earliest way to get there dominates all others, because waiting is always allowed. With b breaks a route of
n stops costs O(n b^2), and testing an insertion costs O(b^2) instead of O(n) (slack arrays after Savelsbergh
1992, here one row per number of breaks). Breaks are taken in the order of their earliest start.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from optimizer.compiled import NEVER, NO_ROAD, REMOTE, Duty, Task, Windows
from optimizer.model import Break

Rests = list[tuple[int, Break]]


@dataclass(slots=True)
class Timing:
    """One route, timed: `ready[i][k]` is the earliest departure towards stop i with k breaks taken before,
    `latest[i][k]` the latest start of stop i (of the arrival home, for i = n) with k breaks taken before."""

    ready: list[list[int]]
    place: list[int]
    starts: list[int]
    taken: list[int]
    home: int
    travel: int
    latest: list[list[int]]


def first_start(windows: Windows, at: int) -> int:
    """Return the first second >= at inside a window, or NEVER."""
    for start, end in windows:
        if at < end:
            return max(start, at)
    return NEVER


def last_start(windows: Windows, at: int) -> int:
    """Return the last second <= at inside a window, or -NEVER."""
    for start, end in reversed(windows):
        if at >= start:
            return min(at, end - 1)
    return -NEVER


def arrivals(rests: Rests, taken: int, leaves: int, leg: int) -> Iterator[tuple[int, int]]:
    """Yield (breaks taken by then, earliest arrival) for a leg left at `leaves`, with none or more breaks on it."""
    arrival, free = leaves + leg, leaves
    yield taken, arrival
    for k in range(taken, len(rests)):
        pause = rests[k][1]
        start = max(free, pause.earliest)
        free = start + pause.seconds
        if free > pause.latest:
            return
        arrival = max(arrival, start) + pause.seconds
        yield k + 1, arrival


def departure(rests: Rests, taken: int, by: int, leg: int, until: int) -> int:
    """Return the latest departure that arrives at `until` with the breaks taken..by on the way, or -NEVER."""
    left, busy = until - leg, until
    for k in range(by - 1, taken - 1, -1):
        pause = rests[k][1]
        start = min(pause.latest, busy) - pause.seconds
        if start < pause.earliest:
            return -NEVER
        left -= pause.seconds
        busy = start
    return min(left, busy)


def time_route(duty: Duty, tasks: list[Task], order: list[int], lower: Mapping[int, int]) -> Timing | None:
    """Time a route as early as possible, crew starts not before `lower`; None if it cannot be done."""
    rests, rows = len(duty.rests), len(order)
    ready = [[NEVER] * (rests + 1) for _ in range(rows + 1)]
    came = [[0] * (rests + 1) for _ in range(rows + 1)]
    begin = [[NEVER] * (rests + 1) for _ in range(rows)]
    ready[0][0] = duty.start
    place, travel = [duty.origin], 0
    for i, visit in enumerate(order):
        task = tasks[visit]
        here = place[-1]
        there = here if task.place == REMOTE else task.place
        leg = duty.legs[here][there]
        travel += leg
        place.append(there)
        ahead = task.preparation(tasks[order[i - 1]].group if i else None)
        floor, busy = lower.get(visit, -NEVER), task.work + task.after
        alive = False
        for k, leaves in enumerate(ready[i]):
            if leaves >= NO_ROAD:
                continue
            for by, arrival in arrivals(duty.rests, k, leaves, leg):
                start = first_start(task.windows, max(arrival + ahead, floor))
                if start + busy < ready[i + 1][by] and start < NO_ROAD:
                    ready[i + 1][by], begin[i][by], came[i + 1][by] = start + busy, start, k
                    alive = True
        if not alive:
            return None
    return _finish(duty, tasks, order, Timing(ready, place, [], [], 0, travel, []), begin, came)


def _finish(
    duty: Duty,
    tasks: list[Task],
    order: list[int],
    timing: Timing,
    begin: list[list[int]],
    came: list[list[int]],
) -> Timing | None:
    """Go home, follow the best way back to find each stop's start, and run the backward pass."""
    leg, best, last = duty.legs[timing.place[-1]][duty.destination], NEVER, 0
    if order:
        for k, leaves in enumerate(timing.ready[-1]):
            if leaves < NO_ROAD:
                for by, arrival in arrivals(duty.rests, k, leaves, leg):
                    if by == len(duty.rests) and arrival < best:
                        best, last = arrival, k
        if best > duty.end:
            return None
        timing.travel += leg
    timing.home = best if order else duty.start
    timing.taken = [last]
    for i in range(len(order) - 1, -1, -1):
        timing.starts.insert(0, begin[i][last])
        last = came[i + 1][last]
        timing.taken.insert(0, last)
    timing.latest = latest_starts(duty, tasks, order, timing.place)
    return timing


def latest_starts(duty: Duty, tasks: list[Task], order: list[int], place: list[int]) -> list[list[int]]:
    """Return, per stop and number of breaks taken before it, the latest start that lets the rest of the day work."""
    rests = len(duty.rests)
    latest = [[-NEVER] * (rests + 1) for _ in range(len(order) + 1)]
    latest[-1][rests] = duty.end
    for i in range(len(order) - 1, -1, -1):
        task = tasks[order[i]]
        last = i + 1 == len(order)
        leg = duty.legs[place[i + 1]][duty.destination if last else place[i + 2]]
        ahead = 0 if last else tasks[order[i + 1]].preparation(task.group)
        for k in range(rests + 1):
            leaves = max(
                departure(duty.rests, k, by, leg, until - ahead) for by, until in enumerate(latest[i + 1]) if by >= k
            )
            latest[i][k] = last_start(task.windows, leaves - task.work - task.after)
    return latest
