"""Every step that a booking can take, and how a booking gets into each state."""

from collections.abc import Callable
from datetime import datetime

from server.domain import deeds
from server.domain.booking import Booking, BookingState
from server.domain.commands import Correction
from server.domain.facets import Attendance, ChangeWanted, Dispatch
from server.domain.outcome import Outcome, Party
from tests.makers.world import BOSS, FRIDAY, LICENCE, THURSDAY, World, at

PASSED = Outcome(code="PASSED")
Step = Callable[[World, Booking], object]
ON_SITE = at(THURSDAY, 9, 20)
"""When officers say what they do: the booking is at nine."""


def start(world: World, one: Booking, told: datetime | None = None) -> object:
    return world.app.bookings.carry_out(world.request(), one.name, "", deeds.start(told))


def complete(world: World, one: Booking, told: datetime | None = None, outcome: Outcome = PASSED) -> object:
    return world.app.bookings.carry_out(world.request(), one.name, "", deeds.complete(told, outcome))


def no_show(world: World, one: Booking, party: Party = Party.CUSTOMER) -> object:
    return world.app.bookings.carry_out(world.request(), one.name, "", deeds.no_show(None, Outcome(), party))


def cancel(world: World, one: Booking) -> object:
    begun = world.booking(one).state is BookingState.IN_PROGRESS
    reason = "ABORTED_UNSAFE" if begun else "AUTHORITY"
    return world.app.bookings.cancel(world.request(), one.name, reason, "")


def correct(world: World, one: Booking) -> object:
    completed = world.booking(one).state is BookingState.COMPLETED
    right = (
        Correction(BookingState.NO_SHOW, "wrong button", Party.CUSTOMER)
        if completed
        else Correction(BookingState.COMPLETED, "wrong button")
    )
    return world.app.bookings.correct_outcome(world.request(BOSS), one.name, right, "")


def reassign(world: World, one: Booking) -> object:
    return world.app.bookings.reassign(world.request(), one.name, "ben", "", "")


def ask(world: World, one: Booking) -> object:
    return world.app.bookings.request_change(
        world.request(), one.name, ChangeWanted.RESCHEDULE_REQUESTED, at(FRIDAY, 10), ""
    )


_S = BookingState
STEPS: dict[str, tuple[Step, set[BookingState]]] = {
    "approve": (lambda world, one: world.app.bookings.approve(world.request(), one.name, ""), {_S.PENDING}),
    "decline": (lambda world, one: world.app.bookings.decline(world.request(), one.name, ""), {_S.PENDING}),
    "cancel": (cancel, {_S.PENDING, _S.CONFIRMED, _S.IN_PROGRESS}),
    "reschedule": (lambda world, one: world.reschedule(one, at(FRIDAY, 10)), {_S.PENDING, _S.CONFIRMED, _S.NO_SHOW}),
    "start": (start, {_S.CONFIRMED}),
    "complete": (complete, {_S.CONFIRMED, _S.IN_PROGRESS}),
    "no_show": (no_show, {_S.CONFIRMED, _S.IN_PROGRESS}),
    "correct": (correct, {_S.COMPLETED, _S.NO_SHOW}),
    "reassign": (reassign, {_S.PENDING, _S.CONFIRMED}),
    "ask": (ask, {_S.PENDING, _S.CONFIRMED}),
    "approve_change": (lambda world, one: world.app.bookings.approve_change(world.request(), one.name, ""), set()),
    "reject_change": (lambda world, one: world.app.bookings.reject_change(world.request(), one.name, ""), set()),
    "start_visit": (
        lambda world, one: world.app.bookings.carry_out_visit(
            world.request(), world.visit(one.visit).name, "", deeds.start(None)
        ),
        {_S.CONFIRMED},
    ),
    "complete_visit": (
        lambda world, one: world.app.bookings.carry_out_visit(
            world.request(), world.visit(one.visit).name, "", deeds.complete(None, Outcome())
        ),
        {_S.CONFIRMED, _S.IN_PROGRESS},
    ),
    "attendance": (
        lambda world, one: world.app.bookings.set_attendance(world.request(), one.name, Attendance.CONFIRMED),
        set(_S),
    ),
    "dispatch": (
        lambda world, one: world.app.bookings.set_dispatch(world.request(), one.name, Dispatch.EN_ROUTE),
        set(_S),
    ),
}
"""The steps, and the states in which each is possible."""


def in_state(world: World, state: BookingState) -> Booking:
    """Return a licence visit of Thursday at nine with Anna that got into that state; it is twenty past nine then."""
    booking = world.book(LICENCE.code, at(THURSDAY, 9), officer="anna").booking
    world.clock.now = ON_SITE
    if state is not BookingState.PENDING:
        world.app.bookings.approve(world.request(), booking.name, "")
    into: dict[BookingState, Step] = {
        BookingState.IN_PROGRESS: start,
        BookingState.COMPLETED: complete,
        BookingState.NO_SHOW: no_show,
        BookingState.CANCELLED: cancel,
        BookingState.RESCHEDULED: lambda world, one: world.reschedule(one, at(FRIDAY, 14)),
    }
    if state in into:
        into[state](world, booking)
    world.clock.forward(minutes=10)
    return world.booking(booking)
