"""The static picture of a planned day, for documents: the map, and every officer's day as a bar of time."""

from __future__ import annotations

from pathlib import Path

from clients.cli.map.day_map import DayMap, MapRoute
from clients.cli.map.draw import draw_map, natural_height
from clients.cli.map.svg import element, label, text
from clients.cli.map.timeline import Axis, draw_axis, draw_day
from clients.cli.words import minutes

STYLE = (Path(__file__).parent / "style.css").read_text(encoding="utf-8")
_WIDTH, _MAP_WIDTH, _GAP, _ROW = 1180.0, 560.0, 34.0, 64.0
_STRIP = 25.0
"""Below the map, for the attribution."""
_RIGHT = _MAP_WIDTH + _GAP
_PANEL = _WIDTH - _RIGHT - 24


def poster(day: DayMap) -> str:
    """Return an SVG document that loads nothing from anywhere."""
    height = max(380 + _ROW * len(day.routes), min(natural_height(day, _MAP_WIDTH) + _STRIP, 1100.0))
    frame = element("clipPath", element("rect", width=_MAP_WIDTH, height=height - _STRIP), id="frame")
    content = [
        element("title", text(f"The planned day of {day.team}, {_date(day)}")),
        element("desc", text(_described(day))),
        element("style", STYLE),
        element("defs", frame),
        element("rect", class_="page", width=_WIDTH, height=height),
        element("g", draw_map(day, _MAP_WIDTH, height - _STRIP), clip_path="url(#frame)"),
        label(day.attribution, 14, height - 10, class_="small"),
        element("g", _panel(day, height), transform=f"translate({_RIGHT:.0f} 0)"),
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH:.0f} {height:.0f}" role="img" '
        f'aria-label="{text(_described(day))}">' + "".join(content) + "</svg>\n"
    )


def _date(day: DayMap) -> str:
    return f"{day.day:%A} {day.day.day} {day.day:%B %Y}"


def _described(day: DayMap) -> str:
    visits = sum(route.visits for route in day.routes)
    return f"{len(day.routes)} officers serve {visits} visits on {_date(day)}; a map of their routes and a bar per officer."


def _panel(day: DayMap, height: float) -> str:
    drawn = label(day.team, 0, 50, class_="title") + label(
        f"{_date(day)}, as published in the night  ·  {day.zone.key}", 0, 74, class_="lead"
    )
    y = _figures(day, 108)
    drawn += y[0]
    if day.routes:
        axis = Axis.of(day.routes, _PANEL)
        top = y[1] + 38
        drawn += draw_axis(axis, top, _ROW * len(day.routes) + 2)
        drawn += "".join(_row(route, axis, top + 14 + index * _ROW) for index, route in enumerate(day.routes))
        drawn += _key(top + 14 + _ROW * len(day.routes) + 26, day)
    return drawn + label(day.notice, 0, height - 10, class_="small")


def _figures(day: DayMap, y: float) -> tuple[str, float]:
    """Return the comparison and where it ends."""
    if not day.figures:
        return "", y
    planned, naive = _PANEL - 170, _PANEL
    drawn = label("the night's plan", planned, y, class_="fact end") + label(
        "in order of arrival", naive, y, class_="fact end"
    )
    for figure in day.figures:
        y += 22
        drawn += element("path", class_="rule", d=f"M0 {y - 15:.1f}H{_PANEL:.1f}")
        drawn += label(figure.label, 0, y, class_="fact")
        drawn += label(figure.planned, planned, y, class_="strong end")
        drawn += label(figure.first_come, naive, y, class_="fact end")
    return drawn, y


def _row(route: MapRoute, axis: Axis, y: float) -> str:
    badge = element("rect", x=0.0, y=y, width=20.0, height=16.0, rx=8.0, fill=route.colour)
    badge += label(route.letter, 10, y + 11.5, class_="number")
    line = element("path", class_="route", d=f"M28 {y + 8:.1f}h34", stroke=route.colour, stroke_dasharray=route.dash or None)
    facts = f"{route.visits} visits  ·  weight {route.weight}  ·  {minutes(route.travel_seconds)} {route.mode}"
    drawn = badge + line + label(route.officer, 70, y + 12.5, class_="name")
    drawn += label(facts, _PANEL, y + 12.5, class_="fact end")
    return drawn + draw_day(route, axis, y + 26, 18)


def _key(y: float, day: DayMap) -> str:
    """Return what the marks mean, and what is left out."""
    drawn = element("circle", cx=8.0, cy=y - 4, r=7.0, class_="rest") + label("inspection due", 22, y, class_="fact")
    drawn += element("rect", x=128.0, y=y - 11, width=14.0, height=14.0, rx=2.5, class_="rest")
    drawn += element("path", class_="promise", d=f"M124 {y - 12:.1f}v-3.5H146v3.5")
    drawn += label("booked, within its promised window", 152, y, class_="fact")
    drawn += element("rect", x=392.0, y=y - 11, width=16.0, height=14.0, class_="rest")
    drawn += label("break", 414, y, class_="fact")
    if day.left_out:
        weight = sum(left.weight for left in day.left_out)
        words = f"{len(day.left_out)} visits of weight {weight} left for another day, each with its reason"
        drawn += label(words, 0, y + 26, class_="fact")
    return drawn
