"""Services and premises that change while promises stand: these keep what they were given."""

from dataclasses import replace

from tests.makers.world import ADVICE, BOSS, THURSDAY, World, at
from tests.review.planned import planned, publish, with_promise_of


def test_a_day_with_promises_of_a_service_made_shorter_since_can_be_planned_and_published(world: World) -> None:
    for hour in (9, 10, 11, 12, 13, 14):
        world.book(ADVICE.code, at(THURSDAY, hour), officer="anna")
        if hour not in (11, 12, 13):
            world.book(ADVICE.code, at(THURSDAY, hour), officer="ben")
    world.app.catalogue.upsert(world.request(BOSS), replace(ADVICE, duration_minutes=5))
    world.due(1, 2, 3, 4, 5, 0, 1, 2, 3, 4)
    publish(world, planned(world))


def test_a_day_with_promises_at_premises_moved_since_can_be_planned_and_published(world: World) -> None:
    for hour in (9, 10, 11, 12, 13, 14):
        world.book(ADVICE.code, at(THURSDAY, hour), 4, officer="anna")
    with world.app.store.begin() as tx:
        tx.places.upsert(replace(world.premises[4], position=world.premises[0].position))
    world.due(1, 2, 3, 5, 1, 2, 3, 5, 1, 2, 3)
    publish(world, planned(world))


def test_a_promise_at_premises_moved_since_can_go_to_an_officer_with_another_way_to_travel(world: World) -> None:
    booking = world.book(ADVICE.code, at(THURSDAY, 11), 4, officer="anna").booking
    with world.app.store.begin() as tx:
        tx.places.upsert(replace(world.premises[4], position=world.premises[0].position))
    plan = with_promise_of(world, planned(world), booking, "cleo")
    assert publish(world, plan).published == ("anna", "ben", "cleo")
