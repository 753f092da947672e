"""Bookings, their events and messages."""

from __future__ import annotations

from fieldwork.v1 import bookings_pb2 as pb

from server.domain.booking import Booking, BookingEvent, BookingState, BookingView, Customer, Source
from server.domain.caller import Caller, Role
from server.domain.commands import BookingFilter, NewBooking
from server.domain.errors import InvalidField, Violation
from server.domain.ids import decode
from server.domain.message import Message
from server.rpc.convert.common import case_message, case_ref
from server.rpc.convert.names import code, identified, officers, optional
from server.rpc.convert.outcomes import change_request_message, facets_message, outcome_message, status_value
from server.rpc.convert.slots import slot_choice
from server.rpc.convert.times import interval, span, timestamp

CHANGEABLE = ("customer.display_name", "customer.phone", "customer.email", "customer.language", "note")


def booking_message(view: BookingView, caller: Caller) -> pb.Booking:
    """Return a booking as this caller may see it: the plan behind the promise is staff's only."""
    booking = view.booking
    message = pb.Booking(
        name=booking.name,
        service=f"services/{booking.service}",
        premises=optional("premises", booking.premises),
        promise=interval(booking.promise),
        customer=customer_message(booking.customer, caller, booking.customer_id),
        case=case_message(booking.case),
        note=booking.note,
        state=_state(booking.state),
        visit=identified("visits", booking.visit),
    )
    _add_life(message, view, caller)
    if caller.is_staff:
        message.officers.extend(officers(view.officers))
        if view.planned_start is not None:
            message.planned_start_time.CopyFrom(timestamp(view.planned_start))
    _describe(message, booking)
    return message


def _add_life(message: pb.Booking, view: BookingView, caller: Caller) -> None:
    message.display_status = status_value(view.booking, view.facets)
    message.facets.CopyFrom(facets_message(view.facets, view.officers, caller))
    if view.outcome is not None:
        message.outcome.CopyFrom(outcome_message(view.outcome, caller))
    if view.change_request is not None:
        message.change_request.CopyFrom(change_request_message(view.change_request))
    message.alternatives.extend(interval(promise) for promise in view.alternatives)


def _describe(message: pb.Booking, booking: Booking) -> None:
    message.cancel_reason = booking.cancel_reason
    message.revision = booking.revision
    message.source = pb.Booking.Source.Value(f"SOURCE_{booking.source.value}")
    message.creator = booking.creator
    message.create_time.CopyFrom(timestamp(booking.created))
    message.etag = booking.etag
    message.rescheduled_to = identified("bookings", booking.rescheduled_to)
    message.rescheduled_from = identified("bookings", booking.rescheduled_from)
    message.rebooked_from = identified("bookings", booking.rebooked_from)
    message.session = identified("sessions", booking.session)
    message.series = identified("series", booking.series)
    message.location = optional("locations", booking.location)
    message.duration_minutes = booking.duration_minutes
    if booking.recurrence_start is not None:
        message.recurrence_start_time.CopyFrom(timestamp(booking.recurrence_start))
    message.conversation_ref = booking.conversation
    message.purpose = booking.purpose
    message.case_closed = booking.case_closed


def customer_message(customer: Customer, caller: Caller, record: int = 0) -> pb.Customer:
    """Return a customer with the id of the lasting record (0: none); a manager sees an initial and no contact points."""
    name = identified("customers", record)
    if caller.role is Role.MANAGER:
        return pb.Customer(name=name, display_name=masked(customer.name), language=customer.language)
    details = {"phone": customer.phone, "email": customer.email, "language": customer.language}
    return pb.Customer(name=name, display_name=customer.name, **details)


def masked(name: str) -> str:
    """Return the initial of a name."""
    return f"{name.strip()[:1]}." if name.strip() else ""


def customer(message: pb.Customer) -> Customer:
    """Return the customer of a message."""
    return Customer(message.display_name, message.phone, message.email, message.language)


def unlinked_customer(message: pb.Customer, field: str) -> Customer:
    """Return the customer of `field`, where no record can be named; refuses a message that names one all the same."""
    if message.name:
        raise InvalidField.of(f"{field}.name", "must be empty here: give the details; only bookings name a record")
    return customer(message)


def new_booking(message: pb.CreateBookingRequest) -> NewBooking:
    """Return the booking to make."""
    return NewBooking(
        hold=message.hold if message.WhichOneof("time") == "hold" else None,
        slot=slot_choice(message.slot) if message.WhichOneof("time") == "slot" else None,
        customer=customer(message.customer),
        case=case_ref(message.case) if message.HasField("case") else None,
        note=message.note,
        allow_duplicate=message.allow_duplicate,
        conversation=message.conversation_ref,
        purpose=message.purpose,
        overbook=message.overbook,
        record=decode(message.customer.name, "customer") if message.customer.name else 0,
        allow_closed_case=message.allow_closed_case,
    )


def changes(message: pb.UpdateBookingRequest) -> dict[str, str]:
    """Return the new values by mask path; refuses a mask that is empty or names anything else."""
    paths = list(message.update_mask.paths)
    if not paths:
        raise InvalidField.of("update_mask", f"is empty: name what changes, of {', '.join(CHANGEABLE)}")
    wrong = [path for path in paths if path not in CHANGEABLE]
    if wrong:
        remedy = f"only {', '.join(CHANGEABLE)} can change; time and officer change by RescheduleBooking"
        raise InvalidField(
            f"update_mask: {wrong[0]!r} cannot be changed; {remedy}",
            violations=[Violation("update_mask", f"{path!r} cannot be changed; {remedy}") for path in wrong],
        )
    return {path: _value(message.booking, path) for path in paths}


def _value(booking: pb.Booking, path: str) -> str:
    if path == "note":
        return booking.note
    if path == "customer.display_name" and not booking.customer.display_name:
        raise InvalidField.of("booking.customer.display_name", "is empty: give the person's name")
    return str(getattr(booking.customer, path.removeprefix("customer.")))


def booking_filter(message: pb.ListBookingsRequest) -> BookingFilter:
    """Return which bookings are asked for."""
    names = [pb.Booking.State.Name(state).removeprefix("STATE_") for state in message.states if state]
    return BookingFilter(
        span=span(message.interval) if message.HasField("interval") else None,
        states=frozenset(BookingState(name) for name in names),
        case=case_ref(message.case) if message.HasField("case") else None,
        services=frozenset(code(name) for name in message.services),
        officer=code(message.officer),
        location=code(message.location),
        customer=decode(message.customer, "customer") if message.customer else 0,
        conversation=message.conversation_ref,
        series=decode(message.series, "series") if message.series else 0,
        session=decode(message.session, "session") if message.session else 0,
        creator=message.creator,
        sources=frozenset(
            Source(pb.Booking.Source.Name(source).removeprefix("SOURCE_")) for source in message.sources if source
        ),
        case_closed=message.case_closed,
    )


def event_message(event: BookingEvent) -> pb.BookingEvent:
    """Return an event as a message."""
    return pb.BookingEvent(
        time=timestamp(event.at),
        kind=event.kind,
        actor=event.actor,
        from_state=_state(event.before) if event.before else pb.Booking.STATE_UNSPECIFIED,
        to_state=_state(event.after),
        revision=event.revision,
        detail=dict(event.detail),
    )


def message_message(message: Message) -> pb.Message:
    """Return a message to a customer as a message of the contract."""
    return pb.Message(
        kind=message.kind,
        channel=pb.Message.Channel.Value(f"CHANNEL_{message.channel.value}"),
        recipient=message.recipient,
        subject=message.subject,
        body=message.body,
        ics=message.ics,
        state=pb.Message.State.Value(f"STATE_{message.state.value}"),
        revision=message.revision,
        send_time=timestamp(message.sent) if message.sent else None,
    )


def _state(state: BookingState) -> pb.Booking.State.ValueType:
    return pb.Booking.State.Value(f"STATE_{state.value}")
