"""Positions on the map."""

from __future__ import annotations

import math
from dataclasses import dataclass

from server.domain.errors import InvalidField

_E6 = 1_000_000


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A position in WGS 84, in whole millionths of a degree (0.11 m): a value that can be compared and kept in int32."""

    lat_e6: int
    lon_e6: int

    @classmethod
    def of(cls, latitude: float, longitude: float, field: str = "position") -> Position:
        """Return the position of degrees; refuses NaN, infinity and anything out of range, naming `field`."""
        for name, value, limit in (("latitude", latitude, 90.0), ("longitude", longitude, 180.0)):
            if not math.isfinite(value) or abs(value) > limit:
                hint = "; latitude and longitude look swapped" if abs(longitude) <= 90 < abs(latitude) <= 180 else ""
                raise InvalidField.of(f"{field}.{name}", f"{value} is not in -{limit:g} .. {limit:g} degrees{hint}")
        return cls(round(latitude * _E6), round(longitude * _E6))

    @property
    def latitude(self) -> float:
        """Degrees north."""
        return self.lat_e6 / _E6

    @property
    def longitude(self) -> float:
        """Degrees east."""
        return self.lon_e6 / _E6
