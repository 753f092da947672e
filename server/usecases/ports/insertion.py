"""The one insertion evaluator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from server.domain.geography import Position
from server.domain.resource_day import ResourceDay
from server.usecases.ports.places import Reach


@dataclass(frozen=True, slots=True)
class Candidate:
    """A stop to put on a route: seconds of buffer, work, buffer; `place` None where the officer is."""

    place: Position | None
    work: int
    before: int
    after: int
    weight: int


@dataclass(frozen=True, slots=True)
class Fit:
    """A place in a day for a candidate: work may start from `earliest` to `latest` (both included).

    `position` counts stops without the `displaced` ones (occupancy ids of planned visits that would go back to OPEN,
    `displaced_weight` in sum); `extra` are the seconds of travel that the day gains.
    """

    position: int
    earliest: int
    latest: int
    extra: int
    displaced: tuple[int, ...] = ()
    displaced_weight: int = 0


class Inserter(Protocol):
    """The one insertion evaluator."""

    def fits(self, day: ResourceDay, candidate: Candidate, bounds: tuple[int, int], reach: Reach) -> list[Fit]:
        """Return every feasible place with a start of work inside the half-open `bounds`; nobody is displaced."""

    def starts(self, day: ResourceDay, candidate: Candidate, fit: Fit, start: int, reach: Reach) -> tuple[int, ...]:
        """Return the start of every stop, the new one too, when it starts at `start`; others move as little as possible."""
