"""The HTML page of a planned day: one file that asks nothing of any network."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from clients.cli.map.day_map import DayMap, MapRoute, Mark
from clients.cli.map.draw import draw_map, natural_height
from clients.cli.map.svg import element
from clients.cli.map.timeline import Axis, draw_axis, draw_day
from clients.cli.words import minutes

_FOLDER = Path(__file__).parent
_WIDTH = 900.0


def page(day: DayMap) -> str:
    """Return the page."""
    templates = Environment(
        loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    templates.filters["clock"] = _clock
    templates.filters["duration"] = minutes
    height = min(max(natural_height(day, _WIDTH), 420.0), 1500.0)
    return templates.get_template("page.html.jinja").render(
        day=day,
        date=f"{day.day:%A} {day.day.day} {day.day:%B %Y}",
        style=Markup((_FOLDER / "style.css").read_text(encoding="utf-8")),  # noqa: S704 - a file of ours
        map=Markup(_svg(draw_map(day, _WIDTH, height), height)),  # noqa: S704 - every text in it is escaped
        bars={route.letter: Markup(bar) for route, bar in _bars(day)},  # noqa: S704 - as above
        PROMISE=Mark.PROMISE,
    )


def _svg(content: str, height: float) -> str:
    about = element("title", "Map of the day's routes") + element("desc", "The same stops stand in the lists below.")
    return element(
        "svg", about + content, xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {_WIDTH:.0f} {height:.0f}", role="img"
    )


def _bars(day: DayMap) -> list[tuple[MapRoute, str]]:
    axis = Axis.of(day.routes, _WIDTH - 40) if day.routes else None
    drawn = []
    for route in day.routes:
        if axis:
            bar = draw_axis(axis, 10, 34) + draw_day(route, axis, 24, 18)
            svg = element(
                "svg", bar, xmlns="http://www.w3.org/2000/svg", viewBox=f"-20 0 {_WIDTH:.0f} 50", aria_hidden="true"
            )
            drawn.append((route, svg))
    return drawn


def _clock(moment: datetime) -> str:
    return f"{moment:%H:%M}"
