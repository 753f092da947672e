"""The road graph of an OpenStreetMap extract, for all profiles at once."""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import osmium
import osmium.filter
import osmium.osm
from osmium.osm.types import Node, OSMEntity, Way

from gis.errors import NoRoads
from gis.extract import reading
from gis.graph import RoadGraph
from gis.profile import Profile
from gis.progress import Progress, silent
from gis.road_rules import CLOSED, ROAD_CLASSES, may_stop, passage
from gis.street_cutter import Crossings, Road, cut_streets

_CLASS_INDEX = {name: index for index, name in enumerate(ROAD_CLASSES)}
_TELL_EVERY = 5_000


def read_roads(path: Path, progress: Progress = silent) -> RoadGraph:
    """Build the graph; `UnreadableExtract` for a broken file, `NoRoads` for one without streets."""
    roads: list[Road] = []
    crossings: Crossings = {}
    ways = 0
    with reading(path):
        for entity in _tagged(path):
            if isinstance(entity, Node):
                crossings[entity.id] = {tag.k: tag.v for tag in entity.tags}
            elif isinstance(entity, Way):
                roads.extend(_roads_of(entity))
                ways += 1
                if ways % _TELL_EVERY == 0:
                    progress("reading roads", ways, 0)
    if not roads:
        raise NoRoads(f"extract {path}: holds no road that can be driven, cycled or walked; take another extract")
    progress("building the road graph", ways, ways)
    return RoadGraph(cut_streets(roads, crossings))


def _tagged(path: Path) -> Iterator[OSMEntity]:
    wanted = osmium.osm.NODE | osmium.osm.WAY
    keys = osmium.filter.KeyFilter("highway", "barrier")
    return iter(osmium.FileProcessor(str(path), wanted).with_locations().with_filter(keys))


def _roads_of(way: Way) -> Iterator[Road]:
    """The way, or the parts of it inside the extract: nodes beyond its border have no position."""
    tags = {tag.k: tag.v for tag in way.tags}
    road_class = _CLASS_INDEX.get(tags.get("highway", ""))
    if road_class is None:
        return
    passages = {profile: passage(tags, profile) for profile in Profile}
    if all(found == CLOSED for found in passages.values()):
        return
    for known, part in groupby(way.nodes, key=lambda node: node.location.valid()):
        nodes = list(part) if known else []
        if len(nodes) >= 2:
            points = tuple((node.location.lat, node.location.lon) for node in nodes)
            yield Road(road_class, may_stop(tags), passages, tuple(node.ref for node in nodes), points)
