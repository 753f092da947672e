"""H14: the events of a booking, replayed, are the booking; and they name no person."""

from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.domain.booking import BookingEvent, BookingState
from server.domain.booking_history import BrokenHistory, replayed
from server.domain.errors import DomainError
from server.domain.ids import encode
from server.domain.paging import Page
from server.store import tables
from tests.makers.world import CUSTOMER, LICENCE, PARTNER, STAFF, THURSDAY, World, at, settle
from tests.usecases.steps import STEPS

STEP_NAMES = sorted(STEPS)


def events(world: World, number: int) -> tuple[BookingEvent, ...]:
    return world.app.bookings.events(STAFF, f"bookings/{encode(number)}", Page(500)).items


def must_tell_everything(world: World) -> None:
    """Compare every booking with what its events tell."""
    for row in world.rows(tables.booking):
        with world.app.store.begin() as tx:
            booking = tx.bookings.some([row.id])[row.id]
        view = world.app.bookings.get(STAFF, booking.name)
        told = replayed(events(world, row.id))
        facts = told.facts
        assert (told.state, told.revision, told.promise, told.created) == (
            booking.state,
            booking.revision,
            booking.promise,
            booking.created,
        )
        assert facts["etag"] == booking.etag
        assert facts["service"] == f"services/{booking.service}"
        assert (facts["source"], facts["creator"]) == (booking.source.value, booking.creator)
        assert facts.get("cancel_reason", "") == booking.cancel_reason
        assert facts.get("rescheduled_to", "") == name(booking.rescheduled_to)
        assert facts.get("rescheduled_from", "") == name(booking.rescheduled_from)
        assert facts.get("rebooked_from", "") == name(booking.rebooked_from)
        assert facts.get("attendance", "NOT_ASKED") == view.facets.attendance.value
        outcome = view.outcome
        party = outcome.party.value if outcome and outcome.party else ""
        assert (facts.get("outcome", ""), facts.get("party", "")) == (outcome.code if outcome else "", party)
        spoken = str(events(world, row.id))
        assert all(word not in spoken for word in (CUSTOMER.name, CUSTOMER.phone, CUSTOMER.email))


def name(number: int) -> str:
    return f"bookings/{encode(number)}" if number else ""


def run(world: World, examples: int) -> None:
    quiet = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]

    @settings(max_examples=examples, deadline=None, suppress_health_check=quiet)
    @given(steps=st.lists(st.sampled_from(STEP_NAMES), min_size=1, max_size=9), by_partner=st.booleans())
    def any_life(steps: list[str], by_partner: bool) -> None:
        settle(world)
        booking = world.book(LICENCE.code, at(THURSDAY, 9), caller=PARTNER if by_partner else STAFF).booking
        if by_partner:
            world.app.bookings.approve(world.request(), booking.name, "")
        world.clock.now = at(THURSDAY, 9, 20)
        for step in steps:
            with suppress(DomainError):
                STEPS[step][0](world, booking)
                world.clock.forward(minutes=1)
        must_tell_everything(world)
        assert world.flaws() == []

    any_life()


def test_the_events_of_a_booking_tell_all_that_it_is(world: World) -> None:
    run(world, 8)


@pytest.mark.long
def test_the_events_of_many_bookings_tell_all_that_they_are(world: World) -> None:
    run(world, 300)


def test_events_that_do_not_follow_from_one_another_are_told_apart() -> None:
    now = at(THURSDAY, 9)
    first = BookingEvent(1, now, "booking.created", "me", None, BookingState.PENDING, 1)
    gap = BookingEvent(1, now, "booking.completed", "me", BookingState.CONFIRMED, BookingState.COMPLETED, 1)
    for broken in ([], [gap], [first, gap]):
        with pytest.raises(BrokenHistory):
            replayed(broken)
