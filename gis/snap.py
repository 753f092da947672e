"""Finding the street on which a place is reached, within a stated limit."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.model import LatLng
from gis.plane import Plane
from gis.streets import E7, Ints, Streets

DEFAULT_LIMIT_METRES = 250.0


@dataclass(frozen=True, slots=True)
class Snapped:
    """A place is reached at `decimetre` of `street`, and `metres` away from it in a straight line."""

    street: int
    decimetre: int
    metres: float


@dataclass(frozen=True, slots=True)
class OffRoad:
    """No street that the profile may use lies within the limit; `nearest_metres` away is the next,
    infinitely far where the profile has none at all."""

    place: LatLng
    nearest_metres: float


class Snapper:
    """Nearest points on the given streets."""

    def __init__(self, streets: Streets, usable: NDArray[np.intp]) -> None:
        lat, lon = streets.lat_e7 / E7, streets.lon_e7 / E7
        self.plane = Plane(float(lat.mean()))
        self._xy = self.plane.xy(lat, lon)
        self._shape_from = streets.shape_from
        self._decimetres = streets.decimetres
        self._usable = usable
        self._tree = shapely.STRtree([self.line(int(street)) for street in usable])

    def line(self, street: int) -> shapely.LineString:
        """The street in metres on the plane."""
        return shapely.LineString(self._xy[self._shape_from[street] : self._shape_from[street + 1]])

    def snap(self, places: Sequence[LatLng], limit_metres: float) -> list[Snapped | OffRoad]:
        """Where each place is reached, in the order asked."""
        if not places or not len(self._usable):
            return [OffRoad(place, math.inf) for place in places]
        xy = self.plane.xy(np.array([p.lat for p in places]), np.array([p.lon for p in places]))
        points = shapely.points(xy)
        nearest = self._tree.nearest(points)
        lines = self._tree.geometries[nearest]
        metres = shapely.distance(points, lines)
        shares = shapely.line_locate_point(lines, points, normalized=True)
        streets = self._usable[nearest]
        whole = self._decimetres[streets]
        inside: Ints = np.clip(np.rint(shares * whole), 1, whole - 1).astype(np.int32)
        return [
            Snapped(int(streets[i]), int(inside[i]), float(metres[i]))
            if metres[i] <= limit_metres
            else OffRoad(place, float(metres[i]))
            for i, place in enumerate(places)
        ]
