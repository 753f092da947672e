"""Declining, cancelling for a reason, and what lapses because nobody decided."""

import pytest

from server.domain.booking import BookingState
from server.domain.caller import Caller, Role
from server.domain.cancel_reason import CancelReason, ReasonKind
from server.domain.errors import InvalidField
from server.domain.paging import Page
from server.domain.resource_day import Stop
from tests.makers.world import ADVICE, BOSS, CALL, FRIDAY, LICENCE, MONDAY, NIGHT, PARTNER, STAFF, THURSDAY, World, at
from tests.usecases.steps import start

ANNA = Caller("anna@city", Role.OFFICER, "anna")


def stops(world: World, officer: str = "anna") -> tuple[Stop, ...]:
    return world.day(officer, THURSDAY).stops


def test_a_service_with_approval_waits_and_another_is_firm_at_once(world: World) -> None:
    """A08, G04."""
    assert world.book(LICENCE.code, at(THURSDAY, 9)).booking.state is BookingState.PENDING
    assert world.book(ADVICE.code, at(THURSDAY, 12)).booking.state is BookingState.CONFIRMED


def test_a_declined_request_is_cancelled_with_alternatives_that_can_be_booked(world: World) -> None:
    """I10."""
    booking = world.book(LICENCE.code, at(THURSDAY, 9), officer="anna").booking
    view = world.app.bookings.decline(world.request(BOSS), booking.name, booking.etag)
    assert (view.booking.state, view.booking.cancel_reason) == (BookingState.CANCELLED, "DECLINED")
    assert len(view.alternatives) == 3
    for promise in view.alternatives[:2]:
        assert world.book(LICENCE.code, promise.start, 1).booking.promise == promise
    told = dict(world.app.bookings.events(STAFF, booking.name, Page()).items[-1].detail)
    assert told["cancel_reason"] == "DECLINED"
    assert told["alternatives"].split(",") == [promise.start.isoformat() for promise in view.alternatives]
    assert world.jobs()[1]["kind"] == "booking.cancelled"


def test_only_the_authority_s_own_reasons_come_with_alternatives(world: World) -> None:
    """I10, AA07."""
    ours, theirs = (world.book(NIGHT.code, at(THURSDAY, hour)).booking for hour in (9, 11))
    assert len(world.app.bookings.cancel(world.request(), ours.name, "OFFICER_ABSENT", "").alternatives) == 3
    assert world.app.bookings.cancel(world.request(), theirs.name, "CUSTOMER_REQUEST", "").alternatives == ()


@pytest.mark.parametrize(
    ("reason", "caller", "why"),
    [
        ("NO_SUCH_THING", STAFF, "no reason that ListCancelReasons tells"),
        ("AUTHORITY", PARTNER, "not for the role PARTNER"),
        ("APPROVAL_TIMEOUT", BOSS, "not for the role"),
        ("ABORTED_UNSAFE", STAFF, "for work that has begun"),
        ("CUSTOMER_REQUEST", ANNA, "not for officers"),
    ],
)
def test_a_reason_that_does_not_fit_is_refused_and_nothing_is_cancelled(
    world: World, reason: str, caller: Caller, why: str
) -> None:
    """H09."""
    booking = world.book(ADVICE.code, at(THURSDAY, 9), officer="anna", caller=PARTNER).booking
    with pytest.raises(InvalidField, match=why):
        world.app.bookings.cancel(world.request(caller), booking.name, reason, "")
    assert world.booking(booking).state is BookingState.CONFIRMED


def test_work_that_has_begun_is_broken_off_by_its_officer(world: World) -> None:
    booking = world.book(ADVICE.code, at(THURSDAY, 9), officer="anna").booking
    world.clock.now = at(THURSDAY, 9, 5)
    start(world, booking)
    with pytest.raises(InvalidField, match="take one of ABORTED_"):
        world.app.bookings.cancel(world.request(), booking.name, "AUTHORITY", "")
    view = world.app.bookings.cancel(world.request(ANNA), booking.name, "ABORTED_UNSAFE", "")
    assert view.booking.state is BookingState.CANCELLED
    assert stops(world) == ()


def test_reasons_are_data(world: World) -> None:
    reason = CancelReason("CUSTOMER_MOVED_AWAY", "The customer moved away", ReasonKind.CUSTOMER)
    world.app.reasons.upsert(world.request(BOSS), reason)
    booking = world.book(CALL.code, at(THURSDAY, 9)).booking
    assert world.app.bookings.cancel(world.request(), booking.name, reason.code, "").booking.cancel_reason == reason.code
    world.app.reasons.upsert(world.request(BOSS), CancelReason(reason.code, reason.text, reason.kind, retired=True))
    other = world.book(CALL.code, at(THURSDAY, 10)).booking
    with pytest.raises(InvalidField, match="ListCancelReasons"):
        world.app.bookings.cancel(world.request(), other.name, reason.code, "")
    offered = {one.code for one in world.app.reasons.list(STAFF, Page(500), False).items}
    assert {"CUSTOMER_REQUEST", "DECLINED", "ABORTED_OTHER"} <= offered
    assert reason.code not in offered
    assert reason.code in {one.code for one in world.app.reasons.list(STAFF, Page(500), True).items}


def test_a_code_says_whether_it_is_for_work_that_has_begun() -> None:
    with pytest.raises(InvalidField, match="ABORTED_"):
        CancelReason("ABORTED_RAIN", "It rained", ReasonKind.AUTHORITY)
    with pytest.raises(InvalidField, match="ABORTED_"):
        CancelReason("RAIN", "It rained", ReasonKind.ABORTED)


def test_a_request_that_nobody_decides_on_lapses(world: World) -> None:
    """H08: once, by the server, and the customer is told."""
    forgotten = world.book(LICENCE.code, at(MONDAY, 9), officer="anna").booking
    firm = world.book(LICENCE.code, at(MONDAY, 11), officer="anna").booking
    world.app.bookings.approve(world.request(), firm.name, "")
    world.clock.forward(hours=71)
    assert world.app.bookings.lapse() == 0
    world.clock.forward(hours=2)
    assert world.app.bookings.lapse() == 1
    assert world.app.bookings.lapse() == 0
    gone = world.booking(forgotten)
    assert (gone.state, gone.cancel_reason) == (BookingState.CANCELLED, "APPROVAL_TIMEOUT")
    last = world.app.bookings.events(STAFF, forgotten.name, Page()).items[-1]
    assert (last.kind, last.actor) == ("booking.cancelled", "system")
    assert world.booking(firm).state is BookingState.CONFIRMED
    assert [job["kind"] for job in world.jobs()].count("booking.cancelled") == 1


def test_a_request_lapses_when_its_time_comes(world: World) -> None:
    booking = world.book(LICENCE.code, at(THURSDAY, 9)).booking
    world.clock.now = at(THURSDAY, 9)
    assert world.app.bookings.lapse() == 1
    assert world.booking(booking).state is BookingState.CANCELLED
    assert world.book(LICENCE.code, at(FRIDAY, 9)).booking.state is BookingState.PENDING
