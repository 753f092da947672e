"""What every use case stands on: the clock, identities, and how a request may end."""

from __future__ import annotations

from datetime import date, datetime
from typing import Protocol

DayKey = tuple[date, int]
"""What a day is locked by: the local date and the officer's resource id."""


class AlreadyAnswered(Exception):
    """The request was answered before; `answer` is what was answered then."""

    def __init__(self, answer: bytes) -> None:
        super().__init__("the request was answered before")
        self.answer = answer


class AnsweredMeanwhile(Exception):
    """Another call with the same request id committed first: ask again, and its answer is found."""


class ChangedMeanwhile(Exception):
    """A visit or a booking was changed by somebody else after it was read: nothing is written, decide again."""


class Clock(Protocol):
    """The time, passed in so that tests can turn it."""

    def __call__(self) -> datetime:
        """Return the instant, aware, in UTC."""


class IdSource(Protocol):
    """Where new identities come from."""

    def unguessable(self) -> int:
        """Return a random number in [0, 2**62): bookings, visits, holds, plans."""

    def occupancy(self) -> int:
        """Return the id of a row to come, never used before."""
