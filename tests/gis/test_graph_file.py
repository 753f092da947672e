import io
from pathlib import Path

import numpy as np
import pytest

from gis import demo_city
from gis.errors import UnreadableGraph
from gis.graph import RoadGraph
from gis.osm_places import Places
from gis.osm_roads import read_roads
from gis.profile import Profile
from tests.gis.towns import a_block


def test_a_graph_read_back_gives_the_same_answers_under_the_same_version(
    helsinki_roads: RoadGraph, helsinki_places: Places, tmp_path: Path
) -> None:
    path = tmp_path / "helsinki.npz"
    helsinki_roads.save(path)
    again = RoadGraph.load(path)
    assert again.version == helsinki_roads.version == RoadGraph.from_bytes(helsinki_roads.to_bytes()).version
    places = [p.position for p in helsinki_places.premises[:40]]
    for profile in Profile:
        assert np.array_equal(again.matrix(places, profile).seconds, helsinki_roads.matrix(places, profile).seconds)


def test_the_version_depends_on_the_streets_and_the_limit_and_nothing_else(tmp_path: Path) -> None:
    block = read_roads(a_block().write(tmp_path / "block.osm.pbf"))
    same = read_roads(a_block(name="Katu").write(tmp_path / "same.osm.pbf"))
    one_way = read_roads(a_block(oneway="yes").write(tmp_path / "one_way.osm.pbf"))
    assert block.version == same.version
    assert block.version != one_way.version
    assert block.version != RoadGraph.from_bytes(block.to_bytes(), snap_limit_metres=100).version


def test_reading_the_same_extract_twice_gives_the_same_version(helsinki_roads: RoadGraph) -> None:
    assert read_roads(demo_city.EXTRACT).version == helsinki_roads.version


@pytest.mark.parametrize("broken", [b"", b"PK", b"not a graph at all", b"\x93NUMPY"])
def test_other_bytes_are_refused(broken: bytes) -> None:
    with pytest.raises(UnreadableGraph, match="build the road graph again"):
        RoadGraph.from_bytes(broken)


def test_a_truncated_graph_is_refused_with_its_file(helsinki_roads: RoadGraph, tmp_path: Path) -> None:
    path = tmp_path / "half.npz"
    stored = helsinki_roads.to_bytes()
    path.write_bytes(stored[: len(stored) // 2])
    with pytest.raises(UnreadableGraph, match=r"half\.npz"):
        RoadGraph.load(path)
    with pytest.raises(UnreadableGraph, match=r"none\.npz"):
        RoadGraph.load(tmp_path / "none.npz")


def test_a_flipped_byte_inside_is_noticed(helsinki_roads: RoadGraph) -> None:
    stored = bytearray(helsinki_roads.to_bytes())
    stored[len(stored) // 2] ^= 0xFF
    with pytest.raises(UnreadableGraph):
        RoadGraph.from_bytes(bytes(stored))


def test_an_archive_with_pickled_objects_or_missing_arrays_is_refused() -> None:
    pickled, partial = io.BytesIO(), io.BytesIO()
    np.savez(pickled, start=np.array([{"a": 1}], dtype=object))
    np.savez(partial, format=np.array(1), fingerprint=np.array("0"), start=np.array([0]))
    for stored in (pickled, partial):
        with pytest.raises(UnreadableGraph):
            RoadGraph.from_bytes(stored.getvalue())


@pytest.mark.parametrize(("name", "value"), [("start", 10**6), ("end", -1), ("shape_from", 0), ("road_class", 200)])
def test_arrays_that_were_changed_are_refused(name: str, value: int, helsinki_roads: RoadGraph) -> None:
    arrays = dict(np.load(io.BytesIO(helsinki_roads.to_bytes())))
    arrays[name][5] = value
    changed = io.BytesIO()
    np.savez(changed, **arrays)
    with pytest.raises(UnreadableGraph, match="damaged"):
        RoadGraph.from_bytes(changed.getvalue())
