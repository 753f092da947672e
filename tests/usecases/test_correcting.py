"""A wrong end is put right, by administrators, with a reason, and nothing becomes busy again."""

import pytest

from server.domain.booking import Booking, BookingState
from server.domain.commands import Correction
from server.domain.errors import IllegalTransition, InvalidField
from server.domain.outcome import Outcome, Party
from server.domain.paging import Page
from server.domain.visit import VisitState
from server.store import tables
from tests.makers.world import ADVICE, BOSS, FRIDAY, STAFF, THURSDAY, World, at
from tests.usecases.steps import complete, no_show, start

ABSENT = Correction(BookingState.NO_SHOW, "the wrong button", Party.CUSTOMER)
DONE = Correction(BookingState.COMPLETED, "they were there after all", outcome=Outcome(code="PASSED", note="late"))
BROKEN_OFF = Correction(BookingState.CANCELLED, "it was broken off", cancel_reason="ABORTED_UNSAFE")


def made(world: World) -> Booking:
    booking = world.book(ADVICE.code, at(THURSDAY, 9), officer="anna").booking
    world.clock.now = at(THURSDAY, 9, 10)
    return booking


def correct(world: World, booking: Booking, right: Correction) -> Booking:
    return world.app.bookings.correct_outcome(world.request(BOSS), booking.name, right, "").booking


def test_an_end_is_put_right_and_the_audit_says_why(world: World) -> None:
    booking = made(world)
    complete(world, booking)
    busy = [stop.busy for stop in world.day("anna", THURSDAY).stops]
    assert correct(world, booking, ABSENT).state is BookingState.NO_SHOW
    assert world.visit(booking.visit).state is VisitState.NO_ACCESS
    view = world.app.bookings.get(STAFF, booking.name)
    assert view.outcome == Outcome(None, at(THURSDAY, 9, 10), "PASSED", party=Party.CUSTOMER)
    assert [stop.busy for stop in world.day("anna", THURSDAY).stops] == busy
    audit = world.rows(tables.audit)[-1]
    assert (audit.action, audit.actor, audit.subject) == ("booking.corrected", "boss@city", booking.name)
    assert audit.detail == {"from": "COMPLETED", "to": "NO_SHOW", "reason": "the wrong button"}
    last = world.app.bookings.events(STAFF, booking.name, Page()).items[-1]
    assert (last.kind, last.before, last.after) == ("booking.corrected", BookingState.COMPLETED, BookingState.NO_SHOW)


def test_what_turns_out_to_be_cancelled_gives_its_rows_back_and_never_gets_them_again(world: World) -> None:
    booking = made(world)
    no_show(world, booking)
    assert correct(world, booking, BROKEN_OFF).cancel_reason == "ABORTED_UNSAFE"
    assert (world.visit(booking.visit).state, world.day("anna", THURSDAY).stops) == (VisitState.WITHDRAWN, ())
    done = correct(world, booking, DONE)
    assert (done.state, done.cancel_reason) == (BookingState.COMPLETED, "")
    assert world.day("anna", THURSDAY).stops == ()
    assert world.app.bookings.get(STAFF, booking.name).outcome == Outcome(None, at(THURSDAY, 9, 10), "PASSED", "late")


def test_what_was_cancelled_before_it_began_stays_cancelled(world: World) -> None:
    booking = made(world)
    world.cancel(booking)
    with pytest.raises(IllegalTransition, match="ABORTED_"):
        correct(world, booking, DONE)


def test_what_is_not_over_is_not_put_right(world: World) -> None:
    booking = made(world)
    for _ in range(2):
        with pytest.raises(IllegalTransition):
            correct(world, booking, DONE)
        if world.booking(booking).state is BookingState.CONFIRMED:
            start(world, booking)
    moved = world.book(ADVICE.code, at(THURSDAY, 12), officer="anna").booking
    world.reschedule(moved, at(FRIDAY, 9))
    with pytest.raises(IllegalTransition):
        correct(world, moved, ABSENT)


@pytest.mark.parametrize(
    ("right", "field"),
    [
        (Correction(BookingState.CONFIRMED, "x"), "state"),
        (Correction(BookingState.NO_SHOW, "x"), "party"),
        (Correction(BookingState.COMPLETED, "x", Party.CUSTOMER), "party"),
        (Correction(BookingState.CANCELLED, "x", cancel_reason="AUTHORITY"), "cancel_reason"),
        (Correction(BookingState.CANCELLED, "x", cancel_reason="ABORTED_BY_A_DOG"), "reason"),
        (Correction(BookingState.COMPLETED, "x", cancel_reason="ABORTED_UNSAFE"), "cancel_reason"),
    ],
)
def test_a_correction_says_enough_and_not_too_much(world: World, right: Correction, field: str) -> None:
    booking = made(world)
    complete(world, booking)
    with pytest.raises(InvalidField, match=f"^{field}:"):
        correct(world, booking, right)
    assert (world.booking(booking).state, world.rows(tables.audit)) == (BookingState.COMPLETED, [])


def test_after_a_no_show_a_new_time_is_a_booking_of_its_own(world: World) -> None:
    """I11: the old one stays what it is."""
    booking = made(world)
    no_show(world, booking)
    new = world.reschedule(booking, at(FRIDAY, 9)).booking
    assert (new.state, new.rebooked_from, new.rescheduled_from, new.revision) == (BookingState.CONFIRMED, booking.id, 0, 1)
    assert new.calendar_uid != booking.calendar_uid
    old = world.booking(booking)
    assert (old.state, old.rescheduled_to) == (BookingState.NO_SHOW, 0)
    last = world.app.bookings.events(STAFF, booking.name, Page()).items[-1]
    assert (last.kind, dict(last.detail)) == ("booking.rebooked", {"rebooked_to": new.name})
    assert world.jobs()[-1]["kind"] == "booking.confirmed"
