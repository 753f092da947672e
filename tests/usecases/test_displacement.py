"""What gives way to a promise: lighter planned visits, and nothing else."""

from dataclasses import replace

import pytest
import sqlalchemy as sa

from server.domain.errors import IllegalTransition, SlotTaken
from server.domain.spans import Span
from server.domain.visit import VisitState
from server.store import route_codec, tables
from tests.makers.world import ADVICE, BOSS, STAFF, SURPRISE, THURSDAY, World, at, between

NINE = at(THURSDAY, 9)


def test_a_booking_pushes_a_lighter_planned_visit_back(world: World) -> None:
    """M01."""
    visit = world.planned("anna", THURSDAY, 9, 1)
    assert visit.state is VisitState.PLANNED
    offer = next(s for s in world.search(ADVICE.code, between(THURSDAY, 9, 10), officer="anna") if s.promise.start == NINE)
    assert offer.displaced_weight == 0, "the visit can wait until half past"
    world.book(ADVICE.code, NINE, officer="anna")
    assert world.visit(visit.id).state is VisitState.PLANNED


def narrowed(world: World, weight: int = 50) -> World:
    """Leave Anna an hour and a quarter from a quarter to nine, and put a visit of that weight there."""
    world.planned("anna", THURSDAY, 9, 1, weight)
    world.absent("anna", Span(at(THURSDAY, 8), at(THURSDAY, 8, 45)))
    world.absent("anna", between(THURSDAY, 10, 15))
    return world


@pytest.fixture
def narrow(world: World) -> World:
    return narrowed(world)


def planned_visit(world: World) -> int:
    return next(int(row.id) for row in world.rows(tables.visit) if row.booking_id is None)


def test_a_lighter_visit_goes_back_to_open_where_there_is_no_room_for_both(narrow: World) -> None:
    offer = narrow.search(ADVICE.code, between(THURSDAY, 9, 10), officer="anna")[0]
    assert offer.promise.start == NINE
    assert offer.displaced_weight == 50
    view = narrow.book(ADVICE.code, NINE, officer="anna")
    assert view.planned_start == NINE
    visit = narrow.visit(planned_visit(narrow))
    assert (visit.state, visit.version) == (VisitState.OPEN, 3)
    assert narrow.day("anna", THURSDAY).stop_of_visit(visit.id) is None


def test_a_hold_pushes_it_back_too(narrow: World) -> None:
    narrow.hold(ADVICE.code, NINE, officer="anna")
    assert narrow.visit(planned_visit(narrow)).state is VisitState.OPEN


def test_an_officer_with_room_is_asked_first(narrow: World) -> None:
    assert narrow.book(ADVICE.code, NINE).officers == ("ben",)
    assert narrow.visit(planned_visit(narrow)).state is VisitState.PLANNED


@pytest.mark.parametrize(("weight", "gives_way"), [(99, True), (100, False), (101, False)])
def test_only_a_visit_that_weighs_less_gives_way(world: World, weight: int, gives_way: bool) -> None:
    narrowed(world, weight)
    if gives_way:
        world.book(ADVICE.code, NINE, officer="anna")
    else:
        with pytest.raises(SlotTaken):
            world.book(ADVICE.code, NINE, officer="anna")
    state = world.visit(planned_visit(world)).state
    assert state is (VisitState.OPEN if gives_way else VisitState.PLANNED)


def test_a_visit_that_is_frozen_stays(narrow: World) -> None:
    day = narrow.day("anna", THURSDAY)
    fixed = replace(day, stops=tuple(replace(stop, fixed=True) for stop in day.stops))
    with narrow.engine.begin() as connection:
        row = tables.resource_day
        mine = sa.and_(row.c.day == day.day, row.c.resource_id == day.resource)
        connection.execute(sa.update(row).where(mine).values(route=route_codec.pack(fixed)))
    with pytest.raises(SlotTaken):
        narrow.book(ADVICE.code, NINE, officer="anna")
    assert narrow.visit(planned_visit(narrow)).state is VisitState.PLANNED


def test_a_promise_never_gives_way(world: World) -> None:
    """N09: a visit of weight 50 that somebody was promised outlives every other wish."""
    view = world.book(SURPRISE.code, NINE, officer="anna")
    world.absent("anna", between(THURSDAY, 12, 15))
    for hour in range(8, 16):
        for _ in range(3):
            try:
                world.book(ADVICE.code, at(THURSDAY, hour), officer="anna")
            except SlotTaken:
                break
    booked = world.app.bookings.get(STAFF, view.booking.name)
    assert booked.officers == ("anna",)
    assert booked.planned_start is not None
    assert booked.planned_start in booked.booking.promise


def test_a_withdrawn_visit_leaves_the_route(world: World) -> None:
    visit = world.planned("anna", THURSDAY, 9, 1)
    view = world.app.visits.withdraw(world.request(BOSS), visit.name, visit.etag)
    assert view.visit.state is VisitState.WITHDRAWN
    assert world.day("anna", THURSDAY).stops == ()
    with pytest.raises(IllegalTransition):
        world.app.visits.withdraw(world.request(BOSS), visit.name, "")


def test_a_booked_visit_is_not_withdrawn_but_cancelled(world: World) -> None:
    booking = world.book(ADVICE.code, NINE).booking
    with pytest.raises(IllegalTransition, match="cancel the booking instead"):
        world.app.visits.withdraw(world.request(BOSS), world.visit(booking.visit).name, "")
