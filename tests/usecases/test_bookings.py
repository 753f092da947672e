"""The life of a booking after it was made: approve, edit, cancel, reschedule, and who may see it."""

from datetime import timedelta

import pytest

from server.domain.booking import Booking, BookingState
from server.domain.caller import Caller, Role
from server.domain.commands import BookingFilter
from server.domain.errors import (
    DuplicateBooking,
    InvalidField,
    NotFound,
    NotYours,
    SlotTaken,
    StaleEtag,
)
from server.domain.organisation import CaseRef
from server.domain.paging import Page
from server.domain.visit import VisitState
from server.store import tables
from tests.makers.world import (
    ADVICE,
    BOSS,
    CALL,
    FRIDAY,
    INSPECTION,
    LICENCE,
    MONDAY,
    NIGHT,
    PARTNER,
    STAFF,
    THURSDAY,
    World,
    at,
)

OTHER = Caller("other-partner", Role.PARTNER)
ANNA = Caller("anna@city", Role.OFFICER, "anna")


def events(world: World, booking: Booking) -> list[tuple[str, str, str]]:
    found = world.app.bookings.events(STAFF, booking.name, Page()).items
    return [(one.kind, one.before.value if one.before else "", one.after.value) for one in found]


def test_a_booking_that_is_approved_keeps_its_time(world: World) -> None:
    view = world.book(LICENCE.code, at(THURSDAY, 9))
    approved = world.app.bookings.approve(world.request(BOSS), view.booking.name, view.booking.etag)
    assert approved.booking.state is BookingState.CONFIRMED
    assert (approved.planned_start, approved.officers) == (view.planned_start, view.officers)
    assert events(world, view.booking) == [
        ("booking.created", "", "PENDING"),
        ("booking.confirmed", "PENDING", "CONFIRMED"),
    ]
    assert [job["kind"] for job in world.jobs()] == ["booking.requested", "booking.confirmed"]


def test_two_pending_bookings_never_wait_for_one_officer_s_time(world: World) -> None:
    """F06: the second request is refused when it is made, not when it is approved."""
    world.book(LICENCE.code, at(THURSDAY, 9), officer="anna")
    with pytest.raises(SlotTaken):
        world.book(LICENCE.code, at(THURSDAY, 9), 1, officer="anna")


def test_a_cancelled_booking_frees_its_time_at_once(world: World) -> None:
    """I08."""
    empty = world.day("cleo", THURSDAY)
    view = world.book(NIGHT.code, at(THURSDAY, 9))
    cancelled = world.cancel(view.booking)
    assert cancelled.booking.state is BookingState.CANCELLED
    assert (cancelled.planned_start, cancelled.officers) == (None, ())
    assert world.visit(view.booking.visit).state is VisitState.WITHDRAWN
    assert world.day("cleo", THURSDAY).stops == empty.stops
    assert events(world, view.booking)[-1] == ("booking.cancelled", "CONFIRMED", "CANCELLED")
    again = world.book(NIGHT.code, at(THURSDAY, 9))
    assert again.planned_start == view.planned_start
    assert [(job["kind"], job["revision"]) for job in world.jobs()] == [
        ("booking.confirmed", 1),
        ("booking.cancelled", 2),
        ("booking.confirmed", 1),
    ]


def test_a_moved_booking_is_two_bookings_that_know_each_other(world: World) -> None:
    """I02, I04."""
    old = world.book(ADVICE.code, at(THURSDAY, 9), officer="anna", case="C-1").booking
    new = world.reschedule(old, at(FRIDAY, 10)).booking
    closed = world.booking(old)
    assert (closed.state, closed.rescheduled_to, closed.revision) == (BookingState.RESCHEDULED, new.id, 2)
    assert (new.state, new.rescheduled_from, new.revision) == (BookingState.CONFIRMED, old.id, 2)
    assert new.calendar_uid == old.calendar_uid
    assert (new.customer, new.case) == (old.customer, old.case)
    assert world.visit(old.visit).state is VisitState.WITHDRAWN
    assert world.visit(new.visit).state is VisitState.PLANNED
    assert world.day("anna", THURSDAY).stops == ()
    assert events(world, old)[-1] == ("booking.rescheduled", "CONFIRMED", "RESCHEDULED")
    assert events(world, new) == [("booking.created", "", "CONFIRMED")]
    assert [(job["booking"], job["kind"]) for job in world.jobs()] == [
        (old.id, "booking.confirmed"),
        (new.id, "booking.rescheduled"),
    ]


def test_a_booking_moves_by_half_an_hour_into_its_own_time(world: World) -> None:
    old = world.book(LICENCE.code, at(THURSDAY, 9), officer="anna").booking
    for hour in (10, 9):
        old = world.reschedule(old, at(THURSDAY, hour), "anna").booking
    assert [one.start for one in world.day("anna", THURSDAY).stops] == [3_600]


def test_a_pending_booking_stays_pending_when_it_moves(world: World) -> None:
    old = world.book(LICENCE.code, at(THURSDAY, 9)).booking
    assert world.reschedule(old, at(FRIDAY, 9)).booking.state is BookingState.PENDING


def test_a_move_to_a_taken_time_leaves_the_original_as_it_was(world: World) -> None:
    """I01."""
    old = world.book(NIGHT.code, at(THURSDAY, 9)).booking
    world.book(NIGHT.code, at(THURSDAY, 11), 1)
    before = {table.name: world.rows(table) for table in tables.metadata.sorted_tables}
    with pytest.raises(SlotTaken) as refused:
        world.reschedule(old, at(THURSDAY, 11))
    assert len(refused.value.alternatives) >= 3
    assert {table.name: world.rows(table) for table in tables.metadata.sorted_tables} == before


def test_a_new_officer_can_be_chosen_with_the_new_time(world: World) -> None:
    """I03."""
    old = world.book(ADVICE.code, at(THURSDAY, 9), officer="anna").booking
    moved = world.reschedule(old, at(THURSDAY, 9), "ben")
    assert moved.officers == ("ben",)
    assert world.day("anna", THURSDAY).stops == ()


def test_a_stale_etag_changes_nothing(world: World) -> None:
    booking = world.book(LICENCE.code, at(THURSDAY, 9)).booking
    world.app.bookings.approve(world.request(), booking.name, booking.etag)
    with pytest.raises(StaleEtag):
        world.app.bookings.cancel(world.request(), booking.name, "CUSTOMER_REQUEST", booking.etag)
    with pytest.raises(StaleEtag):
        world.app.bookings.reschedule(world.request(), booking.name, at(FRIDAY, 9), "", booking.etag)
    assert world.booking(booking).state is BookingState.CONFIRMED


def test_a_case_has_one_live_booking_of_a_service(world: World) -> None:
    """B17."""
    first = world.book(ADVICE.code, at(THURSDAY, 9), case="C-7").booking
    with pytest.raises(DuplicateBooking, match="allow_duplicate"):
        world.book(ADVICE.code, at(THURSDAY, 13), case="C-7")
    world.book(INSPECTION.code, at(THURSDAY, 12), case="C-7")
    world.book(ADVICE.code, at(THURSDAY, 13), case="C-7", allow_duplicate=True)
    world.cancel(first)
    world.book(ADVICE.code, at(THURSDAY, 14), case="C-7")
    found = world.app.bookings.list(STAFF, Page(), BookingFilter(case=CaseRef("cases", "C-7")))
    assert len(found.items) == 4


def test_a_booking_with_a_case_can_move(world: World) -> None:
    first = world.book(ADVICE.code, at(THURSDAY, 9), case="C-7").booking
    assert world.reschedule(first, at(FRIDAY, 9)).booking.case == first.case


def test_a_partner_sees_the_own_bookings_only(world: World) -> None:
    mine = world.book(CALL.code, at(THURSDAY, 9), caller=PARTNER).booking
    world.book(CALL.code, at(THURSDAY, 10), caller=STAFF)
    listed = world.app.bookings.list(PARTNER, Page(), BookingFilter()).items
    assert [view.booking.id for view in listed] == [mine.id]
    assert world.app.bookings.get(PARTNER, mine.name).booking.id == mine.id
    bookings = world.app.bookings
    for deed in (
        lambda: bookings.get(OTHER, mine.name),
        lambda: bookings.events(OTHER, mine.name, Page()),
        lambda: bookings.messages(OTHER, mine.name, Page()),
        lambda: bookings.cancel(world.request(OTHER), mine.name, "CUSTOMER_REQUEST", ""),
        lambda: bookings.approve(world.request(OTHER), mine.name, ""),
        lambda: bookings.reschedule(world.request(OTHER), mine.name, at(FRIDAY, 9), "", ""),
        lambda: bookings.update(world.request(OTHER), mine.name, "", {"note": "x"}),
    ):
        with pytest.raises(NotFound):
            deed()


def test_an_officer_sees_what_is_on_the_own_route(world: World) -> None:
    """N10."""
    own = world.book(ADVICE.code, at(THURSDAY, 9), officer="anna").booking
    others = world.book(ADVICE.code, at(THURSDAY, 9), officer="ben").booking
    assert world.app.bookings.get(ANNA, own.name).officers == ("anna",)
    with pytest.raises(NotYours):
        world.app.bookings.get(ANNA, others.name)
    assert [stop.booking for stop in world.app.routes.get(ANNA, "anna", THURSDAY, False).stops] == [own.id]
    with pytest.raises(NotYours):
        world.app.routes.get(ANNA, "ben", THURSDAY, False)


def test_only_what_the_customer_said_can_be_edited(world: World) -> None:
    """I06."""
    booking = world.book(ADVICE.code, at(THURSDAY, 9)).booking
    changes = {"customer.phone": "040 765 4321", "note": "ring twice"}
    view = world.app.bookings.update(world.request(), booking.name, "", changes)
    assert (view.booking.customer.phone, view.booking.note) == ("+358407654321", "ring twice")
    assert (view.booking.revision, view.booking.version) == (1, 2)
    assert view.planned_start == at(THURSDAY, 9)
    with pytest.raises(InvalidField, match=r"promise\.start cannot be edited"):
        world.app.bookings.update(world.request(), booking.name, "", {"promise.start": "x"})
    with pytest.raises(StaleEtag):
        world.app.bookings.update(world.request(), booking.name, "v1", {"note": "x"})
    assert events(world, booking)[-1] == ("booking.updated", "CONFIRMED", "CONFIRMED")


def test_the_history_tells_the_state(world: World) -> None:
    """H14: each event begins where the one before it ended, and the last one is the state now."""
    booking = world.book(LICENCE.code, at(THURSDAY, 9)).booking
    world.app.bookings.approve(world.request(), booking.name, "")
    world.app.bookings.update(world.request(), booking.name, "", {"note": "x"})
    world.clock.forward(hours=1)
    world.reschedule(booking, at(MONDAY, 9))
    told = events(world, booking)
    assert [before for _, before, _ in told[1:]] == [after for _, _, after in told[:-1]]
    assert told[-1][2] == world.booking(booking).state.value
    moments = [one.at for one in world.app.bookings.events(STAFF, booking.name, Page()).items]
    assert moments[-1] - moments[0] == timedelta(hours=1)
