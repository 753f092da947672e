"""Booking while the day is under way: nobody sets out in the past, and what has begun stays."""

from server.domain.catalogue import Place, PromiseKind, Service
from tests.makers.world import ADVICE, CALL, FOOD, THURSDAY, World, at, between
from tests.review.planned import planned, publish

LONG = Service("long", "Within the day", 60, (FOOD,), Place.ON_SITE, PromiseKind.WINDOW, 60, 420, weight=100)


def test_nobody_is_promised_who_would_have_had_to_leave_already(world: World) -> None:
    world.clock.now = at(THURSDAY, 11, 55)
    offers = world.search(ADVICE.code, between(THURSDAY, 12, 16), 4, officer="anna")
    assert offers, "later ones are there"
    for offer in offers[:2]:
        view = world.book(ADVICE.code, offer.promise.start, 4, officer="anna")
        day = world.day("anna", THURSDAY)
        stop = day.stop_of_visit(view.booking.visit)
        assert stop is not None
        assert day.span.at(stop.leave) >= world.clock.now
        world.cancel(view.booking)


def test_no_stop_is_moved_into_the_past(world: World) -> None:
    """The first stop could start from eight; at half past eleven it cannot make room by starting earlier than that."""
    world.app.importing.services([LONG])
    first = world.book(LONG.code, at(THURSDAY, 8), officer="anna").booking
    world.reschedule(first, at(THURSDAY, 9))
    world.clock.now = at(THURSDAY, 11, 30)
    before = {stop.occupancy: stop for stop in world.day("anna", THURSDAY).stops}
    for offer in world.search(CALL.code, between(THURSDAY, 11, 14), officer="anna"):
        view = world.book(CALL.code, offer.promise.start, officer="anna")
        day = world.day("anna", THURSDAY)
        for stop in day.stops:
            was = before.get(stop.occupancy, stop)
            assert stop.start == was.start or day.span.at(stop.leave) >= world.clock.now
        world.cancel(view.booking)


def test_a_visit_that_has_begun_is_not_pushed_out(world: World) -> None:
    visit = world.due(1)[0]
    publish(world, planned(world))
    code = next(code for code in ("anna", "ben") if world.day(code, THURSDAY).stop_of_visit(visit.id))
    day = world.day(code, THURSDAY)
    stop = day.stop_of_visit(visit.id)
    assert stop is not None
    world.clock.now = day.span.at(stop.start + 60)
    for offer in world.search(ADVICE.code, between(THURSDAY, 8, 12), 2, officer=code):
        assert offer.displaced_weight == 0
