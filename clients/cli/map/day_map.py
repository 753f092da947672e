"""What a map of a planned day shows, free of messages and of drawing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from zoneinfo import ZoneInfo

from clients.cli.map.polyline import Point


class Mark(Enum):
    """What sort of thing a stop is."""

    INSPECTION = "inspection"
    PROMISE = "booked: a promise to a customer"
    BREAK = "break"
    OTHER = "other time taken"


@dataclass(frozen=True, slots=True)
class MapStop:
    """A stop; `number` counts the visits of a route from 1 and is 0 for breaks. Instants carry the team's zone."""

    number: int
    mark: Mark
    name: str
    address: str
    position: Point | None
    leave: datetime
    start: datetime
    end: datetime
    promise: tuple[datetime, datetime] | None
    weight: int


@dataclass(frozen=True, slots=True)
class MapRoute:
    """One officer's day. `letter`, `colour` and `dash` tell the routes apart, each of them alone."""

    letter: str
    colour: str
    dash: str
    officer: str
    mode: str
    base: Point
    shift: tuple[datetime, datetime]
    legs: tuple[tuple[Point, ...], ...]
    stops: tuple[MapStop, ...]
    travel_seconds: int
    home: datetime | None

    @property
    def visits(self) -> int:
        """Stops that are visits."""
        return sum(1 for stop in self.stops if stop.number)

    @property
    def weight(self) -> int:
        """Their weight."""
        return sum(stop.weight for stop in self.stops if stop.number)


@dataclass(frozen=True, slots=True)
class Road:
    """A road of the base map; `rank` is 1 (path) to 5 (main road)."""

    points: tuple[Point, ...]
    rank: int


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the comparison with serving visits in the order they came."""

    label: str
    planned: str
    first_come: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A visit that the plan does not serve; `remedy` is the smallest change that lets it in, or empty."""

    premises: str
    weight: int
    why: str
    remedy: str


@dataclass(frozen=True, slots=True)
class DayMap:
    """A team's day as it was published. `notice` says what is synthetic; `attribution` must be shown with the map."""

    team: str
    day: date
    zone: ZoneInfo
    roads: tuple[Road, ...]
    routes: tuple[MapRoute, ...]
    figures: tuple[Figure, ...]
    left_out: tuple[LeftOut, ...]
    attribution: str
    notice: str
