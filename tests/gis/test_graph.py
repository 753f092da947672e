"""Small towns whose travel times can be worked out by hand. Residential streets: car 25 km/h, foot 5, bicycle 15."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gis.distance import distance_metres
from gis.errors import NoRoads
from gis.graph import RoadGraph
from gis.model import LatLng
from gis.osm_roads import read_roads
from gis.profile import Profile
from gis.snap import OffRoad, Snapped
from gis.travel import UNREACHABLE
from tests.gis.towns import Town, a_block, at

SOUTH_WEST, SOUTH_EAST = at(50, 0), at(350, 0)


def seconds(roads: RoadGraph, start: LatLng, goal: LatLng, profile: Profile) -> int:
    return int(roads.matrix([start, goal], profile).seconds[0, 1])


@pytest.mark.parametrize("ending", ["osm.pbf", "osm"])
def test_a_two_way_street_takes_as_long_either_way(tmp_path: Path, ending: str) -> None:
    roads = read_roads(a_block().write(tmp_path / f"town.{ending}"))
    answer = roads.matrix([SOUTH_WEST, SOUTH_EAST], Profile.CAR)
    assert answer.seconds.tolist() == [[0, 44], [44, 0]]  # 300 m at 25 km/h is 43.2 s
    assert answer.metres.tolist() == [[0, 300], [300, 0]]


def test_a_one_way_street_sends_cars_round_the_block_but_not_walkers(tmp_path: Path) -> None:
    roads = read_roads(a_block(oneway="yes").write(tmp_path / "town.osm.pbf"))
    assert seconds(roads, SOUTH_WEST, SOUTH_EAST, Profile.CAR) == 44
    back = roads.matrix([SOUTH_EAST, SOUTH_WEST], Profile.CAR)
    assert back.metres[0, 1] == pytest.approx(50 + 3 * 400 + 50, abs=3)
    assert back.seconds[0, 1] == pytest.approx(1300 * 3.6 / 25, abs=2)
    assert seconds(roads, SOUTH_EAST, SOUTH_WEST, Profile.FOOT) == pytest.approx(300 * 3.6 / 5, abs=2)


def test_one_way_against_the_drawn_direction_turns_it_round(tmp_path: Path) -> None:
    roads = read_roads(a_block(oneway="-1").write(tmp_path / "town.osm.pbf"))
    assert seconds(roads, SOUTH_EAST, SOUTH_WEST, Profile.CAR) == 44
    assert seconds(roads, SOUTH_WEST, SOUTH_EAST, Profile.CAR) > 150


def test_bicycles_may_ride_against_one_way_where_the_tags_say_so(tmp_path: Path) -> None:
    free = read_roads(a_block(oneway="yes", oneway__bicycle="no").write(tmp_path / "free.osm.pbf"))
    bound = read_roads(a_block(oneway="yes").write(tmp_path / "bound.osm.pbf"))
    assert seconds(free, SOUTH_EAST, SOUTH_WEST, Profile.BICYCLE) == pytest.approx(300 * 3.6 / 15, abs=2)
    assert seconds(bound, SOUTH_EAST, SOUTH_WEST, Profile.BICYCLE) > 250


def test_a_loop_from_a_junction_to_itself_is_driven_the_allowed_way_round(tmp_path: Path) -> None:
    town = a_block().node(5, 600, 0).node(6, 600, 200).node(7, 500, 200)
    town.way(20, [2, 5, 6, 7, 2], highway="residential", oneway="yes")
    roads = read_roads(town.write(tmp_path / "town.osm.pbf"))
    near, far = at(500, 0), at(600, 100)
    assert roads.matrix([near, far], Profile.CAR).metres[0, 1] == pytest.approx(200, abs=2)
    round_trip = roads.matrix([far, near], Profile.CAR).metres[0, 1]
    assert round_trip == pytest.approx(100 + 100 + (100**2 + 200**2) ** 0.5 + 100, abs=3)


def test_places_are_reached_at_the_nearest_point_of_a_street_and_on_foot_from_there(tmp_path: Path) -> None:
    roads = read_roads(a_block().write(tmp_path / "town.osm.pbf"))
    (spot,) = roads.snap([at(100, -40)], Profile.CAR)
    assert isinstance(spot, Snapped)
    assert spot.metres == pytest.approx(40, abs=0.5)
    answer = roads.matrix([at(100, -40), at(300, 0)], Profile.CAR)
    assert answer.seconds[0, 1] == pytest.approx(200 * 3.6 / 25 + 40 * 3.6 / 5, abs=2)
    assert answer.metres[0, 1] == pytest.approx(240, abs=2)


def test_a_place_too_far_from_any_street_is_reported_and_not_guessed(tmp_path: Path) -> None:
    roads = read_roads(a_block().write(tmp_path / "town.osm.pbf"))
    lost = at(0, -300)
    (spot,) = roads.snap([lost], Profile.FOOT)
    assert isinstance(spot, OffRoad)
    assert spot.place == lost
    assert spot.nearest_metres == pytest.approx(300, abs=1)
    answer = roads.matrix([SOUTH_WEST, lost], Profile.FOOT)
    assert answer.seconds.tolist() == [[0, UNREACHABLE], [UNREACHABLE, 0]]
    vectors = roads.vectors(lost, [SOUTH_WEST, lost], Profile.FOOT)
    assert vectors.to_place.tolist() == vectors.from_place.tolist() == [UNREACHABLE, 0]


def test_an_island_and_a_one_way_trap_are_no_place_to_be_sent(tmp_path: Path) -> None:
    town = a_block().node(8, 150, 900).node(9, 250, 900).way(30, [8, 9], highway="residential")
    town.node(12, 800, 0).node(13, 900, 0).node(14, 850, 60)
    town.way(31, [2, 12], highway="residential", oneway="yes").way(32, [12, 13, 14, 12], highway="residential")
    roads = read_roads(town.write(tmp_path / "town.osm.pbf"))
    island, trap, block = roads.snap([at(200, 900), at(900, 0), at(200, 0)], Profile.CAR)
    assert isinstance(island, OffRoad)
    assert isinstance(trap, OffRoad)
    assert isinstance(block, Snapped)
    on_foot = roads.snap([at(200, 900), at(900, 0)], Profile.FOOT)
    assert [type(spot) for spot in on_foot] == [OffRoad, Snapped]


def test_a_private_road_a_bollard_and_steps_each_stop_those_whom_they_should(tmp_path: Path) -> None:
    town = a_block().node(5, 200, 0, barrier="bollard")
    town.way(10, [1, 5, 2], highway="residential")
    town.way(40, [1, 3], highway="service", access="private").way(41, [2, 4], highway="steps")
    roads = read_roads(town.write(tmp_path / "town.osm.pbf"))
    corners = [at(0, 0), at(400, 0), at(400, 400), at(0, 400)]
    cars, feet = (roads.matrix(corners, profile).metres for profile in (Profile.CAR, Profile.FOOT))
    assert cars[0, 1] == pytest.approx(1200, abs=4)
    assert cars[0, 2] == pytest.approx(800, abs=4)
    assert feet[0, 1] == pytest.approx(400, abs=4)
    assert feet[0, 2] == pytest.approx(800, abs=4)
    assert feet[1, 3] == pytest.approx(800, abs=4)


def test_a_light_costs_waiting_time(tmp_path: Path) -> None:
    plain = read_roads(a_block().write(tmp_path / "plain.osm.pbf"))
    town = a_block().node(5, 200, 0, highway="traffic_signals").way(10, [1, 5, 2], highway="residential")
    lit = read_roads(town.write(tmp_path / "lit.osm.pbf"))
    corners = at(0, 0), at(400, 0)
    waiting = seconds(lit, *corners, Profile.CAR) - seconds(plain, *corners, Profile.CAR)
    assert waiting == pytest.approx(5, abs=1)


def test_one_waits_at_the_light_ahead_and_not_at_the_one_behind(tmp_path: Path) -> None:
    town = a_block().node(2, 400, 0, highway="traffic_signals")
    roads = read_roads(town.write(tmp_path / "town.osm.pbf"))
    east, west = seconds(roads, SOUTH_WEST, SOUTH_EAST, Profile.CAR), seconds(roads, SOUTH_EAST, SOUTH_WEST, Profile.CAR)
    assert west == 44
    assert east == pytest.approx(44 + 5 * 300 / 400, abs=1)  # the wait is spread over the street that leads to it


def test_a_way_that_leaves_the_extract_ends_at_its_last_known_node(tmp_path: Path) -> None:
    town = a_block().way(50, [2, 999, 3], highway="primary").way(51, [998, 1, 2], highway="primary")
    roads = read_roads(town.write(tmp_path / "town.osm.pbf"))
    assert seconds(roads, at(0, 0), at(400, 0), Profile.CAR) == pytest.approx(400 * 3.6 / 50 + 1.5, abs=1.5)


def test_the_leg_is_drawn_along_the_streets_in_the_allowed_direction(tmp_path: Path) -> None:
    roads = read_roads(a_block(oneway="yes").write(tmp_path / "town.osm.pbf"))
    line = roads.geometry(SOUTH_EAST, SOUTH_WEST, Profile.CAR)
    assert line[0] == SOUTH_EAST
    assert line[-1] == SOUTH_WEST
    corners = [at(400, 0), at(400, 400), at(0, 400), at(0, 0)]
    nearest = [min(range(len(line)), key=lambda i: distance_metres(line[i], corner)) for corner in corners]
    assert nearest == sorted(nearest)
    assert all(distance_metres(line[i], corner) < 1 for i, corner in zip(nearest, corners, strict=True))
    assert sum(map(distance_metres, line, line[1:])) == pytest.approx(1300, abs=3)


def test_edges_carry_their_class_for_the_base_map(tmp_path: Path) -> None:
    edges = list(read_roads(a_block(highway="primary").write(tmp_path / "town.osm.pbf")).edges())
    assert sorted(edge.road_class for edge in edges) == ["primary", "residential", "residential", "residential"]
    assert all(len(edge.line) == 2 and edge.may_stop for edge in edges)


def test_an_extract_without_streets_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NoRoads, match="holds no road"):
        read_roads(Town().node(1, 0, 0, shop="bakery").write(tmp_path / "town.osm.pbf"))


def test_asking_about_no_place_gives_empty_answers(tmp_path: Path) -> None:
    roads = read_roads(a_block().write(tmp_path / "town.osm.pbf"))
    assert roads.matrix([], Profile.CAR).seconds.shape == (0, 0)
    assert roads.vectors(SOUTH_WEST, [], Profile.CAR).to_place.shape == (0,)
    assert roads.snap([], Profile.CAR) == []


def test_a_profile_without_any_road_has_every_place_off_the_road(tmp_path: Path) -> None:
    town = Town().node(1, 0, 0).node(2, 100, 0).way(10, [1, 2], highway="footway")
    roads = read_roads(town.write(tmp_path / "town.osm.pbf"))
    assert isinstance(roads.snap([at(0, 0)], Profile.CAR)[0], OffRoad)
    assert roads.matrix([at(0, 0), at(50, 0)], Profile.CAR).seconds[0, 1] == UNREACHABLE
    assert roads.geometry(at(0, 0), at(50, 0), Profile.CAR) == [at(0, 0), at(50, 0)]


PLACES = st.lists(
    st.builds(at, st.floats(-60, 460, allow_nan=False), st.floats(-60, 460, allow_nan=False)), min_size=3, max_size=8
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(places=PLACES)
def test_no_detour_is_shorter_and_no_answer_depends_on_who_else_is_asked_about(
    places: list[LatLng], one_way_block: RoadGraph
) -> None:
    for profile in Profile:
        table = one_way_block.matrix(places, profile).seconds
        assert (table >= 0).all()
        through = table[:, :, None] + table[None, :, :]
        assert (table[:, None, :] <= through).all()
        assert np.array_equal(table[:2, :2], one_way_block.matrix(places[:2], profile).seconds)
        vectors = one_way_block.vectors(places[0], places, profile)
        assert np.array_equal(vectors.from_place, table[0])
        assert np.array_equal(vectors.to_place, table[:, 0])


@pytest.fixture(scope="module")
def one_way_block(tmp_path_factory: pytest.TempPathFactory) -> RoadGraph:
    town = a_block(oneway="yes").node(5, 200, 200).way(20, [1, 5, 3], highway="tertiary", maxspeed="40")
    return read_roads(town.write(tmp_path_factory.mktemp("town") / "town.osm.pbf"))
