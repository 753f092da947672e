"""The truth, and one transaction of it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol, TypeVar

from server.domain.caller import Request
from server.domain.change import Change, Job
from server.usecases.ports.audit import AuditStore
from server.usecases.ports.basics import IdSource
from server.usecases.ports.blocks import BlockStore
from server.usecases.ports.customers import AccessNeedStore, CaseStore, CustomerStore
from server.usecases.ports.days import DayStore, FactStore
from server.usecases.ports.demand import PriorityStore, ProfileStore, WaitingStore
from server.usecases.ports.life_cycle import ChangeRequestStore, FacetStore, OutcomeStore, ReasonStore
from server.usecases.ports.messages import FeedStore, MessageStore
from server.usecases.ports.opening import RosterStore, RuleStore
from server.usecases.ports.organisation import ImportStore, OrganisationStore
from server.usecases.ports.places import PlaceStore
from server.usecases.ports.plans import PlanStore, RouteStore
from server.usecases.ports.promises import BookingStore, HoldStore, ServiceStore, VisitStore
from server.usecases.ports.resources import ResourceStore
from server.usecases.ports.series import SeriesStore
from server.usecases.ports.sessions import SessionStore

T = TypeVar("T")


class Transaction(Protocol):
    """One transaction: everything read through it is of one moment, everything written is kept together or not at all."""

    @property
    def organisation(self) -> OrganisationStore: ...
    @property
    def places(self) -> PlaceStore: ...
    @property
    def services(self) -> ServiceStore: ...
    @property
    def visits(self) -> VisitStore: ...
    @property
    def bookings(self) -> BookingStore: ...
    @property
    def holds(self) -> HoldStore: ...
    @property
    def facets(self) -> FacetStore: ...
    @property
    def change_requests(self) -> ChangeRequestStore: ...
    @property
    def outcomes(self) -> OutcomeStore: ...
    @property
    def reasons(self) -> ReasonStore: ...
    @property
    def resources(self) -> ResourceStore: ...
    @property
    def sessions(self) -> SessionStore: ...
    @property
    def series(self) -> SeriesStore: ...
    @property
    def blocks(self) -> BlockStore: ...
    @property
    def days(self) -> DayStore: ...
    @property
    def facts(self) -> FactStore: ...
    @property
    def rules(self) -> RuleStore: ...
    @property
    def rosters(self) -> RosterStore: ...
    @property
    def plans(self) -> PlanStore: ...
    @property
    def messages(self) -> MessageStore: ...
    @property
    def feeds(self) -> FeedStore: ...
    @property
    def priorities(self) -> PriorityStore: ...
    @property
    def profiles(self) -> ProfileStore: ...
    @property
    def waiting(self) -> WaitingStore: ...
    @property
    def customers(self) -> CustomerStore: ...
    @property
    def access_needs(self) -> AccessNeedStore: ...
    @property
    def cases(self) -> CaseStore: ...
    @property
    def audit(self) -> AuditStore: ...
    @property
    def routes(self) -> RouteStore: ...
    @property
    def imports(self) -> ImportStore: ...

    def remembered(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what `make` reads of services, teams, officers, skills and locations, and of nothing else.

        It is asked only where one of them has changed since it made the value of that key in this process. Whoever changes
        them must not ask in the same transaction.
        """

    def write(self, change: Change, answer: object = None) -> None:
        """Write a change in one statement, with the answer to the request when this is its last write.

        Raises ChangedMeanwhile when a visit or a booking has another version than the one before that in `change`, and
        SlotTaken when the database refuses an overlap, which only a defect can cause after a lock.
        """

    def answer(self, result: object) -> None:
        """Keep the answer to the request, for whoever repeats it."""

    def defer(self, jobs: Iterable[Job]) -> None:
        """Queue work that is done after the commit."""


class Store(Protocol):
    """The truth."""

    @property
    def ids(self) -> IdSource:
        """Where new identities come from."""

    def begin(self, request: Request | None = None, looked: bool = False) -> AbstractContextManager[Transaction]:
        """Open a transaction: commits on a clean exit, rolls back on any exception.

        With a request, raises AlreadyAnswered when it was answered before and RequestIdReused when its id was used for
        something else; not at once if `looked`: an earlier transaction for it has just looked, and the write finds out.
        """

    def read(self, request: Request | None = None) -> AbstractContextManager[Transaction]:
        """Open what looks like a transaction, for reading only and at less cost: nothing can be locked or written in it."""

    def forget_answers(self, before: datetime) -> int:
        """Delete answers kept since before that instant, in a transaction; return how many."""
