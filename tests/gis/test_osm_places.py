from pathlib import Path

import pytest

from gis import demo_city
from gis.categories import category_of
from gis.osm_places import Places, read_places
from tests.gis.towns import Town, at


def test_a_shop_on_a_node_becomes_premises_with_its_address_and_nothing_personal(tmp_path: Path) -> None:
    town = Town().node(
        7,
        10,
        20,
        shop="bakery",
        name="Leipomo",
        addr__street="Katu",
        addr__housenumber="3 b",
        addr__postcode="00100",
        addr__city="Helsinki",
        opening_hours="Mo-Fr 07:00-15:00",
        phone="+358 1",
        operator="M. Meikäläinen",
    )
    (found,) = read_places(town.write(tmp_path / "town.osm.pbf")).premises
    assert (found.source, found.external_id, found.name, found.category) == ("osm", "node/7", "Leipomo", "bakery")
    assert (found.address_line, found.postcode, found.city) == ("Katu 3 b", "00100", "Helsinki")
    assert found.opening_hours == "Mo-Fr 07:00-15:00"
    assert found.position.lat == pytest.approx(at(10, 20).lat, abs=1e-7)
    assert "358" not in repr(found)
    assert "Meikäläinen" not in repr(found)


def test_the_point_of_a_building_lies_inside_it_even_when_its_middle_does_not(tmp_path: Path) -> None:
    town = Town()
    for number, (east, north) in enumerate([(0, 0), (100, 0), (100, 10), (10, 10), (10, 100), (0, 100)], start=1):
        town.node(number, east, north)
    town.way(5, [1, 2, 3, 4, 5, 6, 1], amenity="school", name="Koulu", building="yes")
    (found,) = read_places(town.write(tmp_path / "town.osm.pbf")).premises
    assert found.external_id == "way/5"
    inner = at(10, 10)
    assert found.position.lat < inner.lat or found.position.lon < inner.lon


def test_a_relation_with_a_courtyard_is_one_place(tmp_path: Path) -> None:
    town = Town()
    for number, (east, north) in enumerate([(0, 0), (90, 0), (90, 90), (0, 90), (30, 30), (60, 30), (60, 60)], start=1):
        town.node(number, east, north)
    town.way(1, [1, 2, 3, 4, 1]).way(2, [5, 6, 7, 5])
    town.relation(3, [("w", 1, "outer"), ("w", 2, "inner")], type="multipolygon", tourism="hotel", name="Grand", shop="gift")
    places = read_places(town.write(tmp_path / "town.osm.pbf"))
    assert [(p.external_id, p.category) for p in places.premises] == [("relation/3", "gift")]


def test_what_cannot_be_taken_is_counted_by_reason(tmp_path: Path) -> None:
    town = Town().node(1, 0, 0, amenity="cafe").node(2, 5, 5, amenity="bench", name="Bench")
    town.node(3, 9, 9, addr__street="Katu", addr__housenumber="1").way(4, [1, 99, 2, 1], shop="kiosk", name="Cut off")
    report = read_places(town.write(tmp_path / "town.osm.pbf")).report
    assert (report.read, report.premises, report.addresses) == (3, 0, 1)
    assert report.skipped == {
        "premises without a name": 1,
        "shape not closed or cut off by the extract's border": 1,
    }


@pytest.mark.parametrize(
    ("tags", "category"),
    [
        ({"amenity": "restaurant", "shop": "bakery"}, "restaurant"),
        ({"shop": "yes"}, "shop"),
        ({"shop": "bakery;confectionery"}, "bakery"),
        ({"shop": "vacant"}, None),
        ({"amenity": "parking"}, None),
        ({"tourism": "artwork"}, None),
        ({"leisure": "sauna"}, "sauna"),
        ({}, None),
    ],
)
def test_the_category_is_what_an_officer_would_call_it(tags: dict[str, str], category: str | None) -> None:
    assert category_of(tags) == category


def test_the_demo_city_has_a_thousand_premises_that_officers_could_visit(helsinki_places: Places) -> None:
    premises = helsinki_places.premises
    assert len(premises) == helsinki_places.report.premises == 1012
    assert len({p.external_id for p in premises}) == len(premises)
    assert sum(bool(p.street and p.housenumber) for p in premises) == 677
    assert sum(bool(p.opening_hours) for p in premises) == 488
    assert len(helsinki_places.addresses) == 1441


def test_reading_tells_that_it_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gis.osm_places._TELL_EVERY", 500)
    told: list[tuple[str, int, int]] = []
    read_places(demo_city.EXTRACT, lambda *step: told.append(step))
    assert [done for _, done, _ in told][:2] == [500, 1000]
