"""Makers of small towns: streets on a plane in metres, written as real extracts."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import osmium
from osmium.osm.mutable import Node, Relation, Way

from gis.model import LatLng

ORIGIN = LatLng(60.0, 25.0)
_METRES_PER_DEGREE = 6_371_008.8 * math.pi / 180


def at(east_metres: float, north_metres: float) -> LatLng:
    """The place so many metres east and north of the origin."""
    squeeze = math.cos(math.radians(ORIGIN.lat))
    return LatLng(ORIGIN.lat + north_metres / _METRES_PER_DEGREE, ORIGIN.lon + east_metres / _METRES_PER_DEGREE / squeeze)


@dataclass
class Town:
    """Nodes by id, ways by id, relations by id."""

    nodes: dict[int, LatLng] = field(default_factory=dict)
    node_tags: dict[int, Mapping[str, str]] = field(default_factory=dict)
    ways: dict[int, tuple[Sequence[int], Mapping[str, str]]] = field(default_factory=dict)
    relations: dict[int, tuple[Sequence[tuple[str, int, str]], Mapping[str, str]]] = field(default_factory=dict)

    def node(self, number: int, east: float, north: float, **tags: str) -> "Town":
        self.nodes[number] = at(east, north)
        self.node_tags[number] = _tags(tags)
        return self

    def way(self, number: int, refs: Sequence[int], **tags: str) -> "Town":
        self.ways[number] = (refs, _tags(tags))
        return self

    def relation(self, number: int, members: Sequence[tuple[str, int, str]], **tags: str) -> "Town":
        self.relations[number] = (members, _tags(tags))
        return self

    def write(self, path: Path) -> Path:
        """Write the town as an extract; the ending decides the format."""
        with osmium.SimpleWriter(str(path), overwrite=True) as writer:
            for number, place in sorted(self.nodes.items()):
                writer.add_node(Node(id=number, location=(place.lon, place.lat), tags=dict(self.node_tags[number])))
            for number, (refs, tags) in sorted(self.ways.items()):
                writer.add_way(Way(id=number, nodes=list(refs), tags=dict(tags)))
            for number, (members, tags) in sorted(self.relations.items()):
                writer.add_relation(Relation(id=number, members=list(members), tags=dict(tags)))
        return path


def _tags(tags: Mapping[str, str]) -> dict[str, str]:
    """`addr__street` stands for `addr:street`, for a keyword cannot hold a colon."""
    return {key.replace("__", ":"): value for key, value in tags.items()}


def a_block(**south_side: str) -> Town:
    """A square of four streets, 400 m each; node 1 is its south-west corner, and its south side runs east to 2."""
    town = Town().node(1, 0, 0).node(2, 400, 0).node(3, 400, 400).node(4, 0, 400)
    town.way(10, [1, 2], **{"highway": "residential", **south_side})
    for number, refs in ((11, [2, 3]), (12, [3, 4]), (13, [4, 1])):
        town.way(number, refs, highway="residential")
    return town
