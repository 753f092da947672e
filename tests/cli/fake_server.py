"""A server of the contract that keeps one small day in memory: enough for the demo's story to be told to its end."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent import futures
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import grpc
from fieldwork.v1 import (
    bookings_pb2,
    bookings_pb2_grpc,
    calendars_pb2,
    calendars_pb2_grpc,
    organisation_pb2,
    organisation_pb2_grpc,
    places_pb2,
    places_pb2_grpc,
    planning_pb2,
    planning_pb2_grpc,
    routes_pb2,
    routes_pb2_grpc,
)
from google.longrunning import operations_pb2, operations_pb2_grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from tests.cli.days import EIGHT, TEAM, a_base_map, a_plan, a_promise, a_route, a_stop
from tests.cli.places import a_town

_PLAN = "plans/0000000000001"


class FakeDay:
    """The state that the servicers share; tests change it to see the demo refuse."""

    def __init__(self) -> None:
        self.bookings: list[bookings_pb2.Booking] = []
        self.messages_each = 2
        self.plan_state = planning_pb2.Plan.STATE_DRAFT
        self.late_minutes = 0
        self.polls = 0

    def routes(self) -> list[routes_pb2.Route]:
        """Return two officers' routes; the bookings are on the first."""
        stops = [a_stop(1)]
        for number, booking in enumerate(self.bookings):
            stop = a_promise(a_stop(2 + 2 * number))
            stop.booking, stop.visit = booking.name, f"visits/000000000001{number}"
            late = timedelta(minutes=self.late_minutes)
            stop.start_time.FromDatetime(booking.promise.start_time.ToDatetime() + late)
            stops.append(stop)
        return [a_route("aino", *stops), a_route("bjorn", a_stop(1))]


class _Bookings(bookings_pb2_grpc.BookingServiceServicer):
    def __init__(self, day: FakeDay) -> None:
        self.day = day

    def SearchSlots(self, request: Any, context: Any) -> Any:
        staff = ("authorization", "Bearer customer_service") in context.invocation_metadata()
        slots = []
        for hour in (2, 3, 4):
            slot = bookings_pb2.Slot(available_officer_count=2, officer="officers/aino" if staff else "")
            slot.promise.start_time.FromDatetime(EIGHT + timedelta(hours=hour))
            slot.promise.end_time.FromDatetime(EIGHT + timedelta(hours=hour + 2))
            slots.append(slot)
        return bookings_pb2.SearchSlotsResponse(slots=slots)

    def CreateHold(self, request: Any, context: Any) -> Any:
        hold = bookings_pb2.Hold(name="holds/0000000000001")
        hold.promise.start_time.CopyFrom(request.slot.start_time)
        hold.promise.end_time.FromDatetime(request.slot.start_time.ToDatetime() + timedelta(hours=2))
        return hold

    def CreateBooking(self, request: Any, context: Any) -> Any:
        number = len(self.day.bookings)
        booking = bookings_pb2.Booking(name=f"bookings/000000000000{number}", state=bookings_pb2.Booking.STATE_CONFIRMED)
        hour = 3 if request.WhichOneof("time") == "hold" else 2
        booking.promise.start_time.FromDatetime(EIGHT + timedelta(hours=hour))
        booking.promise.end_time.FromDatetime(EIGHT + timedelta(hours=hour + 2))
        self.day.bookings.append(booking)
        return booking

    def ListMessages(self, request: Any, context: Any) -> Any:
        sent = bookings_pb2.Message(state=bookings_pb2.Message.STATE_SENT, ics="BEGIN:VCALENDAR")
        return bookings_pb2.ListMessagesResponse(messages=[sent] * self.day.messages_each)


class _Planning(planning_pb2_grpc.PlanningServiceServicer, operations_pb2_grpc.OperationsServicer):  # type: ignore[misc]
    def __init__(self, day: FakeDay) -> None:
        self.day = day

    def _plan(self) -> planning_pb2.Plan:
        plan = a_plan(*self.day.routes())
        plan.state = self.day.plan_state
        if plan.state == planning_pb2.Plan.STATE_REJECTED:
            plan.breaches.append("officers/aino is late")
        return plan

    def RunPlan(self, request: Any, context: Any) -> Any:
        return operations_pb2.Operation(name="operations/1")

    def GetOperation(self, request: Any, context: Any) -> Any:
        self.day.polls += 1
        operation = operations_pb2.Operation(name="operations/1", done=self.day.polls > 1)
        operation.metadata.Pack(planning_pb2.RunPlanMetadata(phase="solving", progress_percent=40 * self.day.polls))
        if operation.done:
            operation.response.Pack(self._plan())
        return operation

    def GetPlan(self, request: Any, context: Any) -> Any:
        return self._plan()

    def CheckPlan(self, request: Any, context: Any) -> Any:
        if self.day.plan_state == planning_pb2.Plan.STATE_DRAFT:
            self.day.plan_state = planning_pb2.Plan.STATE_CHECKED
        return self._plan()

    def PublishPlan(self, request: Any, context: Any) -> Any:
        plan = planning_pb2.Plan(name=_PLAN, state=planning_pb2.Plan.STATE_PUBLISHED)
        return planning_pb2.PublishPlanResponse(plan=plan, published_officers=["officers/aino", "officers/bjorn"])


class _Reading(
    organisation_pb2_grpc.OrganisationServiceServicer,
    places_pb2_grpc.PlaceServiceServicer,
    routes_pb2_grpc.RouteServiceServicer,
    calendars_pb2_grpc.CalendarServiceServicer,
):
    def __init__(self, day: FakeDay) -> None:
        self.day = day

    def GetTeam(self, request: Any, context: Any) -> Any:
        if request.name != TEAM.name:
            context.abort(grpc.StatusCode.NOT_FOUND, f"{request.name} is not known")
        return TEAM

    def GetOfficer(self, request: Any, context: Any) -> Any:
        return organisation_pb2.Officer(name=request.name, team=TEAM.name)

    def ListPremises(self, request: Any, context: Any) -> Any:
        town = a_town()
        start = int(request.page_token or 0)
        more = str(start + 200) if start + 200 < len(town) else ""
        return places_pb2.ListPremisesResponse(premises=town[start : start + 200], next_page_token=more)

    def GetRoute(self, request: Any, context: Any) -> Any:
        if not request.name.startswith("officers/aino/"):
            context.abort(grpc.StatusCode.NOT_FOUND, f"{request.name} is not known")
        return self.day.routes()[0]

    def ListRoutes(self, request: Any, context: Any) -> Any:
        return routes_pb2.ListRoutesResponse(routes=self.day.routes())

    def GetBaseMap(self, request: Any, context: Any) -> Any:
        return a_base_map()

    def CreateFeed(self, request: Any, context: Any) -> Any:
        return calendars_pb2.Feed(name="feeds/0000000000001", officer=request.feed.officer, token="t" * 43)


class _Health(health_pb2_grpc.HealthServicer):  # type: ignore[misc]
    def Check(self, request: Any, context: Any) -> Any:
        return health_pb2.HealthCheckResponse(status=health_pb2.HealthCheckResponse.SERVING)


@contextmanager
def serving(day: FakeDay, address: str = "127.0.0.1:0") -> Iterator[str]:
    """Serve the day and give the address."""
    server = grpc.server(futures.ThreadPoolExecutor(4))
    bookings_pb2_grpc.add_BookingServiceServicer_to_server(_Bookings(day), server)  # type: ignore[abstract]
    planning = _Planning(day)
    planning_pb2_grpc.add_PlanningServiceServicer_to_server(planning, server)
    operations_pb2_grpc.add_OperationsServicer_to_server(planning, server)
    reading = _Reading(day)  # type: ignore[abstract]
    organisation_pb2_grpc.add_OrganisationServiceServicer_to_server(reading, server)
    places_pb2_grpc.add_PlaceServiceServicer_to_server(reading, server)
    routes_pb2_grpc.add_RouteServiceServicer_to_server(reading, server)
    calendars_pb2_grpc.add_CalendarServiceServicer_to_server(reading, server)
    health_pb2_grpc.add_HealthServicer_to_server(_Health(), server)
    port = server.add_insecure_port(address)
    server.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        server.stop(0).wait()
