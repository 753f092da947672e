import pytest

from gis.profile import TOP_KMH, Profile
from gis.road_rules import CLOSED, ROAD_CLASSES, Passage, limit_kmh, may_stop, passage

CAR, BICYCLE, FOOT = Profile.CAR, Profile.BICYCLE, Profile.FOOT


@pytest.mark.parametrize(
    ("profile", "tags", "expected"),
    [
        (CAR, {"highway": "residential"}, Passage(25, 25)),
        (CAR, {"highway": "residential", "oneway": "yes"}, Passage(25, 0)),
        (CAR, {"highway": "residential", "oneway": "-1"}, Passage(0, 25)),
        (CAR, {"highway": "residential", "oneway": "reversible"}, CLOSED),
        (CAR, {"highway": "primary", "junction": "roundabout"}, Passage(50, 0)),
        (CAR, {"highway": "primary", "junction": "roundabout", "oneway": "no"}, Passage(50, 50)),
        (CAR, {"highway": "motorway"}, Passage(90, 0)),
        (CAR, {"highway": "primary", "maxspeed": "50"}, Passage(40, 40)),
        (CAR, {"highway": "service", "maxspeed": "50"}, Passage(15, 15)),
        (CAR, {"highway": "residential", "access": "private"}, CLOSED),
        (CAR, {"highway": "residential", "access": "no", "motor_vehicle": "yes"}, Passage(25, 25)),
        (CAR, {"highway": "residential", "access": "destination"}, Passage(25, 25)),
        (CAR, {"highway": "residential", "motor_vehicle": "no"}, CLOSED),
        (CAR, {"highway": "footway"}, CLOSED),
        (CAR, {"highway": "pedestrian"}, CLOSED),
        (CAR, {"highway": "pedestrian", "motor_vehicle": "destination"}, Passage(10, 10)),
        (CAR, {"highway": "construction"}, CLOSED),
        (CAR, {}, CLOSED),
        (BICYCLE, {"highway": "residential", "oneway": "yes"}, Passage(15, 0)),
        (BICYCLE, {"highway": "residential", "oneway": "yes", "oneway:bicycle": "no"}, Passage(15, 15)),
        (BICYCLE, {"highway": "residential", "oneway": "yes", "cycleway": "opposite_lane"}, Passage(15, 15)),
        (BICYCLE, {"highway": "residential", "surface": "cobblestone"}, Passage(10, 10)),
        (BICYCLE, {"highway": "residential", "surface": "cobblestone:flattened"}, Passage(10, 10)),
        (BICYCLE, {"highway": "residential", "motor_vehicle": "no"}, Passage(15, 15)),
        (BICYCLE, {"highway": "footway"}, Passage(4, 4)),
        (BICYCLE, {"highway": "footway", "bicycle": "yes"}, Passage(12, 12)),
        (BICYCLE, {"highway": "residential", "bicycle": "dismount"}, Passage(4, 4)),
        (BICYCLE, {"highway": "primary", "bicycle": "use_sidepath"}, CLOSED),
        (BICYCLE, {"highway": "steps"}, CLOSED),
        (BICYCLE, {"highway": "motorway"}, CLOSED),
        (FOOT, {"highway": "residential", "oneway": "yes"}, Passage(5, 5)),
        (FOOT, {"highway": "residential", "oneway:foot": "yes"}, Passage(5, 0)),
        (FOOT, {"highway": "steps"}, Passage(2.5, 2.5)),
        (FOOT, {"highway": "trunk"}, CLOSED),
        (FOOT, {"highway": "trunk", "foot": "yes"}, Passage(5, 5)),
        (FOOT, {"highway": "residential", "motor_vehicle": "no"}, Passage(5, 5)),
        (FOOT, {"highway": "residential", "access": "no", "foot": "designated"}, Passage(5, 5)),
        (FOOT, {"highway": "residential", "foot": "no"}, CLOSED),
    ],
)
def test_tags_say_who_may_pass_which_way_and_how_fast(profile: Profile, tags: dict[str, str], expected: Passage) -> None:
    assert passage(tags, profile) == expected


@pytest.mark.parametrize("profile", Profile)
def test_no_road_is_faster_than_the_top_speed(profile: Profile) -> None:
    for road in ROAD_CLASSES:
        found = passage({"highway": road, "maxspeed": "200", "oneway": "no"}, profile)
        assert max(found.forward_kmh, found.backward_kmh) <= TOP_KMH[profile]


@pytest.mark.parametrize(
    ("text", "kmh"),
    [
        ("50", 50),
        ("25 mph", 40.2336),
        ("30;50", 30),
        ("FI:urban", None),
        ("none", None),
        ("", None),
        ("0", None),
        ("nan", None),
        ("1e9", None),
    ],
)
def test_a_speed_limit_is_read_only_where_it_is_a_speed(text: str, kmh: float | None) -> None:
    assert limit_kmh(text) == (None if kmh is None else pytest.approx(kmh))


def test_nobody_gets_out_on_a_motorway_or_underground() -> None:
    assert not may_stop({"highway": "motorway_link"})
    assert not may_stop({"highway": "service", "tunnel": "yes"})
    assert may_stop({"highway": "service", "tunnel": "building_passage"})
