"""The slow oracle of the search: every promise against every officer-day, an object per stop, one position after another."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import timedelta

from server.domain.geography import Position
from server.domain.organisation import TravelMode
from server.domain.resource_day import ResourceDay
from server.domain.route import BaseMap
from server.domain.spans import Span
from server.planning import insertion as bridge
from server.usecases.changing import legs_day_by_day
from server.usecases.offers import Offer, Offers, Roads
from server.usecases.ports import Candidate, Fit, LegTable, Reach
from server.usecases.ports.search import Ask
from server.usecases.slots import freed
from tests.makers.days import legs
from tests.makers.slow_insertion import slow_insertions


class GridTravel:
    """Ways along the grid; nobody gets to or from `cut_off`."""

    source = "grid"

    def __init__(self, cut_off: Collection[Position] = ()) -> None:
        self.cut_off = cut_off
        self.searches = 0

    def _leg(self, start: Position, end: Position) -> int:
        return 0 if start == end else -1 if start in self.cut_off or end in self.cut_off else legs(start, end)

    def table(self, mode: TravelMode, places: Collection[Position]) -> LegTable:
        seconds = {(a, b): self._leg(a, b) for a in places for b in places if a != b}
        return LegTable(mode, seconds, frozenset(places))

    def reach(self, mode: TravelMode, place: Position, places: Collection[Position]) -> Reach:
        self.searches += 1
        return Reach({p: self._leg(p, place) for p in places}, {p: self._leg(place, p) for p in places})

    def metres(self, mode: TravelMode, places: Sequence[Position]) -> list[list[int]]:
        return [[self._leg(a, b) for b in places] for a in places]

    def is_off_road(self, mode: TravelMode, place: Position) -> bool:
        return False

    def line(self, mode: TravelMode, start: Position, end: Position) -> tuple[Position, ...]:
        return (start, end)

    def base_map(self) -> BaseMap:
        return BaseMap((), "")


class SlowInserter(bridge.OptimizerInserter):
    """Asks the slow oracle of the insertion."""

    def fits(self, day: ResourceDay, candidate: Candidate, bounds: tuple[int, int], reach: Reach) -> list[Fit]:
        if bounds[0] >= bounds[1]:
            return []
        places = bridge._places(day)
        arrays = replace(bridge._arrays(day, places), working=bridge._working(day))
        found = slow_insertions(arrays, bridge._asked(candidate, bounds), *bridge._vectors(candidate, places, reach))
        return [Fit(one.position, one.earliest_start, one.latest_start, one.extra_travel) for one in found]


Found = tuple[Span, int, tuple[int, int], int]
"""A promise, its cheapest lead, what it costs, and how many could lead."""


def slow_find(days: Sequence[ResourceDay], ask: Ask, travel: GridTravel) -> list[Found]:
    """Return the first findings, as ranked, at most one more than the limit."""
    offers, legs_of = Offers(SlowInserter(), travel), legs_day_by_day(travel)
    live = [freed(day.without_expired(ask.now, legs_of(day)), ask.released, legs_of(day), int) for day in days]
    reach = offers.reach(ask.candidate.place, live)
    roads = Roads(legs_of, lambda day: reach[day.mode])
    mine = [day for day in live if day.resource in ask.zones]
    found = offers.find(
        mine,
        ask.candidate,
        ask.crew,
        lambda day: ask.promises[ask.zones[day.resource]],
        roads,
        ask.now,
        ask.limits,
    )
    slots = [_found(promise, some) for promise, some in found.items() if ask.is_open(promise)]
    if not ask.may_displace:
        slots = [slot for slot in slots if slot[2][0] == 0]
    slots.sort(key=lambda slot: slot[0])
    if ask.by_cost:
        slots.sort(key=lambda slot: slot[2])
    return slots[: ask.limit + 1]


def _found(promise: Span, offers: Sequence[Offer]) -> Found:
    best = min(offers, key=lambda offer: offer.rank)
    return promise, best.lead, best.cost, len({offer.lead for offer in offers})


def on(day: ResourceDay, resource: int, days_later: int) -> ResourceDay:
    """Return the same day of another officer on another date."""
    by = timedelta(days=days_later)
    return replace(day, resource=resource, day=day.day + by, span=Span(day.span.start + by, day.span.end + by))
