"""The store: transactions over PostgreSQL with PostGIS."""

from __future__ import annotations

import select
from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from typing import Any, TypeVar

import psycopg
import sqlalchemy as sa

from server.domain.caller import Request
from server.domain.change import Change, Job
from server.domain.errors import DomainError, Kind, RequestIdReused, StoreUnavailable
from server.store import errors, generic_write, prepared
from server.store.access_needs import SqlAccessNeeds
from server.store.audit import SqlAudit
from server.store.blocks import SqlBlocks
from server.store.bookings import SqlBookings, SqlHolds
from server.store.cases import SqlCases
from server.store.change_records import Answer
from server.store.customers import SqlCustomers
from server.store.days import SqlDays
from server.store.facts import SqlFacts
from server.store.feeds import SqlFeeds
from server.store.ids import SqlIds
from server.store.imports import SqlImports
from server.store.life_cycle import SqlChangeRequests, SqlFacets, SqlOutcomes, SqlReasons
from server.store.messages import SqlMessages
from server.store.organisation import SqlOrganisation
from server.store.places import SqlPlaces
from server.store.plans import SqlPlans
from server.store.priorities import SqlPriorities
from server.store.profiles import SqlProfiles
from server.store.recurring import SqlSeries
from server.store.remembering import Memory, Version, version
from server.store.resources import SqlResources
from server.store.rosters import SqlRosters
from server.store.routes import SqlRoutes
from server.store.rules import SqlRules
from server.store.services import SqlServices
from server.store.sessions import SqlSessions
from server.store.tables import answer
from server.store.visits import SqlVisits
from server.store.waiting import SqlWaiting
from server.usecases.importing import IMPORTER
from server.usecases.ports import AlreadyAnswered, Clock

T = TypeVar("T")
NEVER_BY_ITSELF = 1 << 30
"""Runs after which the driver would prepare a statement that did not ask for it."""


class SqlTransaction:
    """One transaction; the stores of the aggregates hang on its connection."""

    def __init__(self, connection: sa.Connection, clock: Clock, request: Request | None, memory: Memory) -> None:
        self.connection = connection
        self._clock = clock
        self._request = request
        self._memory = memory

    @cached_property
    def organisation(self) -> SqlOrganisation:
        return SqlOrganisation(self.connection)

    @cached_property
    def places(self) -> SqlPlaces:
        return SqlPlaces(self.connection)

    @cached_property
    def services(self) -> SqlServices:
        return SqlServices(self.connection)

    @cached_property
    def visits(self) -> SqlVisits:
        return SqlVisits(self.connection)

    @cached_property
    def bookings(self) -> SqlBookings:
        return SqlBookings(self.connection)

    @cached_property
    def holds(self) -> SqlHolds:
        return SqlHolds(self.connection)

    @cached_property
    def resources(self) -> SqlResources:
        return SqlResources(self.connection)

    @cached_property
    def sessions(self) -> SqlSessions:
        return SqlSessions(self.connection)

    @cached_property
    def series(self) -> SqlSeries:
        return SqlSeries(self.connection)

    @cached_property
    def blocks(self) -> SqlBlocks:
        return SqlBlocks(self.connection)

    @cached_property
    def facets(self) -> SqlFacets:
        return SqlFacets(self.connection)

    @cached_property
    def change_requests(self) -> SqlChangeRequests:
        return SqlChangeRequests(self.connection)

    @cached_property
    def outcomes(self) -> SqlOutcomes:
        return SqlOutcomes(self.connection)

    @cached_property
    def reasons(self) -> SqlReasons:
        return SqlReasons(self.connection)

    @cached_property
    def days(self) -> SqlDays:
        return SqlDays(self.connection)

    @cached_property
    def facts(self) -> SqlFacts:
        return SqlFacts(self.connection)

    @cached_property
    def rules(self) -> SqlRules:
        return SqlRules(self.connection)

    @cached_property
    def rosters(self) -> SqlRosters:
        return SqlRosters(self.connection)

    @cached_property
    def plans(self) -> SqlPlans:
        return SqlPlans(self.connection)

    @cached_property
    def messages(self) -> SqlMessages:
        return SqlMessages(self.connection)

    @cached_property
    def feeds(self) -> SqlFeeds:
        return SqlFeeds(self.connection)

    @cached_property
    def waiting(self) -> SqlWaiting:
        return SqlWaiting(self.connection)

    @cached_property
    def profiles(self) -> SqlProfiles:
        return SqlProfiles(self.connection)

    @cached_property
    def priorities(self) -> SqlPriorities:
        return SqlPriorities(self.connection)

    @cached_property
    def customers(self) -> SqlCustomers:
        return SqlCustomers(self.connection)

    @cached_property
    def access_needs(self) -> SqlAccessNeeds:
        return SqlAccessNeeds(self.connection)

    @cached_property
    def cases(self) -> SqlCases:
        return SqlCases(self.connection)

    @cached_property
    def audit(self) -> SqlAudit:
        return SqlAudit(self.connection)

    @cached_property
    def routes(self) -> SqlRoutes:
        return SqlRoutes(self.connection)

    @cached_property
    def imports(self) -> SqlImports:
        return SqlImports(self.connection)

    def remembered(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what `make` reads of catalogue and organisation, or what it read before if they have not changed."""
        return self._memory.get(self._version, key, make)

    @cached_property
    def _version(self) -> Version | None:
        return version(self.connection)

    def write(self, change: Change, answer: object = None) -> None:
        """Write a change, with the answer to the request when there is one to keep."""
        generic_write.write(self.connection, change, [] if answer is None else self._kept(answer))

    def answer(self, result: object) -> None:
        """Keep the answer to the request."""
        if kept := self._kept(result):
            generic_write.write(self.connection, Change(), kept)

    def defer(self, jobs: Iterable[Job]) -> None:
        """Queue work that is done after the commit."""
        generic_write.write(self.connection, Change(jobs=tuple(jobs)))

    def _kept(self, result: object) -> list[Answer]:
        request = self._request
        if request is None:
            return []
        return [
            Answer(
                request.caller.principal,
                request.request_id,
                request.method,
                request.fingerprint,
                request.encode(result),
                self._clock(),
            )
        ]


class SqlStore:
    """The truth. Every transaction is READ COMMITTED: what must not move is locked."""

    def __init__(self, engine: sa.Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock
        self._memory = Memory()
        # Ids are taken while days are locked: a pool that those who wait for these days have used up would not do.
        self._ids_engine = make_engine(engine.url, 1)
        self.ids = SqlIds(self._ids_engine)

    @contextmanager
    def begin(self, request: Request | None = None, looked: bool = False) -> Iterator[SqlTransaction]:
        """Open a transaction: commits on a clean exit, rolls back on any exception.

        A refusal counts only when the same request was not answered meanwhile: it may be its own success that is in its way.
        """
        with self._refusing(request), self._engine.begin() as connection:
            if request is not None and not looked:
                _refuse_repetition(connection, request)
            yield SqlTransaction(connection, self._clock, request, self._memory)

    @contextmanager
    def read(self, request: Request | None = None) -> Iterator[SqlTransaction]:
        """Open what looks like a transaction, for reading only: each statement is one of its own.

        Under READ COMMITTED that sees the same, and two round trips are saved.
        """
        with self._refusing(request), self._engine.connect() as connection, _statement_by_statement(connection):
            if request is not None:
                _refuse_repetition(connection, request)
            yield SqlTransaction(connection, self._clock, request, self._memory)

    @contextmanager
    def _refusing(self, request: Request | None) -> Iterator[None]:
        """Raise the domain's refusals in the place of the driver's errors."""
        try:
            yield
        except sa.exc.TimeoutError as error:
            raise StoreUnavailable("every connection to the store is in use: try again in a moment") from error
        except (sa.exc.DBAPIError, psycopg.Error) as error:
            refusal = errors.refusal(error)
            self._refuse_answered(request, refusal)
            raise refusal from error
        except DomainError as refusal:
            self._refuse_answered(request, refusal)
            raise

    def _refuse_answered(self, request: Request | None, refusal: Exception) -> None:
        """Raise AlreadyAnswered when a request that was refused has been answered by now."""
        if request is None or not isinstance(refusal, DomainError) or refusal.kind in (Kind.UNAVAILABLE, Kind.INVALID):
            return
        with self._engine.begin() as connection:
            _refuse_repetition(connection, request)

    def is_ready(self) -> bool:
        """Tell whether the store answers."""
        try:
            with self._engine.connect() as connection:
                return connection.execute(sa.select(sa.literal(1))).scalar_one() == 1
        except sa.exc.SQLAlchemyError:
            return False

    def close(self) -> None:
        """Give every connection back."""
        self._engine.dispose()
        self._ids_engine.dispose()

    def forget_answers(self, before: datetime) -> int:
        """Delete answers kept since before that instant, but those that tell a second import; return how many."""
        old = sa.and_(answer.c.created_at < before, answer.c.principal != IMPORTER.principal)
        with self._engine.begin() as connection:
            gone = connection.execute(sa.delete(answer).where(old).returning(answer.c.request_id))
            return len(gone.all())


_ANSWER = prepared.compiled(
    sa.select(answer.c.method, answer.c.fingerprint, answer.c.content).where(
        answer.c.principal == sa.bindparam("principal"), answer.c.request_id == sa.bindparam("request_id")
    )
)


def _refuse_repetition(connection: sa.Connection, request: Request) -> None:
    asked = {"principal": request.caller.principal, "request_id": request.request_id}
    found = prepared.rows(connection, _ANSWER, asked)
    if not found:
        return
    method, fingerprint, content = found[0]
    if (method, fingerprint) != (request.method, request.fingerprint):
        raise RequestIdReused(
            f"request_id {request.request_id!r} was used before for something else: make a new UUID per request",
            request_id=request.request_id,
        )
    raise AlreadyAnswered(content)


def make_engine(url: str | sa.URL, pool_size: int = 16) -> sa.Engine:
    """Return the pool of connections; statements give up after 30 s, waiting for a lock after 10 s.

    Only `prepared` statements keep a plan: the one of a range query that had to do for all values was measured 30 times
    slower than one for these values.
    """
    limits = "-c statement_timeout=30s -c lock_timeout=10s -c timezone=UTC"
    engine = sa.create_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=10,
        hide_parameters=True,
        connect_args={
            "options": limits,
            "connect_timeout": 10,
            "application_name": "fieldwork",
            "prepare_threshold": NEVER_BY_ITSELF,
        },
    )
    sa.event.listen(engine, "checkout", _must_be_open)
    return engine


@contextmanager
def _statement_by_statement(connection: sa.Connection) -> Iterator[None]:
    driver: Any = connection.connection.driver_connection
    driver.autocommit = True
    try:
        yield
    finally:
        if not driver.closed:
            driver.rollback()
            driver.autocommit = False


def _must_be_open(driver: psycopg.Connection, *_: object) -> None:
    """Have a connection replaced that the other side has closed: a silent one has nothing to read. Costs no round trip."""
    try:
        poll = select.poll()
        poll.register(driver.fileno(), select.POLLIN)
        if not poll.poll(0):
            return
    except (psycopg.Error, ValueError):
        pass
    raise sa.exc.DisconnectionError
