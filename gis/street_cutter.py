"""Cuts roads into pieces between junctions, and prices each piece per profile and direction."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gis.crossing_rules import JUNCTION_MS, SIGNAL_MS, is_signal, stops_cars
from gis.distance import great_circle_metres
from gis.profile import Profile
from gis.road_rules import Passage
from gis.streets import E7, Durations, Ints, Streets

Crossings = dict[int, dict[str, str]]
"""Tags of the nodes that say something about passing them, by node id."""

_SHORTEST_DECIMETRES = 2
"""So that every piece has an inside, where places can be set down apart from both its junctions."""


@dataclass(frozen=True, slots=True)
class Road:
    """A way as drawn: node ids with their (latitude, longitude), and who may pass."""

    road_class: int
    may_stop: bool
    passages: Mapping[Profile, Passage]
    refs: tuple[int, ...]
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class _Piece:
    """The nodes `first..last`, both included, of a road."""

    road: Road
    first: int
    last: int

    @property
    def inner(self) -> tuple[int, ...]:
        return self.road.refs[self.first + 1 : self.last]


def cut_streets(roads: Sequence[Road], crossings: Crossings) -> Streets:
    """The streets of these roads; a node becomes a junction where two roads meet or one ends."""
    pieces = list(_pieces(roads))
    refs = np.array([(p.road.refs[p.first], p.road.refs[p.last]) for p in pieces], dtype=np.int64)
    junction_refs, numbered = np.unique(refs, return_inverse=True)
    ends = numbered.reshape(-1, 2).astype(np.int32)
    points = np.array([q for p in pieces for q in p.road.points[p.first : p.last + 1]], dtype=np.float64)
    shape_from = np.cumsum([0, *(p.last - p.first + 1 for p in pieces)], dtype=np.int32)
    decimetres = _decimetres(points, shape_from)
    pricing = _Pricing(pieces, ends, junction_refs, decimetres, crossings)
    return Streets(
        start=np.ascontiguousarray(ends[:, 0]),
        end=np.ascontiguousarray(ends[:, 1]),
        decimetres=decimetres,
        road_class=np.array([p.road.road_class for p in pieces], dtype=np.uint8),
        may_stop=np.array([p.road.may_stop for p in pieces], dtype=np.bool_),
        shape_from=shape_from,
        lat_e7=np.rint(points[:, 0] * E7).astype(np.int32),
        lon_e7=np.rint(points[:, 1] * E7).astype(np.int32),
        durations={profile: pricing.durations(profile) for profile in Profile},
    )


def _pieces(roads: Sequence[Road]) -> Iterator[_Piece]:
    uses = Counter(ref for road in roads for ref in road.refs)
    for road in roads:
        last = len(road.refs) - 1
        cuts = [0, *(i for i in range(1, last) if uses[road.refs[i]] > 1), last]
        for i in range(len(cuts) - 1):
            yield _Piece(road, cuts[i], cuts[i + 1])


def _decimetres(points: NDArray[np.float64], shape_from: Ints) -> Ints:
    radians = np.radians(points)
    steps = np.append(great_circle_metres(radians[:-1], radians[1:]), 0.0)
    steps[shape_from[1:] - 1] = 0.0
    metres = np.add.reduceat(steps, shape_from[:-1])
    return np.asarray(np.maximum(np.rint(metres * 10), _SHORTEST_DECIMETRES), dtype=np.int32)


@dataclass(frozen=True, slots=True, eq=False)
class _Pricing:
    pieces: Sequence[_Piece]
    ends: Ints
    junction_refs: NDArray[np.int64]
    decimetres: Ints
    crossings: Crossings

    def durations(self, profile: Profile) -> Durations:
        """Travel at the road's speed, plus the wait at the junction where each direction ends."""
        kmh = np.array([self._kmh(piece, profile) for piece in self.pieces])
        wait = self._junction_waits(profile, kmh.max(axis=1) > 0)
        inner = np.array([self._inner_waits(piece, profile) for piece in self.pieces])
        waits = inner + np.stack([wait[self.ends[:, 1]], wait[self.ends[:, 0]]], axis=1)
        moving = self.decimetres[:, None] * 360.0 / np.where(kmh > 0, kmh, 1.0)
        ms = np.where(kmh > 0, np.maximum(np.ceil(moving) + waits, 1), 0).astype(np.int32)
        return Durations(np.ascontiguousarray(ms[:, 0]), np.ascontiguousarray(ms[:, 1]))

    def _kmh(self, piece: _Piece, profile: Profile) -> tuple[float, float]:
        if profile is Profile.CAR and any(stops_cars(self.crossings.get(ref, {})) for ref in piece.inner):
            return (0.0, 0.0)
        passage = piece.road.passages[profile]
        return (passage.forward_kmh, passage.backward_kmh)

    def _junction_waits(self, profile: Profile, is_open: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Milliseconds at each junction; where fewer than three open pieces meet, nothing is slowed for."""
        met = np.bincount(self.ends[is_open].ravel(), minlength=len(self.junction_refs))
        signals = np.array(
            [is_signal(self.crossings.get(int(ref), {}), profile) for ref in self.junction_refs],
            dtype=np.int64,
        )
        return (met >= 3) * JUNCTION_MS[profile] + signals * SIGNAL_MS[profile]

    def _inner_waits(self, piece: _Piece, profile: Profile) -> tuple[int, int]:
        """Milliseconds at lights between the junctions; many face one direction only."""
        forward = backward = 0
        for ref in piece.inner:
            tags = self.crossings.get(ref)
            if tags and is_signal(tags, profile):
                facing = tags.get("traffic_signals:direction", "both")
                forward += facing != "backward"
                backward += facing != "forward"
        return (forward * SIGNAL_MS[profile], backward * SIGNAL_MS[profile])
