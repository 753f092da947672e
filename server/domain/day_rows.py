"""What follows from officer-days: the change of rows between two states, the busy bits, the longest gap."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from server.domain.resource_day import Occupancy, ResourceDay
from server.domain.spans import cut


@dataclass(frozen=True, slots=True)
class DayDiff:
    """What changes in the rows when days change: ids that go, rows that move, rows that come."""

    gone: tuple[int, ...]
    moved: tuple[Occupancy, ...]
    added: tuple[Occupancy, ...]


def diff(before: Iterable[ResourceDay], after: Iterable[ResourceDay]) -> DayDiff:
    """Return the change of rows from the days as they were to the days as they shall be."""
    old = {row.id: row for day in before for row in day.occupancies()}
    new = {row.id: row for day in after for row in day.occupancies()}
    return DayDiff(
        tuple(sorted(old.keys() - new.keys())),
        tuple(new[key] for key in sorted(old.keys() & new.keys()) if old[key] != new[key]),
        tuple(new[key] for key in sorted(new.keys() - old.keys())),
    )


def bitmap(day: ResourceDay, step_s: int = 300) -> bytes:
    """Return the day's busy bits, least significant first: bit k is [start + 5 min * k, + 5 min) of elapsed time."""
    length = -(-day.span.seconds // step_s)
    bits = 0
    for row in day.occupancies():
        low, high = day.span.offset(row.busy.start), day.span.offset(row.busy.end)
        first, last = max(0, low // step_s), min(length, -(-high // step_s))
        bits |= ((1 << max(0, last - first)) - 1) << first
    return bits.to_bytes(-(-length // 8), "little")


def longest_gap(day: ResourceDay) -> int:
    """Return the longest idle stretch in seconds."""
    span = (0, day.span.seconds)
    taken = [(day.span.offset(row.busy.start), day.span.offset(row.busy.end)) for row in day.occupancies()]
    return max((high - low for low, high in cut(span, taken)), default=0)
