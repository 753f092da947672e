"""The real town that ships with the program, so that a first run needs no download (gis/data/SOURCES.md)."""

from pathlib import Path

from gis.model import LatLng

_DATA = Path(__file__).parent / "data"

NAME = "Helsinki"
ZONE = "Europe/Helsinki"
CENTRE = LatLng(60.1716, 24.9443)
EXTRACT = _DATA / "helsinki.osm.pbf"
PATCHES = _DATA / "helsinki_patches.geojson"
ATTRIBUTION = "© OpenStreetMap contributors, ODbL 1.0, https://www.openstreetmap.org/copyright"
"""Stands wherever the map, or anything made from this data, is shown."""
