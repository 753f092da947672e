"""CaseService as case systems and clients see it (X01, X02, X04)."""

from typing import Any

import pytest
from fieldwork.v1 import bookings_pb2, common_pb2, routes_pb2
from fieldwork.v1 import cases_pb2 as pb

from server.domain.caller import Role
from server.rpc.convert.times import timestamp
from tests.customers.conftest import Counter
from tests.makers.world import ADVICE, THURSDAY, at

ADMIN, PARTNER, MANAGER, OFFICER = Role.BOOKING_ADMINISTRATOR, Role.PARTNER, Role.MANAGER, Role.OFFICER
LICENCE = common_pb2.CaseRef(system="licensing", external_id="L/17")
BRIEF = [pb.Case.BriefItem(label="Complaint", text="Noise"), pb.Case.BriefItem(label="Ask for", text="plans")]
DOCUMENTS = [
    pb.CaseDocument(id="d-1", title="Application", url="https://cases.example/d-1"),
    pb.CaseDocument(id="2", title="Map"),
]


def a_case(**changes: Any) -> pb.Case:
    known = {"reference": LICENCE, "type": "licence", "state": pb.Case.STATE_OPEN, "brief": BRIEF, "documents": DOCUMENTS}
    return pb.Case(**{**known, **changes})


def tell(counter: Counter, **changes: Any) -> pb.Case:
    request = pb.UpsertCaseRequest(case=a_case(**changes))
    return counter.get("CaseService/UpsertCase", request, pb.Case, PARTNER, "licensing")


def book(counter: Counter, **more: Any) -> bookings_pb2.CreateBookingRequest:
    slot = bookings_pb2.SlotChoice(
        service=f"services/{ADVICE.code}",
        premises=f"premises/{counter.world.site(0)}",
        start_time=timestamp(at(THURSDAY, 9)),
        officer="officers/anna",
    )
    customer = bookings_pb2.Customer(display_name="Aino")
    return bookings_pb2.CreateBookingRequest(slot=slot, customer=customer, case=LICENCE, **more)


def test_what_a_case_system_tells_comes_back(counter: Counter) -> None:
    """X04: documents round-trip; told again it is the same case."""
    made = tell(counter)
    read = counter.get("CaseService/GetCase", pb.GetCaseRequest(name=made.name), pb.Case, PARTNER, "licensing")
    assert (read, list(read.brief), list(read.documents)) == (made, BRIEF, DOCUMENTS)
    again = tell(counter, display_name="Terrace", etag=made.etag)
    assert (again.name, again.display_name) == (made.name, "Terrace")
    stale = pb.UpsertCaseRequest(case=a_case(etag=made.etag))
    assert counter.ask("CaseService/UpsertCase", stale, PARTNER, "licensing").reason == "STALE_ETAG"
    listed = counter.get("CaseService/ListCases", pb.ListCasesRequest(reference=LICENCE), pb.ListCasesResponse, ADMIN)
    assert list(listed.cases) == [again]


def test_documents_are_for_the_owner_and_for_those_who_prepare(counter: Counter) -> None:
    """X04: access checked."""
    name = pb.GetCaseRequest(name=tell(counter).name)
    for role in (MANAGER, Role.CUSTOMER_SERVICE):
        seen = counter.get("CaseService/GetCase", name, pb.Case, role)
        assert (seen.type, list(seen.brief), list(seen.documents)) == ("licence", [], [])
    assert counter.ask("CaseService/GetCase", name, PARTNER, "complaints").reason == "NOT_FOUND"
    assert counter.ask("CaseService/GetCase", name, OFFICER).reason == "NOT_YOURS"
    assert counter.ask("CaseService/GetCase", name, Role.PUBLIC).reason == "ROLE_NOT_ALLOWED"
    foreign = pb.UpsertCaseRequest(case=a_case())
    assert counter.ask("CaseService/UpsertCase", foreign, PARTNER, "complaints").reason == "NOT_YOURS"
    assert counter.ask("CaseService/ListCases", pb.ListCasesRequest(system="licensing"), PARTNER, "x").reason == "NOT_YOURS"


def test_the_officers_stop_tells_the_brief(counter: Counter) -> None:
    """X02."""
    tell(counter)
    counter.get("BookingService/CreateBooking", book(counter), bookings_pb2.Booking)
    route = routes_pb2.GetRouteRequest(name=f"officers/anna/routes/{THURSDAY.isoformat()}")
    stop = counter.get("RouteService/GetRoute", route, routes_pb2.Route, OFFICER).stops[0]
    assert (list(stop.case_brief), list(stop.case_documents)) == (BRIEF, DOCUMENTS)
    for role in (ADMIN, MANAGER, Role.CUSTOMER_SERVICE, Role.WORKER):
        seen = counter.get("RouteService/GetRoute", route, routes_pb2.Route, role).stops[0]
        assert (seen.case, list(seen.case_brief), list(seen.case_documents)) == (LICENCE, [], [])


def test_closing_flags_the_live_bookings_and_stops_new_ones(counter: Counter) -> None:
    """X01."""
    made = counter.get("BookingService/CreateBooking", book(counter), bookings_pb2.Booking)
    assert not made.case_closed
    tell(counter, state=pb.Case.STATE_CLOSED)
    asked = bookings_pb2.ListBookingsRequest(case_closed=True)
    (flagged,) = counter.get("BookingService/ListBookings", asked, bookings_pb2.ListBookingsResponse).bookings
    assert (flagged.name, flagged.case_closed, flagged.etag) == (made.name, True, made.etag)
    events = counter.get(
        "BookingService/ListBookingEvents",
        bookings_pb2.ListBookingEventsRequest(parent=made.name),
        bookings_pb2.ListBookingEventsResponse,
    ).booking_events
    assert (events[-1].kind, events[-1].actor) == ("booking.case_closed", "partner@city")
    refused = counter.ask("BookingService/CreateBooking", book(counter, allow_duplicate=True))
    assert (refused.code, refused.reason, refused.facts["external_id"]) == ("FAILED_PRECONDITION", "CASE_CLOSED", "L/17")
    pushing = book(counter, allow_duplicate=True, allow_closed_case=True)
    pushed = counter.ask("BookingService/CreateBooking", pushing, PARTNER, "licensing")
    assert pushed.reason == "NOT_YOURS"
    tell(counter)
    listed = counter.get("BookingService/ListBookings", asked, bookings_pb2.ListBookingsResponse)
    assert list(listed.bookings) == []


@pytest.mark.parametrize(
    ("case", "field"),
    [
        (a_case(state=0), "case.state"),
        (a_case(type="A Licence"), "case.type"),
        (a_case(reference=None), "case.reference"),
        (a_case(reference=common_pb2.CaseRef(system="licensing")), "case.reference.external_id"),
        (a_case(documents=[pb.CaseDocument(id="1", title="x", url="javascript:alert(1)")]), "case.documents[0].url"),
        (a_case(documents=[pb.CaseDocument(title="x")]), "case.documents[0].id"),
        (a_case(brief=[pb.Case.BriefItem(text="x")]), "case.brief[0].label"),
        (a_case(brief=[pb.Case.BriefItem(label=f"{n}", text="x" * 999) for n in range(5)]), "case.brief"),
    ],
)
def test_what_cannot_be_right_is_refused_by_field(counter: Counter, case: pb.Case, field: str) -> None:
    refused = counter.ask("CaseService/UpsertCase", pb.UpsertCaseRequest(case=case), PARTNER, "licensing")
    assert (refused.code, refused.reason, list(refused.fields)) == ("INVALID_ARGUMENT", "INVALID_FIELD", [field])
