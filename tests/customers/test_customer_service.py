"""CustomerService as other systems and clients see it (W01, W04, W06, B08)."""

from typing import Any

import pytest
from fieldwork.v1 import bookings_pb2, catalogue_pb2, common_pb2, waiting_pb2
from fieldwork.v1 import customers_pb2 as pb

from server.domain.caller import Role
from server.domain.ids import decode
from server.rpc.convert.times import timestamp
from tests.customers.conftest import Counter
from tests.makers.world import ADVICE, THURSDAY, at

ADMIN, PARTNER, MANAGER = Role.BOOKING_ADMINISTRATOR, Role.PARTNER, Role.MANAGER
SMS, EMAIL = bookings_pb2.Message.CHANNEL_SMS, bookings_pb2.Message.CHANNEL_EMAIL


def aino(**changes: Any) -> pb.CustomerRecord:
    points = [pb.ContactPoint(phone="040 123 4567", label="work"), pb.ContactPoint(email="aino@example.com")]
    known = {
        "display_name": "Aino Esimerkki",
        "title": "Dr",
        "company": "Kahvila Oy",
        "language": "fi",
        "contact_points": points,
    }
    return pb.CustomerRecord(**{**known, "preferred_channels": [EMAIL, SMS], **changes})


def keep(counter: Counter, record: pb.CustomerRecord, *mask: str, role: Role = ADMIN, system: str = "") -> pb.CustomerRecord:
    request = pb.UpsertCustomerRequest(customer=record)
    request.update_mask.paths.extend(mask)
    return counter.get("CustomerService/UpsertCustomer", request, pb.CustomerRecord, role, system)


def read(counter: Counter, name: str, role: Role = ADMIN) -> pb.CustomerRecord:
    return counter.get("CustomerService/GetCustomer", pb.GetCustomerRequest(name=name), pb.CustomerRecord, role)


def book(counter: Counter, name: str, hour: int, **more: Any) -> bookings_pb2.Booking:
    slot = bookings_pb2.SlotChoice(
        service=f"services/{ADVICE.code}",
        premises=f"premises/{counter.world.site(0)}",
        start_time=timestamp(at(THURSDAY, hour)),
    )
    request = bookings_pb2.CreateBookingRequest(slot=slot, customer=bookings_pb2.Customer(name=name), **more)
    return counter.get("BookingService/CreateBooking", request, bookings_pb2.Booking)


def test_a_record_comes_back_as_it_was_given(counter: Counter) -> None:
    """W01: round trip; telephone numbers in one form."""
    made = keep(counter, aino())
    assert made == read(counter, made.name)
    assert made.name.startswith("customers/")
    assert [(point.phone, point.email, point.label) for point in made.contact_points] == [
        ("+358401234567", "", "work"),
        ("", "aino@example.com", ""),
    ]
    assert (made.title, made.company, made.language) == ("Dr", "Kahvila Oy", "fi")
    assert list(made.preferred_channels) == [EMAIL, SMS]
    changed = keep(counter, pb.CustomerRecord(name=made.name, etag=made.etag), "company")
    assert (changed.company, changed.title) == ("", "Dr")


def test_a_manager_sees_an_initial_and_no_way_to_reach_anybody(counter: Counter) -> None:
    """W01: masked by role, in lists, too; a query would tell who has a telephone number."""
    made = keep(counter, aino())
    seen = read(counter, made.name, MANAGER)
    listed = counter.get("CustomerService/ListCustomers", pb.ListCustomersRequest(), pb.ListCustomersResponse, MANAGER)
    assert list(listed.customers) == [seen]
    assert (seen.display_name, seen.company, seen.title) == ("A.", "Kahvila Oy", "")
    assert (list(seen.contact_points), list(seen.access_needs)) == ([], [])
    refused = counter.ask("CustomerService/ListCustomers", pb.ListCustomersRequest(query="Aino"), MANAGER)
    assert (refused.code, list(refused.fields)) == ("INVALID_ARGUMENT", ["query"])


def test_a_partner_upserts_by_its_own_system_and_id(counter: Counter) -> None:
    """W06: two calls, one record; what its token names is its system."""
    one = keep(counter, aino(source="crm", external_id="7"), role=PARTNER, system="crm")
    two = keep(counter, pb.CustomerRecord(source="crm", external_id="7", title="Prof"), role=PARTNER, system="crm")
    assert (two.name, two.title, two.display_name) == (one.name, "Prof", "Aino Esimerkki")
    request = pb.UpsertCustomerRequest(customer=aino(source="crm", external_id="8"))
    assert counter.ask("CustomerService/UpsertCustomer", request, PARTNER, "licensing").reason == "NOT_YOURS"
    hidden = counter.ask("CustomerService/GetCustomer", pb.GetCustomerRequest(name=one.name), PARTNER, "licensing")
    assert hidden.reason == "NOT_FOUND"


@pytest.mark.parametrize(
    ("record", "field"),
    [
        (aino(display_name=""), "customer.display_name"),
        (aino(contact_points=[pb.ContactPoint(phone="12")]), "customer.contact_points[0].phone"),
        (aino(contact_points=[pb.ContactPoint(label="x")]), "customer.contact_points[0].point"),
        (aino(contact_points=[pb.ContactPoint(email="x@x.example")] * 11), "customer.contact_points"),
        (aino(external_id="7"), "customer.external_id"),
        (aino(source="The CRM", external_id="7"), "customer.source"),
        (aino(language="Finnish!"), "customer.language"),
        (aino(access_needs=["bsl"]), "customer.access_needs"),
        (aino(preferred_channels=[0]), "customer.preferred_channels[0]"),
        (aino(opted_out_channels=[SMS]), "customer.preferred_channels"),
    ],
)
def test_what_cannot_be_right_is_refused_by_field(counter: Counter, record: pb.CustomerRecord, field: str) -> None:
    refused = counter.ask("CustomerService/UpsertCustomer", pb.UpsertCustomerRequest(customer=record), ADMIN)
    assert (refused.code, refused.reason, list(refused.fields)) == ("INVALID_ARGUMENT", "INVALID_FIELD", [field])


def test_a_mask_names_what_can_be_changed_only(counter: Counter) -> None:
    request = pb.UpsertCustomerRequest(customer=aino())
    request.update_mask.paths.append("merged_into")
    assert counter.ask("CustomerService/UpsertCustomer", request, ADMIN).fields == {
        "update_mask": "'merged_into' cannot be changed: only display_name, title, company, language, contact_points, "
        "preferred_channels, opted_out_channels, access_needs can"
    }


def test_booking_by_name_fills_the_rest_and_the_timeline_tells_of_it(counter: Counter) -> None:
    """B08, W04."""
    made = keep(counter, aino())
    booked = book(counter, made.name, 9)
    assert booked.customer == bookings_pb2.Customer(
        name=made.name, display_name="Aino Esimerkki", phone="+358401234567", email="aino@example.com", language="fi"
    )
    counter.world.app.messages.deliver(decode(booked.name, "booking"), 1, "booking.confirmed")
    asked = pb.ListCustomerHistoryRequest(parent=made.name)
    told = counter.get("CustomerService/ListCustomerHistory", asked, pb.ListCustomerHistoryResponse)
    lines = [(line.WhichOneof("entry"), line.event.kind or line.message.kind, line.booking) for line in told.entries]
    assert lines == [("message", "booking.confirmed", booked.name), ("event", "booking.created", booked.name)]
    assert told.entries[0].message.channel == EMAIL, "the preferred channel only (W02, O08)"
    listed = bookings_pb2.ListBookingsRequest(customer=made.name)
    found = counter.get("BookingService/ListBookings", listed, bookings_pb2.ListBookingsResponse)
    assert [one.name for one in found.bookings] == [booked.name]


def test_two_records_become_one_and_the_other_says_where_it_went(counter: Counter) -> None:
    """W06: by booking, by get, and by a refusal that names the winner."""
    winner, loser = keep(counter, aino()), keep(counter, aino(display_name="A. Esimerkki"))
    booked = book(counter, loser.name, 9)
    merge = pb.MergeCustomersRequest(winner=winner.name, loser=loser.name, winner_etag=winner.etag, loser_etag=loser.etag)
    merged = counter.get("CustomerService/MergeCustomers", merge, pb.CustomerRecord)
    assert merged.name == winner.name
    assert read(counter, loser.name).merged_into == winner.name
    got = counter.get("BookingService/GetBooking", bookings_pb2.GetBookingRequest(name=booked.name), bookings_pb2.Booking)
    assert (got.customer.name, got.customer.display_name, got.etag) == (winner.name, "A. Esimerkki", booked.etag)
    again = pb.UpsertCustomerRequest(customer=pb.CustomerRecord(name=loser.name, title="Dr"))
    refused = counter.ask("CustomerService/UpsertCustomer", again, ADMIN)
    assert (refused.code, refused.reason, refused.facts["merged_into"]) == (
        "FAILED_PRECONDITION",
        "CUSTOMER_MERGED",
        winner.name,
    )


def test_everything_that_is_held_is_exported_page_by_page(counter: Counter) -> None:
    """W01: for a subject access request."""
    made = keep(counter, aino())
    names = [book(counter, made.name, hour).name for hour in (9, 12, 14)]
    request = pb.ExportCustomerRequest(name=made.name, page_size=2)
    first = counter.get("CustomerService/ExportCustomer", request, pb.ExportCustomerResponse, ADMIN)
    request.page_token = first.next_page_token
    rest = counter.get("CustomerService/ExportCustomer", request, pb.ExportCustomerResponse, ADMIN)
    assert first.customer == rest.customer == made
    assert [one.booking.name for one in (*first.bookings, *rest.bookings)] == names
    assert [event.kind for event in first.bookings[0].events] == ["booking.created"]
    assert [line.action for line in rest.audit_lines] == ["customer.exported"] * 2
    assert counter.ask("CustomerService/ExportCustomer", request).reason == "ROLE_NOT_ALLOWED"


def test_needs_are_a_catalogue_that_anyone_may_read(counter: Counter) -> None:
    """W03."""
    signs = pb.AccessNeed(
        name="accessNeeds/signs",
        display_name="Sign language",
        skill=common_pb2.SkillLevel(skill="lang-bsl", level=1),
        feature="quiet-room",
    )
    request = pb.UpsertAccessNeedRequest(access_need=signs)
    assert counter.get("CustomerService/UpsertAccessNeed", request, pb.AccessNeed, ADMIN) == signs
    loop = pb.AccessNeed(name="accessNeeds/loop", display_name="Induction loop")
    counter.get("CustomerService/UpsertAccessNeed", pb.UpsertAccessNeedRequest(access_need=loop), pb.AccessNeed, ADMIN)
    listed = counter.get(
        "CustomerService/ListAccessNeeds", pb.ListAccessNeedsRequest(), pb.ListAccessNeedsResponse, Role.PUBLIC
    )
    assert list(listed.access_needs) == [loop, signs]
    made = keep(counter, aino(access_needs=["signs"]))
    assert list(made.access_needs) == ["signs"]


def test_a_service_that_asks_for_an_address_says_which_field_is_missing(counter: Counter) -> None:
    """B07, B15: NOT_ELIGIBLE, naming the field."""
    name = f"services/{ADVICE.code}"
    service = counter.get("CatalogueService/GetService", catalogue_pb2.GetServiceRequest(name=name), catalogue_pb2.Service)
    service.contact_required.append("email")
    request = catalogue_pb2.UpsertServiceRequest(service=service)
    counter.get("CatalogueService/UpsertService", request, catalogue_pb2.Service, ADMIN)
    slot = bookings_pb2.SlotChoice(service=name, premises=f"premises/{counter.world.site(0)}")
    slot.start_time.CopyFrom(timestamp(at(THURSDAY, 9)))
    booking = bookings_pb2.CreateBookingRequest(slot=slot, customer=bookings_pb2.Customer(display_name="Aino"))
    refused = counter.ask("BookingService/CreateBooking", booking, Role.PUBLIC)
    assert (refused.code, refused.reason, list(refused.fields)) == (
        "FAILED_PRECONDITION",
        "NOT_ELIGIBLE",
        ["customer.email"],
    )


def test_a_record_that_would_be_forgotten_is_refused(counter: Counter) -> None:
    """Series, blocks and the waiting list keep details only."""
    made = keep(counter, aino())
    named = bookings_pb2.Customer(name=made.name, display_name="Aino", phone="0401234567")
    entry = waiting_pb2.WaitingEntry(
        service=f"services/{ADVICE.code}", premises=f"premises/{counter.world.site(0)}", customer=named
    )
    entry.interval.start_time.CopyFrom(timestamp(at(THURSDAY, 8)))
    entry.interval.end_time.CopyFrom(timestamp(at(THURSDAY, 16)))
    join = waiting_pb2.JoinWaitingListRequest(waiting_entry=entry)
    refused = counter.ask("WaitingListService/JoinWaitingList", join, ADMIN)
    assert (refused.reason, list(refused.fields)) == ("INVALID_FIELD", ["waiting_entry.customer.name"])
