"""The map itself: roads, routes, bases, numbered stops."""

from __future__ import annotations

from collections.abc import Iterator

from clients.cli.map.day_map import DayMap, MapStop, Mark, Round
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
    layers += [_way(index, day, frame) for index in range(len(day.rounds))]
    layers += [_base(frame.dot(base)) for base in dict.fromkeys(round_.base for round_ in day.rounds)]
    layers += _markers(day, frame)
    return "".join([*layers, _scale(frame)])


def natural_height(day: DayMap, width: float) -> float:
    """Return the height at which the map fills `width`."""
    return Frame.around(places_of(day), width, 1e9, MARGIN).needs(places_of(day)) + 2 * MARGIN


def places_of(day: DayMap) -> Iterator[Point]:
    for round_ in day.rounds:
        yield round_.base
        for leg in round_.legs:
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
    round_ = day.rounds[index]
    aside = (index - (len(day.rounds) - 1) / 2) * 1.3
    line = trace([_moved(frame.dot(point), aside) for leg in round_.legs for point in leg])
    if not line:
        return ""
    drawn = element("path", class_="casing", d=line)
    drawn += element("path", class_="route", d=line, stroke=round_.colour, stroke_dasharray=round_.dash or None)
    return element("g", drawn, class_="round", data_round=round_.letter)


def _markers(day: DayMap, frame: Frame) -> list[str]:
    """Return a group of markers per round; all the day's markers keep clear of each other."""
    stops = [(round_, stop, stop.position) for round_ in day.rounds for stop in round_.stops if stop.number]
    placed = [(round_, stop, frame.dot(position)) for round_, stop, position in stops if position]
    bases = [frame.dot(base) for base in dict.fromkeys(round_.base for round_ in day.rounds)]
    spots = spread([place for _, _, place in placed], 2 * _MARKER + 1.5, bases)
    groups: dict[str, str] = {}
    for (round_, stop, place), spot in zip(placed, spots, strict=True):
        groups[round_.letter] = groups.get(round_.letter, "") + _marker(round_, stop, place, spot)
    return [element("g", drawn, class_="round", data_round=letter) for letter, drawn in groups.items()]


def _moved(dot: Dot, aside: float) -> Dot:
    """Return a dot of a route a little aside, so that officers on one street are all seen."""
    return dot[0] + aside, dot[1] + aside * 0.6


def _marker(round_: Round, stop: MapStop, place: Dot, spot: Dot) -> str:
    x, y = spot
    number = f"{round_.letter}{stop.number}"
    half = _MARKER if len(number) < 3 else _MARKER + 2.4 * (len(number) - 2)
    corner = 2.5 if stop.mark is Mark.PROMISE else _MARKER
    shape = element("rect", x=x - half, y=y - _MARKER, width=2 * half, height=2 * _MARKER, rx=corner, fill=round_.colour)
    leader = element("path", class_="leader", d=f"M{place[0]:.1f} {place[1]:.1f}L{x:.1f} {y:.1f}", stroke=round_.colour)
    name = label(number, x, y + 3, class_="number")
    tip = element("title", text(tip_of(round_, stop)))
    return leader + element("g", tip + shape + name, class_="stop", data_stop=number)


def tip_of(round_: Round, stop: MapStop) -> str:
    """Return what a stop's tooltip says."""
    lines = [f"{round_.letter}{stop.number}  {stop.name}"]
    if stop.address:
        lines.append(stop.address)
    lines.append(f"{stop.start:%H:%M}-{stop.end:%H:%M}, {round_.officer}, weight {stop.weight}")
    if stop.promise:
        lines.append(f"promised {stop.promise[0]:%H:%M}-{stop.promise[1]:%H:%M}")
    return "\n".join(lines)


def _base(at: Dot) -> str:
    x, y = at
    house = f"M{x - 9:.1f} {y + 1:.1f}l9 -9l9 9v8h-18z"
    return element("g", element("title", "Base: the day starts and ends here") + element("path", class_="base", d=house))


def _scale(frame: Frame) -> str:
    metres = next((m for m in (5000, 2000, 1000, 500, 200, 100, 50) if m * frame.units_per_metre < frame.width / 3), 50)
    length = metres * frame.units_per_metre
    x, y = 14.0, frame.height - 28
    bar = element("path", class_="scale", d=f"M{x:.1f} {y - 4:.1f}v4h{length:.1f}v-4")
    name = f"{metres} m" if metres < 1000 else f"{metres // 1000} km"
    return bar + label(name, x + length + 6, y + 1, class_="small")
