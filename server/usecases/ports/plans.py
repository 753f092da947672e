"""Plans, the runs that make them, routes as people read them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from server.domain.catalogue import Service
from server.domain.operation import Operation
from server.domain.organisation import (
    Officer,
    Premises,
    Team,
)
from server.domain.paging import Listing, Page
from server.domain.plan import Plan
from server.domain.resource_day import ResourceDay
from server.domain.route import Route
from server.domain.spans import Span
from server.domain.visit import Visit
from server.usecases.ports.basics import DayKey
from server.usecases.ports.places import Travel


class PlanStore(Protocol):
    """Plans and the runs that make them."""

    def add(self, plan: Plan, problem: bytes) -> None:
        """Record a plan with what it solves (problem.json)."""

    def get(self, name: str, lock: bool = False) -> Plan:
        """Return the plan, or refuse with NotFound."""

    def problem(self, name: str) -> bytes:
        """Return what a plan solves (problem.json)."""

    def save(self, plan: Plan) -> None:
        """Write a plan's state, breaches and times."""

    def listing(self, page: Page, team: str) -> Listing[Plan]:
        """Return a page, newest first."""

    def published(self, team: str, day: date) -> list[Plan]:
        """Return the plans of that team and day that are PUBLISHED."""

    def add_operation(self, operation: Operation) -> None:
        """Record a run."""

    def operation(self, name: str, lock: bool = False) -> Operation:
        """Return the run, or refuse with NotFound."""

    def save_operation(self, operation: Operation) -> None:
        """Write how far a run is."""

    def operations(self, page: Page) -> Listing[Operation]:
        """Return a page, newest first."""

    def request_cancel(self, operation: Operation) -> None:
        """Note that somebody wants the run to stop."""


class RouteStore(Protocol):
    """Routes as people read them."""

    def routes(self, keys: Collection[DayKey]) -> list[Route]:
        """Return the routes of those days that exist, by officer and day, without geometry."""

    def drawn(self, days: Collection[ResourceDay]) -> list[Route]:
        """Return the routes of days as given, stored or not, by officer and day, without geometry."""

    def days(self, officer: int, start: date, end: date) -> list[DayKey]:
        """Return an officer's days with start <= day < end."""

    def team_days(self, team: str, day: date, page: Page) -> Listing[DayKey]:
        """Return a page of a team's officer-days of one date, by officer code."""


@dataclass(frozen=True, slots=True)
class PlannableVisit:
    """A visit as the planner sees it: what, where, when its work may start on the day (half-open instants).

    No windows: any time of a shift. `closed`: the place does not open long enough that day; its window is never reached.
    """

    visit: Visit
    service: Service
    premises: Premises | None
    windows: tuple[Span, ...]
    promised: bool
    closed: bool = False


@dataclass(frozen=True, slots=True)
class PlanningInput:
    """Everything that a plan depends on, of one moment. `breaks` of a day are its break stops."""

    team: Team
    day: date
    officers: tuple[Officer, ...]
    days: tuple[ResourceDay, ...]
    visits: tuple[PlannableVisit, ...]


class Progress(Protocol):
    """Told how far a run is; answers whether it shall stop."""

    def __call__(self, phase: str, percent: int) -> bool: ...


class Planner(Protocol):
    """The bridge to the optimizer."""

    def plan(
        self, given: PlanningInput, travel: Travel, seconds: int, seed: int, number: int, now: datetime, tell: Progress
    ) -> tuple[Plan, bytes]:
        """Return a plan, checked (state CHECKED or REJECTED), and the record of problem and plan (JSON).

        Raises PlanningFailed.
        """

    def check(self, record: bytes) -> tuple[str, ...]:
        """Return what the independent checker has against a recorded plan, in words; nothing when it is right."""
