"""What no request may contain, sent to every rpc of the real server over the real store."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from fieldwork.v1 import availability_pb2, bookings_pb2, places_pb2, planning_pb2, visits_pb2
from google.protobuf.timestamp_pb2 import Timestamp
from google.type import date_pb2, interval_pb2, latlng_pb2

from server.domain.caller import Role
from tests.e2e.calling import ask, fresh, interval, must_be_a_clear_refusal
from tests.e2e.conftest import System
from tests.e2e.descriptors import coordinates, fields_of, instants, numbers, request_of, rpcs, somebody, texts
from tests.e2e.system import token
from tests.rpc.raw import Answer, bearer

ADMIN = Role.BOOKING_ADMINISTRATOR
SOON = datetime.now(UTC) + timedelta(days=2)


def test_bytes_that_are_no_message_are_refused_by_every_rpc(system: System) -> None:
    before = system.counts()
    for path in rpcs():
        for data in (b"\xff" * 40, b"\x0a\xff\xff\xff\xff\x0f", b"\x08", b"\x0a\x05ab", b"\x03\x00"):
            answer = ask(system.channel, path, data, somebody(path))
            must_be_a_clear_refusal(answer, path)
            assert answer.code in ("INVALID_ARGUMENT", "UNIMPLEMENTED"), (path, answer)
        assert ask(system.channel, path, b"\x0a\xff\xff\xff\xff\x0f", somebody(path)).reason == "MALFORMED_MESSAGE"
    assert system.counts() == before


def test_a_text_that_is_no_utf8_is_refused(system: System) -> None:
    answer = ask(system.channel, "BookingService/GetBooking", b"\x0a\x04\xff\xfe\xfd\xfc", Role.MANAGER)
    assert (answer.code, answer.reason) == ("INVALID_ARGUMENT", "MALFORMED_MESSAGE")


def test_a_nul_in_any_text_of_any_rpc_is_refused_by_the_fields_name(system: System) -> None:
    before, tried = system.counts(), 0
    for path, method in rpcs().items():
        for field, put in fields_of(texts, method.input_type):
            request = request_of(method)
            put(request, "a\0b")
            answer = ask(system.channel, path, request, somebody(path))
            assert (answer.code, answer.reason) == ("INVALID_ARGUMENT", "INVALID_FIELD"), (path, field, answer)
            assert "NUL" in answer.fields.get(field, ""), (path, field, answer)
            tried += 1
    assert tried > 100
    assert system.counts() == before


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf"), 1e308])
def test_no_coordinate_can_be_without_a_place(system: System, value: float) -> None:
    before, tried = system.counts(), 0
    for path, method in rpcs().items():
        for field, put in fields_of(coordinates, method.input_type):
            request = request_of(method)
            put(request, value)
            answer = ask(system.channel, path, request, somebody(path))
            assert (answer.code, answer.reason) == ("INVALID_ARGUMENT", "INVALID_FIELD"), (path, field, answer)
            assert any(field.startswith(named) for named in answer.fields), (path, field, answer)
            tried += 1
    assert tried >= 4
    assert system.counts() == before


@pytest.mark.parametrize("value", [-1, -(2**31), 2**31 - 1])
def test_no_number_is_too_large_or_small_for_an_answer(system: System, value: int) -> None:
    before = system.counts()
    for path, method in rpcs().items():
        for field, put in fields_of(numbers, method.input_type):
            request = request_of(method)
            put(request, value)
            answer = ask(system.channel, path, request, somebody(path))
            if answer.code != "OK":
                must_be_a_clear_refusal(answer, f"{path} {field}")
            assert answer.code == "OK" or value > 0 or answer.code in ("INVALID_ARGUMENT", "UNIMPLEMENTED"), (path, field)
    assert system.counts() == before


@pytest.mark.parametrize(
    ("latitude", "longitude"), [(91.0, 24.9), (-90.001, 24.9), (60.17, 180.5), (60.17, -181.0), (124.94, 60.17)]
)
def test_a_position_outside_the_world_is_refused(system: System, latitude: float, longitude: float) -> None:
    before = system.counts()
    position = latlng_pb2.LatLng(latitude=latitude, longitude=longitude)
    premises = places_pb2.Premises(display_name="Nowhere", source="test", external_id="1", position=position)
    answer = ask(
        system.channel,
        "PlaceService/UpsertPremises",
        places_pb2.UpsertPremisesRequest(premises=premises, request_id=fresh()),
        ADMIN,
    )
    assert (answer.code, list(answer.fields)) == ("INVALID_ARGUMENT", ["premises.position"])
    assert "swapped" in answer.fields["premises.position"]
    near = ask(system.channel, "PlaceService/ListPremises", places_pb2.ListPremisesRequest(near=position), ADMIN)
    assert (near.code, list(near.fields)) == ("INVALID_ARGUMENT", ["near"])
    assert system.counts() == before


ABSURD: list[tuple[str, Timestamp]] = [
    ("the year 1", Timestamp(seconds=-62_135_596_800)),
    ("the year 9999", Timestamp(seconds=253_402_300_799)),
    ("negative nanoseconds", Timestamp(seconds=1_800_000_000, nanos=-1)),
    ("too many nanoseconds", Timestamp(seconds=1_800_000_000, nanos=1_000_000_000)),
    ("milliseconds", Timestamp(seconds=1_800_000_000_000)),
    ("the smallest number", Timestamp(seconds=-(2**63))),
    ("the largest number", Timestamp(seconds=2**63 - 1, nanos=2**31 - 1)),
]


@pytest.mark.parametrize("moment", [moment for _, moment in ABSURD], ids=[name for name, _ in ABSURD])
def test_an_absurd_instant_is_refused_wherever_it_stands(system: System, moment: Timestamp) -> None:
    before = system.counts()
    for path, method in rpcs().items():
        for field, put in fields_of(instants, method.input_type):
            request = request_of(method)
            put(request, moment)
            answer = ask(system.channel, path, request, somebody(path))
            must_be_a_clear_refusal(answer, f"{path} {field}")
            assert any(named.startswith(field) for named in answer.fields), (path, field, answer)
    assert system.counts() == before


def _absence(span: interval_pb2.Interval | None) -> availability_pb2.CreateAbsenceRequest:
    absence = availability_pb2.Absence(officer="officers/aino", kind="sick", interval=span)
    return availability_pb2.CreateAbsenceRequest(absence=absence, request_id=fresh())


def _search(span: interval_pb2.Interval | None) -> bookings_pb2.SearchSlotsRequest:
    return bookings_pb2.SearchSlotsRequest(service="services/advice-call", interval=span)


@pytest.mark.parametrize(
    ("span", "field"),
    [
        (None, "interval"),
        (interval_pb2.Interval(), "interval.start_time"),
        (interval_pb2.Interval(start_time=Timestamp(seconds=1_800_000_000)), "interval.end_time"),
        (interval_pb2.Interval(end_time=Timestamp(seconds=1_800_000_000)), "interval.start_time"),
        (interval(SOON, SOON), "interval"),
        (interval(SOON, SOON - timedelta(seconds=1)), "interval"),
        (interval(SOON, SOON + timedelta(days=400)), "interval"),
    ],
    ids=["none", "empty", "no end", "no start", "no length", "inverted", "too long"],
)
def test_an_interval_without_two_ends_in_order_is_refused(
    system: System, span: interval_pb2.Interval | None, field: str
) -> None:
    before = system.counts()
    absent = ask(system.channel, "AvailabilityService/CreateAbsence", _absence(span), ADMIN)
    assert (absent.code, absent.reason) == ("INVALID_ARGUMENT", "INVALID_FIELD"), absent
    assert f"absence.{field}" in absent.fields, absent
    found = ask(system.channel, "BookingService/SearchSlots", _search(span), Role.PUBLIC)
    assert (found.code, found.reason) == ("INVALID_ARGUMENT", "INVALID_FIELD"), found
    assert field in found.fields, found
    assert system.counts() == before


@pytest.mark.parametrize(("year", "month", "day"), [(0, 0, 0), (2027, 2, 29), (2027, 13, 1), (9999, 1, 1), (2027, 1, 0)])
def test_a_date_that_does_not_exist_is_refused(system: System, year: int, month: int, day: int) -> None:
    before, date = system.counts(), date_pb2.Date(year=year, month=month, day=day)
    run = planning_pb2.RunPlanRequest(team="teams/centre", date=date, request_id=fresh())
    answer = ask(system.channel, "PlanningService/RunPlan", run, ADMIN)
    assert (answer.code, list(answer.fields)) == ("INVALID_ARGUMENT", ["date"])
    assert system.counts() == before


@pytest.mark.parametrize("day", [(1970, 1, 1), (2199, 12, 31)])
def test_a_date_on_which_nobody_works_is_no_defect(system: System, day: tuple[int, int, int]) -> None:
    date = date_pb2.Date(year=day[0], month=day[1], day=day[2])
    before = system.counts()
    run = planning_pb2.RunPlanRequest(team="teams/centre", date=date, request_id=fresh())
    must_be_a_clear_refusal(ask(system.channel, "PlanningService/RunPlan", run, ADMIN), "RunPlan")
    assert system.counts() == before


def test_the_empty_message_is_answered_or_refused_in_words_for_every_role(system: System) -> None:
    before = system.counts()
    for path, method in rpcs().items():
        for role in Role:
            if method.server_streaming:
                continue  # a stream that is admitted does not end by itself
            answer = ask(system.channel, path, request_of(method), role)
            if answer.code != "OK":
                must_be_a_clear_refusal(answer, f"{path} as {role}")
        nobody = ask(system.channel, path, request_of(method), None)
        assert (nobody.code, nobody.reason) == ("UNAUTHENTICATED", "TOKEN_MISSING"), path
    assert system.counts() == before


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        ("Bearer ", "TOKEN_INVALID"),
        ("Basic YTpi", "TOKEN_INVALID"),
        ("Bearer a.b.c", "TOKEN_INVALID"),
        (f"Bearer {'x' * 5000}", "TOKEN_INVALID"),
        (f"Bearer {token(ADMIN, ttl_seconds=-1)}", "TOKEN_INVALID"),
        (f"Bearer {token(ADMIN)[:-3]}abc", "TOKEN_INVALID"),
    ],
    ids=["none", "basic", "nonsense", "long", "expired", "altered"],
)
def test_a_token_that_is_not_good_is_refused_with_the_remedy(system: System, sent: str, reason: str) -> None:
    asked = bookings_pb2.ListBookingsRequest()
    answer = ask(system.channel, "BookingService/ListBookings", asked, [("authorization", sent)])
    assert (answer.code, answer.reason) == ("UNAUTHENTICATED", reason)
    assert sent.rsplit(maxsplit=1)[-1] not in answer.message or len(sent) < 10


def test_a_text_of_megabytes_is_refused_wherever_it_stands(system: System) -> None:
    before, large, larger = system.counts(), "ä" * 1_900_000, "x" * (4 << 20)
    for path in ("BookingService/CreateBooking", "PlaceService/UpsertPremises", "VisitService/CreateVisit"):
        method = rpcs()[f"/fieldwork.v1.{path}"]
        for field, put in fields_of(texts, method.input_type):
            request = request_of(method)
            put(request, large)
            answer = ask(system.channel, path, request, ADMIN)
            must_be_a_clear_refusal(answer, f"{path} {field}")
            assert len(answer.message) < 1000
            assert large[:500] not in str(answer.fields)
    too_large = bookings_pb2.CreateBookingRequest(note=larger)
    assert ask(system.channel, "BookingService/CreateBooking", too_large, ADMIN).code == "RESOURCE_EXHAUSTED"
    assert system.counts() == before


def test_a_hundred_large_messages_at_once_are_refused_one_by_one(system: System) -> None:
    request = bookings_pb2.CreateBookingRequest(note="x" * 1_000_000, request_id=fresh())

    def one(_: int) -> Answer:
        return ask(system.channel, "BookingService/CreateBooking", request, bearer(token(ADMIN)), 60)

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(one, range(100)))
    assert {answer.code for answer in answers} == {"INVALID_ARGUMENT"}


def test_a_batch_is_written_whole_or_not_at_all(system: System) -> None:
    before = system.counts()
    good = visits_pb2.Visit(service="services/surprise", premises=system.premises[0].name, team="teams/centre", weight=4)
    for wrong in (
        visits_pb2.Visit(service="services/none", premises=good.premises, team=good.team, weight=4),
        visits_pb2.Visit(service=good.service, premises="premises/9999999999", team=good.team, weight=4),
        visits_pb2.Visit(service=good.service, premises=good.premises, team="teams/none", weight=4),
        visits_pb2.Visit(service=good.service, premises=good.premises, team=good.team, weight=0),
    ):
        batch = visits_pb2.BatchCreateVisitsRequest(visits=[good, good, wrong], request_id=fresh())
        must_be_a_clear_refusal(ask(system.channel, "VisitService/BatchCreateVisits", batch, ADMIN))
        assert system.counts() == before
