"""Travel times without roads: the straight line, stretched by a detour factor, at an average speed."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gis.distance import distances_metres
from gis.model import LatLng
from gis.profile import CROW_FLIES_KMH, Profile
from gis.travel import TravelMatrix, TravelVectors


@dataclass(frozen=True, slots=True)
class CrowFlies:
    """`detour` is road metres per metre of straight line; about 1.3 in most towns."""

    detour: float = 1.3

    def __post_init__(self) -> None:
        if not 1.0 <= self.detour <= 10.0:
            raise ValueError(f"detour {self.detour}: a road is 1 to 10 times as long as the straight line; try 1.3")

    @property
    def name(self) -> str:
        return "crow_flies"

    @property
    def version(self) -> str:
        speeds = "-".join(f"{CROW_FLIES_KMH[profile]:g}" for profile in Profile)
        return f"crow-1-{self.detour:g}-{speeds}"

    def matrix(self, places: Sequence[LatLng], profile: Profile) -> TravelMatrix:
        """Symmetric, and rounded up, so that it keeps the triangle inequality."""
        metres = distances_metres(places, places) * self.detour
        return TravelMatrix(_seconds(metres, profile), np.ceil(metres).astype(np.int32))

    def vectors(self, place: LatLng, places: Sequence[LatLng], profile: Profile) -> TravelVectors:
        """Both directions are the same."""
        seconds = _seconds(distances_metres([place], places)[0] * self.detour, profile)
        return TravelVectors(seconds, seconds.copy())


def _seconds(metres: NDArray[np.float64], profile: Profile) -> NDArray[np.int32]:
    return np.ceil(metres * 3.6 / CROW_FLIES_KMH[profile]).astype(np.int32)
