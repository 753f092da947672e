"""Room on a day as it stands: where a stop can be put so that nobody else's minute, leg or way home changes."""

from __future__ import annotations

from dataclasses import replace

from server.domain.geography import Position
from server.domain.resource_day import ResourceDay, Stop


def room_for(day: ResourceDay, place: Position | None, busy: tuple[int, int]) -> int | None:
    """Return the position on the route for a stop that is busy during `busy` (half-open seconds of the day), or None.

    There is none where the officer would have to travel for it, or go home later.
    """
    low, high = busy
    if low < 0 or high > day.span.seconds or any(stop.busy[0] < high and low < stop.busy[1] for stop in day.stops):
        return None
    position = sum(1 for stop in day.stops if stop.start < low)
    following = day.stops[position:]
    if day.home_travel and all(day.rests_away(stop) for stop in following):
        return None
    if place is None:
        return position
    here = next((stop.place for stop in reversed(day.stops[:position]) if stop.place is not None), day.base)
    there = next((stop.place for stop in following if stop.place is not None), day.base)
    return position if here == place == there else None


def with_undisturbed(day: ResourceDay, position: int, stop: Stop) -> ResourceDay:
    """Return the day with the stop at the position that `room_for` gave for it."""
    return replace(day, stops=(*day.stops[:position], stop, *day.stops[position:]))
