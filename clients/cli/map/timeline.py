"""An officer's day as a bar of time: visits filled, ways between them thin, breaks hatched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from clients.cli.map.day_map import MapRoute, MapStop
from clients.cli.map.draw import tip_of
from clients.cli.map.svg import element, label, text


@dataclass(frozen=True, slots=True)
class Axis:
    """The hours that all the bars of a picture share, over `width` units."""

    start: datetime
    end: datetime
    width: float

    @classmethod
    def of(cls, routes: Sequence[MapRoute], width: float) -> Axis:
        """Return the axis from the full hour before the first shift to the full hour after the last."""
        start = min(route.shift[0] for route in routes).replace(minute=0, second=0, microsecond=0)
        end = max(route.shift[1] for route in routes)
        return cls(start, end if not end.minute else end.replace(minute=0) + timedelta(hours=1), width)

    def x(self, moment: datetime) -> float:
        """Return where a moment is."""
        return (moment - self.start) / (self.end - self.start) * self.width

    def hours(self) -> list[datetime]:
        """Return the full hours, few enough to be read."""
        count = round((self.end - self.start) / timedelta(hours=1))
        step = 1 if count <= 12 else 2
        return [self.start + timedelta(hours=hour) for hour in range(0, count + 1, step)]


def draw_axis(axis: Axis, y: float, height: float) -> str:
    """Return the hours and their lines down over `height`."""
    drawn = ""
    for hour in axis.hours():
        x = axis.x(hour)
        drawn += element("path", class_="hour", d=f"M{x:.1f} {y + 4:.1f}v{height:.1f}")
        drawn += label(f"{hour:%H}", x, y, class_="small mid")
    return drawn


def draw_day(route: MapRoute, axis: Axis, y: float, height: float) -> str:
    """Return one officer's bar with its top at `y`."""
    begin, end = axis.x(route.shift[0]), axis.x(route.shift[1])
    drawn = element("rect", class_="shift", x=begin, y=y, width=end - begin, height=height, rx=3.0)
    for stop in route.stops:
        drawn += _way(axis.x(stop.leave), axis.x(stop.start), y + height / 2, route.colour)
        drawn += _work(route, stop, axis, y, height)
    drawn += _promises(route, axis, y)
    if route.home and route.stops:
        drawn += _way(axis.x(route.stops[-1].end), axis.x(route.home), y + height / 2, route.colour)
    return element("g", drawn, data_route=route.letter)


def _way(start: float, end: float, y: float, colour: str) -> str:
    return element("path", class_="way", d=f"M{start:.1f} {y:.1f}H{end:.1f}", stroke=colour) if end - start > 0.3 else ""


def _work(route: MapRoute, stop: MapStop, axis: Axis, y: float, height: float) -> str:
    x, width = axis.x(stop.start), max(axis.x(stop.end) - axis.x(stop.start) - 1, 1.5)
    if not stop.number:
        return element("rect", element("title", text(stop.name)), class_="rest", x=x, y=y, width=width, height=height)
    shape = element("rect", x=x, y=y, width=width, height=height, rx=2.5, fill=route.colour)
    if width > 13:
        shape += label(str(stop.number), x + width / 2, y + height / 2 + 3.2, class_="number")
    tip = element("title", text(tip_of(route, stop)))
    return element("g", tip + shape, class_="stop", data_stop=f"{route.letter}{stop.number}")


def _promises(route: MapRoute, axis: Axis, y: float) -> str:
    """Return a bracket above the bar for each promised window, on two levels so that neighbours are told apart."""
    drawn = ""
    promises = [stop.promise for stop in route.stops if stop.promise]
    for index, promise in enumerate(promises):
        start, end = axis.x(promise[0]), axis.x(promise[1])
        rise = 3.5 + 3 * (index % 2)
        drawn += element("path", class_="promise", d=f"M{start:.1f} {y - 1.5:.1f}v-{rise}H{end:.1f}v{rise}")
    return drawn
