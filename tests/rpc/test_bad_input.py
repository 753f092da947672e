"""What strangers send."""

from __future__ import annotations

import math
from typing import Any

import grpc
import pytest
from fieldwork.v1 import bookings_pb2, organisation_pb2, places_pb2, planning_pb2, routes_pb2, visits_pb2
from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from google.type.date_pb2 import Date
from google.type.interval_pb2 import Interval
from google.type.latlng_pb2 import LatLng

from server.domain.caller import Role
from server.rpc import contract
from tests.rpc.raw import Answer, bearer, send
from tests.rpc.running import Running

ID = "6f1c1b1e-6d3f-4b0e-9c53-1f0e3c2f1a2b"
MAY = Timestamp(seconds=1_780_000_000)
JUNE = Timestamp(seconds=1_782_000_000)


@pytest.fixture
def ask(server: Running, channel: grpc.Channel) -> Any:
    def send_it(method: str, request: bytes | Message, role: Role = Role.BOOKING_ADMINISTRATOR) -> Answer:
        return send(channel, f"/fieldwork.v1.{method}", request, bearer(server.token(role)))

    return send_it


@pytest.mark.parametrize("method", sorted(contract.methods()))
def test_malformed_bytes_are_refused_as_such(server: Running, channel: grpc.Channel, method: str) -> None:
    answer = send(channel, method, b"\xff\xff\xff", bearer(server.token(Role.BOOKING_ADMINISTRATOR)))
    if answer.reason == "ROLE_NOT_ALLOWED":
        answer = send(channel, method, b"\xff\xff\xff", bearer(server.token(Role.WORKER)))
    assert (answer.code, answer.reason) == ("INVALID_ARGUMENT", "MALFORMED_MESSAGE")


@pytest.mark.parametrize(
    "method", ["/grpc.health.v1.Health/Check", "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"]
)
def test_malformed_bytes_to_open_rpcs_are_refused_too(channel: grpc.Channel, method: str) -> None:
    assert send(channel, method, b"\xff\xff\xff").reason == "MALFORMED_MESSAGE"


def test_text_that_is_not_utf_8_is_malformed(ask: Any) -> None:
    assert ask("OrganisationService/GetTeam", b"\x0a\x02\xff\xfe").reason == "MALFORMED_MESSAGE"


def test_an_unknown_rpc_is_unimplemented(channel: grpc.Channel) -> None:
    for method in ("/fieldwork.v1.OrganisationService/Rule", "/no.such.Service/Do"):
        answer = send(channel, method, b"")
        assert (answer.code, answer.reason) == ("UNIMPLEMENTED", "NO_SUCH_RPC")


def test_an_oversized_message_is_refused_unread(ask: Any) -> None:
    assert ask("OrganisationService/GetTeam", b"\x0a" * (5 << 20)).code == "RESOURCE_EXHAUSTED"


BOOKING = bookings_pb2.Booking(name="bookings/0000000000001")
SEARCH = bookings_pb2.SearchSlotsRequest
TEAMS = organisation_pb2.ListShiftsRequest
CASES: list[tuple[str, str, Message, str]] = [
    ("a name of another kind", "OrganisationService/GetTeam", organisation_pb2.GetTeamRequest(name="officers/x"), "name"),
    ("a NUL in a text", "PlaceService/ListPremises", places_pb2.ListPremisesRequest(query="a\0b"), "query"),
    ("a latitude that is no number", "PlaceService/ListPremises",
     places_pb2.ListPremisesRequest(near=LatLng(latitude=math.nan)), "near.latitude"),
    ("an infinite longitude", "PlaceService/ListPremises",
     places_pb2.ListPremisesRequest(near=LatLng(longitude=math.inf)), "near.longitude"),
    ("a latitude out of range", "PlaceService/ListPremises",
     places_pb2.ListPremisesRequest(near=LatLng(latitude=91)), "near"),
    ("a page of a list that has one", "PlaceService/ListPremises",
     places_pb2.ListPremisesRequest(near=LatLng(latitude=60), page_token="x"), "page_token"),
    ("an inverted interval", "BookingService/SearchSlots",
     SEARCH(service="services/a", interval=Interval(start_time=JUNE, end_time=MAY)), "interval"),
    ("an interval without an end", "BookingService/SearchSlots",
     SEARCH(service="services/a", interval=Interval(start_time=MAY)), "interval.end_time"),
    ("an empty interval", "BookingService/SearchSlots",
     SEARCH(service="services/a", interval=Interval(start_time=MAY, end_time=MAY)), "interval"),
    ("an interval that is too long", "BookingService/SearchSlots",
     SEARCH(service="services/a", interval=Interval(start_time=MAY, end_time=Timestamp(seconds=1_790_000_000))), "interval"),
    ("a time before 1970", "BookingService/SearchSlots",
     SEARCH(service="services/a", interval=Interval(start_time=Timestamp(seconds=-1), end_time=MAY)), "interval.start_time"),
    ("the year 4278636", "BookingService/SearchSlots",
     SEARCH(service="services/a", interval=Interval(start_time=MAY, end_time=Timestamp(seconds=135_000_000_000_000))),
     "interval.end_time"),
    ("negative nanoseconds", "BookingService/SearchSlots",
     SEARCH(service="services/a", interval=Interval(start_time=Timestamp(seconds=9, nanos=-5), end_time=MAY)),
     "interval.start_time.nanos"),
    ("30 February", "OrganisationService/ListShifts",
     TEAMS(parent="officers/a", start_date=Date(year=2026, month=2, day=30), end_date=Date(year=2026, month=3, day=3)),
     "start_date"),
    ("a date without a day", "PlanningService/RunPlan",
     planning_pb2.RunPlanRequest(team="teams/a", date=Date(year=2026, month=2), request_id=ID), "date"),
    ("dates that end before they start", "OrganisationService/ListShifts",
     TEAMS(parent="officers/a", start_date=Date(year=2026, month=3, day=3), end_date=Date(year=2026, month=3, day=3)),
     "end_date"),
    ("a route on a day that is none", "RouteService/GetRoute",
     routes_pb2.GetRouteRequest(name="officers/a/routes/2026-02-30"), "name"),
    ("a request id that is no UUID", "BookingService/ReleaseHold",
     bookings_pb2.ReleaseHoldRequest(name="holds/0123456789abc", request_id="1"), "request_id"),
    ("one bad visit of two", "VisitService/BatchCreateVisits",
     visits_pb2.BatchCreateVisitsRequest(request_id=ID, visits=[
         visits_pb2.Visit(service="services/a", premises="premises/1", team="teams/a", weight=5),
         visits_pb2.Visit(service="services/a", premises="premises/1", team="teams/a", weight=-1)]), "visits[1].weight"),
    ("a mask that goes too far", "BookingService/UpdateBooking",
     bookings_pb2.UpdateBookingRequest(booking=BOOKING, update_mask=FieldMask(paths=["promise"]),
                                       request_id=ID), "update_mask"),
    ("an empty mask", "BookingService/UpdateBooking",
     bookings_pb2.UpdateBookingRequest(booking=BOOKING, update_mask=FieldMask(), request_id=ID),
     "update_mask"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "request_", "field"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_bad_value_is_refused_by_its_field(ask: Any, method: str, request_: Message, field: str) -> None:
    answer = ask(method, request_)
    assert (answer.code, answer.reason) == ("INVALID_ARGUMENT", "INVALID_FIELD")
    assert list(answer.fields) == [field]
    assert answer.message.startswith(field)


def test_a_report_on_500_bad_visits_fits_into_the_trailers(ask: Any) -> None:
    visits = [visits_pb2.Visit(service="x" * 300, premises="y" * 300, team="z" * 300) for _ in range(500)]
    answer = ask("VisitService/BatchCreateVisits", visits_pb2.BatchCreateVisitsRequest(visits=visits, request_id=ID))
    assert (answer.code, answer.reason) == ("INVALID_ARGUMENT", "INVALID_FIELD")
    assert 3 < len(answer.fields) <= 20


def test_nothing_is_looked_up_for_an_id_that_is_not_there(ask: Any) -> None:
    answer = ask("OrganisationService/GetTeam", organisation_pb2.GetTeamRequest(name="teams/none"))
    assert (answer.code, answer.reason) == ("NOT_FOUND", "NOT_FOUND")
    assert answer.facts["name"] == "teams/none"
