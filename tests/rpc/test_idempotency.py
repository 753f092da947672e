"""A write that is sent again."""

from __future__ import annotations

import uuid
from typing import Any

import grpc
import pytest
from fieldwork.v1 import bookings_pb2 as pb
from google.protobuf.timestamp_pb2 import Timestamp

from server.domain.caller import Role
from server.rpc.call import fingerprint
from tests.rpc.raw import Answer, bearer, send
from tests.rpc.running import Running


def a_booking(**changes: Any) -> pb.CreateBookingRequest:
    """Return a request that makes a booking."""
    slot = pb.SlotChoice(service="services/a", premises="premises/3", start_time=Timestamp(seconds=1_780_000_000))
    values: dict[str, Any] = {
        "slot": slot,
        "customer": pb.Customer(display_name="Maija Virtanen", phone="+358401234567", email="m@example.org"),
        "request_id": str(uuid.uuid4()),
        **changes,
    }
    return pb.CreateBookingRequest(**values)


@pytest.fixture
def book(server: Running, channel: grpc.Channel) -> Any:
    def send_it(request: pb.CreateBookingRequest, role: Role = Role.CUSTOMER_SERVICE) -> Answer:
        return send(channel, "/fieldwork.v1.BookingService/CreateBooking", request, bearer(server.token(role)))

    return send_it


def test_the_same_request_gets_the_same_bytes(server: Running, book: Any) -> None:
    request = a_booking()
    before = len(server.application.bookings.made)
    first, again = book(request), book(request)
    assert first.code == again.code == "OK"
    assert first.data == again.data
    assert len(server.application.bookings.made) == before + 1


def test_another_body_under_the_same_id_is_refused(book: Any) -> None:
    request = a_booking()
    assert book(request).code == "OK"
    request.note = "another"
    answer = book(request)
    assert (answer.code, answer.reason) == ("INVALID_ARGUMENT", "REQUEST_ID_REUSED")


def test_a_request_that_is_answered_meanwhile_is_asked_again(server: Running, book: Any) -> None:
    server.application.bookings.meanwhile = 2
    assert book(a_booking()).code == "OK"


def test_a_request_that_never_gets_its_turn_may_come_back_later(server: Running, book: Any) -> None:
    server.application.bookings.meanwhile = 3
    answer = book(a_booking())
    assert (answer.code, answer.reason, answer.retry_seconds) == ("UNAVAILABLE", "STORE_UNAVAILABLE", 1)


def test_the_fingerprint_is_of_the_body_alone() -> None:
    one, other = a_booking(), a_booking()
    assert one.request_id != other.request_id
    assert fingerprint(one) == fingerprint(other)
    assert fingerprint(one) != fingerprint(a_booking(note="x"))
    assert one.request_id
