"""The bridge to gis for travel times: roads where a road graph is loaded, the straight line otherwise."""

from __future__ import annotations

import threading
from collections import ChainMap
from collections.abc import Collection, MutableMapping, Sequence

from gis.crow_flies import CrowFlies
from gis.graph import RoadGraph
from gis.model import LatLng
from gis.profile import Profile
from gis.snap import OffRoad
from gis.travel import UNREACHABLE
from server.domain.geography import Position
from server.domain.organisation import TravelMode
from server.domain.route import BaseMap, Road
from server.usecases.ports import LegTable, Reach

MOST_REMEMBERED_LEGS = 4_000_000
_NOT_STREETS = frozenset({"platform", "corridor"})
_RANKS = {"motorway": 5, "trunk": 5, "primary": 5, "secondary": 4, "tertiary": 3, "residential": 2, "unclassified": 2}


def _place(position: Position) -> LatLng:
    return LatLng(position.latitude, position.longitude)


def _position(place: LatLng) -> Position:
    return Position.of(place.lat, place.lon)


class GisTravel:
    """Travel on one road graph (None: crow flies). Legs that were measured are remembered; safe for many threads."""

    def __init__(self, roads: RoadGraph | None, attribution: str = "") -> None:
        self._roads = roads
        self._measure: RoadGraph | CrowFlies = roads or CrowFlies()
        self._attribution = attribution
        self._known: dict[TravelMode, dict[tuple[Position, Position], int]] = {mode: {} for mode in TravelMode}
        self._lock = threading.Lock()

    @property
    def source(self) -> str:
        """What measures, with its version."""
        return f"{self._measure.name} {self._measure.version}"

    def table(self, mode: TravelMode, places: Collection[Position]) -> LegTable:
        """Return the legs between all pairs."""
        wanted = frozenset(places)
        pairs = [(a, b) for a in wanted for b in wanted if a != b]
        known = self._known[mode]
        if not all(pair in known for pair in pairs):
            known = self._measured(mode, sorted(wanted))
        return LegTable(mode, {pair: known[pair] for pair in pairs}, wanted)

    def _measured(self, mode: TravelMode, places: Sequence[Position]) -> dict[tuple[Position, Position], int]:
        matrix = self._measure.matrix([_place(place) for place in places], Profile(mode.value)).seconds.tolist()
        fresh = {(a, b): matrix[i][j] for i, a in enumerate(places) for j, b in enumerate(places) if a != b}
        self._keep(mode, fresh)
        return fresh

    def _keep(self, mode: TravelMode, fresh: dict[tuple[Position, Position], int]) -> None:
        with self._lock:
            if len(self._known[mode]) + len(fresh) > MOST_REMEMBERED_LEGS:
                self._known[mode] = {}
            self._known[mode].update(fresh)

    def metres(self, mode: TravelMode, places: Sequence[Position]) -> list[list[int]]:
        """Return the lengths between all pairs, row = from."""
        found = self._measure.matrix([_place(place) for place in places], Profile(mode.value))
        lengths: list[list[int]] = found.metres.tolist()
        return lengths

    def reach(self, mode: TravelMode, place: Position, places: Collection[Position]) -> Reach:
        """Return the legs between one place and others."""
        known: MutableMapping[tuple[Position, Position], int] = self._known[mode]
        missing = sorted(p for p in set(places) if p != place and ((p, place) not in known or (place, p) not in known))
        if missing:
            vectors = self._measure.vectors(_place(place), [_place(p) for p in missing], Profile(mode.value))
            there = zip(missing, vectors.to_place.tolist(), vectors.from_place.tolist(), strict=True)
            fresh = {pair: s for p, to, back in there for pair, s in (((p, place), to), ((place, p), back))}
            self._keep(mode, fresh)
            known = ChainMap(fresh, known)  # the memory may have been emptied meanwhile
        return Reach(
            {p: known[p, place] if p != place else 0 for p in places},
            {p: known[place, p] if p != place else 0 for p in places},
        )

    def is_off_road(self, mode: TravelMode, place: Position) -> bool:
        """Tell whether no road of that mode is near; never without a road graph."""
        if self._roads is None:
            return False
        return isinstance(self._roads.snap([_place(place)], Profile(mode.value))[0], OffRoad)

    def line(self, mode: TravelMode, start: Position, end: Position) -> tuple[Position, ...]:
        """Return the way from one place to another."""
        if self._roads is None or self.reach(mode, end, [start]).to_place[start] == UNREACHABLE:
            return (start, end)
        way = self._roads.geometry(_place(start), _place(end), Profile(mode.value))
        return tuple(_position(place) for place in way)

    def base_map(self) -> BaseMap:
        """Return the roads, for maps."""
        edges = (
            [edge for edge in self._roads.edges() if edge.may_stop and edge.road_class not in _NOT_STREETS]
            if self._roads
            else []
        )
        roads = tuple(
            Road(tuple(_position(place) for place in edge.line), _RANKS.get(edge.road_class.removesuffix("_link"), 1))
            for edge in edges
        )
        return BaseMap(roads, self._attribution)
