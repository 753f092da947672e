"""Roads where both ends are reached by road, the straight line otherwise, and an account of which places fell back."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gis.crow_flies import CrowFlies
from gis.graph import RoadGraph
from gis.model import LatLng
from gis.profile import Profile
from gis.snap import OffRoad
from gis.travel import UNREACHABLE, TravelMatrix, TravelVectors


@dataclass(frozen=True, slots=True)
class FallbackTravel:
    """Answers for every pair; figures of a place off the road are estimates, and `off_road` names these places.

    The triangle inequality holds among places on roads, not between measured and estimated figures.
    """

    roads: RoadGraph
    otherwise: CrowFlies = CrowFlies()

    @property
    def name(self) -> str:
        return f"{self.roads.name}, else {self.otherwise.name}"

    @property
    def version(self) -> str:
        return f"{self.roads.version}+{self.otherwise.version}"

    def off_road(self, places: Sequence[LatLng], profile: Profile) -> list[OffRoad]:
        """The places whose travel is only estimated."""
        return [spot for spot in self.roads.snap(places, profile) if isinstance(spot, OffRoad)]

    def matrix(self, places: Sequence[LatLng], profile: Profile) -> TravelMatrix:
        """Between all pairs, none of them `UNREACHABLE`."""
        measured = self.roads.matrix(places, profile)
        missing = measured.seconds == UNREACHABLE
        if not missing.any():
            return measured
        estimated = self.otherwise.matrix(places, profile)
        return TravelMatrix(
            np.where(missing, estimated.seconds, measured.seconds),
            np.where(missing, estimated.metres, measured.metres),
        )

    def vectors(self, place: LatLng, places: Sequence[LatLng], profile: Profile) -> TravelVectors:
        """To and from one place, the same figures as `matrix` gives."""
        measured = self.roads.vectors(place, places, profile)
        estimated = self.otherwise.vectors(place, places, profile)
        return TravelVectors(
            np.where(measured.to_place == UNREACHABLE, estimated.to_place, measured.to_place),
            np.where(measured.from_place == UNREACHABLE, estimated.from_place, measured.from_place),
        )
