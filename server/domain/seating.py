"""Seats: which seat of a room, of equipment or of a session is free for a time, and taking it."""

from __future__ import annotations

from dataclasses import replace

from server.domain.resource_day import ResourceDay, Stop, StopKind


def seat_stop(occupancy: int, start: int, work: int, before: int = 0, after: int = 0) -> Stop:
    """Return a stop that stands where it is: it has no place, and its minute does not move."""
    return Stop(occupancy, StopKind.REMOTE, None, work, start, start + 1, start, before, after, fixed=True)


def free_seat(day: ResourceDay, busy: tuple[int, int]) -> int | None:
    """Return the lowest seat that is free during `busy` (half-open seconds of the day), or None.

    None, too, outside the day and where a fact says that the resource is not to be had.
    """
    low, high = busy
    if low < 0 or high > day.span.seconds or any(fact.start < high and low < fact.end for fact in day.facts):
        return None
    taken = {stop.seat for stop in day.beside if stop.busy[0] < high and low < stop.busy[1]}
    return next((seat for seat in range(day.seats) if seat not in taken), None)


def free_seats(day: ResourceDay, busy: tuple[int, int]) -> int:
    """Return how many seats are free during the whole of `busy`."""
    low, high = busy
    if free_seat(day, busy) is None:
        return 0
    return day.seats - len({stop.seat for stop in day.beside if stop.busy[0] < high and low < stop.busy[1]})


def seated(day: ResourceDay, stop: Stop, seat: int) -> ResourceDay:
    """Return the day with the stop in that seat, beside the route."""
    return replace(day, beside=(*day.beside, replace(stop, seat=seat)))
