"""From degrees to the picture: equirectangular about the middle, which is true to scale over a city."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from clients.cli.map.polyline import Point

Dot = tuple[float, float]
"""x to the right and y downwards, in units of the picture."""

_METRES_PER_DEGREE = 111_195.0
_LEAST_METRES = 400.0


@dataclass(frozen=True, slots=True)
class Frame:
    """A piece of the earth as a picture of `width` x `height` units."""

    north: float
    west: float
    units_per_metre: float
    metres_per_longitude: float
    width: float
    height: float

    @classmethod
    def around(cls, points: Iterable[Point], width: float, height: float, margin: float) -> Frame:
        """Return the frame that shows all points at least `margin` units away from its edges."""
        south, north, west, east = _box(points)
        per_longitude = _METRES_PER_DEGREE * math.cos(math.radians((south + north) / 2))
        across = max((east - west) * per_longitude, _LEAST_METRES)
        down = max((north - south) * _METRES_PER_DEGREE, _LEAST_METRES)
        scale = min((width - 2 * margin) / across, (height - 2 * margin) / down)
        return cls(
            (south + north) / 2 + height / 2 / scale / _METRES_PER_DEGREE,
            (west + east) / 2 - width / 2 / scale / per_longitude,
            scale,
            per_longitude,
            width,
            height,
        )

    def dot(self, point: Point) -> Dot:
        """Return where a point is in the picture."""
        return (
            (point[1] - self.west) * self.metres_per_longitude * self.units_per_metre,
            (self.north - point[0]) * _METRES_PER_DEGREE * self.units_per_metre,
        )

    def needs(self, points: Iterable[Point]) -> float:
        """Return the height that the points take at this scale."""
        downs = [self.dot(point)[1] for point in points]
        return max(downs) - min(downs) if downs else 0.0

    def shows(self, dots: Sequence[Dot]) -> bool:
        """Tell whether the box around the dots touches the picture."""
        across, down = [dot[0] for dot in dots], [dot[1] for dot in dots]
        return min(across) < self.width and max(across) > 0 and min(down) < self.height and max(down) > 0


def _box(points: Iterable[Point]) -> tuple[float, float, float, float]:
    known = list(points) or [(0.0, 0.0)]
    latitudes, longitudes = [point[0] for point in known], [point[1] for point in known]
    return min(latitudes), max(latitudes), min(longitudes), max(longitudes)
