"""Routes as people read them: an officer's day with names, addresses and promises."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from server.domain.case import CaseDocument
from server.domain.geography import Position
from server.domain.organisation import Address, CaseRef, TravelMode
from server.domain.resource_day import StopKind
from server.domain.spans import Span


@dataclass(frozen=True, slots=True)
class Leg:
    """The travel to a stop. `metres` is 0 when not measured; `line` is the way on the map, empty unless asked for."""

    seconds: int
    metres: int = 0
    line: tuple[Position, ...] = ()


@dataclass(frozen=True, slots=True)
class RouteStop:
    """A stop with what the officer needs to know. `promise` is what the customer was told.

    `access_needs` are what the customer needs, in words, `documents` what the customer was asked to bring; `brief` and
    `case_documents` are what the case's owner tells the officer.
    """

    kind: StopKind
    leg: Leg
    leave: datetime
    start: datetime
    end: datetime
    display_name: str
    weight: int = 0
    visit: int = 0
    booking: int = 0
    service: str = ""
    premises: int = 0
    address: Address | None = None
    position: Position | None = None
    promise: Span | None = None
    access_note: str = ""
    customer_name: str = ""
    case: CaseRef | None = None
    unannounced: bool = False
    access_needs: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    brief: tuple[tuple[str, str], ...] = ()
    case_documents: tuple[CaseDocument, ...] = ()


@dataclass(frozen=True, slots=True)
class Route:
    """The route of one officer on one date as it stands. `version` counts the changes of the day."""

    officer: str
    officer_name: str
    day: date
    zone: str
    shift: Span
    base: Position
    mode: TravelMode
    stops: tuple[RouteStop, ...]
    home: Leg | None
    version: int

    @property
    def name(self) -> str:
        """The resource name."""
        return f"officers/{self.officer}/routes/{self.day.isoformat()}"

    @property
    def travel_seconds(self) -> int:
        """Seconds on the way, home included."""
        return sum(stop.leg.seconds for stop in self.stops) + (self.home.seconds if self.home else 0)


@dataclass(frozen=True, slots=True)
class Road:
    """A road to draw; `rank` 1 (path) to 5 (main road)."""

    line: tuple[Position, ...]
    rank: int


@dataclass(frozen=True, slots=True)
class BaseMap:
    """The roads of the deployment; `attribution` must be shown with them."""

    roads: tuple[Road, ...]
    attribution: str
