"""The picture and the page of a planned day."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients.cli.map.day_map import DayMap
from clients.cli.map.markers import spread
from clients.cli.map.page import page
from clients.cli.map.palette import COLOURS, colour, dash, letter
from clients.cli.map.polyline import decode, encode
from clients.cli.map.poster import poster
from clients.cli.map.read import day_map
from tests.cli.days import DAY, TEAM, a_base_map, a_plan, a_promise, a_route, a_stop

EVIL = "</title><script>alert(1)</script>\"' \x00\x0b&"


def a_day() -> DayMap:
    routes = [
        a_route("anna", a_stop(1), a_promise(a_stop(3, EVIL))),
        a_route("ben", a_stop(1, place=(60.1712, 24.9511))),
        a_route("idle"),
    ]
    return day_map(TEAM, DAY, routes, a_base_map(), a_plan(*routes))


class _Outside(HTMLParser):
    """Collects what a page would fetch, and what it has too little of to be used by everyone."""

    def __init__(self) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.fetched += [f"{tag} {name}={value}" for name, value in attrs if name in ("src", "href", "srcset", "xlink:href")]
        if tag not in ("meta", "input", "br", "path", "rect"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in ("path", "rect"):
            assert self.open.pop() == tag


def test_the_picture_is_xml_that_loads_nothing() -> None:
    drawn = poster(a_day())
    root = ElementTree.fromstring(drawn)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert not re.search(r"href|<image|@import|url\((?!#)|<script", drawn)
    assert root.find("{http://www.w3.org/2000/svg}title") is not None
    assert root.find("{http://www.w3.org/2000/svg}desc") is not None


def test_the_picture_names_its_source_and_says_what_is_synthetic() -> None:
    drawn = poster(a_day())
    assert "© OpenStreetMap contributors, ODbL" in drawn
    assert "inspections are synthetic" in drawn


def test_the_page_is_whole_and_asks_nothing_of_any_network() -> None:
    parser = _Outside()
    written = page(a_day())
    parser.feed(written)
    assert parser.open == []
    assert parser.fetched == []
    assert not re.search(r"@import|url\((?!#)|fetch\(|XMLHttp", written)
    assert "default-src 'none'" in written
    assert "© OpenStreetMap contributors, ODbL" in written
    assert "inspections are synthetic" in written


def test_names_cannot_become_markup() -> None:
    for written in (poster(a_day()), page(a_day())):
        assert "alert(1)</script>" not in written
        assert "&lt;script&gt;alert(1)" in written


def test_every_stop_stands_on_the_map_in_the_bar_and_in_the_list() -> None:
    written = page(a_day())
    for stop in ("A1", "A2", "B1"):
        assert written.count(f'data-stop="{stop}"') == 2
        assert written.count(f'data-lights="{stop}"') == 1
    assert "10:00&ndash;12:00" in written, "the promised window, on Helsinki's clock"
    assert "Far &lt;Bar&gt;" in written


def test_a_day_without_any_route_is_still_a_picture_and_a_page() -> None:
    empty = day_map(TEAM, DAY, [], a_base_map(), None)
    ElementTree.fromstring(poster(empty))
    assert "Officers shown" in page(empty)


@given(st.lists(st.tuples(st.integers(-9000000, 9000000), st.integers(-18000000, 18000000)), max_size=20))
def test_a_polyline_comes_back_as_it_went(points: list[tuple[int, int]]) -> None:
    degrees = [(latitude / 1e5, longitude / 1e5) for latitude, longitude in points]
    assert decode(encode(degrees)) == degrees


def test_the_polyline_of_the_published_example_is_read() -> None:
    assert decode("_p~iF~ps|U_ulLnnqC_mqNvxq`@") == [(38.5, -120.2), (40.7, -120.95), (43.252, -126.453)]


@pytest.mark.parametrize("text", ["_p~iF~ps|", "_p\x01"])
def test_a_damaged_polyline_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="polyline"):
        decode(text)


def test_markers_at_one_place_are_moved_apart_but_not_far() -> None:
    spots = spread([(100.0, 100.0)] * 4 + [(400.0, 400.0)], 18)
    near = spots[:4]
    gaps = [((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2) ** 0.5 for i, a in enumerate(near) for b in near[:i]]
    assert min(gaps) > 14
    assert max(abs(x - 100) + abs(y - 100) for x, y in near) < 40
    assert abs(spots[4][0] - 400) < 0.1


def test_markers_stay_inside_the_picture() -> None:
    spots = spread([(50.0, 99.0)] * 5, 18, within=(100.0, 100.0))
    assert all(9 <= x <= 91 and 9 <= y <= 91 for x, y in spots)


def test_the_attribution_stands_below_the_map_not_on_it() -> None:
    root = ElementTree.fromstring(poster(a_day()))
    svg = "{http://www.w3.org/2000/svg}"
    clip = root.find(f"{svg}defs/{svg}clipPath/{svg}rect")
    attribution = next(text for text in root.findall(f"{svg}text") if "OpenStreetMap" in (text.text or ""))
    assert clip is not None
    assert float(clip.attrib["height"]) < float(attribution.attrib["y"]) - 8


def test_every_officers_base_carries_the_officers_letter() -> None:
    drawn = poster(a_day())
    for letters, officer in zip("ABC", ("Anna", "Ben", "Idle"), strict=True):
        assert re.search(rf"Base of {officer}: .*?>{letters}</text>", drawn)


def test_the_page_says_what_would_let_a_visit_in() -> None:
    assert "What would let it in" in page(a_day())
    assert "10 min more" in page(a_day())


def _luminance(hexadecimal: str) -> float:
    parts = [int(hexadecimal[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_white_letters_can_be_read_on_every_colour() -> None:
    assert min(1.05 / (_luminance(one) + 0.05) for one in COLOURS) >= 4.5


def test_routes_are_told_apart_without_colour() -> None:
    assert [letter(index) for index in (0, 25, 26, 27)] == ["A", "Z", "AA", "AB"]
    assert len({(colour(index), dash(index)) for index in range(60)}) == 60
