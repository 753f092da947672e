"""What the end of a visit does to the day: its rows stay, clipped to the actual end; nothing ever grows.

An officer who is done early gives the rest of the time back. One who overruns occupies no more than before: whose time that
costs is told, and becomes a repair.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from server.domain.resource_day import ResourceDay, Stop, StopKind


def begun(day: ResourceDay, visit: int) -> ResourceDay:
    """Return the day with the stops of a visit that has begun: they do not move any more."""
    return _changed(day, visit, lambda stop: replace(stop, fixed=True))


def ended(day: ResourceDay, visit: int, at: datetime) -> ResourceDay:
    """Return the day with the stops of a visit clipped to its end; the inbound leg stays, since the officer was there."""
    moment = day.span.offset(at)
    return _changed(day, visit, lambda stop: _clipped(stop, moment))


def _clipped(stop: Stop, moment: int) -> Stop:
    work = min(stop.work, max(0, moment - stop.start))
    after = min(stop.after, max(0, moment - stop.start - work))
    if stop.travel + stop.before + work + after == 0:
        work = 1  # a row is never empty
    return replace(stop, work=work, after=after, fixed=True)


def _changed(day: ResourceDay, visit: int, change: Callable[[Stop], Stop]) -> ResourceDay:
    stops = tuple(change(stop) if stop.visit == visit else stop for stop in day.stops)
    beside = tuple(change(stop) if stop.visit == visit else stop for stop in day.beside)
    return replace(day, stops=stops, beside=beside)


def too_late_for(day: ResourceDay, visit: int, at: datetime) -> list[Stop]:
    """Return the promised stops of the route after a visit that cannot be reached in time by who ends it at that instant."""
    order = [stop for stop in day.stops if stop.kind is not StopKind.BLOCKED]
    place = next((k for k, stop in enumerate(order) if stop.visit == visit), len(order))
    free, lost = day.span.offset(at), list[Stop]()
    for stop in order[place + 1 :]:
        start = max(stop.start, free + stop.travel + stop.before)
        if start == stop.start:
            break  # from here on everything is as planned
        if stop.is_promise and (start >= stop.latest or stop.fixed):
            lost.append(stop)
        free = start + stop.work + stop.after
    return lost
