"""The waiting list through gRPC."""

import pytest
from fieldwork.v1 import bookings_pb2
from fieldwork.v1 import waiting_pb2 as pb
from google.type.interval_pb2 import Interval
from google.type.timeofday_pb2 import TimeOfDay

from clients.python.refusal import CallRefused
from server.domain.caller import Role
from server.rpc.convert.times import interval, timestamp
from tests.demand.conftest import Clients
from tests.makers.world import ADVICE, THURSDAY, World, at, between

MORNING = interval(between(THURSDAY, 8, 12))


def entry(world: World, **how: object) -> pb.WaitingEntry:
    given = {
        "service": f"services/{ADVICE.code}",
        "premises": f"premises/{world.premises[1].id}",
        "interval": MORNING,
        "customer": bookings_pb2.Customer(display_name="Aino", phone="+358401234567"),
        **how,
    }
    return pb.WaitingEntry(**given)


def test_the_public_waits_is_offered_and_accepts(world: World, client: Clients) -> None:
    """C09, D08."""
    public = client(Role.PUBLIC)
    wanted = entry(world, weekdays=[4], from_time=TimeOfDay(hours=9), until_time=TimeOfDay(hours=10, minutes=30))
    joined = public.waiting.JoinWaitingList(pb.JoinWaitingListRequest(waiting_entry=wanted))
    assert (joined.state, joined.ahead_count) == (pb.WaitingEntry.STATE_WAITING, 0)
    assert (joined.from_time, list(joined.weekdays)) == (wanted.from_time, [4])
    world.app.waiting_offers.sweep()
    offered = public.waiting.GetWaitingEntry(pb.GetWaitingEntryRequest(name=joined.name))
    assert offered.state == pb.WaitingEntry.STATE_OFFERED
    assert offered.offer.promise.start_time == timestamp(at(THURSDAY, 9))
    booking = public.waiting.AcceptOffer(pb.AcceptOfferRequest(name=joined.name))
    assert booking.promise == offered.offer.promise
    done = public.waiting.GetWaitingEntry(pb.GetWaitingEntryRequest(name=joined.name))
    assert (done.state, done.booking) == (pb.WaitingEntry.STATE_BOOKED, booking.name)
    assert not done.HasField("offer")


def test_staff_list_and_take_off(world: World, client: Clients) -> None:
    desk = client(Role.CUSTOMER_SERVICE)
    one = desk.waiting.JoinWaitingList(pb.JoinWaitingListRequest(waiting_entry=entry(world)))
    two = client(Role.PARTNER).waiting.JoinWaitingList(pb.JoinWaitingListRequest(waiting_entry=entry(world, weight=500)))
    asked = pb.ListWaitingEntriesRequest(service=one.service, states=[pb.WaitingEntry.STATE_WAITING])
    assert {found.name for found in desk.waiting.ListWaitingEntries(asked).waiting_entries} == {one.name, two.name}
    gone = desk.waiting.LeaveWaitingList(pb.LeaveWaitingListRequest(name=one.name, etag=one.etag))
    assert gone.state == pb.WaitingEntry.STATE_WITHDRAWN
    assert [found.name for found in desk.waiting.ListWaitingEntries(asked).waiting_entries] == [two.name]


def test_refusals_say_what_to_do(world: World, client: Clients) -> None:
    desk, public = client(Role.CUSTOMER_SERVICE), client(Role.PUBLIC)
    joined = desk.waiting.JoinWaitingList(pb.JoinWaitingListRequest(waiting_entry=entry(world)))
    with pytest.raises(CallRefused, match="HOLD_EXPIRED"):
        desk.waiting.AcceptOffer(pb.AcceptOfferRequest(name=joined.name))
    with pytest.raises(CallRefused, match="NOT_FOUND"):
        public.waiting.LeaveWaitingList(pb.LeaveWaitingListRequest(name=joined.name))
    with pytest.raises(CallRefused, match="STALE_ETAG"):
        desk.waiting.LeaveWaitingList(pb.LeaveWaitingListRequest(name=joined.name, etag="v9"))
    late = entry(world, from_time=TimeOfDay(hours=24))
    with pytest.raises(CallRefused, match=r"INVALID_FIELD.*from_time"):
        desk.waiting.JoinWaitingList(pb.JoinWaitingListRequest(waiting_entry=late))
    past = entry(world, interval=Interval(start_time=timestamp(at(THURSDAY, 8)), end_time=timestamp(at(THURSDAY, 7))))
    with pytest.raises(CallRefused, match=r"INVALID_FIELD.*interval"):
        desk.waiting.JoinWaitingList(pb.JoinWaitingListRequest(waiting_entry=past))
