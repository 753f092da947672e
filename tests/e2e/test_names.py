"""Names and page tokens that lead nowhere: each rpc says so, and writes nothing."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import Any

import pytest
from fieldwork.v1 import (
    availability_pb2,
    bookings_pb2,
    calendars_pb2,
    cases_pb2,
    catalogue_pb2,
    customers_pb2,
    organisation_pb2,
    places_pb2,
    planning_pb2,
    routes_pb2,
    visits_pb2,
)
from google.longrunning import operations_pb2
from google.protobuf.message import Message

from server.domain.caller import Role
from tests.e2e.authority import at, days
from tests.e2e.calling import ask, call, fresh, interval, must_be_a_clear_refusal, stamp
from tests.e2e.conftest import System
from tests.e2e.descriptors import request_of, rpcs, somebody

ADMIN = Role.BOOKING_ADMINISTRATOR
UNKNOWN = "0123456789abc"
SMALLEST, LARGEST = "0" * 13, "z" * 13
CUSTOMER = bookings_pb2.Customer(display_name="Nobody")
NOON = at(days()[1], 12)


def slot(service: str = "advice-call", premises: str = "", officer: str = "") -> bookings_pb2.SlotChoice:
    return bookings_pb2.SlotChoice(service=f"services/{service}", premises=premises, officer=officer, start_time=stamp(NOON))


def visit(**changed: str) -> visits_pb2.Visit:
    fields: dict[str, Any] = {"service": "services/surprise", "premises": "premises/1", "team": "teams/centre", **changed}
    return visits_pb2.Visit(weight=1, **fields)


def date(text: str = "2027-01-04") -> Any:
    year, month, day = map(int, text.split("-"))
    request = planning_pb2.RunPlanRequest()
    request.date.year, request.date.month, request.date.day = year, month, day
    return request.date


def unknown(code: str) -> list[tuple[str, Message]]:
    """Return a request of each rpc that names something, with that random part in the name of nothing."""
    number = "999999999"
    named: list[tuple[str, Message]] = [
        ("OrganisationService/GetTeam", organisation_pb2.GetTeamRequest(name="teams/none")),
        ("OrganisationService/GetOfficer", organisation_pb2.GetOfficerRequest(name="officers/none")),
        (
            "OrganisationService/ListShifts",
            organisation_pb2.ListShiftsRequest(parent="officers/none", start_date=date(), end_date=date("2027-01-05")),
        ),
        ("PlaceService/GetPremises", places_pb2.GetPremisesRequest(name=f"premises/{number}")),
        ("CatalogueService/GetService", catalogue_pb2.GetServiceRequest(name="services/none")),
        ("VisitService/GetVisit", visits_pb2.GetVisitRequest(name=f"visits/{code}")),
        ("VisitService/WithdrawVisit", visits_pb2.WithdrawVisitRequest(name=f"visits/{code}", request_id=fresh())),
        ("BookingService/GetBooking", bookings_pb2.GetBookingRequest(name=f"bookings/{code}")),
        ("BookingService/ApproveBooking", bookings_pb2.ApproveBookingRequest(name=f"bookings/{code}", request_id=fresh())),
        (
            "BookingService/CancelBooking",
            bookings_pb2.CancelBookingRequest(name=f"bookings/{code}", reason="AUTHORITY", request_id=fresh()),
        ),
        (
            "BookingService/RescheduleBooking",
            bookings_pb2.RescheduleBookingRequest(name=f"bookings/{code}", start_time=stamp(NOON), request_id=fresh()),
        ),
        ("BookingService/ListBookingEvents", bookings_pb2.ListBookingEventsRequest(parent=f"bookings/{code}")),
        ("BookingService/ListMessages", bookings_pb2.ListMessagesRequest(parent=f"bookings/{code}")),
        ("CustomerService/GetCustomer", customers_pb2.GetCustomerRequest(name=f"customers/{code}")),
        ("CustomerService/ListCustomerHistory", customers_pb2.ListCustomerHistoryRequest(parent=f"customers/{code}")),
        ("CustomerService/ExportCustomer", customers_pb2.ExportCustomerRequest(name=f"customers/{code}")),
        (
            "CustomerService/MergeCustomers",
            customers_pb2.MergeCustomersRequest(
                winner=f"customers/{code}", loser="customers/0123456789abd", request_id=fresh()
            ),
        ),
        ("CaseService/GetCase", cases_pb2.GetCaseRequest(name=f"cases/{code}")),
        ("PlanningService/GetPlan", planning_pb2.GetPlanRequest(name=f"plans/{code}")),
        ("PlanningService/CheckPlan", planning_pb2.CheckPlanRequest(name=f"plans/{code}")),
        ("PlanningService/PublishPlan", planning_pb2.PublishPlanRequest(name=f"plans/{code}", request_id=fresh())),
        ("PlanningService/DiscardPlan", planning_pb2.DiscardPlanRequest(name=f"plans/{code}", request_id=fresh())),
        ("RouteService/GetRoute", routes_pb2.GetRouteRequest(name="officers/none/routes/2027-01-04")),
        ("RouteService/ListRoutes", routes_pb2.ListRoutesRequest(team="teams/none", date=date())),
        (
            "AvailabilityService/DeleteAbsence",
            availability_pb2.DeleteAbsenceRequest(name=f"absences/{code}", request_id=fresh()),
        ),
        (
            "AvailabilityService/ResolveRepair",
            availability_pb2.ResolveRepairRequest(name=f"repairs/{code}", resolution="done", request_id=fresh()),
        ),
        ("CalendarService/RevokeFeed", calendars_pb2.RevokeFeedRequest(name=f"feeds/{code}", request_id=fresh())),
        ("CalendarService/ReadFeed", calendars_pb2.ReadFeedRequest(token="A" * 43)),
        ("PlanningService/RunPlan", planning_pb2.RunPlanRequest(team="teams/none", date=date(), request_id=fresh())),
        ("/google.longrunning.Operations/GetOperation", operations_pb2.GetOperationRequest(name=f"operations/{code}")),
        ("/google.longrunning.Operations/CancelOperation", operations_pb2.CancelOperationRequest(name=f"operations/{code}")),
    ]
    update = bookings_pb2.UpdateBookingRequest(request_id=fresh())
    update.booking.name = f"bookings/{code}"
    update.update_mask.paths.append("note")
    named.append(("BookingService/UpdateBooking", update))
    absence = availability_pb2.Absence(
        officer="officers/none", kind="sick", interval=interval(NOON, NOON + timedelta(hours=1))
    )
    named.append(
        ("AvailabilityService/CreateAbsence", availability_pb2.CreateAbsenceRequest(absence=absence, request_id=fresh()))
    )
    absences = availability_pb2.ListAbsencesRequest(officer="officers/none")
    named.append(("AvailabilityService/ListAbsences", absences))
    feed = calendars_pb2.CreateFeedRequest(feed=calendars_pb2.Feed(officer="officers/none"), request_id=fresh())
    named.append(("CalendarService/CreateFeed", feed))
    for wrong in (visit(service="services/none"), visit(premises=f"premises/{number}"), visit(team="teams/none")):
        named.append(("VisitService/CreateVisit", visits_pb2.CreateVisitRequest(visit=wrong, request_id=fresh())))
    for choice in (slot("none"), slot("consultation", f"premises/{number}"), slot(officer="officers/none")):
        search = bookings_pb2.SearchSlotsRequest(
            service=choice.service,
            premises=choice.premises,
            officer=choice.officer,
            interval=interval(NOON, NOON + timedelta(days=1)),
        )
        named.append(("BookingService/SearchSlots", search))
        named.append(("BookingService/CreateHold", bookings_pb2.CreateHoldRequest(slot=choice, request_id=fresh())))
        direct = bookings_pb2.CreateBookingRequest(slot=choice, customer=CUSTOMER, request_id=fresh())
        named.append(("BookingService/CreateBooking", direct))
    return named


@pytest.mark.parametrize("code", [UNKNOWN, SMALLEST, LARGEST], ids=["random", "smallest", "largest"])
def test_a_name_of_nothing_is_not_found_by_any_rpc(system: System, code: str) -> None:
    before = system.counts()
    for path, request in unknown(code):
        whole = path if path.startswith("/") else f"/fieldwork.v1.{path}"
        answer = ask(system.channel, path, request, somebody(whole))
        must_be_a_clear_refusal(answer, f"{path} {request}")
        if answer.code == "INVALID_ARGUMENT":  # what the new visit refers to
            assert next(iter(answer.fields)) in ("visit.service", "visit.premises"), f"{path} {request}: {answer}"
        else:
            assert (answer.code, answer.reason) == ("NOT_FOUND", "NOT_FOUND"), f"{path} {request}: {answer}"
    assert system.counts() == before


def test_a_hold_that_never_was_has_run_out(system: System) -> None:
    before = system.counts()
    for code in (UNKNOWN, SMALLEST, LARGEST):
        booking = bookings_pb2.CreateBookingRequest(hold=f"holds/{code}", customer=CUSTOMER, request_id=fresh())
        answer = ask(system.channel, "BookingService/CreateBooking", booking, ADMIN)
        assert answer.reason in ("HOLD_EXPIRED", "NOT_FOUND"), answer
        release = bookings_pb2.ReleaseHoldRequest(name=f"holds/{code}", request_id=fresh())
        released = ask(system.channel, "BookingService/ReleaseHold", release, ADMIN)
        assert released.code in ("OK", "NOT_FOUND"), released
    assert {**system.counts(), "answer": 0} == {**before, "answer": 0}


def lists() -> list[str]:
    """Return the rpcs that answer page by page."""
    return [path for path, method in rpcs().items() if "page_token" in method.input_type.fields_by_name]


def listing(path: str, **changed: Any) -> Any:
    """Return a request for a list, naming what the list must be of."""
    request: Any = request_of(rpcs()[path])
    if path.endswith("ListRoutes"):
        request.team = "teams/centre"
        request.date.CopyFrom(date())
    if path.endswith("ListAbsences"):
        request.officer = "officers/aino"
    for name, value in changed.items():
        setattr(request, name, value)
    return request


def own_lists() -> list[str]:
    """Return those that are not of one thing, which would have to be there."""
    return [path for path in lists() if not {"parent", "name"} & set(rpcs()[path].input_type.fields_by_name)]


def test_no_page_is_too_large(system: System) -> None:
    for path in own_lists():
        answer = ask(system.channel, path, listing(path, page_size=2**31 - 1), somebody(path))
        assert answer.code == "OK", (path, answer)


def encoded(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def tokens_of_others(system: System) -> dict[str, str]:
    """Return page tokens as two other lists make them."""
    premises = places_pb2.ListPremisesRequest(page_size=1)
    services = catalogue_pb2.ListServicesRequest(page_size=1)
    return {
        "PlaceService/ListPremises": call(
            system.channel, "PlaceService/ListPremises", premises, ADMIN, places_pb2.ListPremisesResponse
        ).next_page_token,
        "CatalogueService/ListServices": call(
            system.channel, "CatalogueService/ListServices", services, ADMIN, catalogue_pb2.ListServicesResponse
        ).next_page_token,
    }


def test_a_page_token_of_another_list_is_refused(system: System) -> None:
    made = tokens_of_others(system)
    assert all(made.values())
    for path in own_lists():
        for origin, token in made.items():
            if not path.endswith(origin):
                answer = ask(system.channel, path, listing(path, page_token=token), somebody(path))
                assert (answer.code, answer.reason) == ("INVALID_ARGUMENT", "BAD_PAGE_TOKEN"), (path, answer)
    other = places_pb2.ListPremisesRequest(page_token=made["PlaceService/ListPremises"], query="cafe")
    answer = ask(system.channel, "PlaceService/ListPremises", other, ADMIN)
    assert (answer.code, answer.reason) == ("INVALID_ARGUMENT", "BAD_PAGE_TOKEN"), answer


def tampered(token: str) -> dict[str, str]:
    """Return what somebody could make of a good token."""
    mark, *key = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    return {
        "nonsense": "nonsense",
        "not base 64": "ä/+ =",
        "a number": encoded(5),
        "a text": encoded("abc"),
        "an object": encoded({"a": 1}),
        "nothing": encoded([]),
        "deep": base64.urlsafe_b64encode(b"[" * 370).decode(),
        "too short": encoded([mark]),
        "too long": encoded([mark, *key, 1]),
        "texts": encoded([mark, *["x" for _ in key]]),
        "negative": encoded([mark, *[-1 for _ in key]]),
        "large": encoded([mark, *[10**30 for _ in key]]),
        "true": encoded([mark, *[True for _ in key]]),
        "NUL": encoded([mark, *["a\0b" for _ in key]]),
        "half a pair": encoded([mark, *["\ud800" for _ in key]]),
    }


def test_a_page_token_that_was_tampered_with_is_refused_or_harmless(system: System) -> None:
    made = tokens_of_others(system)
    for path, token in made.items():
        for what, changed in tampered(token).items():
            whole = f"/fieldwork.v1.{path}"
            answer = ask(system.channel, path, listing(whole, page_token=changed), ADMIN)
            if answer.code != "OK":
                must_be_a_clear_refusal(answer, f"{path} {what}")
    for path in own_lists():
        for what, changed in tampered(made["CatalogueService/ListServices"]).items():
            answer = ask(system.channel, path, listing(path, page_token=changed), somebody(path))
            if answer.code != "OK":
                must_be_a_clear_refusal(answer, f"{path} {what}")
