"""Holds that have run out, and holds that lost their time."""

from server.store import tables
from tests.makers.world import ADVICE, FRIDAY, THURSDAY, World, at, between
from tests.review.crew import PAIR, with_pair


def test_a_crews_hold_that_ran_out_gives_way_on_all_its_days(world: World) -> None:
    with_pair(world).hold(PAIR.code, at(THURSDAY, 9), ttl_s=60)
    world.clock.forward(minutes=2)
    assert world.book(ADVICE.code, at(THURSDAY, 10), officer="anna").officers == ("anna",)
    assert world.rows(tables.hold) == []
    assert not [stop for stop in world.day("ben", THURSDAY).stops if stop.hold]


def test_a_crews_hold_that_ran_out_joins_nobody_to_another_booking(world: World) -> None:
    with_pair(world).hold(PAIR.code, at(THURSDAY, 9), ttl_s=60)
    mine = world.hold(ADVICE.code, at(THURSDAY, 14), officer="anna")
    world.clock.forward(minutes=2)
    assert world.book_hold(mine).officers == ("anna",)


def test_a_crews_hold_that_ran_out_can_be_booked_while_it_stands(world: World) -> None:
    held = with_pair(world).hold(PAIR.code, at(FRIDAY, 9), ttl_s=60)
    world.clock.forward(minutes=2)
    assert world.book_hold(held).officers == ("anna", "ben")


def test_a_hold_that_lost_its_time_to_an_absence_is_booked_with_a_repair(world: World) -> None:
    held = world.hold(ADVICE.code, at(THURSDAY, 9), officer="anna")
    world.absent("anna", between(THURSDAY, 8, 12))
    booking = world.book_hold(held).booking
    assert [(row.booking_id, row.state) for row in world.rows(tables.repair)] == [(booking.id, "OPEN")]
