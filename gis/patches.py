"""Patches from and to GeoJSON (RFC 7946): a FeatureCollection of polygons with a `name`, longitude first."""

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn, TypeGuard

import shapely
from shapely import MultiPolygon, Polygon
from shapely.geometry import mapping
from shapely.validation import explain_validity

from gis.errors import GisError, UnreadablePatches
from gis.model import LatLng, Patch
from gis.swapped import looks_swapped

_DECIMALS = 7
_NEEDED = "a GeoJSON FeatureCollection of Polygon or MultiPolygon features with a `name` is needed"


def read_patches(path: Path, near: LatLng | None = None) -> tuple[Patch, ...]:
    """All patches of the file, or `UnreadablePatches` naming file and feature (counted from 0).

    Give `near`, a place that the patches should be round, to find swapped coordinates that both fit on Earth.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as missing:
        raise UnreadablePatches(f"patches {path}: {missing.strerror}; give a GeoJSON file") from missing
    except UnicodeDecodeError as wrong:
        raise UnreadablePatches(f"patches {path}: not UTF-8 at byte {wrong.start}; save it as UTF-8") from wrong
    return patches_from_geojson(text, f"patches {path}", near)


def patches_from_geojson(text: str, origin: str, near: LatLng | None = None) -> tuple[Patch, ...]:
    """The patches in this text; `origin` is what refusals call it."""
    try:
        document = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as broken:
        raise UnreadablePatches(f"{origin}: not JSON ({broken}); {_NEEDED}") from broken
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list) or document.get("type") != "FeatureCollection":
        raise UnreadablePatches(f"{origin}: not a FeatureCollection; {_NEEDED}")
    if not features:
        raise UnreadablePatches(f"{origin}: holds no feature; {_NEEDED}")
    patches: dict[str, Patch] = {}
    for index, feature in enumerate(features):
        patch = _patch(feature, f"{origin}, feature {index}", near)
        if patch.name in patches:
            raise UnreadablePatches(f"{origin}, feature {index}: name {patch.name!r} is taken; give each patch its own")
        patches[patch.name] = patch
    return tuple(patches.values())


def patches_to_geojson(patches: Sequence[Patch], attribution: str = "") -> str:
    """A FeatureCollection that `patches_from_geojson` reads back; `attribution` is kept as a member of it."""
    features = [{"type": "Feature", "properties": {"name": patch.name}, "geometry": _geometry(patch)} for patch in patches]
    collection: dict[str, object] = {"type": "FeatureCollection", "features": features}
    if attribution:
        collection = {"type": "FeatureCollection", "attribution": attribution, "features": features}
    return json.dumps(collection, ensure_ascii=False, separators=(",", ":")) + "\n"


def _geometry(patch: Patch) -> dict[str, Any]:
    """Outer rings counter-clockwise, as RFC 7946 asks, to 1 cm."""
    rounded = shapely.transform(patch.polygon, lambda xy: xy.round(_DECIMALS))
    return dict(mapping(shapely.orient_polygons(rounded)))


def _patch(feature: object, where: str, near: LatLng | None) -> Patch:
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        raise UnreadablePatches(f"{where}: not a Feature; {_NEEDED}")
    properties = feature.get("properties")
    name = properties.get("name") if isinstance(properties, dict) else None
    if not isinstance(name, str) or not name.strip() or "\x00" in name:
        raise UnreadablePatches(f"{where}: name {name!r} in its properties; give it a text that is not empty")
    polygon = _polygon(feature.get("geometry"), f"{where} ({name})", near)
    if not polygon.is_valid:
        raise UnreadablePatches(f"{where} ({name}): {explain_validity(polygon)}; draw a ring that does not cross itself")
    return Patch(name.strip(), polygon)


def _polygon(geometry: object, where: str, near: LatLng | None) -> Polygon | MultiPolygon:
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    coordinates = geometry.get("coordinates") if isinstance(geometry, dict) else None
    if kind not in {"Polygon", "MultiPolygon"}:
        raise UnreadablePatches(f"{where}: geometry {kind!r}; Polygon or MultiPolygon is needed")
    parts = [coordinates] if kind == "Polygon" else coordinates
    if not isinstance(parts, list) or not parts:
        raise UnreadablePatches(f"{where}: its geometry is empty; draw at least one ring")
    polygons = [_part(part, where, near) for part in parts]
    return polygons[0] if kind == "Polygon" else MultiPolygon(polygons)


def _part(rings: object, where: str, near: LatLng | None) -> Polygon:
    if not isinstance(rings, list) or not rings:
        raise UnreadablePatches(f"{where}: a polygon without a ring; draw at least one")
    outer, *holes = [_ring(ring, where, near) for ring in rings]
    return Polygon(outer, holes)


def _ring(ring: object, where: str, near: LatLng | None) -> list[tuple[float, float]]:
    if not isinstance(ring, list) or len(ring) < 4:
        raise UnreadablePatches(f"{where}: a ring with fewer than 4 positions; close it by repeating the first")
    places = [_place(position, where, near) for position in ring]
    if places[0] != places[-1]:
        raise UnreadablePatches(f"{where}: a ring that is not closed; repeat its first position at the end")
    return [(place.lon, place.lat) for place in places]


def _place(position: object, where: str, near: LatLng | None) -> LatLng:
    """A position is [longitude, latitude], perhaps with a height, which is dropped."""
    lon, lat = position[:2] if isinstance(position, list) and len(position) >= 2 else (None, None)
    if not (_is_number(lon) and _is_number(lat)):
        raise UnreadablePatches(f"{where}: position {position!r}; [longitude, latitude] in degrees is needed")
    try:
        place = LatLng(float(lat), float(lon))
    except GisError as wrong:
        raise UnreadablePatches(f"{where}: {wrong}; GeoJSON wants [longitude, latitude]") from wrong
    if near is not None and looks_swapped(place, near):
        raise UnreadablePatches(f"{where}: position {position!r} looks swapped; GeoJSON wants [longitude, latitude]")
    return place


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _refuse_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number in JSON")
