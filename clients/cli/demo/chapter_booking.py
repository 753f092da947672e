"""Chapter 2, and a part of chapter 4: customers are offered times, take one, and are told."""

from __future__ import annotations

from collections.abc import Sequence

from fieldwork.v1 import bookings_pb2, places_pb2
from rich.table import Table

from clients.cli.demo.desk import Desk, clock, day_interval, window
from clients.cli.demo.scene import Booked, City, hold
from clients.cli.demo.stage import Stage
from clients.cli.demo.synthetic import LABEL, may_be_consulted
from clients.cli.words import address_line, minutes

_SERVICE = "services/consultation"
_PER_BOOKING = 2


def book_as_public(stage: Stage, desk: Desk, city: City) -> Booked:
    """Search, hold and book as the public booking page would."""
    client, premises = desk.as_("public"), _customer_of(city, 0)
    found = _search(desk, city, premises, "public", bookings_pb2.SLOT_ORDER_EARLIEST)
    stage.voice.show(_offers(found, city, "What the public sees: no names, no routes, no travel"))
    hold(not any(slot.officer for slot in found), "the public is shown no officers")
    slot = found[len(found) // 2]
    held = client.bookings.CreateHold(bookings_pb2.CreateHoldRequest(slot=_choice(premises, slot)))
    stage.voice.say(f"    held {window(held.promise, city.zone)} until {clock(held.expire_time, city.zone)} ({held.name})")
    customer = bookings_pb2.Customer(
        display_name=f"Kaisa Example ({LABEL})", phone="+447700900123", email="kaisa@example.com", language="en"
    )
    booking = client.bookings.CreateBooking(
        bookings_pb2.CreateBookingRequest(hold=held.name, customer=customer, note="Opening a second kitchen.")
    )
    hold(booking.promise == held.promise, "the booking promises what was held")
    return _told(stage, desk, city, booking, premises)


def book_as_staff(stage: Stage, desk: Desk, city: City) -> tuple[Booked, bookings_pb2.Slot]:
    """Book straight into the published routes where it costs today's plan least; returns the offer too."""
    premises = _customer_of(city, 1)
    found = _search(desk, city, premises, "customer_service", bookings_pb2.SLOT_ORDER_LEAST_TRAVEL)
    stage.voice.show(_offers(found, city, "What staff sees: the least cost to the published routes first", costs=True))
    slot = found[0]
    hold(slot.officer, "staff is told whose day an offer fits")
    customer = bookings_pb2.Customer(
        display_name=f"Matti Example ({LABEL})", phone="+447700900456", email="matti@example.com", language="en"
    )
    choice = _choice(premises, slot)
    choice.officer = slot.officer
    booking = desk.as_("customer_service").bookings.CreateBooking(
        bookings_pb2.CreateBookingRequest(slot=choice, customer=customer)
    )
    return _told(stage, desk, city, booking, premises), slot


def _customer_of(city: City, index: int) -> places_pb2.Premises:
    candidates = may_be_consulted(city.premises)
    hold(candidates, "the city has a restaurant or a cafe")
    return candidates[(len(candidates) // 3 + index * (len(candidates) // 2)) % len(candidates)]


def _search(
    desk: Desk, city: City, premises: places_pb2.Premises, role: str, order: bookings_pb2.SlotOrder.ValueType
) -> Sequence[bookings_pb2.Slot]:
    found = desk.as_(role).bookings.SearchSlots(
        bookings_pb2.SearchSlotsRequest(
            service=_SERVICE, premises=premises.name, interval=day_interval(city.day, city.zone), order_by=order
        )
    )
    hold(found.slots, f"a time for a consultation at {premises.display_name} on {city.day} is offered")
    return found.slots


def _choice(premises: places_pb2.Premises, slot: bookings_pb2.Slot) -> bookings_pb2.SlotChoice:
    return bookings_pb2.SlotChoice(service=_SERVICE, premises=premises.name, start_time=slot.promise.start_time)


def _told(stage: Stage, desk: Desk, city: City, booking: bookings_pb2.Booking, premises: places_pb2.Premises) -> Booked:
    """Wait until SMS and mail of the booking have left, and check them."""
    where = f"{premises.display_name}, {address_line(premises.address)}"
    stage.voice.say(f"    booked {window(booking.promise, city.zone)} at {where} ({booking.name})")
    hold(booking.state == bookings_pb2.Booking.STATE_CONFIRMED, "the booking is confirmed at once")
    messages: Sequence[bookings_pb2.Message] = ()

    def sent() -> bool:
        nonlocal messages
        request = bookings_pb2.ListMessagesRequest(parent=booking.name)
        messages = desk.as_("customer_service").bookings.ListMessages(request).messages
        return len(messages) >= _PER_BOOKING and all(m.state == bookings_pb2.Message.STATE_SENT for m in messages)

    with stage.voice.step("the worker sends the SMS and the mail (to the console, nobody is disturbed)"):
        stage.until(sent, f"the delivery of two messages of {booking.name}", 30)
    hold(len(messages) == _PER_BOOKING, f"{_PER_BOOKING} messages go out, not {len(messages)}")
    hold(any("BEGIN:VCALENDAR" in message.ics for message in messages), "the mail carries an .ics")
    return Booked(booking, len(messages))


def _offers(slots: Sequence[bookings_pb2.Slot], city: City, title: str, *, costs: bool = False) -> Table:
    table = Table("promise", "officers who could", title=title, title_justify="left")
    if costs:
        for column in ("best officer", "extra travel", "weight pushed out"):
            table.add_column(column, justify="right")
    for slot in slots[:6]:
        row = [window(slot.promise, city.zone), str(slot.available_officer_count)]
        if costs:
            row += [slot.officer.removeprefix("officers/"), minutes(slot.extra_travel_seconds), str(slot.displaced_weight)]
        table.add_row(*row)
    return table
