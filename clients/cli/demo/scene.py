"""What the demo is asked for, and what its chapters tell each other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from fieldwork.v1 import bookings_pb2, places_pb2, planning_pb2, routes_pb2

from clients.cli.failure import CliFailure


class StepFailed(CliFailure):
    """A step of the demo did not hold."""


def hold(condition: object, what: str) -> None:
    """Go on only when `condition` is true; else the demo has failed, and says at what."""
    if not condition:
        raise StepFailed(f"the demo did not hold: {what}")


@dataclass(frozen=True, slots=True)
class Wish:
    """The command's options. `osm` empty: the city that ships; `day` None: the next working day there."""

    osm: str
    zone: str
    day: date | None
    out: Path
    seconds: int
    seed: int
    keep: bool
    as_json: bool


@dataclass(frozen=True, slots=True)
class City:
    """The place of the story."""

    name: str
    zone: ZoneInfo
    day: date
    premises: tuple[places_pb2.Premises, ...]


@dataclass(frozen=True, slots=True)
class Staff:
    """The team and its demand, as imported. `team` and `officers` are codes."""

    team: str
    team_name: str
    officers: tuple[str, ...]
    due_visits: int


@dataclass(frozen=True, slots=True)
class Night:
    """A published plan and the routes it made."""

    plan: planning_pb2.Plan
    routes: tuple[routes_pb2.Route, ...]


@dataclass(frozen=True, slots=True)
class Booked:
    """A booking that the demo made, and the messages that it caused."""

    booking: bookings_pb2.Booking
    messages: int
