"""Search, hold, book."""

from server.domain.booking import BookingState
from server.store import tables
from tests.makers.world import ADVICE, THURSDAY, World, between


def test_a_promise_that_is_offered_can_be_held_and_the_hold_booked(world: World) -> None:
    slot = world.search(ADVICE.code, between(THURSDAY, 8, 16))[0]
    held = world.hold(ADVICE.code, slot.promise.start)
    view = world.book_hold(held)
    assert view.booking.promise == slot.promise
    assert view.booking.state is BookingState.CONFIRMED
    assert view.planned_start == slot.promise.start
    assert world.rows(tables.hold) == []
