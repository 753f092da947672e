"""How many more bookings fit into a session."""

from __future__ import annotations

from collections.abc import Iterable

from server.domain.resource_day import ResourceDay
from server.domain.spans import Span


def places_left(day: ResourceDay, within: Span, times: Iterable[Span]) -> int:
    """Return how many bookings still fit into a session's day, seat by seat; `times` are what one could take, in order.

    All times are of one length, so that taking the earliest first leaves room for the most.
    """
    inside = [(day.span.offset(one.start), day.span.offset(one.end)) for one in times if _contains(within, one)]
    return sum(_in_seat(day, seat, inside) for seat in range(day.seats))


def _contains(outer: Span, inner: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _in_seat(day: ResourceDay, seat: int, times: list[tuple[int, int]]) -> int:
    taken = [stop.busy for stop in day.beside if stop.seat == seat]
    taken += [(fact.start, fact.end) for fact in day.facts]
    found, free_from = 0, -1
    for low, high in times:
        if low >= free_from and not any(start < high and low < end for start, end in taken):
            found, free_from = found + 1, high
    return found
