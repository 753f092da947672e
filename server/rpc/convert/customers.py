"""Customers, their timelines, what is held about them."""

from __future__ import annotations

from datetime import UTC, datetime

from fieldwork.v1 import bookings_pb2
from fieldwork.v1 import customers_pb2 as pb

from server.domain.audit import Audit
from server.domain.caller import Caller, Role
from server.domain.customer import (
    ContactKind,
    ContactPoint,
    CustomerFilter,
    CustomerRecord,
    HistoryEntry,
    HistoryKind,
    customer_name,
)
from server.domain.errors import InvalidField
from server.domain.message import Channel
from server.rpc.convert.access_needs import need_message
from server.rpc.convert.bookings import booking_message, event_message, masked, message_message
from server.rpc.convert.names import identified
from server.rpc.convert.times import timestamp
from server.usecases.customer_export import CustomerExport, ExportedBooking

_FIELDS = {
    "display_name": "full_name",
    "title": "title",
    "company": "company",
    "language": "language",
    "contact_points": "contact_points",
    "preferred_channels": "preferred_channels",
    "opted_out_channels": "opted_out_channels",
    "access_needs": "access_needs",
}
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def record_message(record: CustomerRecord, caller: Caller) -> pb.CustomerRecord:
    """Return a record as this caller may see it: a manager sees an initial, no contact points and no needs."""
    message = pb.CustomerRecord(
        name=record.name,
        source=record.source,
        external_id=record.external_id,
        display_name=record.full_name,
        title=record.title,
        company=record.company,
        language=record.language,
        contact_points=[_point_message(point) for point in record.contact_points],
        preferred_channels=[_channel(one) for one in record.preferred_channels],
        opted_out_channels=[_channel(one) for one in record.opted_out_channels],
        access_needs=record.access_needs,
        merged_into=customer_name(record.merged_into) if record.merged_into else "",
        create_time=timestamp(record.created),
        etag=record.etag,
    )
    if caller.role is Role.MANAGER:
        message.display_name = masked(record.full_name)
        for field in ("external_id", "title", "contact_points", "access_needs"):
            message.ClearField(field)
    return message


def _point_message(point: ContactPoint) -> pb.ContactPoint:
    if point.kind is ContactKind.PHONE:
        return pb.ContactPoint(phone=point.value, label=point.label)
    return pb.ContactPoint(email=point.value, label=point.label)


def _channel(channel: Channel) -> bookings_pb2.Message.Channel.ValueType:
    return bookings_pb2.Message.Channel.Value(f"CHANNEL_{channel.value}")


def _channel_of(number: int) -> Channel:
    return Channel(bookings_pb2.Message.Channel.Name(number).removeprefix("CHANNEL_"))  # type: ignore[arg-type]


def record(message: pb.CustomerRecord) -> CustomerRecord:
    """Return the record to write; its identity and time follow from what is known."""
    return CustomerRecord(
        id=0,
        full_name=message.display_name,
        created=_NEVER,
        title=message.title,
        company=message.company,
        language=message.language,
        contact_points=tuple(_point(point) for point in message.contact_points),
        preferred_channels=tuple(_channel_of(one) for one in message.preferred_channels),
        opted_out_channels=tuple(_channel_of(one) for one in message.opted_out_channels),
        access_needs=tuple(sorted(message.access_needs)),
        source=message.source,
        external_id=message.external_id,
    )


def _point(message: pb.ContactPoint) -> ContactPoint:
    if message.WhichOneof("point") == "phone":
        return ContactPoint(ContactKind.PHONE, message.phone, message.label)
    return ContactPoint(ContactKind.EMAIL, message.email, message.label)


def fields_of(message: pb.UpsertCustomerRequest) -> list[str]:
    """Return the fields that the mask names, or refuse it."""
    wrong = [path for path in message.update_mask.paths if path not in _FIELDS]
    if wrong:
        raise InvalidField.of("update_mask", f"{wrong[0]!r} cannot be changed: only {', '.join(_FIELDS)} can")
    return [_FIELDS[path] for path in message.update_mask.paths]


def customer_filter(message: pb.ListCustomersRequest) -> CustomerFilter:
    """Return which customers are asked for."""
    return CustomerFilter(message.query, message.source, message.show_merged)


def entry_message(entry: HistoryEntry) -> pb.CustomerHistoryEntry:
    """Return a line of a timeline as a message."""
    line = pb.CustomerHistoryEntry(time=timestamp(entry.at), booking=identified("bookings", entry.booking))
    if entry.kind is HistoryKind.EVENT:
        line.event.CopyFrom(_event(entry))
    else:
        line.message.CopyFrom(_message(entry))
    return line


def _event(entry: HistoryEntry) -> bookings_pb2.BookingEvent:
    states = bookings_pb2.Booking.State
    return bookings_pb2.BookingEvent(
        time=timestamp(entry.at),
        kind=entry.what,
        actor=entry.actor,
        from_state=states.Value(f"STATE_{entry.before or 'UNSPECIFIED'}"),
        to_state=states.Value(f"STATE_{entry.state}"),
        revision=entry.revision,
    )


def _message(entry: HistoryEntry) -> bookings_pb2.Message:
    return bookings_pb2.Message(
        kind=entry.what,
        channel=bookings_pb2.Message.Channel.Value(f"CHANNEL_{entry.channel}"),
        recipient=entry.recipient,
        subject=entry.subject,
        body=entry.body,
        state=bookings_pb2.Message.State.Value(f"STATE_{entry.state}"),
        revision=entry.revision,
        send_time=timestamp(entry.at) if entry.state == "SENT" else None,
    )


def export_message(export: CustomerExport, caller: Caller) -> pb.ExportCustomerResponse:
    """Return a page of what is held about a person."""
    return pb.ExportCustomerResponse(
        customer=record_message(export.record, caller),
        merged_customers=[record_message(one, caller) for one in export.merged],
        access_needs=[need_message(need) for need in export.needs],
        audit_lines=[_audit_message(line) for line in export.audits],
        bookings=[_booking(one, caller) for one in export.bookings],
        possible_bookings=[identified("bookings", number) for number in export.possible],
        next_page_token=export.next_token,
    )


def _audit_message(line: Audit) -> pb.AuditLine:
    return pb.AuditLine(
        time=timestamp(line.at), actor=line.actor, action=line.action, subject=line.subject, detail=dict(line.detail)
    )


def _booking(one: ExportedBooking, caller: Caller) -> pb.ExportedBooking:
    return pb.ExportedBooking(
        booking=booking_message(one.view, caller),
        events=map(event_message, one.events),
        messages=map(message_message, one.messages),
    )
