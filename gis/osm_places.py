"""Premises and addresses out of an OpenStreetMap extract (nodes, closed ways, multipolygon relations)."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import osmium
import osmium.filter
import osmium.geom
import shapely
from osmium.osm.types import Area, Node, OSMEntity, Relation, Way

from gis.categories import PREMISES_KEYS, category_of
from gis.errors import GisError
from gis.extract import reading
from gis.model import Address, LatLng, Premises
from gis.progress import Progress, silent

OSM_SOURCE = "osm"
_TELL_EVERY = 20_000
_WKB = osmium.geom.WKBFactory()


@dataclass(frozen=True, slots=True)
class PlacesReport:
    """What an import met: tagged objects read, records made, and objects skipped, by reason."""

    read: int
    premises: int
    addresses: int
    skipped: dict[str, int]


@dataclass(frozen=True, slots=True)
class Places:
    """Everything that one extract holds; it is complete, for a broken extract gives none at all."""

    premises: tuple[Premises, ...]
    addresses: tuple[Address, ...]
    report: PlacesReport


def read_places(path: Path, progress: Progress = silent) -> Places:
    """Read all premises and addresses of the extract, or refuse it with `UnreadableExtract`."""
    reader = _Reader()
    with reading(path):
        for entity in _tagged(path):
            reader.take(entity)
            if reader.read % _TELL_EVERY == 0:
                progress("reading premises", reader.read, 0)
    return reader.places()


def _tagged(path: Path) -> Iterator[OSMEntity]:
    keys = osmium.filter.KeyFilter(*PREMISES_KEYS, "addr:housenumber")
    return iter(osmium.FileProcessor(str(path)).with_areas(keys).with_filter(keys))


class _Reader:
    """Collects records while the file streams by; a shape is met twice: as way or relation, then as area."""

    def __init__(self) -> None:
        self.read = 0
        self._premises: list[Premises] = []
        self._addresses: list[Address] = []
        self._skipped: Counter[str] = Counter()
        self._without_area: set[str] = set()

    def take(self, entity: OSMEntity) -> None:
        """Keep what the object says of premises or an address."""
        tags = {tag.k: tag.v.replace("\x00", "").strip() for tag in entity.tags}
        category = category_of(tags)
        addressed = bool(tags.get("addr:housenumber") and tags.get("addr:street"))
        if category is None and not addressed:
            return
        external_id = _external_id(entity)
        if not isinstance(entity, Area):
            self.read += 1
            if _comes_again_as_area(entity):
                self._without_area.add(external_id)
                return
        if (position := _position(entity)) is None:
            self._skipped["no usable geometry"] += 1
            return
        self._without_area.discard(external_id)
        if category is not None and not tags.get("name"):
            self._skipped["premises without a name"] += 1
        elif category is not None:
            self._premises.append(_premises(external_id, tags, category, position))
        if addressed:
            self._addresses.append(_address(external_id, tags, position))

    def places(self) -> Places:
        """What was collected, with the shapes that the extract's border cuts off counted as skipped."""
        if self._without_area:
            self._skipped["shape not closed or cut off by the extract's border"] += len(self._without_area)
        report = PlacesReport(self.read, len(self._premises), len(self._addresses), dict(self._skipped))
        return Places(tuple(self._premises), tuple(self._addresses), report)


def _comes_again_as_area(entity: OSMEntity) -> bool:
    return isinstance(entity, Relation) or (isinstance(entity, Way) and entity.is_closed())


def _external_id(entity: OSMEntity) -> str:
    if isinstance(entity, Area):
        return f"{'way' if entity.from_way() else 'relation'}/{entity.orig_id()}"
    kind = {"n": "node", "w": "way", "r": "relation"}[entity.type_str()]
    return f"{kind}/{entity.id}"


def _position(entity: OSMEntity) -> LatLng | None:
    """The node itself, the middle of an open way, or a point that surely lies inside an area."""
    try:
        if isinstance(entity, Node):
            return LatLng(entity.lat, entity.lon)
        if isinstance(entity, Way):
            middle = entity.nodes[len(entity.nodes) // 2]
            return LatLng(middle.lat, middle.lon)
        if not isinstance(entity, Area):
            return None
        inside = shapely.from_wkb(_WKB.create_multipolygon(entity)).representative_point()
        return LatLng(inside.y, inside.x)
    except (RuntimeError, osmium.InvalidLocationError, shapely.errors.ShapelyError, GisError):
        return None


def _premises(external_id: str, tags: Mapping[str, str], category: str, position: LatLng) -> Premises:
    return Premises(
        source=OSM_SOURCE,
        external_id=external_id,
        name=tags["name"],
        category=category,
        housenumber=tags.get("addr:housenumber", ""),
        street=tags.get("addr:street", ""),
        postcode=tags.get("addr:postcode", ""),
        city=tags.get("addr:city", ""),
        position=position,
        opening_hours=tags.get("opening_hours", ""),
    )


def _address(external_id: str, tags: Mapping[str, str], position: LatLng) -> Address:
    return Address(
        source=OSM_SOURCE,
        external_id=external_id,
        housenumber=tags["addr:housenumber"],
        street=tags["addr:street"],
        postcode=tags.get("addr:postcode", ""),
        city=tags.get("addr:city", ""),
        position=position,
    )
