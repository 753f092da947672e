"""Travel times in the real town: bounded by physics, consistent with each other, and one-way where the streets are."""

import hashlib
import random
import re
from pathlib import Path

import numpy as np
import pytest
from shapely import Point

from gis import demo_city
from gis.distance import distance_metres, distances_metres
from gis.graph import RoadGraph
from gis.model import LatLng
from gis.osm_patches import derive_patches
from gis.osm_places import Places
from gis.patches import patches_to_geojson, read_patches
from gis.profile import TOP_KMH, Profile


@pytest.fixture(scope="module")
def places(helsinki_places: Places) -> list[LatLng]:
    return [p.position for p in random.Random(2).sample(helsinki_places.premises, 120)]


@pytest.mark.parametrize("profile", Profile)
def test_nobody_beats_the_straight_line_at_top_speed(
    profile: Profile, helsinki_roads: RoadGraph, places: list[LatLng]
) -> None:
    answer = helsinki_roads.matrix(places, profile)
    straight = distances_metres(places, places)
    assert (answer.metres >= straight * 0.999 - 1).all()
    assert (answer.seconds >= straight * 3.6 / TOP_KMH[profile] * 0.999 - 1).all()


@pytest.mark.parametrize("profile", Profile)
def test_no_way_through_a_third_place_is_quicker(profile: Profile, helsinki_roads: RoadGraph, places: list[LatLng]) -> None:
    seconds = helsinki_roads.matrix(places, profile).seconds
    for middle in range(len(places)):
        assert (seconds <= seconds[:, middle, None] + seconds[None, middle, :]).all()


def test_all_premises_are_on_the_road_for_everyone(helsinki_roads: RoadGraph, helsinki_places: Places) -> None:
    everywhere = [p.position for p in helsinki_places.premises]
    for profile in Profile:
        vectors = helsinki_roads.vectors(everywhere[0], everywhere, profile)
        assert (vectors.to_place >= 0).all()
        assert (vectors.from_place >= 0).all()


def test_one_way_streets_make_cars_and_bicycles_but_not_walkers_take_longer_one_way(
    helsinki_roads: RoadGraph, places: list[LatLng]
) -> None:
    lopsided = {}
    for profile in Profile:
        seconds = helsinki_roads.matrix(places, profile).seconds
        lopsided[profile] = float(np.mean(np.abs(seconds - seconds.T) > 30))
    assert lopsided[Profile.CAR] > 0.5
    assert lopsided[Profile.BICYCLE] > 0.05
    assert lopsided[Profile.FOOT] == 0


def test_walking_in_town_is_a_fifth_to_a_half_longer_than_the_straight_line(
    helsinki_roads: RoadGraph, places: list[LatLng]
) -> None:
    metres, straight = helsinki_roads.matrix(places, Profile.FOOT).metres, distances_metres(places, places)
    far = straight > 300
    assert 1.15 < float(np.median(metres[far] / straight[far])) < 1.5


@pytest.mark.parametrize("profile", Profile)
def test_the_drawn_leg_is_as_long_as_the_matrix_says(
    profile: Profile, helsinki_roads: RoadGraph, places: list[LatLng]
) -> None:
    metres = helsinki_roads.matrix(places[:8], profile).metres
    for i in range(8):
        for j in range(8):
            line = helsinki_roads.geometry(places[i], places[j], profile)
            drawn = sum(map(distance_metres, line, line[1:]))
            assert drawn == pytest.approx(float(metres[i, j]), abs=8, rel=0.005)


def test_patches_cover_every_premises_exactly_once(helsinki_places: Places) -> None:
    patches = read_patches(demo_city.PATCHES, demo_city.CENTRE)
    assert [p.name for p in patches] == ["Kaartinkaupunki", "Kallio", "Kamppi", "Kluuvi", "Kruununhaka", "Punavuori"]
    for premises in helsinki_places.premises:
        assert sum(patch.covers(premises.position) for patch in patches) == 1


def test_a_known_square_lies_in_its_district() -> None:
    (district,) = (p for p in read_patches(demo_city.PATCHES) if p.covers(LatLng(60.1695, 24.9523)))
    assert district.name in {"Kluuvi", "Kruununhaka"}
    railway_station = Point(24.9414, 60.1710)
    assert [p.name for p in read_patches(demo_city.PATCHES) if p.polygon.contains(railway_station)] == ["Kluuvi"]


def test_the_shipped_patches_are_the_ones_that_the_extract_gives() -> None:
    derived = patches_to_geojson(derive_patches(demo_city.EXTRACT), demo_city.ATTRIBUTION)
    assert demo_city.PATCHES.read_text(encoding="utf-8") == derived


def test_the_notice_names_licence_attribution_and_the_very_files() -> None:
    notice = (Path(demo_city.EXTRACT).parent / "SOURCES.md").read_text(encoding="utf-8")
    assert "© OpenStreetMap contributors" in notice
    assert "https://www.openstreetmap.org/copyright" in notice
    assert "ODbL" in notice
    for path in (demo_city.EXTRACT, demo_city.PATCHES):
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        assert re.search(rf"{path.name}.*{digest}", notice)
