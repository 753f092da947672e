"""The client that people import.

from clients.python.client import Client
from fieldwork.v1 import bookings_pb2

with Client("127.0.0.1:8470", token) as fieldwork:
    found = fieldwork.bookings.SearchSlots(bookings_pb2.SearchSlotsRequest(service="services/food", ...))
    hold = fieldwork.bookings.CreateHold(...)     # the request id is filled in
"""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, overload

import grpc
from fieldwork.v1 import (
    audit_pb2_grpc,
    availability_pb2_grpc,
    bookings_pb2_grpc,
    calendars_pb2_grpc,
    cases_pb2_grpc,
    catalogue_pb2_grpc,
    customers_pb2_grpc,
    life_cycle_pb2_grpc,
    organisation_pb2_grpc,
    places_pb2_grpc,
    planning_pb2,
    planning_pb2_grpc,
    profiles_pb2_grpc,
    resources_pb2_grpc,
    routes_pb2_grpc,
    visits_pb2_grpc,
    waiting_pb2_grpc,
    watch_pb2,
    watch_pb2_grpc,
)
from google.longrunning import operations_pb2, operations_pb2_grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from clients.python.calling import Calling
from clients.python.refusal import CallRefused, of_status
from clients.python.watching import Watch

Progress = Callable[[planning_pb2.RunPlanMetadata], None]

_LARGEST_ANSWER_BYTES = 16 << 20
_POLL_SECONDS = 0.5
# A watch waits for hours: it has to notice that nobody is there any more.
_KEEPALIVE = (("grpc.keepalive_time_ms", 30_000), ("grpc.keepalive_timeout_ms", 10_000))


class Client:
    """A connection to a Fieldwork server, with a typed stub per service as an attribute.

    A call of a stub, such as `client.bookings.GetBooking(request)`, returns the answer or raises `CallRefused`. Writes
    get a fresh request id when they have none, and are sent again with the same id while the server is UNAVAILABLE, so
    that nothing happens twice. A call's own `timeout=` (seconds) wins over `deadline_seconds`.

    Safe to use from several threads. Close it, or use it in a `with` block.
    """

    def __init__(
        self,
        target: str,
        token: str | None = None,
        *,
        deadline_seconds: float = 30.0,
        attempts: int = 5,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Connect when the first call is made. `target` is "host:port" or "unix:PATH"; `attempts` counts the first."""
        self._sleep = sleep
        self._attempts = attempts
        self._token = token
        options = [("grpc.max_receive_message_length", _LARGEST_ANSWER_BYTES), *_KEEPALIVE]
        self._channel = grpc.insecure_channel(target, options=options)
        calling = Calling(token, deadline_seconds, attempts, sleep)
        channel = grpc.intercept_channel(self._channel, calling)
        self.organisation = organisation_pb2_grpc.OrganisationServiceStub(channel)
        self.places = places_pb2_grpc.PlaceServiceStub(channel)
        self.catalogue = catalogue_pb2_grpc.CatalogueServiceStub(channel)
        self.visits = visits_pb2_grpc.VisitServiceStub(channel)
        self.bookings = bookings_pb2_grpc.BookingServiceStub(channel)
        self.life_cycle = life_cycle_pb2_grpc.LifeCycleServiceStub(channel)
        self.planning = planning_pb2_grpc.PlanningServiceStub(channel)
        self.resources = resources_pb2_grpc.ResourceServiceStub(channel)
        self.routes = routes_pb2_grpc.RouteServiceStub(channel)
        self.availability = availability_pb2_grpc.AvailabilityServiceStub(channel)
        self.calendars = calendars_pb2_grpc.CalendarServiceStub(channel)
        self.customers = customers_pb2_grpc.CustomerServiceStub(channel)
        self.cases = cases_pb2_grpc.CaseServiceStub(channel)
        self.profiles = profiles_pb2_grpc.ProfileServiceStub(channel)
        self.waiting = waiting_pb2_grpc.WaitingListServiceStub(channel)
        self.audit = audit_pb2_grpc.AuditServiceStub(channel)
        self.operations = operations_pb2_grpc.OperationsStub(channel)
        self.health = health_pb2_grpc.HealthStub(channel)
        self._streams = watch_pb2_grpc.WatchServiceStub(self._channel)

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the connection."""
        self._channel.close()

    def is_serving(self, timeout_seconds: float = 2.0) -> bool:
        """Tell whether the server answers and says that it can serve."""
        try:
            answer = self.health.Check(health_pb2.HealthCheckRequest(), timeout=timeout_seconds)
        except CallRefused:
            return False
        return bool(answer.status == health_pb2.HealthCheckResponse.SERVING)

    def wait(
        self,
        operation: operations_pb2.Operation,
        on_progress: Progress | None = None,
        *,
        timeout_seconds: float = 900.0,
        poll_seconds: float = _POLL_SECONDS,
    ) -> planning_pb2.Plan:
        """Return the plan that a run makes, once it has; raises CallRefused when the run failed or was cancelled.

        `on_progress` is told of every change. TimeoutError after `timeout_seconds`: the run itself goes on.
        """
        end = time.monotonic() + timeout_seconds
        told = planning_pb2.RunPlanMetadata()
        current = self.operations.GetOperation(operations_pb2.GetOperationRequest(name=operation.name))
        while True:
            progress = planning_pb2.RunPlanMetadata()
            if current.metadata.Unpack(progress) and progress != told and on_progress is not None:
                on_progress(progress)
                told = progress
            if current.done:
                return _plan(current)
            if time.monotonic() >= end:
                raise TimeoutError(f"{operation.name} is not done after {timeout_seconds:g} s; it goes on")
            self._sleep(poll_seconds)
            current = self.operations.GetOperation(operations_pb2.GetOperationRequest(name=operation.name))

    @overload
    def watch(self, request: watch_pb2.WatchBookingsRequest) -> Watch[watch_pb2.WatchBookingsResponse]: ...
    @overload
    def watch(self, request: watch_pb2.WatchDaysRequest) -> Watch[watch_pb2.WatchDaysResponse]: ...
    def watch(self, request: watch_pb2.WatchBookingsRequest | watch_pb2.WatchDaysRequest) -> Watch[Any]:
        """Return what happens from now on, or from the request's resume_token on, as an iterator that resumes by itself."""
        bookings = isinstance(request, watch_pb2.WatchBookingsRequest)
        stream: Any = self._streams.WatchBookings if bookings else self._streams.WatchDays
        metadata = (("authorization", f"Bearer {self._token}"),) if self._token is not None else ()
        return Watch(lambda asked: stream(asked, metadata=metadata), request, self._attempts, self._sleep)


def _plan(operation: operations_pb2.Operation) -> planning_pb2.Plan:
    """Return the plan of an operation that is done, or raise what it failed with."""
    if operation.HasField("error"):
        raise of_status(operation.error)
    plan = planning_pb2.Plan()
    if not operation.response.Unpack(plan):
        raise TypeError(f"{operation.name} answered with {operation.response.type_url}, not with a plan")
    return plan
