"""What follows from officer-days: the change of rows between two states, the busy bits, the longest gap."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from server.domain.resource_day import Occupancy, ResourceDay, StopKind
from server.domain.spans import cut


@dataclass(frozen=True, slots=True)
class DayDiff:
    """What changes in the rows when days change: ids that go, rows that move, rows that come."""

    gone: tuple[int, ...]
    moved: tuple[Occupancy, ...]
    added: tuple[Occupancy, ...]


def diff(before: Iterable[ResourceDay], after: Iterable[ResourceDay]) -> DayDiff:
    """Return the change of rows from the days as they were to the days as they shall be."""
    was, shall = {day.key: day for day in before}, {day.key: day for day in after}
    old = {row.id: row for key, day in was.items() for row in day.occupancies(shall.get(key))}
    new = {row.id: row for key, day in shall.items() for row in day.occupancies(was.get(key))}
    return DayDiff(
        tuple(sorted(old.keys() - new.keys())),
        tuple(new[key] for key in sorted(old.keys() & new.keys()) if old[key] != new[key]),
        tuple(new[key] for key in sorted(new.keys() - old.keys())),
    )


def taken(day: ResourceDay) -> list[tuple[int, int]]:
    """Return when no seat is free, half-open seconds from the start of the span, in order.

    What an officer was overbooked with takes no time from the route.
    """
    if day.seats == 1:
        return sorted([*(stop.busy for stop in day.everything() if not stop.seat), *day.homewards()])
    rows = [row for row in day.occupancies() if row.seats[0] < day.seats]
    busy = [(day.span.offset(row.busy.start), day.span.offset(row.busy.end), row.seats) for row in rows]
    steps: dict[int, int] = {}
    for low, high, (first, last) in busy:
        seats = (day.seats if last is None else last) - first
        steps[low] = steps.get(low, 0) + seats
        steps[high] = steps.get(high, 0) - seats
    found, used, since = list[tuple[int, int]](), 0, 0
    for at in sorted(steps):
        full = used >= day.seats
        used += steps[at]
        if not full and used >= day.seats:
            since = at
        elif full and used < day.seats:
            found.append((since, at))
    return found


def bitmap(day: ResourceDay, step_s: int = 300) -> bytes:
    """Return the day's busy bits, least significant first: bit k is [start + 5 min * k, + 5 min) of elapsed time."""
    length = -(-day.span.seconds // step_s)
    bits = 0
    for low, high in taken(day):
        first, last = max(0, low // step_s), min(length, -(-high // step_s))
        bits |= ((1 << max(0, last - first)) - 1) << first
    return bits.to_bytes(-(-length // 8), "little")


def longest_gap(day: ResourceDay) -> int:
    """Return the longest idle stretch in seconds."""
    return max((high - low for low, high in cut((0, day.span.seconds), taken(day))), default=0)


def changes_offers(before: Iterable[ResourceDay], after: Iterable[ResourceDay]) -> list[bool]:
    """Tell for each day `after` whether more changed than visits that were promised to nobody and minutes inside promises.

    Only then may the public hear that the day changed: what was not announced would not be so for long otherwise.
    """
    known = {day.key: _without_visits(day) for day in before}
    return [known.get(day.key) != _without_visits(day) for day in after]


def _without_visits(day: ResourceDay) -> object:
    stops = {
        (stop.kind, stop.booking, stop.hold, stop.session, stop.seat, stop.work)
        for stop in day.everything()
        if stop.kind is not StopKind.BLOCKED and (stop.is_promise or not stop.visit)
    }
    return day.span, day.seats, day.facts, stops
