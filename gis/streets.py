"""The arrays of a road graph: junctions, the streets between them, and what each costs per profile."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gis.profile import Profile

E7 = 10_000_000
"""Coordinates are whole 1e-7 degrees, the resolution of OpenStreetMap."""

Ints = NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class Durations:
    """Milliseconds along and against each piece of street, waits at its end included; 0 where it is closed."""

    forward_ms: Ints
    backward_ms: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Streets:
    """Pieces of street from junction `start` to junction `end`; piece `i` has the shape points
    `shape_from[i] : shape_from[i + 1]`, both junctions included."""

    start: Ints
    end: Ints
    decimetres: Ints
    road_class: NDArray[np.uint8]
    may_stop: NDArray[np.bool_]
    shape_from: Ints
    lat_e7: Ints
    lon_e7: Ints
    durations: Mapping[Profile, Durations]

    @property
    def junctions(self) -> int:
        """How many junctions there are; they are numbered from 0."""
        return int(max(self.start.max(initial=-1), self.end.max(initial=-1))) + 1

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """All arrays by name, in a fixed order."""
        named: dict[str, NDArray[np.generic]] = {
            "start": self.start,
            "end": self.end,
            "decimetres": self.decimetres,
            "road_class": self.road_class,
            "may_stop": self.may_stop,
            "shape_from": self.shape_from,
            "lat_e7": self.lat_e7,
            "lon_e7": self.lon_e7,
        }
        for profile in Profile:
            named[f"{profile}_forward_ms"] = self.durations[profile].forward_ms
            named[f"{profile}_backward_ms"] = self.durations[profile].backward_ms
        return named

    def fingerprint(self) -> str:
        """A hash of the content: equal streets have equal fingerprints, on every machine."""
        digest = hashlib.sha256()
        for name, array in self.arrays().items():
            digest.update(f"{name}:{array.shape}:{array.dtype.str};".encode())
            digest.update(np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()[:16]
