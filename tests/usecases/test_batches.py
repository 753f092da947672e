"""Several bookings in one transaction."""

from dataclasses import replace

import pytest

from server.domain.commands import NewBooking
from server.domain.errors import DuplicateBooking, InvalidField, SlotTaken
from server.domain.organisation import CaseRef
from tests.makers.world import ADVICE, CUSTOMER, FRIDAY, STAFF, THURSDAY, World, at


def wanted(world: World, *starts: tuple[int, int], officer: str = "anna") -> list[NewBooking]:
    """Return bookings of advice at hours and minutes of Thursday."""
    slots = [world.choice(ADVICE.code, at(THURSDAY, hour, minute), officer=officer) for hour, minute in starts]
    return [NewBooking(None, slot, CUSTOMER) for slot in slots]


def test_a_batch_is_booked_whole_even_on_one_route(world: World) -> None:
    views = world.app.bookings.create_batch(world.request(), wanted(world, (9, 0), (10, 0), (11, 0)))
    assert [view.planned_start for view in views] == [at(THURSDAY, hour) for hour in (9, 10, 11)]
    assert len(world.day("anna", THURSDAY).stops) == 3
    assert [job["kind"] for job in world.jobs()] == ["booking.confirmed"] * 3


def test_a_batch_with_one_slot_that_is_gone_books_nothing(world: World) -> None:
    """All or nothing: nothing is written and nobody is told."""
    world.book(ADVICE.code, at(THURSDAY, 10), officer="anna")
    told = world.jobs()
    with pytest.raises(SlotTaken) as refused:
        world.app.bookings.create_batch(world.request(), wanted(world, (9, 0), (10, 0)))
    assert len(refused.value.alternatives) >= 3
    assert len(world.day("anna", THURSDAY).stops) == 1
    assert world.jobs() == told


def test_two_of_a_batch_that_want_one_officer_at_one_time_are_refused(world: World) -> None:
    with pytest.raises(SlotTaken):
        world.app.bookings.create_batch(world.request(), wanted(world, (9, 0), (9, 0)))
    assert world.day("anna", THURSDAY).stops == ()


def test_two_of_a_batch_for_one_case_are_refused_by_the_database_itself(world: World) -> None:
    """B17."""
    both = [replace(one, case=CaseRef("cases", "C-1")) for one in wanted(world, (9, 0), (11, 0))]
    with pytest.raises(DuplicateBooking):
        world.app.bookings.create_batch(world.request(), both)
    assert world.day("anna", THURSDAY).stops == ()


def test_a_hold_is_not_for_batches(world: World) -> None:
    hold = world.hold(ADVICE.code, at(FRIDAY, 9))
    with pytest.raises(InvalidField, match="book holds one by one"):
        world.app.bookings.create_batch(world.request(STAFF), [NewBooking(hold.name, None, CUSTOMER)])
