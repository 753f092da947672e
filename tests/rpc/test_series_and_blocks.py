"""Series and blocks through a real server, on the small authority with its real store."""

import uuid
from collections.abc import Iterator
from typing import Any, cast

import grpc
import pytest
from fieldwork.v1 import blocks_pb2, blocks_pb2_grpc, bookings_pb2, bookings_pb2_grpc, series_pb2, series_pb2_grpc
from google.type.timeofday_pb2 import TimeOfDay

from server.domain.caller import Role
from server.rpc.application import Application
from server.rpc.convert.times import timestamp
from server.rpc.identity import demo_key, issue_demo_token
from tests.makers.office import HALL, open_office
from tests.makers.stage import opened, world
from tests.makers.world import FRIDAY, THURSDAY, World, at, between
from tests.rpc.fakes import FakeSettings
from tests.rpc.raw import bearer
from tests.rpc.running import edge_at_work
from tests.usecases.test_blocks import CLINIC

__all__ = ["opened", "world"]
CUSTOMER = bookings_pb2.Customer(display_name="Aino Esimerkki", email="aino@example.com")


class Desk:
    """Calls a server in one role or another."""

    def __init__(self, channel: grpc.Channel, settings: FakeSettings) -> None:
        self.series = series_pb2_grpc.SeriesServiceStub(channel)
        self.blocks = blocks_pb2_grpc.BlockServiceStub(channel)
        self.bookings = bookings_pb2_grpc.BookingServiceStub(channel)
        self._settings = settings

    def call(self, method: Any, request: Any, role: Role = Role.BOOKING_ADMINISTRATOR) -> Any:
        """Call a method; a write gets a request id of its own."""
        if "request_id" in request.DESCRIPTOR.fields_by_name and not request.request_id:
            request.request_id = str(uuid.uuid4())
        officer = "anna" if role is Role.OFFICER else None
        token = issue_demo_token(demo_key(self._settings), role.value.lower(), role, officer, 600)
        return method(request, metadata=bearer(token), timeout=30)

    def refused(self, method: Any, request: Any, role: Role = Role.BOOKING_ADMINISTRATOR) -> tuple[grpc.StatusCode, str]:
        """Make a call that is refused; return its status and its words."""
        with pytest.raises(grpc.RpcError) as refusal:
            self.call(method, request, role)
        error: Any = refusal.value
        return error.code(), error.details()


@pytest.fixture
def desk(world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    settings = FakeSettings(home=tmp_path_factory.mktemp("series"))
    with (
        edge_at_work(cast(Application, world.app), settings) as (target, _, _),
        grpc.insecure_channel(target) as channel,
    ):
        yield Desk(channel, settings)


def a_series(world: World, rule: str = "FREQ=DAILY;COUNT=2") -> series_pb2.Series:
    """Return advice at ten on Thursday and on the days after it."""
    recurrence = series_pb2.Recurrence(start="20260326T100000", time_zone="Europe/Helsinki", rrule=rule)
    return series_pb2.Series(
        service="services/advice", premises=f"premises/{world.site(0)}", recurrence=recurrence, customer=CUSTOMER
    )


def test_a_series_is_previewed_made_moved_and_cancelled(world: World, desk: Desk) -> None:
    """J03, J05"""
    series = a_series(world, "FREQ=DAILY;COUNT=3")
    found = desk.call(desk.series.PreviewSeries, series_pb2.PreviewSeriesRequest(series=series)).occurrences
    assert [series_pb2.Occurrence.State.Name(one.state) for one in found] == ["STATE_BOOKED"] * 2 + ["STATE_SKIPPED"]
    assert (found[2].reason, len(found[2].alternatives) > 0) == ("SLOT_TAKEN", True)
    series.clash_policy = series_pb2.CLASH_POLICY_SKIP
    made = desk.call(desk.series.CreateSeries, series_pb2.CreateSeriesRequest(series=series))
    assert [one.booking != "" for one in made.occurrences] == [True, True, False]
    assert desk.call(desk.series.GetSeries, series_pb2.GetSeriesRequest(name=made.name)).etag == made.etag
    move = series_pb2.MoveSeriesRequest(
        name=made.name, scope=series_pb2.SERIES_SCOPE_ALL, time_of_day=TimeOfDay(hours=13), etag=made.etag
    )
    moved = desk.call(desk.series.MoveSeries, move)
    assert [one.start_time for one in moved.occurrences[:2]] == [timestamp(at(day, 13)) for day in (THURSDAY, FRIDAY)]
    end = series_pb2.CancelSeriesRequest(
        name=made.name, scope=series_pb2.SERIES_SCOPE_ALL, reason="CUSTOMER_REQUEST", etag=moved.etag
    )
    assert desk.call(desk.series.CancelSeries, end).state == series_pb2.Series.STATE_CANCELLED
    listed = desk.call(desk.series.ListOccurrences, series_pb2.ListOccurrencesRequest(parent=made.name)).occurrences
    cancelled = bookings_pb2.Booking.STATE_CANCELLED
    assert [one.booking_state for one in listed] == [cancelled, cancelled, bookings_pb2.Booking.STATE_UNSPECIFIED]
    assert len(desk.call(desk.series.ListSeries, series_pb2.ListSeriesRequest()).series) == 1


def test_a_series_that_clashes_is_refused_with_what_clashes(world: World, desk: Desk) -> None:
    """J05"""
    request = series_pb2.CreateSeriesRequest(series=a_series(world, "FREQ=DAILY;COUNT=3"))
    status, words = desk.refused(desk.series.CreateSeries, request)
    assert status is grpc.StatusCode.FAILED_PRECONDITION
    assert "2026-03-28T08:00:00+00:00 SLOT_TAKEN" in words


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"rrule": "FREQ=SOMETIMES"}, "rrule"),
        ({"time_zone": "Nowhere/Else"}, "time_zone"),
        ({"start": "20261399T100000"}, "series.recurrence.start"),
        ({"rdates": ["20260326T100030"]}, "series.recurrence.rdates"),
    ],
)
def test_a_recurrence_that_cannot_be_is_refused_by_field(
    world: World, desk: Desk, change: dict[str, Any], field: str
) -> None:
    series = a_series(world)
    series.recurrence.MergeFrom(series_pb2.Recurrence(**change))
    status, words = desk.refused(desk.series.PreviewSeries, series_pb2.PreviewSeriesRequest(series=series))
    assert status is grpc.StatusCode.INVALID_ARGUMENT
    assert field in words


def test_a_manager_reads_series_without_contact_data(world: World, desk: Desk) -> None:
    made = desk.call(desk.series.CreateSeries, series_pb2.CreateSeriesRequest(series=a_series(world)))
    seen = desk.call(desk.series.GetSeries, series_pb2.GetSeriesRequest(name=made.name), Role.MANAGER)
    assert (seen.customer.display_name, seen.customer.email) == ("A.", "")


def test_sessions_are_opened_seen_booked_and_cancelled(world: World, desk: Desk) -> None:
    """K01, K02: the public sees what is left, and not who holds it."""
    open_office(world)
    world.app.importing.services([CLINIC])
    recurrence = series_pb2.Recurrence(start="20260326T090000", time_zone="Europe/Helsinki")
    block = blocks_pb2.Block(
        service="services/clinic",
        location=f"locations/{HALL.code}",
        recurrence=recurrence,
        duration_minutes=120,
        seats=2,
        officers=["officers/anna"],
        room="resources/room-1",
    )
    made = desk.call(desk.blocks.CreateBlock, blocks_pb2.CreateBlockRequest(block=block))
    assert [(one.remaining_places, list(one.officers)) for one in made.sessions] == [(4, ["officers/anna"])]
    search = bookings_pb2.SearchSlotsRequest(service="services/clinic", location=block.location)
    span = between(THURSDAY, 0, 24)
    search.interval.start_time.CopyFrom(timestamp(span.start))
    search.interval.end_time.CopyFrom(timestamp(span.end))
    slots = desk.call(desk.bookings.SearchSlots, search, Role.PUBLIC).slots
    assert [slot.promise.start_time for slot in slots] == [timestamp(at(THURSDAY, hour)) for hour in (9, 10)]
    choice = bookings_pb2.SlotChoice(
        service="services/clinic", location=block.location, start_time=timestamp(at(THURSDAY, 9))
    )
    desk.call(desk.bookings.CreateBooking, bookings_pb2.CreateBookingRequest(slot=choice, customer=CUSTOMER), Role.PUBLIC)
    seen = desk.call(desk.blocks.ListSessions, blocks_pb2.ListSessionsRequest(service="services/clinic"), Role.PUBLIC)
    assert [(one.remaining_places, list(one.officers), one.block) for one in seen.sessions] == [(3, [], "")]
    named = blocks_pb2.GetSessionRequest(name=seen.sessions[0].name)
    assert desk.call(desk.blocks.GetSession, named, Role.OFFICER).officers == ["officers/anna"]
    end = blocks_pb2.CancelSessionRequest(name=named.name, reason="AUTHORITY")
    assert desk.call(desk.blocks.CancelSession, end).state == blocks_pb2.Session.STATE_CANCELLED
    over = desk.call(desk.blocks.CancelBlock, blocks_pb2.CancelBlockRequest(name=made.name, reason="AUTHORITY"))
    assert over.state == blocks_pb2.Block.STATE_CANCELLED
    assert desk.call(desk.blocks.GetBlock, blocks_pb2.GetBlockRequest(name=made.name)).etag == over.etag
    assert len(desk.call(desk.blocks.ListBlocks, blocks_pb2.ListBlocksRequest()).blocks) == 1


def test_the_public_opens_no_blocks(world: World, desk: Desk) -> None:
    status, _ = desk.refused(desk.blocks.CreateBlock, blocks_pb2.CreateBlockRequest(), Role.PUBLIC)
    assert status is grpc.StatusCode.PERMISSION_DENIED
