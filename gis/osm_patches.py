"""Patches for a town that has none yet: its administrative districts as far as the extract shows them, else the
surroundings of its named places, else four quarters.

An extract's edge cuts districts open, so their rings cannot simply be closed. Instead the border lines that are there
cut the extract's box into faces, and a face belongs to the district whose lines make up most of its border. A line
that breaks off inside, because its next node lies beyond the edge, is drawn straight on to the nearest point of it.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import osmium
import osmium.osm
import shapely
from osmium.osm.types import Node, Relation, Way
from shapely import LineString, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from gis.errors import UnreadableExtract
from gis.extract import reading
from gis.model import Patch

_LEVELS = ("10", "9", "11", "8")
"""OpenStreetMap's `admin_level` of districts inside a town, the likeliest first."""

_PLACES = frozenset({"suburb", "quarter", "neighbourhood", "borough", "village", "town", "hamlet"})
_FEWEST = 3
_BORDER_SHARE = 0.6
_SNAP_DEGREES = 1e-7
_SLIVER_SHARE = 0.002


@dataclass(frozen=True, slots=True)
class _Line:
    """A border way inside the extract, and whether it goes on beyond its first and last known node."""

    points: tuple[tuple[float, float], ...]
    goes_on: tuple[bool, bool]

    def drawn_to(self, box: Polygon) -> LineString:
        """The line with its cut ends drawn on to the edge of the box."""
        edge, ends = box.exterior, (self.points[0], self.points[-1])
        first, last = (edge.interpolate(edge.project(Point(end))).coords[0] for end in ends)
        before, after = [first] * self.goes_on[0], [last] * self.goes_on[1]
        return LineString([*before, *self.points, *after])


@dataclass(slots=True)
class _Borders:
    """Border ways of districts by admin level and name, the lines of those ways, and named places."""

    ways: dict[str, dict[str, set[int]]] = field(default_factory=lambda: defaultdict(dict))
    lines: dict[int, "_Line"] = field(default_factory=dict)
    places: dict[str, Point] = field(default_factory=dict)
    west_south_east_north: list[float] = field(default_factory=lambda: [180.0, 90.0, -180.0, -90.0])

    def box(self) -> Polygon:
        """Round all nodes."""
        west, south, east, north = self.west_south_east_north
        return shapely.box(west, south, east, north)

    def widen(self, lon: float, lat: float) -> None:
        """Take a node into the box."""
        west, south, east, north = self.west_south_east_north
        self.west_south_east_north = [min(west, lon), min(south, lat), max(east, lon), max(north, lat)]


def derive_patches(path: Path) -> tuple[Patch, ...]:
    """Patches of the extract's box, sorted by name; `UnreadableExtract` for a broken file."""
    with reading(path):
        borders = _Borders()
        _read_relations(path, borders)
        _read_shapes(path, borders)
        box = _header_box(path) or borders.box()
    if box.area == 0 or not box.is_valid:
        raise UnreadableExtract(f"extract {path}: holds no nodes; download the extract again")
    for level in _LEVELS:
        patches = _districts(borders.ways.get(level, {}), borders.lines, box)
        if len(patches) >= _FEWEST:
            return patches
    return _surroundings(borders.places, box) or _quarters(box)


def _read_relations(path: Path, borders: _Borders) -> None:
    for entity in osmium.FileProcessor(str(path), osmium.osm.RELATION):
        if isinstance(entity, Relation) and entity.tags.get("boundary") == "administrative" and "name" in entity.tags:
            members = {member.ref for member in entity.members if member.type == "w"}
            borders.ways[entity.tags.get("admin_level") or ""][entity.tags["name"]] = members


def _read_shapes(path: Path, borders: _Borders) -> None:
    wanted = {ref for level in borders.ways.values() for refs in level.values() for ref in refs}
    for entity in osmium.FileProcessor(str(path), osmium.osm.NODE | osmium.osm.WAY).with_locations():
        if isinstance(entity, Node):
            borders.widen(entity.lon, entity.lat)
            if entity.tags.get("place") in _PLACES and "name" in entity.tags:
                borders.places[entity.tags["name"]] = Point(entity.lon, entity.lat)
        elif isinstance(entity, Way) and entity.id in wanted and (line := _line(entity)):
            borders.lines[entity.id] = line


def _line(way: Way) -> _Line | None:
    known = [node.location.valid() for node in way.nodes]
    points = tuple((node.lon, node.lat) for node in way.nodes if node.location.valid())
    goes_on = (not known[0], not known[-1])
    return _Line(points, goes_on) if points and len(points) + sum(goes_on) >= 2 else None


def _header_box(path: Path) -> Polygon | None:
    with osmium.io.Reader(str(path), osmium.osm.NOTHING) as reader:
        box = reader.header().box()
    if not box.valid():
        return None
    return shapely.box(box.bottom_left.lon, box.bottom_left.lat, box.top_right.lon, box.top_right.lat)


def _districts(ways: Mapping[str, set[int]], lines: Mapping[int, _Line], box: Polygon) -> tuple[Patch, ...]:
    """The faces of the box, each with its district's name; faces of one district are one patch."""
    known = {ref: lines[ref].drawn_to(box) for refs in ways.values() for ref in refs if ref in lines}
    if not known:
        return ()
    lines_of = {name: shapely.union_all([known[ref] for ref in refs if ref in known]) for name, refs in ways.items()}
    mesh = shapely.node(shapely.GeometryCollection([box.exterior, *known.values()]))
    faces = [face for face in shapely.polygonize([*mesh.geoms]).geoms if face.area >= box.area * _SLIVER_SHARE]
    owned: dict[str, list[Polygon]] = defaultdict(list)
    for face in faces:
        inside = shapely.intersection(face, box)
        fits = {name: _fit(face, lines, box) for name, lines in lines_of.items()}
        name = max(fits, key=lambda name: (fits[name], name))
        if fits[name] > 0 and isinstance(inside, Polygon) and not inside.is_empty:
            owned[name].append(inside)
    return tuple(Patch(name, _one(owned[name])) for name in sorted(owned))


def _fit(face: Polygon, lines: BaseGeometry, box: Polygon) -> float:
    """How much of the face's border inside the box is the district's, times how much of the district's lines run
    there: a face between two neighbours has lines of both, but all the lines only of its own district."""
    border = shapely.difference(face.exterior, shapely.buffer(box.exterior, _SNAP_DEGREES))
    if border.length == 0 or lines.length == 0:
        return 0.0
    along = shapely.intersection(border, shapely.buffer(lines, _SNAP_DEGREES)).length
    share = float(along / border.length)
    return round(share * float(along / lines.length), 3) if share >= _BORDER_SHARE else 0.0


def _one(parts: Sequence[Polygon]) -> Polygon | MultiPolygon:
    union = shapely.union_all(parts)
    return union if isinstance(union, Polygon | MultiPolygon) else MultiPolygon([*parts])


def _surroundings(places: Mapping[str, Point], box: Polygon) -> tuple[Patch, ...]:
    """For each named place the part of the box that is nearer to it than to any other (Voronoi cells)."""
    inside = {name: point for name, point in sorted(places.items()) if box.contains(point)}
    if len(inside) < _FEWEST:
        return ()
    cells = shapely.voronoi_polygons(shapely.MultiPoint([*inside.values()]), extend_to=box, ordered=True)
    parts = [shapely.intersection(cell, box) for cell in cells.geoms]
    return tuple(Patch(name, part) for name, part in zip(inside, parts, strict=True) if isinstance(part, Polygon))


def _quarters(box: Polygon) -> tuple[Patch, ...]:
    west, south, east, north = box.bounds
    middle_lon, middle_lat = (west + east) / 2, (south + north) / 2
    return (
        Patch("North-east", shapely.box(middle_lon, middle_lat, east, north)),
        Patch("North-west", shapely.box(west, middle_lat, middle_lon, north)),
        Patch("South-east", shapely.box(middle_lon, south, east, middle_lat)),
        Patch("South-west", shapely.box(west, south, middle_lon, middle_lat)),
    )
