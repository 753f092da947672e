"""Deeds: what officers do to visits and bookings."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from server.domain import booking_history as history
from server.domain.booking import BookingState
from server.domain.outcome import Outcome, Party
from server.domain.visit import VisitState


@dataclass(frozen=True, slots=True)
class Deed:
    """What an officer did: the states that follow, and when it was; `told` None: just now."""

    visit: VisitState
    booking: BookingState
    kind: str
    field: str
    told: datetime | None
    outcome: Outcome = Outcome()

    @property
    def ends(self) -> bool:
        """Whether nothing more comes of the visit."""
        return self.visit is not VisitState.IN_PROGRESS


def start(told: datetime | None) -> Deed:
    """Return the beginning of work."""
    return Deed(VisitState.IN_PROGRESS, BookingState.IN_PROGRESS, history.STARTED, "start_time", told)


def complete(told: datetime | None, outcome: Outcome) -> Deed:
    """Return its end."""
    return Deed(VisitState.DONE, BookingState.COMPLETED, history.COMPLETED, "end_time", told, replace(outcome, party=None))


def no_show(told: datetime | None, outcome: Outcome, party: Party) -> Deed:
    """Return that it did not take place."""
    known = replace(outcome, party=party)
    return Deed(VisitState.NO_ACCESS, BookingState.NO_SHOW, history.NO_SHOW, "end_time", told, known)
