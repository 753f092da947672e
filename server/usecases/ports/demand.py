"""What orders demand: the priority matrix, the waiting list, availability profiles."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from server.domain.paging import Listing, Page
from server.domain.priority import PriorityMatrix
from server.domain.profile import Profile
from server.domain.waiting import WaitingEntry, WaitingFilter


class PriorityStore(Protocol):
    """What weighs how much."""

    def get(self) -> PriorityMatrix:
        """Return the matrix."""

    def save(self, matrix: PriorityMatrix) -> None:
        """Put the matrix in the place of the one before."""

    def visit_limits(self) -> dict[str, int]:
        """Return how many visits an officer of a team may have a day, by the team's code; only teams with a limit."""


class WaitingStore(Protocol):
    """Who waits for what, and what they are offered."""

    def add(self, entry: WaitingEntry) -> None:
        """Record an entry."""

    def save(self, entry: WaitingEntry) -> None:
        """Write where an entry stands."""

    def get(self, name: str, lock: bool = False) -> WaitingEntry:
        """Return the entry, or refuse with NotFound. The days of its offer are locked before it is."""

    def by_id(self, number: int, lock: bool = False) -> WaitingEntry | None:
        """Return the entry of that id."""

    def ahead_of(self, entry: WaitingEntry) -> int:
        """Return how many live entries of the service weigh more, or as much and came earlier."""

    def listing(self, page: Page, wanted: WaitingFilter, creator: str) -> Listing[WaitingEntry]:
        """Return a page, newest first; `creator` empty for all principals."""

    def queue(self, per_service: int) -> list[WaitingEntry]:
        """Return who waits, of each service at most so many: the heaviest first, then who came first."""

    def late(self, now: datetime) -> list[int]:
        """Return ids of entries whose offer has run out, or whose time has passed."""

    def demand(self, code: str) -> int:
        """Return how many wait for a service without an offer."""

    def pulse(self) -> tuple[int, ...]:
        """Return numbers that change when a day changes or an entry is added."""


class ProfileStore(Protocol):
    """Availability profiles."""

    def get(self, code: str, lock: bool = False) -> Profile:
        """Return the profile, or refuse with NotFound."""

    def find(self, code: str) -> Profile | None:
        """Return the profile if there is one."""

    def active(self) -> list[Profile]:
        """Lock profiles against other switches until the transaction ends, and return those that are active."""

    def switched(self) -> list[Profile]:
        """Return those that a date or a threshold switches, by code."""

    def listing(self, page: Page) -> Listing[Profile]:
        """Return a page by code."""

    def add(self, profile: Profile) -> None:
        """Record a profile."""

    def save(self, profile: Profile) -> None:
        """Write a profile that exists."""

    def delete(self, profile: Profile) -> None:
        """Forget it."""
