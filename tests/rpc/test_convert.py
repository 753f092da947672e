"""Messages to values and back, and what a role may see."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from fieldwork.v1 import bookings_pb2, catalogue_pb2, places_pb2, visits_pb2
from google.protobuf.timestamp_pb2 import Timestamp
from hypothesis import given
from hypothesis import strategies as st

from server.domain.booking import Booking, BookingState, BookingView, Customer, Slot, Source
from server.domain.caller import Caller, Role
from server.domain.catalogue import Place, PromiseKind, Service
from server.domain.errors import InvalidField
from server.domain.geography import Position
from server.domain.organisation import Address, CaseRef, Premises, TravelMode
from server.domain.plan import Reason, Unassigned
from server.domain.resource_day import StopKind
from server.domain.route import Leg, Route, RouteStop
from server.domain.spans import Span
from server.domain.visit import Visit, VisitState, VisitView
from server.rpc.convert.bookings import booking_message, masked
from server.rpc.convert.catalogue import service, service_message
from server.rpc.convert.places import premises, premises_message
from server.rpc.convert.plans import unassigned_message
from server.rpc.convert.polyline import encoded
from server.rpc.convert.routes import route_message
from server.rpc.convert.slots import slot_message
from server.rpc.convert.times import date_message, instant, interval, local_date, span, timestamp
from server.rpc.convert.visits import new_visit, visit_message

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
PROMISE = Span(NOON, NOON + timedelta(hours=2))
CUSTOMER = Customer("Maija Virtanen", "+358401234567", "m@example.org", "fi")
BOOKING = Booking(
    1, "advice", 3, PROMISE, CUSTOMER, BookingState.CONFIRMED, Source.PUBLIC, "web", NOON, 7, CaseRef("crm", "9")
)
CALLERS = {role: Caller("x", role, "anna" if role is Role.OFFICER else None) for role in Role}
PLACE = Premises(
    0, "osm", "node/1", "Bar", "bar", Address("1", "Katu"), Position(60_170_000, 24_940_000), access_note="Ring twice."
)

MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(2199, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


@given(MOMENTS)
def test_an_instant_survives_the_way(moment: datetime) -> None:
    assert instant(timestamp(moment)) == moment


@given(MOMENTS, st.integers(1, 10**9))
def test_a_span_survives_the_way(start: datetime, seconds: int) -> None:
    whole = Span(start, start + timedelta(seconds=seconds))
    assert span(interval(whole)) == whole


@given(st.dates(date(1970, 1, 1), date(2199, 12, 31)))
def test_a_date_survives_the_way(day: date) -> None:
    assert local_date(date_message(day)) == day


@pytest.mark.parametrize("kind", PromiseKind)
@pytest.mark.parametrize("place", Place)
def test_a_service_survives_the_way(kind: PromiseKind, place: Place) -> None:
    window = 120 if kind is PromiseKind.WINDOW else 0
    crew = ((("food", 2), ("lang-sv", 1)), ())
    one = Service("a", "A", 45, crew, place, kind, 30, window, 5, 10, True, True, 60, 30, 500, True)
    message = service_message(one)
    assert service(message) == one
    assert service(catalogue_pb2.Service.FromString(message.SerializeToString())) == one


def test_a_premises_survives_the_way() -> None:
    assert premises(premises_message(PLACE, CALLERS[Role.BOOKING_ADMINISTRATOR])) == PLACE


def test_a_premises_needs_a_position() -> None:
    with pytest.raises(InvalidField) as caught:
        premises(places_pb2.Premises(display_name="Bar"))
    assert caught.value.violations[0].field == "premises.position"


def test_a_due_inspection_is_read() -> None:
    view = VisitView(Visit(5, "check", 3, "food", 40, VisitState.OPEN, NOON, date(2026, 12, 1), CaseRef("crm", "9")))
    new = new_visit(visit_message(view, CALLERS[Role.PARTNER]))
    assert (new.service, new.premises, new.team, new.weight) == ("check", 3, "food", 40)
    assert (new.due, new.case) == (date(2026, 12, 1), CaseRef("crm", "9"))


@pytest.mark.parametrize("role", Role)
def test_the_plan_behind_a_booking_is_for_staff(role: Role) -> None:
    message = booking_message(BookingView(BOOKING, ("anna",), NOON), CALLERS[role])
    outside = role in (Role.PUBLIC, Role.PARTNER)
    assert (list(message.officers), message.HasField("planned_start_time")) == (
        ([], False) if outside else (["officers/anna"], True)
    )


@pytest.mark.parametrize("role", Role)
def test_the_plan_behind_a_visit_is_for_staff(role: Role) -> None:
    visit = Visit(5, "check", 3, "food", 40, VisitState.PLANNED, NOON)
    message = visit_message(VisitView(visit, ("anna",), NOON), CALLERS[role])
    outside = role in (Role.PUBLIC, Role.PARTNER)
    assert bool(message.officers) is message.HasField("planned_start_time") is not outside


@pytest.mark.parametrize("role", Role)
def test_what_a_slot_costs_is_for_staff(role: Role) -> None:
    message = slot_message(Slot(PROMISE, "anna", 3, -40, 70), CALLERS[role])
    figures = (message.officer, message.extra_travel_seconds, message.displaced_weight)
    assert figures == (("", 0, 0) if role in (Role.PUBLIC, Role.PARTNER) else ("officers/anna", -40, 70))
    assert message.available_officer_count == 3


def test_a_manager_sees_no_contact_data() -> None:
    customer = booking_message(BookingView(BOOKING), CALLERS[Role.MANAGER]).customer
    assert customer == bookings_pb2.Customer(display_name="M.", language="fi")
    assert masked("  ") == ""


@pytest.mark.parametrize("role", Role)
def test_how_to_get_in_is_for_those_who_go_there(role: Role) -> None:
    note = premises_message(PLACE, CALLERS[role]).access_note
    assert bool(note) is (role in (Role.OFFICER, Role.BOOKING_ADMINISTRATOR))


def test_a_route_is_read_by_its_officer_in_full_and_by_a_manager_without_names() -> None:
    leg = Leg(300, 1200, (Position(38_500_000, -120_200_000), Position(40_700_000, -120_950_000)))
    stop = RouteStop(
        StopKind.STOP, leg, NOON, NOON, NOON + timedelta(hours=1), "Bar", 5, 1, 2, "advice", 3,
        access_note="Ring twice.", customer_name="Maija Virtanen", promise=PROMISE,
    )  # fmt: skip
    route = Route("anna", "Anna", date(2026, 11, 20), "UTC", PROMISE, Position(0, 0), TravelMode.FOOT, (stop,), Leg(60), 4)
    own = route_message(route, CALLERS[Role.OFFICER])
    assert own.name == "officers/anna/routes/2026-11-20"
    assert own.travel_seconds == 360
    assert (own.stops[0].access_note, own.stops[0].customer_display_name) == ("Ring twice.", "Maija Virtanen")
    assert own.stops[0].leg.polyline == "_p~iF~ps|U_ulLnnqC"
    above = route_message(route, CALLERS[Role.MANAGER]).stops[0]
    assert (above.access_note, above.customer_display_name) == ("", "M.")


def test_a_polyline_is_as_its_inventors_write_it() -> None:
    line = [Position(38_500_000, -120_200_000), Position(40_700_000, -120_950_000), Position(43_252_000, -126_453_000)]
    assert encoded(line) == "_p~iF~ps|U_ulLnnqC_mqNvxq`@"


@pytest.mark.parametrize(
    "cls", ["NO_SKILL", "NO_ROAD", "NO_TIME", "NO_CAPACITY", "OUTRANKED", "CHANGES_EXHAUSTED", "NOT_FOUND"]
)
def test_every_class_of_unassigned_visits_has_its_value(cls: str) -> None:
    why = (Reason("anna", "skill", "food>=2", "1", 1),)
    message = unassigned_message(Unassigned(1, "Bar", 5, cls, why, "food level 1"))
    assert message.reasons[0].officer == "officers/anna"
    assert f"CLASS_{cls}" in str(message)


def test_fractions_of_a_microsecond_are_dropped() -> None:
    assert instant(Timestamp(seconds=1, nanos=1999)) == datetime(1970, 1, 1, 0, 0, 1, 1, UTC)


def test_states_have_the_contracts_names() -> None:
    assert {f"STATE_{state.value}" for state in BookingState} < set(bookings_pb2.Booking.State.keys())
    assert {f"STATE_{state.value}" for state in VisitState} < set(visits_pb2.Visit.State.keys())
