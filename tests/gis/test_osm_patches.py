from pathlib import Path

import pytest
from shapely import union_all

from gis.osm_patches import derive_patches
from gis.patches import patches_to_geojson
from tests.gis.towns import Town, at


def a_town_of_three_districts() -> Town:
    """A 900 m square: district West left of x = 300, East right of 600, Middle between; two border lines, cut off
    100 m before the northern edge, where their next nodes are unknown."""
    town = Town().node(1, 0, 0).node(2, 900, 0).node(3, 900, 900).node(4, 0, 900)
    town.node(10, 300, 0).node(11, 300, 800).node(20, 600, 0).node(21, 600, 800)
    town.way(100, [10, 11, 997]).way(200, [20, 21, 998])
    for number, name, lines in ((1, "West", [100]), (2, "Middle", [100, 200]), (3, "East", [200])):
        members = [("w", line, "outer") for line in lines]
        town.relation(number, members, boundary="administrative", admin_level="10", name=name)
    return town


def test_districts_that_the_edge_cuts_open_are_closed_along_it(tmp_path: Path) -> None:
    patches = {p.name: p for p in derive_patches(a_town_of_three_districts().write(tmp_path / "town.osm.pbf"))}
    assert sorted(patches) == ["East", "Middle", "West"]
    assert patches["West"].covers(at(150, 850))
    assert patches["Middle"].covers(at(450, 850))
    assert patches["East"].covers(at(750, 850))
    assert union_all([p.polygon for p in patches.values()]).area == pytest.approx(
        sum(p.polygon.area for p in patches.values())
    )


def test_without_districts_each_named_place_gets_its_surroundings(tmp_path: Path) -> None:
    town = Town().node(1, 0, 0).node(2, 900, 900)
    for number, (name, east, north) in enumerate([("A", 100, 100), ("B", 800, 100), ("C", 450, 800)], start=3):
        town.node(number, east, north, place="suburb", name=name)
    patches = {p.name: p for p in derive_patches(town.write(tmp_path / "town.osm.pbf"))}
    assert sorted(patches) == ["A", "B", "C"]
    assert patches["A"].covers(at(90, 200))
    assert patches["C"].covers(at(450, 890))


def test_without_any_name_there_are_four_quarters(tmp_path: Path) -> None:
    patches = derive_patches(Town().node(1, 0, 0).node(2, 900, 900).write(tmp_path / "town.osm.pbf"))
    assert [p.name for p in patches if p.covers(at(100, 800))] == ["North-west"]
    assert len(patches) == 4


def test_derived_patches_are_the_same_every_time(tmp_path: Path) -> None:
    path = a_town_of_three_districts().write(tmp_path / "town.osm.pbf")
    assert patches_to_geojson(derive_patches(path)) == patches_to_geojson(derive_patches(path))
