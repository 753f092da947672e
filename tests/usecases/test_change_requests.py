"""Requests for change: the time that is wanted is kept until somebody decides, and the booking stays as it is."""

from collections.abc import Callable
from datetime import datetime

import pytest

from server.domain.booking import Booking, BookingState, BookingView
from server.domain.display_status import DisplayStatus, display_status
from server.domain.errors import HoldExpired, IllegalTransition, InvalidField, NotYours, SlotTaken, StaleEtag
from server.domain.facets import ChangeWanted
from server.domain.ids import encode
from server.domain.paging import Page
from server.store import tables
from tests.makers.world import BOSS, FRIDAY, LICENCE, NIGHT, PARTNER, STAFF, THURSDAY, World, at
from tests.usecases.steps import complete, no_show

NEW_TIME = at(FRIDAY, 10)


def approved(world: World) -> Booking:
    """Return an approved booking that a partner made, of Thursday at nine with Anna."""
    booking = world.book(LICENCE.code, at(THURSDAY, 9), caller=PARTNER).booking
    return world.app.bookings.approve(world.request(), booking.name, "").booking


def ask(world: World, booking: Booking, start: datetime = NEW_TIME) -> BookingView:
    return world.app.bookings.reschedule(world.request(PARTNER), booking.name, start, "", "")


def kinds(world: World, booking: Booking) -> list[str]:
    return [one.kind for one in world.app.bookings.events(STAFF, booking.name, Page()).items]


def test_a_partner_who_moves_an_approved_booking_asks_for_it(world: World) -> None:
    """The booking stays firm at its old time, and the new one is nobody else's meanwhile."""
    booking = approved(world)
    view = ask(world, booking)
    assert (view.booking.id, view.booking.state, view.booking.etag) == (booking.id, BookingState.CONFIRMED, booking.etag)
    assert display_status(view.booking.state, view.facets) is DisplayStatus.RESCHEDULE_REQUESTED
    asked = view.change_request
    assert asked is not None
    assert (asked.promise, asked.creator) == (LICENCE.promise(NEW_TIME), "partner")
    assert kinds(world, booking)[-1] == "booking.change_requested"
    for officer in ("anna", "ben"):
        if any(stop.hold for stop in world.day(officer, FRIDAY).stops):
            with pytest.raises(SlotTaken):
                world.book(LICENCE.code, NEW_TIME, 1, officer=officer)
    assert [job["kind"] for job in world.jobs()] == ["booking.requested", "booking.confirmed"]


def test_what_is_kept_for_a_request_is_nobody_s_to_book_or_release(world: World) -> None:
    ask(world, approved(world))
    held = world.rows(tables.hold)[0]
    name = f"holds/{encode(held.id)}"
    with pytest.raises(NotYours):
        world.app.holds.release(world.request(PARTNER), name)


def test_an_approved_request_moves_the_booking_to_the_time_that_was_kept(world: World) -> None:
    booking = approved(world)
    ask(world, booking)
    new = world.app.bookings.approve_change(world.request(BOSS), booking.name, "")
    old = world.booking(booking)
    assert (old.state, old.rescheduled_to) == (BookingState.RESCHEDULED, new.booking.id)
    assert (new.booking.state, new.booking.promise, new.planned_start) == (
        BookingState.CONFIRMED,
        LICENCE.promise(NEW_TIME),
        NEW_TIME,
    )
    assert (new.booking.creator, new.booking.calendar_uid, new.booking.revision) == ("partner", old.calendar_uid, 2)
    assert world.rows(tables.hold) == []
    assert world.rows(tables.change_request) == []
    assert world.app.bookings.get(STAFF, booking.name).facets.change_request is ChangeWanted.NONE
    assert world.jobs()[-1]["kind"] == "booking.rescheduled"
    assert world.app.bookings.get(PARTNER, new.booking.name).booking.id == new.booking.id


def test_a_rejected_request_gives_the_time_back(world: World) -> None:
    booking = approved(world)
    ask(world, booking)
    view = world.app.bookings.reject_change(world.request(), booking.name, booking.etag)
    assert (view.booking, view.change_request) == (booking, None)
    assert world.rows(tables.hold) == []
    assert kinds(world, booking)[-1] == "booking.change_rejected"
    with pytest.raises(IllegalTransition, match="no change is asked for"):
        world.app.bookings.reject_change(world.request(), booking.name, "")


def test_a_second_request_takes_the_place_of_the_first(world: World) -> None:
    booking = approved(world)
    ask(world, booking)
    ask(world, booking, at(FRIDAY, 14))
    assert len(world.rows(tables.hold)) == 1
    new = world.app.bookings.approve_change(world.request(), booking.name, "").booking
    assert new.promise.start == at(FRIDAY, 14)


@pytest.mark.parametrize("end", ["cancel", "complete", "no_show", "reschedule"])
def test_a_request_ends_with_its_booking(world: World, end: str) -> None:
    booking = approved(world)
    ask(world, booking)
    world.clock.now = at(THURSDAY, 9, 10)
    ends: dict[str, Callable[[], object]] = {
        "cancel": lambda: world.cancel(booking),
        "complete": lambda: complete(world, booking),
    }
    ends |= {"no_show": lambda: no_show(world, booking), "reschedule": lambda: world.reschedule(booking, at(FRIDAY, 14))}
    ends[end]()
    assert world.rows(tables.hold) == []
    assert world.rows(tables.change_request) == []
    assert world.app.bookings.get(STAFF, booking.name).facets.change_request is ChangeWanted.NONE


def test_a_request_that_nobody_decides_on_lapses(world: World) -> None:
    booking = approved(world)
    ask(world, booking)
    assert world.app.bookings.lapse_requests() == 0
    world.clock.now = NEW_TIME
    assert world.app.bookings.lapse_requests() == 1
    assert world.app.bookings.lapse_requests() == 0
    assert world.booking(booking) == booking
    last = world.app.bookings.events(STAFF, booking.name, Page()).items[-1]
    assert (last.kind, last.actor, dict(last.detail)["reason"]) == ("booking.change_rejected", "system", "APPROVAL_TIMEOUT")
    assert world.rows(tables.hold) == []


def test_time_that_was_given_away_after_it_ran_out_is_not_approved(world: World) -> None:
    booking = approved(world)
    ask(world, booking)
    world.clock.forward(hours=73)
    world.app.holds.sweep()
    with pytest.raises(HoldExpired):
        world.app.bookings.approve_change(world.request(), booking.name, "")
    assert world.booking(booking).state is BookingState.CONFIRMED


def test_a_wish_without_a_time_keeps_none(world: World) -> None:
    """Q02, ASSISTED: somebody finds a time with the customer."""
    booking = approved(world)
    request = world.request()
    view = world.app.bookings.request_change(request, booking.name, ChangeWanted.RESCHEDULE_REQUESTED, None, "")
    assert view.change_request is not None
    assert (view.change_request.promise, world.rows(tables.hold)) == (None, [])
    with pytest.raises(IllegalTransition, match="no time was named"):
        world.app.bookings.approve_change(world.request(), booking.name, "")


def test_a_wish_to_cancel_is_granted_by_cancelling(world: World) -> None:
    booking = approved(world)
    wish = ChangeWanted.CANCEL_REQUESTED
    with pytest.raises(InvalidField, match="start_time"):
        world.app.bookings.request_change(world.request(), booking.name, wish, NEW_TIME, "")
    world.app.bookings.request_change(world.request(PARTNER), booking.name, wish, None, "")
    view = world.app.bookings.approve_change(world.request(), booking.name, "")
    assert (view.booking.state, view.booking.cancel_reason) == (BookingState.CANCELLED, "CUSTOMER_REQUEST")
    assert world.rows(tables.change_request) == []


def test_a_stale_etag_decides_nothing(world: World) -> None:
    booking = approved(world)
    ask(world, booking)
    for decide in (world.app.bookings.approve_change, world.app.bookings.reject_change):
        with pytest.raises(StaleEtag):
            decide(world.request(), booking.name, "v1")
    assert len(world.rows(tables.change_request)) == 1


def test_who_needs_no_approval_moves_at_once(world: World) -> None:
    own = world.book(NIGHT.code, at(THURSDAY, 9), caller=PARTNER).booking
    moved = world.app.bookings.reschedule(world.request(PARTNER), own.name, at(THURSDAY, 11), "", "")
    assert moved.booking.rescheduled_from == own.id
    unapproved = world.book(LICENCE.code, at(THURSDAY, 9), caller=PARTNER).booking
    moved = world.app.bookings.reschedule(world.request(PARTNER), unapproved.name, at(THURSDAY, 11), "", "")
    assert (moved.booking.state, moved.booking.rescheduled_from) == (BookingState.PENDING, unapproved.id)
