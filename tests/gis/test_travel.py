from pathlib import Path

import numpy as np
import pytest

from gis.crow_flies import CrowFlies
from gis.distance import distance_metres
from gis.fallback_travel import FallbackTravel
from gis.graph import RoadGraph
from gis.osm_roads import read_roads
from gis.profile import CROW_FLIES_KMH, Profile
from gis.travel import UNREACHABLE, Travel
from tests.gis.towns import a_block, at

PLACES = [at(50, 0), at(350, 0), at(0, -5_000)]


@pytest.fixture
def roads(tmp_path: Path) -> RoadGraph:
    return read_roads(a_block(oneway="yes").write(tmp_path / "town.osm.pbf"))


def test_the_crow_flies_the_straight_line_with_a_detour() -> None:
    answer = CrowFlies(detour=1.3).matrix(PLACES, Profile.CAR)
    metres = distance_metres(PLACES[0], PLACES[2]) * 1.3
    assert answer.metres[0, 2] == answer.metres[2, 0] == pytest.approx(metres, abs=1)
    assert answer.seconds[0, 2] == pytest.approx(metres * 3.6 / CROW_FLIES_KMH[Profile.CAR], abs=1)
    assert answer.seconds.diagonal().tolist() == [0, 0, 0]
    assert answer.seconds.dtype == np.int32


def test_a_detour_shorter_than_the_straight_line_is_refused() -> None:
    with pytest.raises(ValueError, match=r"detour 0\.5"):
        CrowFlies(detour=0.5)
    assert CrowFlies(1.2).version != CrowFlies(1.3).version


def test_the_fallback_measures_what_it_can_and_names_what_it_estimates(roads: RoadGraph) -> None:
    travel = FallbackTravel(roads)
    answer, measured = travel.matrix(PLACES, Profile.CAR), roads.matrix(PLACES, Profile.CAR)
    estimated = CrowFlies().matrix(PLACES, Profile.CAR)
    assert measured.seconds[0, 2] == UNREACHABLE
    assert (answer.seconds[:2, :2] == measured.seconds[:2, :2]).all()
    assert answer.seconds[0, 2] == estimated.seconds[0, 2] > 0
    assert answer.metres[2, 1] == estimated.metres[2, 1] > 0
    assert [spot.place for spot in travel.off_road(PLACES, Profile.CAR)] == [PLACES[2]]
    assert roads.version in travel.version


def test_every_source_answers_vectors_as_its_matrix_does(roads: RoadGraph) -> None:
    sources: list[Travel] = [roads, CrowFlies(), FallbackTravel(roads)]
    for travel in sources:
        for profile in Profile:
            seconds = travel.matrix(PLACES, profile).seconds
            for index, place in enumerate(PLACES):
                vectors = travel.vectors(place, PLACES, profile)
                assert vectors.from_place.tolist() == seconds[index].tolist()
                assert vectors.to_place.tolist() == seconds[:, index].tolist()
                assert vectors.to_place.dtype == seconds.dtype == np.int32
