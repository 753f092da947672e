"""Emergencies: a visit that cannot wait, and what gave way to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from server.domain.facts import Repair
from server.domain.organisation import CaseRef
from server.domain.priority import Rating
from server.domain.visit import VisitView


@dataclass(frozen=True, slots=True)
class NewEmergency:
    """An urgent visit to put on a route now. `latest_start` None: within the hour.

    `weight` 0 means what the rating says, or the most there is. Only an administrator may let it break promises
    (`allow_broken_promises`) or take an officer's day over its limit of visits (`over_limit`).
    """

    service: str
    premises: int
    weight: int = 0
    rating: Rating | None = None
    latest_start: datetime | None = None
    case: CaseRef | None = None
    allow_broken_promises: bool = False
    over_limit: bool = False


@dataclass(frozen=True, slots=True)
class Displaced:
    """A stop that gave way. `to_officer` empty: a visit is OPEN again, a `broken` booking stays beside its route."""

    visit: int
    booking: int
    from_officer: str
    to_officer: str = ""
    start: datetime | None = None
    broken: bool = False


@dataclass(frozen=True, slots=True)
class Emergency:
    """What was done: the visit on its route, what gave way, and the repairs of promises that it broke."""

    view: VisitView
    displaced: tuple[Displaced, ...] = ()
    repairs: tuple[Repair, ...] = ()
