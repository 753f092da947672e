"""The roads of a board: measured as they are asked for in a search, or known before in a locked look."""

from __future__ import annotations

from collections.abc import Collection

from server.domain.geography import Position
from server.domain.organisation import TravelMode
from server.domain.resource_day import Legs, ResourceDay
from server.usecases.changing import LockedDays, legs_day_by_day
from server.usecases.ports import Reach, Travel

NOWHERE = Reach({}, {})


class SearchedRoads:
    """Roads among all places of some days and one more, a vector per place that a stop may move to or from."""

    def __init__(self, travel: Travel, days: Collection[ResourceDay], place: Position | None) -> None:
        self._travel = travel
        self._own = legs_day_by_day(travel)
        self._days = {day.key: day for day in days}
        self._places: dict[TravelMode | None, set[Position]] = {}
        for day in days:
            self._places.setdefault(day.mode, {place} if place else set()).update(day.places())
        self._known: dict[tuple[TravelMode | None, Position], Reach] = {}
        self._moving = {place} if place else set[Position]()

    def legs(self, day: ResourceDay) -> Legs:
        """Return the legs between any places that may come together on that day."""
        own = self._own(self._days[day.key])

        def legs(start: Position, end: Position) -> int:
            if start == end:
                return 0
            if end in self._moving:
                return self._reach(day.mode, end).to_place[start]
            if start in self._moving:
                return self._reach(day.mode, start).from_place[end]
            return own(start, end)

        return legs

    def reach(self, day: ResourceDay, place: Position | None) -> Reach:
        """Return the legs between a place, which moves from now on, and those of the day."""
        if place is None:
            return NOWHERE
        self._moving.add(place)
        return self._reach(day.mode, place)

    def _reach(self, mode: TravelMode | None, place: Position) -> Reach:
        assert mode is not None, "the days of a board are officers'"
        key = mode, place
        if key not in self._known:
            everything = {at for places in self._places.values() for at in places} if mode in self._places else set()
            self._known[key] = self._travel.reach(mode, place, everything)
        return self._known[key]


class LockedRoads:
    """Roads among all places of locked days, measured before they were locked."""

    def __init__(self, locked: LockedDays) -> None:
        self._locked = locked

    def legs(self, day: ResourceDay) -> Legs:
        """Return the legs between any places that may come together on that day."""
        return self._locked.legs_of(day)

    def reach(self, day: ResourceDay, place: Position | None) -> Reach:
        """Return the legs between a place and those of the day."""
        if place is None:
            return NOWHERE
        legs, known = self._locked.legs_of(day), set(day.places())
        return Reach({at: legs(at, place) for at in known}, {at: legs(place, at) for at in known})
