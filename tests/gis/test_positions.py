import math
from dataclasses import replace

import pytest

from gis.distance import distance_metres, distances_metres
from gis.errors import InvalidPosition, InvalidRecord
from gis.model import Address, LatLng, Premises
from gis.swapped import looks_swapped


@pytest.mark.parametrize(
    ("lat", "lon"), [(math.nan, 0.0), (0.0, math.inf), (-math.inf, 0.0), (90.1, 170.0), (-91.0, 100.0), (0.0, 180.5)]
)
def test_a_position_off_the_earth_is_refused(lat: float, lon: float) -> None:
    with pytest.raises(InvalidPosition):
        LatLng(lat, lon)


def test_a_swapped_position_is_named_as_such() -> None:
    with pytest.raises(InvalidPosition, match="swapped"):
        LatLng(-122.4, 37.8)


def test_the_poles_and_the_date_line_are_places() -> None:
    assert LatLng(90.0, 180.0).lat == 90
    assert LatLng(-90.0, -180.0).lon == -180


def test_a_quarter_of_the_equator_is_a_quarter_of_the_mean_circle() -> None:
    assert distance_metres(LatLng(0, 0), LatLng(0, 90)) == pytest.approx(math.pi / 2 * 6_371_008.8)


def test_helsinki_to_tallinn_is_eighty_two_kilometres() -> None:
    assert distance_metres(LatLng(60.1699, 24.9384), LatLng(59.4370, 24.7536)) == pytest.approx(82_150, rel=0.005)


def test_many_distances_are_the_single_ones() -> None:
    places = [LatLng(60.17, 24.94), LatLng(60.18, 24.95), LatLng(-33.9, 151.2)]
    table = distances_metres(places, places)
    assert table.shape == (3, 3)
    for i, a in enumerate(places):
        for j, b in enumerate(places):
            assert table[i, j] == pytest.approx(distance_metres(a, b), abs=1e-6)


def test_opposite_ends_of_the_earth_are_half_its_circle_apart() -> None:
    assert distance_metres(LatLng(0, 0), LatLng(0, 180)) == pytest.approx(math.pi * 6_371_008.8)


def test_both_orders_fit_on_earth_but_only_one_is_near() -> None:
    helsinki = LatLng(60.17, 24.94)
    assert looks_swapped(LatLng(24.95, 60.18), helsinki)
    assert not looks_swapped(LatLng(60.18, 24.95), helsinki)
    assert not looks_swapped(LatLng(-33.9, 151.2), helsinki)


def test_a_record_with_a_nul_byte_or_without_a_name_is_refused() -> None:
    here = LatLng(60.1, 24.9)
    good = Premises("osm", "node/1", "Café Engel", "cafe", "26", "Aleksanterinkatu", "00170", "Helsinki", here, "")
    assert good.address_line == "Aleksanterinkatu 26"
    with pytest.raises(InvalidRecord, match=r"name .*NUL"):
        replace(good, name="Caf\x00")
    with pytest.raises(InvalidRecord, match="name is empty"):
        replace(good, name=" ")
    with pytest.raises(InvalidRecord, match="street is empty"):
        Address("osm", "node/1", "1", "", "", "", here)
