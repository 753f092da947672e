"""Updates of a booking: only what the mask names is read, and checked."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fieldwork.v1 import bookings_pb2 as pb
from google.protobuf.field_mask_pb2 import FieldMask

from clients.python.client import Client
from clients.python.refusal import CallRefused
from server.domain.caller import Role
from tests.rpc.running import Running
from tests.rpc.test_idempotency import a_booking


@pytest.fixture
def client(server: Running) -> Iterator[Client]:
    with Client(server.target, server.token(Role.CUSTOMER_SERVICE)) as found:
        yield found


def _update(client: Client, customer: pb.Customer, *paths: str) -> pb.Booking:
    made = client.bookings.CreateBooking(a_booking())
    changed = pb.Booking(name=made.name, etag=made.etag, customer=customer, note="by the back door")
    return client.bookings.UpdateBooking(pb.UpdateBookingRequest(booking=changed, update_mask=FieldMask(paths=paths)))


def test_what_the_mask_does_not_name_needs_no_value(server: Running, client: Client) -> None:
    _update(client, pb.Customer(phone="+358409999999"), "customer.phone", "note")
    assert server.application.bookings.changed[-1] == {"customer.phone": "+358409999999", "note": "by the back door"}


def test_what_the_mask_names_is_checked(client: Client) -> None:
    with pytest.raises(CallRefused) as caught:
        _update(client, pb.Customer(phone="+358409999999"), "customer.display_name")
    assert list(caught.value.violations) == ["booking.customer.display_name"]
