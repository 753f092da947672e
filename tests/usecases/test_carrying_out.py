"""Work begins and ends: what becomes of the booking, its visit, its rows, and of whoever comes after it."""

from datetime import timedelta

import pytest

from server.domain import deeds
from server.domain.booking import Booking, BookingState
from server.domain.caller import Caller, Role
from server.domain.errors import IllegalTransition, InvalidField, NotYours, TooEarly
from server.domain.facets import Dispatch
from server.domain.outcome import Outcome, Party
from server.domain.paging import Page
from server.domain.resource_day import Stop
from server.domain.visit import VisitState
from server.usecases.bookings import LifePolicy
from tests.makers.world import ADVICE, BOSS, INSPECTION, LICENCE, STAFF, THURSDAY, World, at
from tests.usecases.steps import complete, no_show, start

ANNA = Caller("anna@city", Role.OFFICER, "anna")


def stop_of(world: World, booking: Booking) -> Stop:
    found = world.day("anna", THURSDAY).stop_of_visit(booking.visit)
    assert found is not None
    return found


def test_work_begins_and_ends_and_the_visit_goes_first(world: World) -> None:
    """H01, H12: the officer tells it; who, when and what is in the history."""
    booking = world.book(ADVICE.code, at(THURSDAY, 9), officer="anna").booking
    world.clock.now = at(THURSDAY, 9, 2)
    begun = world.app.bookings.carry_out(world.request(ANNA), booking.name, booking.etag, deeds.start(None))
    assert (begun.booking.state, begun.facets.dispatch) == (BookingState.IN_PROGRESS, Dispatch.ON_SITE)
    assert world.visit(booking.visit).state is VisitState.IN_PROGRESS
    world.clock.now = at(THURSDAY, 9, 25)
    said = Outcome(code="REVISIT_REQUIRED", note="the drain", attachments=("photo-1",))
    done = world.app.bookings.carry_out(world.request(ANNA), booking.name, "", deeds.complete(None, said))
    assert (done.booking.state, done.booking.revision, done.facets.dispatch) == (BookingState.COMPLETED, 1, Dispatch.LEFT)
    assert done.outcome == Outcome(at(THURSDAY, 9, 2), at(THURSDAY, 9, 25), "REVISIT_REQUIRED", "the drain", ("photo-1",))
    assert world.visit(booking.visit).state is VisitState.DONE
    history = world.app.bookings.events(STAFF, booking.name, Page()).items
    assert [(one.kind, one.actor) for one in history] == [
        ("booking.created", "staff@city"),
        ("booking.started", "anna@city"),
        ("booking.completed", "anna@city"),
    ]
    assert "drain" not in str(history)
    assert [job["kind"] for job in world.jobs()] == ["booking.confirmed"]


def test_who_is_done_early_gives_the_rest_of_the_time_back(world: World) -> None:
    booking = world.book(LICENCE.code, at(THURSDAY, 9), officer="anna").booking
    world.app.bookings.approve(world.request(), booking.name, "")
    world.clock.now = at(THURSDAY, 9, 20)
    complete(world, booking)
    assert stop_of(world, booking).busy[1] == 80 * 60
    nearby = world.book(ADVICE.code, at(THURSDAY, 9, 30), 0, officer="anna")
    assert nearby.planned_start == at(THURSDAY, 9, 30)


def test_a_visit_that_ended_before_it_was_planned_to_begin_keeps_its_way(world: World) -> None:
    booking = world.book(INSPECTION.code, at(THURSDAY, 10), officer="anna").booking
    before = stop_of(world, booking)
    world.clock.now = at(THURSDAY, 8, 50)
    complete(world, booking)
    after = stop_of(world, booking)
    assert (after.work, after.after, after.leave, after.fixed) == (0, 0, before.leave, True)


def test_an_overrun_takes_nobody_s_time_but_tells_who_cannot_be_reached(world: World) -> None:
    """F05: the promise stays, a person has to act for it."""
    first = world.book(ADVICE.code, at(THURSDAY, 9), 0, officer="anna").booking
    soon = world.book(ADVICE.code, at(THURSDAY, 10), 0, officer="anna").booking
    later = world.book(INSPECTION.code, at(THURSDAY, 10), 5, officer="anna").booking
    rows = world.day("anna", THURSDAY)
    world.clock.now = at(THURSDAY, 10, 5)
    complete(world, first)
    assert [one.busy for one in world.day("anna", THURSDAY).stops] == [one.busy for one in rows.stops]
    repairs = world.app.availability.list_repairs(BOSS, Page(), False).items
    assert [(one.booking, one.officer, one.cause) for one in repairs] == [(soon.id, "anna", "overrun")]
    assert later.id not in {one.booking for one in repairs}


def test_a_no_show_says_whose_doing_it_was(world: World) -> None:
    """AA06."""
    booking = world.book(ADVICE.code, at(THURSDAY, 9), officer="anna").booking
    world.clock.now = at(THURSDAY, 9, 15)
    no_show(world, booking, Party.NO_ACCESS)
    view = world.app.bookings.get(STAFF, booking.name)
    assert view.booking.state is BookingState.NO_SHOW
    assert view.outcome is not None
    assert view.outcome.party is Party.NO_ACCESS
    assert world.visit(booking.visit).state is VisitState.NO_ACCESS
    assert view.officers == ("anna",)
    assert ("party", "NO_ACCESS") in world.app.bookings.events(STAFF, booking.name, Page()).items[-1].detail


def test_a_customer_is_not_absent_before_the_promised_time(world: World) -> None:
    booking = world.book(INSPECTION.code, at(THURSDAY, 10), officer="anna").booking
    world.clock.now = at(THURSDAY, 9, 50)
    with pytest.raises(TooEarly, match="due from 2026-03-26T08:00"):
        no_show(world, booking)
    no_show(world, booking, Party.NO_ACCESS)


def test_nothing_has_happened_before_its_day_began(world: World) -> None:
    booking = world.book(ADVICE.code, at(THURSDAY, 9)).booking
    for deed in (start, complete):
        with pytest.raises(TooEarly):
            deed(world, booking)
    assert world.booking(booking).state is BookingState.CONFIRMED


def test_told_times_are_in_order_and_not_ahead(world: World) -> None:
    booking = world.book(ADVICE.code, at(THURSDAY, 9), officer="anna").booking
    world.clock.now = at(THURSDAY, 9, 30)
    with pytest.raises(InvalidField, match="start_time"):
        start(world, booking, at(THURSDAY, 9, 31))
    start(world, booking, at(THURSDAY, 9, 4))
    with pytest.raises(InvalidField, match="before work began"):
        complete(world, booking, at(THURSDAY, 9, 3))
    complete(world, booking, at(THURSDAY, 9, 24))
    assert stop_of(world, booking).work == 24 * 60


def test_an_officer_tells_of_the_own_route_only(world: World) -> None:
    """Z02, Z05."""
    booking = world.book(ADVICE.code, at(THURSDAY, 9), officer="ben").booking
    world.clock.now = at(THURSDAY, 9)
    with pytest.raises(NotYours):
        world.app.bookings.carry_out(world.request(ANNA), booking.name, "", deeds.start(None))
    visit = world.visit(booking.visit).name
    with pytest.raises(NotYours):
        world.app.bookings.carry_out_visit(world.request(ANNA), visit, "", deeds.start(None))


def test_a_due_visit_is_carried_out_like_a_booked_one(world: World) -> None:
    visit = world.planned("anna", THURSDAY, 9, 0)
    world.clock.now = at(THURSDAY, 9, 10)
    begun = world.app.bookings.carry_out_visit(world.request(ANNA), visit.name, visit.etag, deeds.start(None))
    assert begun.visit.state is VisitState.IN_PROGRESS
    with pytest.raises(IllegalTransition):
        world.app.bookings.carry_out_visit(world.request(ANNA), visit.name, "", deeds.start(None))
    world.clock.now = at(THURSDAY, 9, 20)
    done = world.app.bookings.carry_out_visit(
        world.request(ANNA), visit.name, "", deeds.no_show(None, Outcome(note="shut"), Party.NO_ACCESS)
    )
    assert done.outcome is not None
    assert (done.visit.state, done.outcome.started, done.outcome.note) == (VisitState.NO_ACCESS, at(THURSDAY, 9, 10), "shut")
    assert world.jobs() == []


def test_a_visit_that_is_on_no_route_does_not_begin(world: World) -> None:
    visit = world.due(0)[0]
    world.clock.forward(hours=30)
    with pytest.raises(IllegalTransition, match="OPEN"):
        world.app.bookings.carry_out_visit(world.request(BOSS), visit.name, "", deeds.start(None))


def test_what_has_begun_is_not_moved_by_a_booking(world: World) -> None:
    booking = world.book(INSPECTION.code, at(THURSDAY, 9), 4, officer="anna").booking
    world.clock.now = at(THURSDAY, 8, 50)
    start(world, booking)
    before = stop_of(world, booking)
    assert before.fixed
    for _ in range(3):
        slot = world.search(ADVICE.code, world.day("anna", THURSDAY).span, 4, officer="anna")[0]
        world.book(ADVICE.code, slot.promise.start, 4, officer="anna")
    assert stop_of(world, booking).start == before.start


def test_an_end_settles_what_somebody_had_to_act_for(world: World) -> None:
    booking = world.book(ADVICE.code, at(THURSDAY, 9), officer="anna").booking
    world.absent("anna", world.day("anna", THURSDAY).span)
    assert len(world.app.availability.list_repairs(BOSS, Page(), False).items) == 1
    world.clock.now = at(THURSDAY, 9) + timedelta(minutes=25)
    complete(world, booking)
    assert world.app.availability.list_repairs(BOSS, Page(), False).items == ()


def test_what_an_officer_left_without_a_word_is_completed_once(world: World) -> None:
    """H08: two hours after the officer left, at the moment at which that was."""
    bookings = world.app.bookings
    bookings._policy = LifePolicy(auto_complete_hours=2)
    try:
        booking = world.book(ADVICE.code, at(THURSDAY, 9), officer="anna").booking
        world.clock.now = at(THURSDAY, 9)
        start(world, booking)
        world.clock.now = at(THURSDAY, 9, 20)
        bookings.set_dispatch(world.request(ANNA), booking.name, Dispatch.LEFT)
        world.clock.now = at(THURSDAY, 11)
        assert bookings.complete_left() == 0
        world.clock.now = at(THURSDAY, 11, 30)
        assert (bookings.complete_left(), bookings.complete_left()) == (1, 0)
    finally:
        bookings._policy = LifePolicy(72)
    view = bookings.get(STAFF, booking.name)
    assert view.outcome is not None
    assert (view.booking.state, view.outcome.ended) == (BookingState.COMPLETED, at(THURSDAY, 9, 20))
    last = bookings.events(STAFF, booking.name, Page()).items[-1]
    assert (last.kind, last.actor) == ("booking.completed", "system")


def test_an_absence_after_the_end_is_nobody_s_trouble(world: World) -> None:
    """What is done keeps its rows, but is no promise any more."""
    booking = world.book(ADVICE.code, at(THURSDAY, 9), officer="anna").booking
    world.clock.now = at(THURSDAY, 9, 25)
    complete(world, booking)
    outcome = world.absent("anna", world.day("anna", THURSDAY).span)
    assert outcome.repairs == ()
    assert stop_of(world, booking).busy[1] == 85 * 60
