"""What an emergency is looked at with: the days, the roads between their places, and what was made of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Protocol

from server.domain.geography import Position
from server.domain.resource_day import Legs, ResourceDay, Stop
from server.domain.spans import Span
from server.usecases.ports import Candidate, DayKey, Reach


class Roads(Protocol):
    """How to get about among the places of the board."""

    def legs(self, day: ResourceDay) -> Legs:
        """Return the legs between any places that may come together on that day."""

    def reach(self, day: ResourceDay, place: Position | None) -> Reach:
        """Return the legs between a place and those of the day, for its officer's mode."""


class Gives(Enum):
    """What may give way."""

    NOTHING = "nothing"
    VISITS = "visits"
    PROMISES = "promises"


@dataclass(frozen=True, slots=True)
class Urgent:
    """What must be done: for each of the crew who could, and when work must start (half-open)."""

    asked: Candidate
    crew: tuple[frozenset[int], ...]
    starts: Span


@dataclass(frozen=True, slots=True)
class Board:
    """The days that are under way or still to come, and what is known of the visits on them.

    `begun` are visits that an officer has started or done; `able` says who could do a visit instead, by visit; `most` how
    many visits an officer may have a day, where there is a limit. What is left for before `frozen_until` does not move.
    """

    days: Mapping[DayKey, ResourceDay]
    now: datetime
    frozen_until: datetime
    begun: frozenset[int] = frozenset()
    able: Mapping[int, frozenset[int]] = field(default_factory=dict)
    most: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Move:
    """A stop that gave way: from which day, and where it is now (`day` None: on no route, `broken`: beside the old one)."""

    stop: Stop
    origin: ResourceDay
    day: ResourceDay | None = None
    start: datetime | None = None
    broken: bool = False


@dataclass(frozen=True, slots=True)
class Made:
    """Room that was made: the days that changed, the start, the crew's days with the lead's first, and what gave way."""

    days: Mapping[DayKey, ResourceDay]
    start: datetime
    crew: tuple[DayKey, ...]
    moves: tuple[Move, ...]
