"""Streams of two servers on one database, one of which is stopped."""

from __future__ import annotations

import time
from typing import Any

import grpc
import pytest
from fieldwork.v1 import bookings_pb2, watch_pb2, watch_pb2_grpc

from clients.python.refusal import refused
from server.domain.caller import Role
from tests.e2e.authority import at, days
from tests.e2e.calling import call, fresh, interval
from tests.e2e.conftest import System
from tests.e2e.system import channel_to, metadata
from tests.e2e.test_processes import booking


def _watch(channel: grpc.Channel, resume: str = "") -> Any:
    request = watch_pb2.WatchBookingsRequest(resume_token=resume)
    return watch_pb2_grpc.WatchServiceStub(channel).WatchBookings(
        request, metadata=tuple(metadata(Role.MANAGER)), timeout=60
    )


def _told(watch: Any, name: str) -> str:
    """Read until that booking is told; return the token behind it."""
    for response in watch:
        if any(one.booking == name for one in response.changes):
            return str(response.resume_token)
    raise AssertionError("the stream ended early")


def _free(system: System) -> bookings_pb2.CreateBookingRequest:
    """Return a request for a time that nobody has taken; other tests book here, too."""
    wish = booking(system, 90, 5, 8)
    asked = bookings_pb2.SearchSlotsRequest(
        service=wish.slot.service,
        premises=wish.slot.premises,
        officer=wish.slot.officer,
        interval=interval(at(days()[5], 0), at(days()[5], 23)),
        page_size=1,
    )
    found = call(
        system.channel, "BookingService/SearchSlots", asked, Role.CUSTOMER_SERVICE, bookings_pb2.SearchSlotsResponse
    )
    wish.slot.start_time.CopyFrom(found.slots[0].promise.start_time)
    return wish


def test_a_stopped_server_hands_its_watchers_over(system: System) -> None:
    """X06, AD04: booked at one server, told by the other, which stops at once although it is watched."""
    with system.installation.serving() as (other, target), channel_to(target) as channel:
        watch = _watch(channel)
        next(watch)
        wish = _free(system)
        made = call(system.channel, "BookingService/CreateBooking", wish, Role.CUSTOMER_SERVICE, bookings_pb2.Booking)
        booked = time.monotonic()
        token = _told(watch, made.name)
        assert time.monotonic() - booked < 2
        stopped = time.monotonic()
        assert other.stop() == 0
        assert time.monotonic() - stopped < 8, "it does not wait for its watchers"
        with pytest.raises(grpc.RpcError) as caught:
            list(watch)
    end = refused(caught.value)
    assert (end.code.name, end.reason) == ("UNAVAILABLE", "WATCH_ENDED")
    cancel = bookings_pb2.CancelBookingRequest(name=made.name, reason="AUTHORITY", request_id=fresh())
    call(system.channel, "BookingService/CancelBooking", cancel, Role.CUSTOMER_SERVICE, bookings_pb2.Booking)
    for resume in (token, end.facts["resume_token"]):
        response = next(_watch(system.channel, resume))
        assert [(one.booking, one.event.kind) for one in response.changes] == [(made.name, "booking.cancelled")]
