"""Nobody outside staff learns of an unannounced visit: not from offers, services, routes, feeds, messages or names."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fieldwork.v1 import bookings_pb2, calendars_pb2, catalogue_pb2, planning_pb2, routes_pb2, visits_pb2
from google.longrunning import operations_pb2
from google.protobuf.message import Message
from google.type import date_pb2

from server.domain.caller import Role
from tests.e2e.authority import at, days
from tests.e2e.calling import ask, call, fresh, interval, stamp
from tests.e2e.conftest import System
from tests.e2e.system import until

ADMIN = Role.BOOKING_ADMINISTRATOR
OUTSIDE = (Role.PUBLIC, Role.PARTNER)
DAY = days()[2]
DATE = date_pb2.Date(year=DAY.year, month=DAY.month, day=DAY.day)


def offers(system: System, role: Role, door: int = 0) -> bookings_pb2.SearchSlotsResponse:
    request = bookings_pb2.SearchSlotsRequest(
        service="services/consultation",
        premises=system.premises[door].name,
        interval=interval(at(DAY, 0), at(DAY, 0) + timedelta(days=1)),
        order_by=bookings_pb2.SLOT_ORDER_LEAST_TRAVEL,
    )
    return call(system.channel, "BookingService/SearchSlots", request, role, bookings_pb2.SearchSlotsResponse)


@pytest.fixture(scope="module")
def secret(system: System) -> list[visits_pb2.Visit]:
    """Unannounced visits on published routes."""
    wanted = [
        visits_pb2.Visit(service="services/surprise", premises=place.name, team="teams/centre", weight=4)
        for place in system.premises[200:206]
    ]
    batch = visits_pb2.BatchCreateVisitsRequest(visits=wanted, request_id=fresh())
    made = call(system.channel, "VisitService/BatchCreateVisits", batch, ADMIN, visits_pb2.BatchCreateVisitsResponse)
    run = planning_pb2.RunPlanRequest(team="teams/centre", date=DATE, seconds=1, request_id=fresh())
    operation = call(system.channel, "PlanningService/RunPlan", run, ADMIN, operations_pb2.Operation)
    asked = operations_pb2.GetOperationRequest(name=operation.name)

    def done() -> operations_pb2.Operation:
        path = "/google.longrunning.Operations/GetOperation"
        return call(system.channel, path, asked, ADMIN, operations_pb2.Operation)

    until(lambda: done().done, "the plan is made")
    plan = planning_pb2.Plan()
    assert done().response.Unpack(plan), done()
    publish = planning_pb2.PublishPlanRequest(name=plan.name, request_id=fresh())
    call(system.channel, "PlanningService/PublishPlan", publish, ADMIN, planning_pb2.PublishPlanResponse)
    asks = [visits_pb2.GetVisitRequest(name=visit.name) for visit in made.visits]
    seen = [call(system.channel, "VisitService/GetVisit", one, ADMIN, visits_pb2.Visit) for one in asks]
    planned = [visit for visit in seen if visit.state == visits_pb2.Visit.STATE_PLANNED]
    assert len(planned) >= 4
    return planned


def test_the_public_is_offered_times_in_order_and_told_nothing_of_routes(
    system: System, secret: list[visits_pb2.Visit]
) -> None:
    starts = []
    for slot in offers(system, Role.PUBLIC, 201).slots:
        assert (slot.officer, slot.extra_travel_seconds, slot.displaced_weight) == ("", 0, 0)
        starts.append(slot.promise.start_time.seconds)
    assert starts
    assert starts == sorted(starts)
    assert any(slot.extra_travel_seconds for slot in offers(system, ADMIN, 201).slots)


def test_the_public_cannot_find_the_service(system: System, secret: list[visits_pb2.Visit]) -> None:
    get = catalogue_pb2.GetServiceRequest(name="services/surprise")
    assert ask(system.channel, "CatalogueService/GetService", get, Role.PUBLIC).code == "NOT_FOUND"
    listed = call(
        system.channel,
        "CatalogueService/ListServices",
        catalogue_pb2.ListServicesRequest(),
        Role.PUBLIC,
        catalogue_pb2.ListServicesResponse,
    )
    assert "services/surprise" not in [service.name for service in listed.services]
    choice = bookings_pb2.SlotChoice(
        service="services/surprise", premises=system.premises[0].name, start_time=stamp(at(DAY, 9))
    )
    hold = bookings_pb2.CreateHoldRequest(slot=choice, request_id=fresh())
    assert ask(system.channel, "BookingService/CreateHold", hold, Role.PUBLIC).code == "NOT_FOUND"


def test_who_comes_when_is_staffs_only(system: System, secret: list[visits_pb2.Visit]) -> None:
    visit = secret[0]
    assert visit.officers
    assert visit.HasField("planned_start_time")
    get = visits_pb2.GetVisitRequest(name=visit.name)
    assert ask(system.channel, "VisitService/GetVisit", get, Role.PUBLIC).code == "PERMISSION_DENIED"
    assert ask(system.channel, "VisitService/GetVisit", get, Role.PARTNER).code == "NOT_FOUND"
    routes: list[tuple[str, Message]] = [
        ("GetRoute", routes_pb2.GetRouteRequest(name=f"{visit.officers[0]}/routes/{DAY}")),
        ("ListRoutes", routes_pb2.ListRoutesRequest(team="teams/centre", date=DATE)),
    ]
    for rpc, request in routes:
        for role in OUTSIDE:
            assert ask(system.channel, f"RouteService/{rpc}", request, role).code == "PERMISSION_DENIED"
    colleague = routes_pb2.GetRouteRequest(name=f"officers/chidi/routes/{DAY}")
    answer = ask(system.channel, "RouteService/GetRoute", colleague, Role.OFFICER)
    assert (answer.code, answer.reason) == ("PERMISSION_DENIED", "NOT_YOURS"), answer


def feed_of(system: System, officer: str, private: bool) -> str:
    feed = calendars_pb2.Feed(officer=officer, private_titles=private)
    request = calendars_pb2.CreateFeedRequest(feed=feed, request_id=fresh())
    made = call(system.channel, "CalendarService/CreateFeed", request, ADMIN, calendars_pb2.Feed)
    read = calendars_pb2.ReadFeedRequest(token=made.token)
    return call(system.channel, "CalendarService/ReadFeed", read, Role.WORKER, calendars_pb2.ReadFeedResponse).ics


def test_a_private_feed_says_busy_and_no_more(system: System, secret: list[visits_pb2.Visit]) -> None:
    names = {place.name: place for place in system.premises}
    visit = secret[0]
    open_ics = feed_of(system, visit.officers[0], private=False).replace("\r\n ", "")
    private_ics = feed_of(system, visit.officers[0], private=True).replace("\r\n ", "")
    place = names[visit.premises]
    assert "Unannounced inspection" in open_ics
    assert "SUMMARY:Busy" in private_ics
    for told in ("Unannounced", "surprise", place.display_name, place.address.street or place.display_name):
        assert told not in private_ics


def test_a_promise_of_an_unannounced_service_tells_the_customer_nothing(system: System) -> None:
    before = system.counts()
    choice = bookings_pb2.SlotChoice(
        service="services/surprise", premises=system.premises[210].name, start_time=stamp(at(days()[6], 12))
    )
    customer = bookings_pb2.Customer(display_name="Owner", phone="+358401234567", email="owner@example.com")
    request = bookings_pb2.CreateBookingRequest(slot=choice, customer=customer, request_id=fresh())
    ask(system.channel, "BookingService/CreateBooking", request, Role.CUSTOMER_SERVICE)
    assert system.counts()["message"] == before["message"]
    assert "owner@example.com" not in "".join(child.written() for child in system.children)
