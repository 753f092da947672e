"""A second, larger town; its extract is for development only and does not come with the program."""

from pathlib import Path

import numpy as np
import pytest

from gis.distance import distances_metres
from gis.graph import RoadGraph
from gis.osm_places import read_places
from gis.osm_roads import read_roads
from gis.patches import read_patches
from gis.profile import TOP_KMH, Profile
from gis.snap import OffRoad

DATA = Path(__file__).parents[3] / "shared" / "data"
EXTRACT = DATA / "lower_manhattan.osm.pbf"

pytestmark = pytest.mark.skipif(not EXTRACT.is_file(), reason="the Lower Manhattan extract is not on this machine")


@pytest.fixture(scope="module")
def roads() -> RoadGraph:
    return read_roads(EXTRACT)


def test_its_premises_travel_by_car_and_few_are_off_the_road(roads: RoadGraph) -> None:
    places = [p.position for p in read_places(EXTRACT).premises]
    assert len(places) > 4_000
    off_road = [spot for spot in roads.snap(places, Profile.CAR) if isinstance(spot, OffRoad)]
    assert len(off_road) < 0.01 * len(places)
    some = places[::60]
    answer, straight = roads.matrix(some, Profile.CAR), distances_metres(some, some)
    reached = answer.seconds >= 0
    assert reached.mean() > 0.95
    assert (answer.seconds[reached] >= straight[reached] * 3.6 / TOP_KMH[Profile.CAR] * 0.999 - 1).all()
    both = reached & reached.T
    assert np.mean(np.abs(answer.seconds - answer.seconds.T)[both] > 60) > 0.2


def test_its_patches_are_read() -> None:
    names = [patch.name for patch in read_patches(DATA / "lower_manhattan_patches.geojson")]
    assert len(names) > 10
    assert "Tribeca" in names
