import json
from pathlib import Path

import pytest
from shapely import MultiPolygon, box

from gis.errors import UnreadablePatches
from gis.model import LatLng, Patch
from gis.patches import patches_from_geojson, patches_to_geojson, read_patches

HELSINKI = LatLng(60.17, 24.94)
SQUARE = [[24.9, 60.1], [25.0, 60.1], [25.0, 60.2], [24.9, 60.2], [24.9, 60.1]]


def collection(*features: object) -> str:
    return json.dumps({"type": "FeatureCollection", "features": features})


def feature(coordinates: object, kind: str = "Polygon", name: object = "North") -> dict[str, object]:
    return {
        "type": "Feature",
        "properties": {"name": name},
        "geometry": {"type": kind, "coordinates": coordinates},
    }


def test_a_polygon_with_a_hole_covers_what_is_around_the_hole() -> None:
    hole = [[24.94, 60.14], [24.96, 60.14], [24.96, 60.16], [24.94, 60.16], [24.94, 60.14]]
    (patch,) = patches_from_geojson(collection(feature([SQUARE, hole])), "patches")
    assert patch.name == "North"
    assert patch.covers(LatLng(60.12, 24.92))
    assert not patch.covers(LatLng(60.15, 24.95))
    assert not patch.covers(LatLng(24.92, 60.12))


def test_patches_survive_writing_and_reading() -> None:
    patches = [
        Patch("Töölö", box(24.9, 60.1, 24.95, 60.2)),
        Patch("Isles", MultiPolygon([box(25, 60, 25.1, 60.1), box(25.2, 60, 25.3, 60.1)])),
    ]
    text = patches_to_geojson(patches, "© someone")
    assert json.loads(text)["attribution"] == "© someone"
    again = patches_from_geojson(text, "patches")
    assert [p.name for p in again] == ["Töölö", "Isles"]
    assert all(a.polygon.equals(b.polygon) for a, b in zip(again, patches, strict=True))


def test_a_height_is_dropped() -> None:
    (patch,) = patches_from_geojson(collection(feature([[[*xy, 12.0] for xy in SQUARE]])), "patches")
    assert not patch.polygon.has_z


BOW_TIE = [[24.9, 60.1], [25.0, 60.2], [25.0, 60.1], [24.9, 60.2], [24.9, 60.1]]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "not JSON"),
        ("{", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[]", "not a FeatureCollection"),
        ('{"type": "Topology"}', "not a FeatureCollection"),
        (collection(), "holds no feature"),
        (collection(feature([SQUARE]), 7), "feature 1: not a Feature"),
        (collection(feature([SQUARE], name="")), "feature 0: name ''"),
        (collection(feature([SQUARE], name=7)), "feature 0: name 7"),
        (collection(feature([SQUARE], name="a\x00b")), "feature 0: name"),
        (collection(feature([SQUARE]), feature([SQUARE])), "feature 1: name 'North' is taken"),
        (collection(feature([24.9, 60.1], kind="Point")), "geometry 'Point'"),
        (collection(feature([])), "feature 0 .North.: a polygon without a ring"),
        (collection(feature([], kind="MultiPolygon")), "its geometry is empty"),
        (collection(feature(None)), "a polygon without a ring"),
        (collection(feature([SQUARE[:3]])), "fewer than 4 positions"),
        (collection(feature([SQUARE[:4]])), "not closed"),
        (collection(feature([BOW_TIE])), "feature 0 .North.: Self-intersection.*does not cross itself"),
        (collection(feature([[[170.0, 95.0], *SQUARE[1:]]])), "latitude 95"),
        (collection(feature([[[-37.8, 144.9], *SQUARE[1:]]])), "swapped.*GeoJSON wants .longitude, latitude."),
        (collection(feature([[["24.9", "60.1"], *SQUARE[1:]]])), "position .'24.9', '60.1'."),
        (collection(feature([[[True, False], *SQUARE[1:]]])), "position .True, False."),
        (collection(feature([[[24.9], *SQUARE[1:]]])), "position .24.9."),
        (collection(feature([[[float("nan"), 60.1], *SQUARE[1:]]])), "NaN is no number"),
        (collection(feature([[[float("inf"), 60.1], *SQUARE[1:]]])), "Infinity is no number"),
        (collection(feature([SQUARE])).replace("24.9", "1e999"), "position .inf"),
        (collection(feature([SQUARE])).replace("24.9", "1" * 5_000), "."),
    ],
)
def test_bad_patches_are_refused_with_file_and_feature(text: str, complaint: str, tmp_path: Path) -> None:
    path = tmp_path / "wards.geojson"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UnreadablePatches, match=rf"(?s)wards\.geojson.*{complaint}"):
        read_patches(path)


def test_swapped_coordinates_that_fit_on_earth_are_found_by_the_place_they_should_be_near() -> None:
    swapped = collection(feature([[[lat, lon] for lon, lat in SQUARE]]))
    with pytest.raises(UnreadablePatches, match="looks swapped"):
        patches_from_geojson(swapped, "patches", near=HELSINKI)
    assert patches_from_geojson(collection(feature([SQUARE])), "patches", near=HELSINKI)


def test_a_missing_file_and_a_wrong_encoding_are_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadablePatches, match="No such file"):
        read_patches(tmp_path / "none.geojson")
    latin = tmp_path / "latin.geojson"
    latin.write_bytes(collection(feature([SQUARE])).replace("North", "T\xf6\xf6l\xf6").encode("latin-1"))
    with pytest.raises(UnreadablePatches, match="not UTF-8"):
        read_patches(latin)
