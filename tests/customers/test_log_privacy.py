"""The log of a day's work names no customer (W05)."""

import io
import json

import pytest
from fieldwork.v1 import bookings_pb2
from fieldwork.v1 import customers_pb2 as pb

from server.domain.caller import Role
from server.domain.ids import decode
from server.rpc.convert.times import timestamp
from server.store import tables
from tests.customers.conftest import Counter
from tests.makers.world import ADVICE, THURSDAY, at

ADMIN = Role.BOOKING_ADMINISTRATOR
PERSONAL = ("Aino", "Esimerkki", "4012345", "40 123", "aino@", "Kahvila", "Ring twice", "Sign language")
DETAILS = bookings_pb2.Customer(display_name="Aino Esimerkki", phone="040 123 4567", email="aino@example.com")


def a_slot(counter: Counter, hour: int) -> bookings_pb2.SlotChoice:
    return bookings_pb2.SlotChoice(
        service=f"services/{ADVICE.code}",
        premises=f"premises/{counter.world.site(0)}",
        start_time=timestamp(at(THURSDAY, hour)),
        officer="officers/anna",
    )


def a_record() -> pb.UpsertCustomerRequest:
    points = [pb.ContactPoint(phone="040 123 4567"), pb.ContactPoint(email="aino@example.com")]
    record = pb.CustomerRecord(display_name="Aino Esimerkki", company="Kahvila Oy", contact_points=points)
    return pb.UpsertCustomerRequest(customer=record)


def work(counter: Counter) -> list[str]:
    """Do what can be done with a customer, rightly and wrongly; return how each call ended."""
    asked = counter.ask
    one, two = (counter.get("CustomerService/UpsertCustomer", a_record(), pb.CustomerRecord) for _ in range(2))
    wrong = a_record()
    wrong.customer.contact_points[0].phone = "040 123"
    book = bookings_pb2.CreateBookingRequest(slot=a_slot(counter, 9), customer=DETAILS, note="Ring twice")
    made = counter.get("BookingService/CreateBooking", book, bookings_pb2.Booking)
    taken = bookings_pb2.CreateBookingRequest(slot=a_slot(counter, 9), customer=DETAILS)
    malformed = bookings_pb2.CreateBookingRequest(slot=a_slot(counter, 10), customer=DETAILS, note="Aino\0Esimerkki")
    counter.world.app.messages.deliver(decode(made.name, "booking"), 1, "booking.confirmed")
    edit = bookings_pb2.UpdateBookingRequest(booking=bookings_pb2.Booking(name=made.name, customer=DETAILS))
    edit.update_mask.paths.extend(["customer.phone", "customer.display_name"])
    calls = [
        asked("CustomerService/UpsertCustomer", wrong),
        asked("CustomerService/ListCustomers", pb.ListCustomersRequest(query="aino@example.com")),
        asked("CustomerService/ListCustomers", pb.ListCustomersRequest(query="Aino", page_token="Aino")),
        asked("CustomerService/MergeCustomers", pb.MergeCustomersRequest(winner=one.name, loser=two.name)),
        asked("CustomerService/UpsertCustomer", pb.UpsertCustomerRequest(customer=two)),
        asked("CustomerService/ListCustomerHistory", pb.ListCustomerHistoryRequest(parent=one.name)),
        asked("CustomerService/ExportCustomer", pb.ExportCustomerRequest(name=one.name), ADMIN),
        asked("BookingService/CreateBooking", taken),
        asked("BookingService/CreateBooking", malformed),
        asked("BookingService/UpdateBooking", edit),
        asked("BookingService/ListMessages", bookings_pb2.ListMessagesRequest(parent=made.name)),
        asked("CustomerService/GetCustomer", pb.GetCustomerRequest(name=one.name), Role.PUBLIC),
    ]
    return [call.code for call in calls]


def test_the_log_of_a_whole_run_holds_no_personal_data(
    counter: Counter, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    """W05: calls that succeed, are refused, or meet a defect of ours."""
    ended = work(counter)
    assert set(ended) == {"OK", "INVALID_ARGUMENT", "FAILED_PRECONDITION", "ABORTED", "PERMISSION_DENIED"}

    def fail(*_: object) -> None:
        raise RuntimeError("no room")

    monkeypatch.setattr("server.store.customers.SqlCustomers.add", fail)
    assert counter.ask("CustomerService/UpsertCustomer", a_record()).code == "INTERNAL"
    written = log.getvalue()
    lines = [json.loads(line) for line in written.splitlines()]
    calls = [line for line in lines if line["event"] == "rpc"]
    assert len(calls) >= len(ended)
    assert "no room" in written, "the defect's traceback is there"
    for word in PERSONAL:
        assert word not in written, next(line for line in written.splitlines() if word in line)


def test_what_the_audit_and_the_history_keep_holds_no_personal_data(counter: Counter) -> None:
    """W05: they outlive the record of the person."""
    work(counter)
    export = pb.ExportCustomerRequest(name=counter.get("CustomerService/UpsertCustomer", a_record(), pb.CustomerRecord).name)
    counter.get("CustomerService/ExportCustomer", export, pb.ExportCustomerResponse, ADMIN)
    kept = [*counter.world.rows(tables.audit), *counter.world.rows(tables.booking_event)]
    assert len(kept) >= 5
    for word in PERSONAL:
        assert not [row for row in kept if word in str(row)]
