"""The demo's city, read once."""

import pytest

from gis import demo_city
from gis.graph import RoadGraph
from gis.osm_places import Places, read_places
from gis.osm_roads import read_roads


@pytest.fixture(scope="session")
def helsinki_roads() -> RoadGraph:
    return read_roads(demo_city.EXTRACT)


@pytest.fixture(scope="session")
def helsinki_places() -> Places:
    return read_places(demo_city.EXTRACT)
