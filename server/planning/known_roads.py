"""Travel between one place and all places of routes, as arrays; kept for the places that were asked about last."""

from __future__ import annotations

import threading
from collections import OrderedDict

import numpy as np

from server.domain.geography import Position
from server.domain.organisation import TravelMode
from server.planning.day_blocks import PlaceNumbers
from server.usecases.ports import Travel
from server.usecases.ports.search import Numbers

MOST_KEPT = 256
_UNKNOWN = -2

Vectors = tuple[Numbers, Numbers]
"""Seconds from each numbered place, and back; -1 where there is no way, -2 where nobody has asked."""


class KnownRoads:
    """Safe for many threads: arrays are replaced, never changed."""

    def __init__(self, travel: Travel) -> None:
        self._travel = travel
        self._lock = threading.Lock()
        self._kept: OrderedDict[Position, Vectors] = OrderedDict()
        self._numbers: PlaceNumbers | None = None

    def around(self, place: Position, needed: Numbers, numbers: PlaceNumbers) -> Vectors:
        """Return the arrays for a place; every entry that is `needed` is measured, others may not be."""
        vectors = self._vectors(place, numbers)
        missing = needed[vectors[0][needed] == _UNKNOWN]
        if len(missing):
            vectors = self._measured(place, vectors, np.unique(missing), numbers)
            with self._lock:
                if self._numbers is numbers:
                    self._kept[place] = vectors
        return vectors

    def _vectors(self, place: Position, numbers: PlaceNumbers) -> Vectors:
        with self._lock:
            if self._numbers is not numbers:
                self._numbers = numbers
                self._kept.clear()
            known = self._kept.get(place)
            if known is None or len(known[0]) < len(numbers):
                known = _grown(known, len(numbers))
                self._kept[place] = known
            self._kept.move_to_end(place)
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
            return known

    def _measured(self, place: Position, vectors: Vectors, missing: Numbers, numbers: PlaceNumbers) -> Vectors:
        there, back = vectors[0].copy(), vectors[1].copy()
        by_mode: dict[TravelMode, list[int]] = {}
        for number in missing.tolist():
            by_mode.setdefault(numbers.places[number][0], []).append(number)
        for mode, some in by_mode.items():
            positions = [numbers.places[number][1] for number in some]
            reach = self._travel.reach(mode, place, positions)
            there[some] = [reach.to_place[position] for position in positions]
            back[some] = [reach.from_place[position] for position in positions]
        return there, back


def _grown(known: Vectors | None, size: int) -> Vectors:
    there, back = np.full(size * 2, _UNKNOWN, np.int32), np.full(size * 2, _UNKNOWN, np.int32)
    if known is not None:
        there[: len(known[0])], back[: len(known[1])] = known
    return there, back
