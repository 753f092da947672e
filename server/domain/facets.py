"""What is known about a booking beside its state: never in the way of a transition, and no part of its etag."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from typing import Any

from server.domain.spans import Span


class Notice(Enum):
    """Whether the customer was told of the promise."""

    NONE = "NONE"
    QUEUED = "QUEUED"
    SENT = "SENT"
    DELIVERED = "DELIVERED"
    FAILED = "FAILED"


class Attendance(Enum):
    """Whether the customer said that they will be there."""

    NOT_ASKED = "NOT_ASKED"
    ASKED = "ASKED"
    CONFIRMED = "CONFIRMED"
    DECLINED = "DECLINED"


class Reminder(Enum):
    """How far reminding got."""

    NONE = "NONE"
    SCHEDULED = "SCHEDULED"
    REMINDED = "REMINDED"
    FAILED = "FAILED"
    ESCALATED = "ESCALATED"


class ChangeWanted(Enum):
    """What the customer wants changed and nobody has decided on yet."""

    NONE = "NONE"
    RESCHEDULE_REQUESTED = "RESCHEDULE_REQUESTED"
    CANCEL_REQUESTED = "CANCEL_REQUESTED"


class Dispatch(Enum):
    """How far the officer got with this stop."""

    UNASSIGNED = "UNASSIGNED"
    ASSIGNED = "ASSIGNED"
    DISPATCHED = "DISPATCHED"
    ACKNOWLEDGED = "ACKNOWLEDGED"
    EN_ROUTE = "EN_ROUTE"
    ON_SITE = "ON_SITE"
    LEFT = "LEFT"


Facet = Notice | Attendance | Reminder | ChangeWanted | Dispatch
KINDS: dict[str, type[Facet]] = {
    "notice": Notice,
    "attendance": Attendance,
    "reminder": Reminder,
    "change_request": ChangeWanted,
    "dispatch": Dispatch,
}
"""The facets by the name under which they are stored."""


def name_of(facet: Facet) -> str:
    """Return the name of the facet that has this value."""
    return next(name for name, kind in KINDS.items() if isinstance(facet, kind))


@dataclass(frozen=True, slots=True)
class Facets:
    """The facets of one booking."""

    notice: Notice = Notice.NONE
    attendance: Attendance = Attendance.NOT_ASKED
    reminder: Reminder = Reminder.NONE
    change_request: ChangeWanted = ChangeWanted.NONE
    dispatch: Dispatch = Dispatch.UNASSIGNED

    def but(self, facet: Facet) -> Facets:
        """Return the facets with this one."""
        changed: dict[str, Any] = {name_of(facet): facet}
        return replace(self, **changed)


@dataclass(frozen=True, slots=True)
class ChangeRequest:
    """A change that somebody asked for. `promise` is the one that is wanted instead; the hold `hold` keeps its time.

    Without a promise any other time, or an end, is wanted. At `expires` the request lapses.
    """

    booking: int
    wanted: ChangeWanted
    creator: str
    created: datetime
    expires: datetime
    promise: Span | None = None
    hold: int = 0
