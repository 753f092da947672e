"""What every source of travel times answers, whether it knows roads or not."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from gis.model import LatLng
from gis.profile import Profile

UNREACHABLE = -1
"""Stands in every array where no travel time is known."""


class TravelMatrix(NamedTuple):
    """Row = from, column = to; int32, `UNREACHABLE` where there is no way; zero on the diagonal."""

    seconds: NDArray[np.int32]
    metres: NDArray[np.int32]


class TravelVectors(NamedTuple):
    """Seconds from each of the known places to the new one, and from the new one to each of them."""

    to_place: NDArray[np.int32]
    from_place: NDArray[np.int32]


class Travel(Protocol):
    """A source of travel times; equal `version` promises equal answers."""

    @property
    def name(self) -> str:
        """What to call it in reports."""

    @property
    def version(self) -> str:
        """Changes whenever any answer may have changed."""

    def matrix(self, places: Sequence[LatLng], profile: Profile) -> TravelMatrix:
        """Between all pairs of places."""

    def vectors(self, place: LatLng, places: Sequence[LatLng], profile: Profile) -> TravelVectors:
        """Between one place and all others, both ways."""
