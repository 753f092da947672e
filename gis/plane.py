"""A flat map in metres round one place, for nearest-street questions."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gis.distance import EARTH_RADIUS_METRES
from gis.model import LatLng


@dataclass(frozen=True, slots=True)
class Plane:
    """Equirectangular about `lat0`: lengths are right within 1 % up to 30 km north or south (at 60°)."""

    lat0: float

    def xy(self, lat: NDArray[np.float64], lon: NDArray[np.float64]) -> NDArray[np.float64]:
        """Metres east and north, one row per place."""
        squeeze = math.cos(math.radians(self.lat0))
        return np.stack([np.radians(lon) * squeeze, np.radians(lat)], axis=-1) * EARTH_RADIUS_METRES

    def back(self, x: float, y: float) -> LatLng:
        """The place at these metres."""
        squeeze = math.cos(math.radians(self.lat0))
        return LatLng(math.degrees(y / EARTH_RADIUS_METRES), math.degrees(x / EARTH_RADIUS_METRES / squeeze))
