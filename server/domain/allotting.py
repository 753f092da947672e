"""Which rooms and equipment a promise gets: for each need, seats of one resource that are free as long as work may last."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from server.domain.catalogue import ResourceNeed, Service
from server.domain.resource_day import ResourceDay
from server.domain.seating import free_seat, free_seats, seat_stop, seated
from server.domain.spans import Span

Key = tuple[object, int]
"""What a day is locked by."""


@dataclass(frozen=True, slots=True)
class Need:
    """A need of a service, and the resources (ids) that could serve it, the preferred one first."""

    need: ResourceNeed
    resources: tuple[int, ...]


def kept_for(service: Service, promise: Span) -> Span:
    """Return how long rooms and equipment are kept: from the earliest start to the latest end, buffers included.

    So a plan that moves the minute inside a window never has to move the room.
    """
    last = promise.end - timedelta(seconds=1)
    after = timedelta(seconds=service.work_s + service.after_s)
    return Span(promise.start - timedelta(seconds=service.before_s), last + after)


def allot(needs: Sequence[Need], days: Sequence[ResourceDay], busy: Span) -> list[ResourceDay] | None:
    """Return one day per need whose resource has the seats free during `busy`, or None; the scarcest need chooses first."""
    order = sorted(range(len(needs)), key=lambda index: len(needs[index].resources))
    chosen = _chosen([needs[index] for index in order], {}, days, busy)
    if chosen is None:
        return None
    return [chosen[order.index(index)] for index in range(len(needs))]


def _chosen(
    needs: Sequence[Need], used: Mapping[Key, int], days: Sequence[ResourceDay], busy: Span
) -> list[ResourceDay] | None:
    if not needs:
        return []
    first, *rest = needs
    for day in _candidates(first, used, days, busy):
        others = _chosen(rest, {**used, day.key: used.get(day.key, 0) + first.need.quantity}, days, busy)
        if others is not None:
            return [day, *others]
    return None


def _candidates(need: Need, used: Mapping[Key, int], days: Sequence[ResourceDay], busy: Span) -> Iterator[ResourceDay]:
    for resource in need.resources:
        for day in days:
            if day.resource == resource and day.span.start <= busy.start and busy.end <= day.span.end:
                seconds = day.span.offset(busy.start), day.span.offset(busy.end)
                if free_seats(day, seconds) - used.get(day.key, 0) >= need.need.quantity:
                    yield day


def with_seats(day: ResourceDay, service: Service, promise: Span, identities: Sequence[int]) -> ResourceDay:
    """Return the day with one stop per identity, each in a free seat of its own, for as long as the room is kept.

    Raises ValueError when there are not so many.
    """
    busy = kept_for(service, promise)
    start = day.span.offset(promise.start)
    work = day.span.offset(busy.end) - service.after_s - start
    for identity in identities:
        stop = seat_stop(identity, start, work, service.before_s, service.after_s)
        seat = free_seat(day, stop.busy)
        if seat is None:
            raise ValueError(f"resource {day.resource} has no free seat at {promise.start.isoformat()}")
        day = seated(day, stop, seat)
    return day
