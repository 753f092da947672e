"""The road graph: travel times, lengths and leg shapes on real streets."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.ops import substring

from gis.arcs import Weights, milliseconds_and_decimetres
from gis.graph_file import read_streets, streets_from_bytes, streets_to_bytes
from gis.model import LatLng
from gis.network import Network
from gis.profile import WALKING_KMH, Profile
from gis.road_rules import ROAD_CLASSES
from gis.snap import DEFAULT_LIMIT_METRES, OffRoad, Snapped, Snapper
from gis.streets import E7, Streets
from gis.travel import UNREACHABLE, TravelMatrix, TravelVectors


@dataclass(frozen=True, slots=True)
class Edge:
    """A piece of street to draw; where nobody may stop it is a motorway or underground."""

    road_class: str
    may_stop: bool
    line: tuple[LatLng, ...]


@dataclass(frozen=True, slots=True)
class GraphSize:
    """What one profile can use."""

    junctions: int
    arcs: int


class RoadGraph:
    """Streets for all profiles; what a profile needs for its answers is built when first asked for.

    A place is reached at the nearest point of a street where one can stop, and on foot from there in a
    straight line. A place further than `snap_limit_metres` from every such street is off the road: nothing is
    guessed for it.
    """

    def __init__(self, streets: Streets, snap_limit_metres: float = DEFAULT_LIMIT_METRES) -> None:
        self._streets = streets
        self._snap_limit_metres = snap_limit_metres
        self._version = f"roads-1-{streets.fingerprint()}-{snap_limit_metres:g}"
        self._networks: dict[Profile, tuple[Network, Snapper]] = {}

    @property
    def name(self) -> str:
        return "roads"

    @property
    def version(self) -> str:
        """A hash of the content and of the snap limit."""
        return self._version

    def size(self, profile: Profile) -> GraphSize:
        """How large the profile's part is."""
        network, _ = self._of(profile)
        return GraphSize(network.junctions, network.arcs)

    def snap(self, places: Sequence[LatLng], profile: Profile) -> list[Snapped | OffRoad]:
        """Where each place is reached, or that it is off the road."""
        return self._of(profile)[1].snap(places, self._snap_limit_metres)

    def matrix(self, places: Sequence[LatLng], profile: Profile) -> TravelMatrix:
        """Between all pairs; `UNREACHABLE` to and from places off the road. Obeys the triangle inequality."""
        reached, snapped = self._reached(places, profile)
        shape = (len(places), len(places))
        answer = TravelMatrix(np.full(shape, UNREACHABLE, np.int32), np.full(shape, UNREACHABLE, np.int32))
        if len(reached):
            walk = np.array([spot.metres for spot in snapped])
            found = self._of(profile)[0].with_stops(snapped).between_all()
            seconds, metres = _with_walks(found, walk[:, None], walk[None, :])
            cells = np.ix_(reached, reached)
            answer.seconds[cells], answer.metres[cells] = seconds, metres
        same = _same_place(places)
        answer.seconds[same], answer.metres[same] = 0, 0
        return answer

    def vectors(self, place: LatLng, places: Sequence[LatLng], profile: Profile) -> TravelVectors:
        """To and from one place; the same figures as `matrix` gives."""
        everywhere = [*places, place]
        reached, snapped = self._reached(everywhere, profile)
        to_place, from_place = (np.full(len(everywhere), UNREACHABLE, np.int32) for _ in range(2))
        if len(reached) and reached[-1] == len(places):
            walk = np.array([spot.metres for spot in snapped])
            back, away = self._of(profile)[0].with_stops(snapped).to_and_from(len(snapped) - 1)
            to_place[reached] = _with_walks(back, walk, walk[-1:])[0]
            from_place[reached] = _with_walks(away, walk, walk[-1:])[0]
        same = [index for index, other in enumerate(places) if other == place]
        to_place[same] = from_place[same] = 0
        return TravelVectors(to_place[:-1], from_place[:-1])

    def geometry(self, start: LatLng, goal: LatLng, profile: Profile) -> list[LatLng]:
        """The leg as a line from `start` to `goal`; straight between the two where either is off the road."""
        if start == goal:
            return [start]
        network, snapper = self._of(profile)
        first, last = self.snap([start, goal], profile)
        if isinstance(first, OffRoad) or isinstance(last, OffRoad):
            return [start, goal]
        line = [start, *_part(snapper, first.street, first.decimetre, first.decimetre, self._whole(first.street))]
        for street, begin, until in network.with_stops([first, last]).way(0, 1):
            line.extend(_part(snapper, street, begin, until, self._whole(street)))
        line.append(goal)
        return [place for index, place in enumerate(line) if index == 0 or place != line[index - 1]]

    def edges(self) -> Iterator[Edge]:
        """Every piece of street with its class, for a base map."""
        lat, lon = self._streets.lat_e7 / E7, self._streets.lon_e7 / E7
        bounds = self._streets.shape_from
        for index, road_class in enumerate(self._streets.road_class):
            span = range(bounds[index], bounds[index + 1])
            yield Edge(
                ROAD_CLASSES[road_class],
                bool(self._streets.may_stop[index]),
                tuple(LatLng(float(lat[i]), float(lon[i])) for i in span),
            )

    def to_bytes(self) -> bytes:
        """For a file or a database column; equal graphs read back as equal versions."""
        return streets_to_bytes(self._streets)

    @classmethod
    def from_bytes(cls, stored: bytes, snap_limit_metres: float = DEFAULT_LIMIT_METRES) -> Self:
        """The graph that `to_bytes` wrote, or `UnreadableGraph`."""
        return cls(streets_from_bytes(stored, "stored road graph"), snap_limit_metres)

    def save(self, path: Path) -> None:
        """Write the graph to a file (.npz)."""
        path.write_bytes(self.to_bytes())

    @classmethod
    def load(cls, path: Path, snap_limit_metres: float = DEFAULT_LIMIT_METRES) -> Self:
        """Read a graph that `save` wrote, or refuse with `UnreadableGraph`."""
        return cls(read_streets(path), snap_limit_metres)

    def _whole(self, street: int) -> int:
        return int(self._streets.decimetres[street])

    def _of(self, profile: Profile) -> tuple[Network, Snapper]:
        if profile not in self._networks:
            network = Network(self._streets, profile)
            usable = network.streets[self._streets.may_stop[network.streets]]
            self._networks[profile] = (network, Snapper(self._streets, usable))
        return self._networks[profile]

    def _reached(self, places: Sequence[LatLng], profile: Profile) -> tuple[NDArray[np.intp], list[Snapped]]:
        spots = self.snap(places, profile)
        reached = np.array([i for i, spot in enumerate(spots) if isinstance(spot, Snapped)], dtype=np.intp)
        return reached, [spot for spot in spots if isinstance(spot, Snapped)]


def _with_walks(
    found: Weights, walk_metres: NDArray[np.float64], other_walk_metres: NDArray[np.float64]
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Whole seconds and metres with the walks at both ends, rounded up: the triangle inequality holds."""
    ms, decimetres = milliseconds_and_decimetres(found)
    for walk in (walk_metres, other_walk_metres):
        ms = np.where(ms < 0, ms, ms + np.ceil(walk * 3_600 / WALKING_KMH).astype(np.int64))
        decimetres = np.where(decimetres < 0, decimetres, decimetres + np.ceil(walk * 10).astype(np.int64))
    seconds = np.where(ms < 0, UNREACHABLE, -(-ms // 1_000))
    metres = np.where(decimetres < 0, UNREACHABLE, -(-decimetres // 10))
    return seconds.astype(np.int32), metres.astype(np.int32)


def _same_place(places: Sequence[LatLng]) -> NDArray[np.bool_]:
    number = {place: index for index, place in enumerate(dict.fromkeys(places))}
    which = np.array([number[place] for place in places], dtype=np.int32)
    return np.asarray(which[:, None] == which[None, :])


def _part(snapper: Snapper, street: int, begin: int, until: int, whole: int) -> list[LatLng]:
    piece = substring(snapper.line(street), begin / whole, until / whole, normalized=True)
    return [snapper.plane.back(x, y) for x, y in shapely.get_coordinates(piece)]
