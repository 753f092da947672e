"""Many clients at once: one promise per slot, one booking per request id."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from fieldwork.v1 import bookings_pb2
from google.protobuf.message import Message

from server.domain.caller import Role
from tests.e2e.authority import at, days
from tests.e2e.calling import ask, call, fresh, interval, stamp
from tests.e2e.conftest import System
from tests.e2e.system import channel_to
from tests.rpc.raw import Answer

CLIENTS = 24
Go = Callable[[str, Message, Role], Answer]
DESK = Role.CUSTOMER_SERVICE


def at_once(system: System, count: int, act: Callable[[int, Go], Answer]) -> list[Answer]:
    """Let that many clients, each with a connection of its own, act at the same moment."""
    gate = threading.Barrier(count)

    def one(number: int) -> Answer:
        with channel_to(system.target) as channel:
            gate.wait(30)
            return act(number, lambda method, request, role: ask(channel, method, request, role, 60))

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def booking(premises: str, start: datetime, service: str = "visit-at", who: int = 0) -> bookings_pb2.CreateBookingRequest:
    choice = bookings_pb2.SlotChoice(service=f"services/{service}", premises=premises, start_time=stamp(start))
    customer = bookings_pb2.Customer(display_name=f"Client {who}")
    return bookings_pb2.CreateBookingRequest(slot=choice, customer=customer, request_id=fresh())


def live_bookings(system: System, start: datetime) -> list[bookings_pb2.Booking]:
    asked = bookings_pb2.ListBookingsRequest(interval=interval(start, start + timedelta(seconds=1)), page_size=500)
    found = call(system.channel, "BookingService/ListBookings", asked, DESK, bookings_pb2.ListBookingsResponse)
    return list(found.bookings)


def test_one_of_many_gets_a_slot_and_the_others_get_alternatives_that_hold(system: System) -> None:
    start = at(days()[3], 10)
    doors = [place.name for place in system.premises[:CLIENTS]]
    answers = at_once(
        system, CLIENTS, lambda n, go: go("BookingService/CreateBooking", booking(doors[n], start, who=n), DESK)
    )
    assert Counter(answer.code for answer in answers) == {"OK": 1, "ABORTED": CLIENTS - 1}
    losers = [(n, answer) for n, answer in enumerate(answers) if answer.code != "OK"]
    for _, answer in losers:
        assert answer.reason == "SLOT_TAKEN", answer
        assert len(answer.facts["alternatives"].split(",")) >= 3, answer
        assert not answer.fields
    assert len(live_bookings(system, start)) == 1
    number, loser = losers[0]
    for text in loser.facts["alternatives"].split(",")[:3]:
        again = booking(doors[number], datetime.fromisoformat(text), who=number)
        answer = ask(system.channel, "BookingService/CreateBooking", again, DESK)
        assert answer.code == "OK", answer


def test_one_request_id_makes_one_booking_however_often_it_is_sent(system: System) -> None:
    request = booking(system.premises[40].name, at(days()[4], 10))
    before = system.counts()["booking"]
    answers = at_once(system, 30, lambda _, go: go("BookingService/CreateBooking", request, DESK))
    assert {answer.code for answer in answers} == {"OK"}, Counter(answer.code for answer in answers)
    assert len({answer.data for answer in answers}) == 1
    assert system.counts()["booking"] == before + 1
    request.customer.display_name = "Somebody else"
    other = ask(system.channel, "BookingService/CreateBooking", request, DESK)
    assert (other.code, other.reason) == ("INVALID_ARGUMENT", "REQUEST_ID_REUSED")
    assert system.counts()["booking"] == before + 1


def test_every_write_is_done_once_however_often_it_is_sent(system: System) -> None:
    door = system.premises[70].name
    made = call(system.channel, "BookingService/CreateBooking", booking(door, at(days()[6], 9)), DESK, bookings_pb2.Booking)
    pending = call(
        system.channel,
        "BookingService/CreateBooking",
        booking(door, at(days()[6], 13), "licence-talk"),
        DESK,
        bookings_pb2.Booking,
    )
    choice = booking(door, at(days()[6], 15)).slot
    held = once(system, "CreateHold", bookings_pb2.CreateHoldRequest(slot=choice, request_id=fresh()))
    hold = bookings_pb2.Hold.FromString(held).name
    customer = bookings_pb2.Customer(display_name="The holder")
    once(system, "CreateBooking", bookings_pb2.CreateBookingRequest(hold=hold, customer=customer, request_id=fresh()))
    once(system, "ApproveBooking", bookings_pb2.ApproveBookingRequest(name=pending.name, request_id=fresh()))
    later = stamp(at(days()[6], 10))
    moved = once(
        system,
        "RescheduleBooking",
        bookings_pb2.RescheduleBookingRequest(name=made.name, start_time=later, request_id=fresh()),
    )
    name = bookings_pb2.Booking.FromString(moved).name
    once(system, "CancelBooking", bookings_pb2.CancelBookingRequest(name=name, reason="AUTHORITY", request_id=fresh()))


def once(system: System, rpc: str, request: Message) -> bytes:
    """Send one request many times at once; every answer must be the same."""
    answers = at_once(system, 12, lambda _, go: go(f"BookingService/{rpc}", request, DESK))
    assert {(answer.code, answer.reason) for answer in answers} == {("OK", "")}, (rpc, answers)
    assert len({answer.data for answer in answers}) == 1
    return answers[0].data


def test_a_held_slot_goes_to_its_holder(system: System) -> None:
    start = at(days()[5], 10)
    choice = booking(system.premises[50].name, start).slot
    hold = call(
        system.channel,
        "BookingService/CreateHold",
        bookings_pb2.CreateHoldRequest(slot=choice, request_id=fresh()),
        Role.PUBLIC,
        bookings_pb2.Hold,
    )
    taken = at_once(
        system,
        8,
        lambda n, go: go("BookingService/CreateBooking", booking(system.premises[n].name, start, who=n), DESK),
    )
    assert {answer.reason for answer in taken} == {"SLOT_TAKEN"}
    customer = bookings_pb2.Customer(display_name="The holder")
    mine = [bookings_pb2.CreateBookingRequest(hold=hold.name, customer=customer, request_id=fresh()) for _ in range(8)]
    answers = at_once(system, 8, lambda n, go: go("BookingService/CreateBooking", mine[n], Role.PUBLIC))
    assert Counter(answer.code for answer in answers)["OK"] == 1
    assert {answer.reason for answer in answers if answer.code != "OK"} <= {"HOLD_EXPIRED"}, answers


def test_many_who_cancel_one_booking_cancel_it_once(system: System) -> None:
    made = call(
        system.channel,
        "BookingService/CreateBooking",
        booking(system.premises[60].name, at(days()[5], 14)),
        DESK,
        bookings_pb2.Booking,
    )
    ids = [fresh() for _ in range(12)]
    answers = at_once(
        system,
        12,
        lambda n, go: go(
            "BookingService/CancelBooking",
            bookings_pb2.CancelBookingRequest(name=made.name, reason="AUTHORITY", request_id=ids[n]),
            DESK,
        ),
    )
    assert Counter(answer.code for answer in answers) == {"OK": 1, "FAILED_PRECONDITION": 11}
    assert {answer.reason for answer in answers} == {"", "ILLEGAL_TRANSITION"}


def test_the_truth_agrees_after_all_races(system: System) -> None:
    done = system.installation.run("verify")
    assert done.code == 0, done.said
