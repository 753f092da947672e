"""What a plan must not do to promises that changed, or that it knows half of."""

from dataclasses import replace

import pytest

from server.domain.errors import PlanStale
from server.domain.visit import VisitState
from server.store import tables
from tests.makers.world import INSPECTION, STAFF, THURSDAY, World, at, between
from tests.review.crew import PAIR, with_pair
from tests.review.planned import planned, publish, with_promise_of


def test_a_hold_booked_after_the_plan_was_made_is_on_the_route_once(world: World) -> None:
    held = world.hold(INSPECTION.code, at(THURSDAY, 9), officer="anna")
    world.due(1)
    plan = planned(world)
    visit = world.book_hold(held).booking.visit
    publish(world, plan)
    assert [stop.visit for day in ("anna", "ben") for stop in world.day(day, THURSDAY).stops].count(visit) == 1


def test_a_crew_of_two_teams_keeps_its_time_when_one_of_them_plans(world: World) -> None:
    with_pair(world).app.importing.teams([("south", "South", "Europe/Helsinki")])
    world.app.importing.officers([replace(world.officers["ben"], team="south")])
    booking = world.book(PAIR.code, at(THURSDAY, 9)).booking
    due = world.due(1, 2)
    for team in ("north", "south"):
        publish(world, planned(world, team=team))
    assert world.visit(booking.visit).state is VisitState.PLANNED
    assert {world.visit(visit.id).state for visit in due} == {VisitState.PLANNED}
    rows = [row for row in world.rows(tables.occupancy) if row.booking_id == booking.id]
    assert {row.resource_id for row in rows} == {world.officers["anna"].id, world.officers["ben"].id}


def test_no_promise_moves_to_an_officer_who_is_away_since_the_plan_was_made(world: World) -> None:
    booking = world.book(INSPECTION.code, at(THURSDAY, 9), officer="ben").booking
    plan = with_promise_of(world, planned(world), booking, "anna")
    world.absent("anna", between(THURSDAY, 8, 16))
    assert publish(world, plan).unchanged == ("anna", "ben")
    assert world.app.bookings.get(STAFF, booking.name).officers == ("ben",)
    assert world.rows(tables.repair) == []


def test_a_plan_that_loses_a_promise_is_not_published(world: World) -> None:
    booking = world.book(INSPECTION.code, at(THURSDAY, 9), officer="ben").booking
    plan = with_promise_of(world, planned(world), booking, "")
    with pytest.raises(PlanStale, match="lose its time"):
        publish(world, plan)
    assert world.app.bookings.get(STAFF, booking.name).officers == ("ben",)
