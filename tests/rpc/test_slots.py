"""Searching and explaining slots through a real server, on the small authority with its real store."""

from collections.abc import Iterator
from typing import Any, cast

import grpc
import pytest
from fieldwork.v1 import bookings_pb2, bookings_pb2_grpc
from google.type.date_pb2 import Date
from google.type.timeofday_pb2 import TimeOfDay

from server.domain.caller import Role
from server.domain.spans import Span
from server.rpc.application import Application
from server.rpc.convert.times import interval, timestamp
from server.rpc.identity import demo_key, issue_demo_token
from tests.makers.stage import opened, world
from tests.makers.world import FRIDAY, SATURDAY, THURSDAY, World, at, between
from tests.rpc.fakes import FakeSettings
from tests.rpc.raw import bearer
from tests.rpc.running import edge_at_work

__all__ = ["opened", "world"]
Reply = bookings_pb2.SearchSlotsResponse


class Desk:
    """Calls a server in one role or another."""

    def __init__(self, channel: grpc.Channel, settings: FakeSettings) -> None:
        self.bookings = bookings_pb2_grpc.BookingServiceStub(channel)
        self._settings = settings

    def call(self, method: Any, request: Any, role: Role = Role.CUSTOMER_SERVICE) -> Any:
        token = issue_demo_token(demo_key(self._settings), role.value.lower(), role, None, 600)
        return method(request, metadata=bearer(token), timeout=30)


@pytest.fixture
def desk(world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    settings = FakeSettings(home=tmp_path_factory.mktemp("slots"))
    with (
        edge_at_work(cast(Application, world.app), settings) as (target, _, _),
        grpc.insecure_channel(target) as channel,
    ):
        yield Desk(channel, settings)


def search(world: World, span: Span, **how: Any) -> bookings_pb2.SearchSlotsRequest:
    """Ask for advice at the first premises."""
    where = f"premises/{world.site(0)}"
    return bookings_pb2.SearchSlotsRequest(service="services/advice", premises=where, interval=interval(span), **how)


def test_a_search_takes_preferred_times_and_a_language(world: World, desk: Desk) -> None:
    """B16."""
    times = bookings_pb2.PreferredTime(weekdays=[5], start_time=TimeOfDay(hours=13), end_time=TimeOfDay(hours=14))
    found = desk.call(desk.bookings.SearchSlots, search(world, between(THURSDAY, 0, 47), preferred_times=[times]))
    assert [slot.promise.start_time for slot in found.slots] == [timestamp(at(FRIDAY, 13)), timestamp(at(FRIDAY, 13, 30))]
    none = desk.call(desk.bookings.SearchSlots, search(world, between(THURSDAY, 8, 16), language="sv"))
    assert (len(none.slots), none.why_empty) == (0, Reply.WHY_EMPTY_LANGUAGE)


def test_an_empty_answer_names_the_next_date(world: World, desk: Desk) -> None:
    """D08."""
    none = desk.call(desk.bookings.SearchSlots, search(world, between(SATURDAY, 8, 16)), Role.PUBLIC)
    assert (none.why_empty, none.earliest_date) == (Reply.WHY_EMPTY_NOBODY_WORKS, Date(year=2026, month=3, day=30))


def test_staff_are_told_why_a_slot_is_not_offered_and_the_public_is_not(world: World, desk: Desk) -> None:
    world.book("advice", at(THURSDAY, 9), officer="anna")
    slot = bookings_pb2.SlotChoice(
        service="services/advice", premises=f"premises/{world.site(0)}", start_time=timestamp(at(THURSDAY, 9))
    )
    slot.officer = "officers/anna"
    found = desk.call(desk.bookings.ExplainSlot, bookings_pb2.ExplainSlotRequest(slot=slot))
    (anna,) = found.officers
    assert (found.offered, anna.can_keep, anna.obstacles[0].rule) == (False, False, bookings_pb2.SlotObstacle.RULE_BUSY)
    assert anna.obstacles[0].busy.end_time == timestamp(at(THURSDAY, 9, 30))
    with pytest.raises(grpc.RpcError) as refusal:
        desk.call(desk.bookings.ExplainSlot, bookings_pb2.ExplainSlotRequest(slot=slot), Role.PUBLIC)
    assert cast(Any, refusal.value).code() is grpc.StatusCode.PERMISSION_DENIED
