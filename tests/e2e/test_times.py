"""Times that clocks skip or show twice, and places that no road leads to, through the whole system."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from fieldwork.v1 import bookings_pb2, organisation_pb2, places_pb2, visits_pb2
from google.type import latlng_pb2

from server.domain.caller import Role
from tests.e2e.authority import ZONE, at, days, turns
from tests.e2e.calling import ask, call, fresh, interval, must_be_a_clear_refusal, stamp
from tests.e2e.conftest import System
from tests.rpc.raw import Answer

ADMIN = Role.BOOKING_ADMINISTRATOR
CUSTOMER = bookings_pb2.Customer(display_name="Kaisa Example", email="kaisa@example.com")


def searched(system: System, service: str, start: datetime, end: datetime, premises: str = "") -> list[datetime]:
    """Return the starts that are offered to staff."""
    request = bookings_pb2.SearchSlotsRequest(
        service=f"services/{service}", premises=premises, interval=interval(start, end), page_size=200
    )
    found = call(system.channel, "BookingService/SearchSlots", request, ADMIN, bookings_pb2.SearchSlotsResponse)
    return [slot.promise.start_time.ToDatetime(tzinfo=UTC) for slot in found.slots]


def booked(system: System, service: str, start: datetime, premises: str = "", role: Role = ADMIN) -> Answer:
    """Try to book a slot directly."""
    choice = bookings_pb2.SlotChoice(service=f"services/{service}", premises=premises, start_time=stamp(start))
    request = bookings_pb2.CreateBookingRequest(slot=choice, customer=CUSTOMER, request_id=fresh())
    return ask(system.channel, "BookingService/CreateBooking", request, role)


def test_the_hour_that_clocks_skip_is_never_offered(system: System) -> None:
    forward, _ = turns()
    starts = searched(system, "advice-call", at(forward.eve, 23), at(forward.day, 6))
    local = [start.astimezone(ZONE).strftime("%d %H:%M") for start in starts]
    assert f"{forward.day:%d} 02:45" in local
    assert f"{forward.day:%d} 04:00" in local
    assert not [text for text in local if text.startswith(f"{forward.day:%d} 03")]
    assert len(set(local)) == len(local)


def test_the_hour_that_clocks_show_twice_is_offered_once_and_the_second_time_is_refused(system: System) -> None:
    _, back = turns()
    starts = searched(system, "advice-call", at(back.eve, 23), at(back.day, 6))
    twice = [start for start in starts if start.astimezone(ZONE).hour == 3]
    assert [start.astimezone(ZONE).minute for start in twice] == [0, 15, 30, 45]
    assert {start.astimezone(ZONE).fold for start in twice} == {0}
    before = system.counts()
    second = booked(system, "advice-call", twice[0] + timedelta(hours=1))
    assert (second.code, second.reason) == ("FAILED_PRECONDITION", "OFF_GRID"), second
    assert "Europe/Helsinki" in second.message
    assert system.counts() == before
    assert booked(system, "advice-call", twice[0]).code == "OK"


def test_a_shift_over_a_change_of_clocks_has_its_true_length(system: System) -> None:
    for turn, hours in zip(turns(), (7, 9), strict=True):
        request = organisation_pb2.ListShiftsRequest(parent="officers/aino")
        request.start_date.year, request.start_date.month, request.start_date.day = turn.eve.timetuple()[:3]
        request.end_date.year, request.end_date.month, request.end_date.day = turn.day.timetuple()[:3]
        answer = call(system.channel, "OrganisationService/ListShifts", request, ADMIN, organisation_pb2.ListShiftsResponse)
        [shift] = answer.shifts
        length = shift.span.end_time.ToDatetime() - shift.span.start_time.ToDatetime()
        assert length == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("late", "reason"),
    [
        (timedelta(minutes=1), "OFF_GRID"),
        (timedelta(seconds=1), "OFF_GRID"),
        (timedelta(microseconds=1), "OFF_GRID"),
        (timedelta(days=-30), "OUTSIDE_NOTICE"),
        (timedelta(days=3000), "OUTSIDE_NOTICE"),
        (timedelta(days=60), "SLOT_TAKEN"),
        (timedelta(hours=15), "SLOT_TAKEN"),
    ],
)
def test_a_start_that_was_never_offered_is_refused_by_its_reason(system: System, late: timedelta, reason: str) -> None:
    before = system.counts()
    wrong = datetime(*at(days()[1], 12).timetuple()[:6], tzinfo=UTC) + late
    answer = booked(system, "advice-call", wrong)
    must_be_a_clear_refusal(answer)
    assert answer.reason == reason, answer
    assert wrong.strftime("%Y-%m-%dT%H:%M") in answer.message, answer
    assert system.counts() == before


@pytest.fixture(scope="module")
def far_away(system: System) -> str:
    """A premises in Tampere, 160 km from every road that was imported."""
    premises = places_pb2.Premises(
        display_name="Far away",
        source="test",
        external_id="tampere",
        position=latlng_pb2.LatLng(latitude=61.4978, longitude=23.7610),
    )
    request = places_pb2.UpsertPremisesRequest(premises=premises, request_id=fresh())
    return call(system.channel, "PlaceService/UpsertPremises", request, ADMIN, places_pb2.Premises).name


def test_a_premises_off_every_road_is_refused_wherever_it_is_wanted(system: System, far_away: str) -> None:
    before = system.counts()
    noon = at(days()[1], 12)
    search = bookings_pb2.SearchSlotsRequest(
        service="services/consultation", premises=far_away, interval=interval(noon, noon + timedelta(days=1))
    )
    choice = bookings_pb2.SlotChoice(service="services/consultation", premises=far_away, start_time=stamp(noon))
    visit = visits_pb2.Visit(service="services/surprise", premises=far_away, team="teams/centre", weight=4)
    refused = [
        ask(system.channel, "BookingService/SearchSlots", search, Role.PUBLIC),
        ask(
            system.channel,
            "BookingService/CreateHold",
            bookings_pb2.CreateHoldRequest(slot=choice, request_id=fresh()),
            Role.PUBLIC,
        ),
        booked(system, "consultation", noon, far_away),
        ask(
            system.channel,
            "VisitService/CreateVisit",
            visits_pb2.CreateVisitRequest(visit=visit, request_id=fresh()),
            ADMIN,
        ),
    ]
    for answer in refused:
        assert (answer.code, answer.reason) == ("FAILED_PRECONDITION", "OFF_ROAD"), answer
        assert far_away in answer.message
        assert "road" in answer.message
    assert system.counts() == before


def test_a_service_on_site_needs_a_premises(system: System) -> None:
    before = system.counts()
    answer = booked(system, "consultation", at(days()[1], 12))
    assert (answer.code, answer.reason) == ("FAILED_PRECONDITION", "PREMISES_NEEDED"), answer
    assert system.counts() == before


def test_a_remote_service_may_be_booked_for_a_premises_off_every_road(system: System, far_away: str) -> None:
    assert booked(system, "advice-call", at(days()[2], 9), far_away).code == "OK"


def test_swapped_coordinates_are_refused_or_off_every_road(system: System) -> None:
    premises = places_pb2.Premises(
        display_name="Swapped",
        source="test",
        external_id="swapped",
        position=latlng_pb2.LatLng(latitude=24.9384, longitude=60.1699),
    )
    request = places_pb2.UpsertPremisesRequest(premises=premises, request_id=fresh())
    made = call(system.channel, "PlaceService/UpsertPremises", request, ADMIN, places_pb2.Premises)
    answer = booked(system, "consultation", at(days()[1], 12), made.name)
    assert (answer.code, answer.reason) == ("FAILED_PRECONDITION", "OFF_ROAD"), answer
    assert "position" in answer.message
