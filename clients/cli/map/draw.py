"""The map itself: roads, routes, bases, numbered stops."""

from __future__ import annotations

from collections.abc import Iterator

from clients.cli.map.day_map import DayMap, MapRoute, MapStop, Mark
from clients.cli.map.lines import path, trace
from clients.cli.map.markers import spread
from clients.cli.map.polyline import Point
from clients.cli.map.projection import Dot, Frame
from clients.cli.map.svg import element, label, text

_ROAD_WIDTHS = {1: 0.7, 2: 1.8, 3: 3.0, 4: 4.2, 5: 5.4}
_MARKER = 8.6
MARGIN = 26.0


def draw_map(day: DayMap, width: float, height: float) -> str:
    """Return the map as an SVG fragment of that size: roads below, then routes, then markers on top of all of them."""
    frame = Frame.around(places_of(day), width, height, MARGIN)
    layers = [element("rect", class_="land", width=width, height=height), _roads(day, frame)]
    layers += [_way(index, day, frame) for index in range(len(day.routes))]
    houses = _houses(day, frame)
    layers += _markers(day, frame, houses)
    layers += [_house(route, at) for route, at in zip(day.routes, houses, strict=True)]
    return "".join([*layers, _scale(frame)])


def natural_height(day: DayMap, width: float) -> float:
    """Return the height at which the map fills `width`."""
    return Frame.around(places_of(day), width, 1e9, MARGIN).needs(places_of(day)) + 2 * MARGIN


def places_of(day: DayMap) -> Iterator[Point]:
    for route in day.routes:
        yield route.base
        for leg in route.legs:
            yield from leg


def _roads(day: DayMap, frame: Frame) -> str:
    drawn = []
    for rank, width in _ROAD_WIDTHS.items():
        lines = [[frame.dot(point) for point in road.points] for road in day.roads if road.rank == rank]
        data = path(line for line in lines if line and frame.shows(line))
        if data:
            drawn.append(element("path", class_=f"road r{rank}", d=data, stroke_width=width))
    return element("g", "".join(drawn), aria_hidden="true") if drawn else ""


def _way(index: int, day: DayMap, frame: Frame) -> str:
    route = day.routes[index]
    aside = (index - (len(day.routes) - 1) / 2) * 1.3
    line = trace([_moved(frame.dot(point), aside) for leg in route.legs for point in leg])
    if not line:
        return ""
    drawn = element("path", class_="casing", d=line)
    drawn += element("path", class_="route", d=line, stroke=route.colour, stroke_dasharray=route.dash or None)
    return element("g", drawn, data_route=route.letter)


def _markers(day: DayMap, frame: Frame, houses: list[Dot]) -> list[str]:
    """Return a group of markers per route; all the day's markers keep clear of each other."""
    stops = [(route, stop, stop.position) for route in day.routes for stop in route.stops if stop.number]
    placed = [(route, stop, frame.dot(position)) for route, stop, position in stops if position]
    size = frame.width, frame.height
    spots = spread([place for _, _, place in placed], 2 * _MARKER + 1.5, houses, size)
    groups: dict[str, str] = {}
    for (route, stop, place), spot in zip(placed, spots, strict=True):
        groups[route.letter] = groups.get(route.letter, "") + _marker(route, stop, place, spot)
    return [element("g", drawn, data_route=letter) for letter, drawn in groups.items()]


def _moved(dot: Dot, aside: float) -> Dot:
    """Return a dot of a route a little aside, so that officers on one street are all seen."""
    return dot[0] + aside, dot[1] + aside * 0.6


def _marker(route: MapRoute, stop: MapStop, place: Dot, spot: Dot) -> str:
    x, y = spot
    number = f"{route.letter}{stop.number}"
    half = _MARKER if len(number) < 3 else _MARKER + 2.4 * (len(number) - 2)
    corner = 2.5 if stop.mark is Mark.PROMISE else _MARKER
    shape = element("rect", x=x - half, y=y - _MARKER, width=2 * half, height=2 * _MARKER, rx=corner, fill=route.colour)
    leader = element("path", class_="leader", d=f"M{place[0]:.1f} {place[1]:.1f}L{x:.1f} {y:.1f}", stroke=route.colour)
    name = label(number, x, y + 3, class_="number")
    tip = element("title", text(tip_of(route, stop)))
    return leader + element("g", tip + shape + name, class_="stop", data_stop=number)


def tip_of(route: MapRoute, stop: MapStop) -> str:
    """Return what a stop's tooltip says."""
    lines = [f"{route.letter}{stop.number}  {stop.name}"]
    if stop.address:
        lines.append(stop.address)
    lines.append(f"{stop.start:%H:%M}-{stop.end:%H:%M}, {route.officer}, weight {stop.weight}")
    if stop.promise:
        lines.append(f"promised {stop.promise[0]:%H:%M}-{stop.promise[1]:%H:%M}")
    return "\n".join(lines)


def _houses(day: DayMap, frame: Frame) -> list[Dot]:
    """Return where each officer's base is drawn; those who share one stand side by side."""
    found = []
    for index, route in enumerate(day.routes):
        sharing = [other for other, one in enumerate(day.routes) if one.base == route.base]
        x, y = frame.dot(route.base)
        found.append((x + (sharing.index(index) - (len(sharing) - 1) / 2) * 2.4 * _MARKER, y))
    return found


def _house(route: MapRoute, at: Dot) -> str:
    x, y = at
    walls = f"M{x - 9:.1f} {y - 1:.1f}l9 -9.5l9 9.5v9.5h-18z"
    tip = element("title", text(f"Base of {route.officer}: the day starts and ends here"))
    drawn = tip + element("path", class_="base", d=walls, fill=route.colour) + label(route.letter, x, y + 5, class_="number")
    return element("g", drawn, data_route=route.letter)


def _scale(frame: Frame) -> str:
    metres = next((m for m in (5000, 2000, 1000, 500, 200, 100, 50) if m * frame.units_per_metre < frame.width / 3), 50)
    length = metres * frame.units_per_metre
    x, y = 14.0, frame.height - 10
    bar = element("path", class_="scale", d=f"M{x:.1f} {y - 4:.1f}v4h{length:.1f}v-4")
    name = f"{metres} m" if metres < 1000 else f"{metres // 1000} km"
    return bar + label(name, x + length + 6, y + 1, class_="small")
