"""The bridge to gis for importing a city: an OpenStreetMap extract becomes premises, addresses, patches and roads."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from shapely import MultiPolygon, Polygon

from gis import demo_city, model
from gis.errors import GisError
from gis.graph import RoadGraph
from gis.osm_patches import derive_patches
from gis.osm_places import read_places
from gis.osm_roads import read_roads
from gis.patches import read_patches
from gis.progress import Progress
from gis.source import fetch
from server.domain.geography import Position
from server.domain.organisation import Address, AddressPoint, PatchArea, Premises, RoadMap
from server.usecases.importing import CityRecords


class BadExtract(Exception):
    """An extract, or a file beside it, cannot be used; the text names it and the remedy."""


@dataclass(frozen=True, slots=True)
class City:
    """What an extract gave; `time_zone` is known for the city that ships with the program, else
    empty; `streets` counts the pieces of street between junctions."""

    name: str
    time_zone: str
    streets: int
    records: CityRecords


def read_city(file_or_url: str, patches: str, cache: Path, progress: Progress) -> City:
    """Return the city of an extract; empty `file_or_url`: the one that ships with the program.

    `patches` names a GeoJSON file; empty: those that ship with that city, or districts out of the extract.
    """
    try:
        own = not file_or_url
        extract = demo_city.EXTRACT if own else fetch(file_or_url, cache, progress)
        areas = read_patches(Path(patches)) if patches else read_patches(demo_city.PATCHES) if own else None
        places = read_places(extract, progress)
        roads = read_roads(extract, progress)
        found = areas if areas is not None else derive_patches(extract)
    except GisError as error:
        raise BadExtract(str(error)) from error
    name = demo_city.NAME if own else extract.name.removesuffix(".pbf").removesuffix(".osm")
    records = CityRecords(
        premises=[_premises(one) for one in places.premises],
        addresses=[_address(one) for one in places.addresses],
        patches=[PatchArea(one.name, _multi(one.polygon).wkt) for one in found],
        roads=RoadMap(name, roads.version, demo_city.ATTRIBUTION, roads.to_bytes()),
    )
    return City(name, demo_city.ZONE if own else "", sum(1 for _ in roads.edges()), records)


def road_graph(roads: RoadMap) -> RoadGraph:
    """Return the graph that was kept."""
    return RoadGraph.from_bytes(roads.content)


def _position(place: model.LatLng) -> Position:
    return Position.of(place.lat, place.lon)


def _premises(one: model.Premises) -> Premises:
    return Premises(
        id=0,
        source=one.source,
        external_id=one.external_id,
        name=one.name,
        category=one.category,
        address=Address(one.housenumber, one.street, one.postcode, one.city),
        position=_position(one.position),
        opening_hours=one.opening_hours,
    )


def _address(one: model.Address) -> AddressPoint:
    address = Address(one.housenumber, one.street, one.postcode, one.city)
    return AddressPoint(one.source, one.external_id, address, _position(one.position))


def _multi(area: Polygon | MultiPolygon) -> MultiPolygon:
    return area if isinstance(area, MultiPolygon) else MultiPolygon([area])
