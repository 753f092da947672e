"""Why a time is not offered: which rule stands in the way, of everybody or of one officer, and by how much."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from server.domain.spans import Span


class Rule(Enum):
    """What stands in the way, in the order in which it is looked at."""

    OFF_GRID = "OFF_GRID"
    NOTICE = "NOTICE"
    HORIZON = "HORIZON"
    ROOM = "ROOM"
    NO_SESSION = "NO_SESSION"
    SESSION_FULL = "SESSION_FULL"
    CREW = "CREW"
    SKILL = "SKILL"
    LANGUAGE = "LANGUAGE"
    OFF_ROAD = "OFF_ROAD"
    NO_SHIFT = "NO_SHIFT"
    OUTSIDE_SHIFT = "OUTSIDE_SHIFT"
    ABSENT = "ABSENT"
    CLOSED = "CLOSED"
    VISIT_LIMIT = "VISIT_LIMIT"
    SHARE = "SHARE"
    BUSY = "BUSY"
    TRAVEL = "TRAVEL"


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One rule and its facts: what is needed and had, when somebody is busy and with what, how many seconds are missing.

    `nearest` is when the next promise begins, before or after, that this obstacle does not stand in the way of.
    """

    rule: Rule
    text: str
    code: str = ""
    needs: int = 0
    has: int = 0
    busy: Span | None = None
    missing_s: int = 0
    nearest: datetime | None = None


@dataclass(frozen=True, slots=True)
class OfficerReasons:
    """What stands in one officer's way; nothing when they could keep the promise, perhaps `displacing` a planned visit."""

    officer: str
    obstacles: tuple[Obstacle, ...]
    displacing: bool = False

    @property
    def can(self) -> bool:
        """Whether this officer could keep the promise."""
        return not self.obstacles

    @property
    def rank(self) -> tuple[int, int, str]:
        """Who could comes first, then who fails by the last rule and the least."""
        order = [*Rule]
        worst = min((order.index(one.rule) for one in self.obstacles), default=len(order))
        return -worst, sum(one.missing_s for one in self.obstacles), self.officer


@dataclass(frozen=True, slots=True)
class SlotExplanation:
    """Whether a promise is offered; what stands in everybody's way, and officer by officer, the closest first."""

    promise: Span
    offered: bool
    obstacles: tuple[Obstacle, ...]
    officers: tuple[OfficerReasons, ...]
    truncated: bool = False

    def first(self, count: int) -> SlotExplanation:
        """Return the same with at most so many officers."""
        ranked = sorted(self.officers, key=lambda one: one.rank)
        return replace(self, officers=tuple(ranked[:count]), truncated=len(ranked) > count)
