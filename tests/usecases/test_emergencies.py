"""Emergencies: on a route at once; what gives way is planned anew or flagged; what has begun stays."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from server.domain.emergency import Emergency, NewEmergency
from server.domain.errors import InvalidField, PremisesNeeded, RoleNotAllowed, SlotTaken
from server.domain.priority import Rating
from server.domain.resource_day import ResourceDay, Stop
from server.domain.spans import Span
from server.domain.visit import VisitState
from server.planning.insertion import OptimizerInserter
from server.store import tables
from server.usecases.emergencies import Emergencies
from server.usecases.ports import AlreadyAnswered
from tests.makers.world import ADVICE, BOSS, CALL, INSPECTION, STAFF, THURSDAY, World, at, between

TEN_PAST = at(THURSDAY, 10, 7)


def emergency(world: World, site: int = 3, **how: object) -> Emergency:
    new = NewEmergency(**{"service": ADVICE.code, "premises": world.premises[site].id, **how})  # type: ignore[arg-type]
    return world.app.emergencies.create(world.request(BOSS), new)


def begun(day: ResourceDay, moment: int) -> list[Stop]:
    return [stop for stop in day.stops if stop.leave < moment]


def busy_thursday(world: World) -> None:
    """Fill Anna's and Ben's morning with light visits; Anna has one under way at ten past ten."""
    for hour, site in ((9, 1), (10, 5), (12, 4), (14, 2)):
        world.planned("anna", THURSDAY, hour, site, weight=20)
    for hour, site in ((9, 2), (10, 1)):
        world.planned("ben", THURSDAY, hour, site, weight=20)


def test_an_urgent_visit_is_on_a_route_at_once(world: World) -> None:
    """M02: at 10:07, work starts within the hour, and what had been left for stays to the byte."""
    busy_thursday(world)
    world.clock.now = TEN_PAST
    before = {code: world.day(code, THURSDAY) for code in ("anna", "ben")}
    found = emergency(world)
    assert found.view.planned_start is not None
    assert TEN_PAST <= found.view.planned_start <= TEN_PAST + timedelta(hours=1)
    code = found.view.officers[0]
    after = world.day(code, THURSDAY)
    assert after.stop_of_visit(found.view.visit.id) is not None
    assert world.visit(found.view.visit.id).state is VisitState.PLANNED
    for officer, day in before.items():
        moment = day.span.offset(TEN_PAST)
        now = world.day(officer, THURSDAY)
        assert now.stops[: len(begun(day, moment))] == tuple(begun(day, moment))


def full(world: World, code: str, site: int, weight: int = 20) -> None:
    """Leave an officer time for one visit only, and put one there."""
    world.planned(code, THURSDAY, 11, site, weight)
    world.absent(code, Span(at(THURSDAY, 8), at(THURSDAY, 10, 30)))
    world.absent(code, between(THURSDAY, 12, 16))


def test_what_gives_way_is_listed_and_flagged(world: World) -> None:
    """M02, M03: nobody else has the time, so the lighter visit is open again, and says why."""
    full(world, "anna", 1)
    world.absent("ben", between(THURSDAY, 8, 16))
    world.clock.now = at(THURSDAY, 10, 35)
    found = emergency(world, latest_start=at(THURSDAY, 11, 20))
    assert found.view.officers == ("anna",)
    (displaced,) = found.displaced
    assert (displaced.from_officer, displaced.to_officer, displaced.start) == ("anna", "", None)
    visit = world.visit(displaced.visit)
    assert (visit.state, visit.displaced_by) == (VisitState.OPEN, found.view.visit.id)
    actions = {row.action for row in world.rows(tables.audit)}
    assert {"emergency.created", "visit.displaced"} <= actions


def test_what_gives_way_goes_to_another_officer_who_has_the_time(world: World) -> None:
    """M02: Ben cannot be there in time, but he can do what Anna leaves."""
    full(world, "anna", 1)
    world.absent("ben", between(THURSDAY, 8, 12))
    world.clock.now = at(THURSDAY, 10, 35)
    found = emergency(world, latest_start=at(THURSDAY, 11, 20))
    (displaced,) = found.displaced
    assert (displaced.from_officer, displaced.to_officer) == ("anna", "ben")
    assert world.visit(displaced.visit).state is VisitState.PLANNED
    stop = world.day("ben", THURSDAY).stop_of_visit(displaced.visit)
    assert stop is not None
    assert world.day("ben", THURSDAY).span.at(stop.start) == displaced.start


def test_several_lighter_visits_give_way_to_one(world: World) -> None:
    for hour, site in ((10, 1), (11, 5)):
        world.planned("anna", THURSDAY, hour, site, 20)
    world.absent("anna", Span(at(THURSDAY, 8), at(THURSDAY, 9, 30)))
    world.absent("anna", between(THURSDAY, 12, 16))
    world.absent("ben", between(THURSDAY, 8, 16))
    world.clock.now = at(THURSDAY, 9, 40)
    found = emergency(world, service=INSPECTION.code, site=4, latest_start=at(THURSDAY, 10, 50))
    assert len(found.displaced) == 2
    assert all(world.visit(one.visit).state is VisitState.OPEN for one in found.displaced)


@pytest.mark.parametrize(("weight", "goes"), [(99, True), (100, False)])
def test_only_what_is_lighter_gives_way(world: World, weight: int, goes: bool) -> None:
    full(world, "anna", 1, weight)
    world.absent("ben", between(THURSDAY, 8, 16))
    world.clock.now = at(THURSDAY, 10, 35)
    if goes:
        assert len(emergency(world, weight=100, latest_start=at(THURSDAY, 11, 20)).displaced) == 1
    else:
        with pytest.raises(SlotTaken, match="allow_broken_promises"):
            emergency(world, weight=100, latest_start=at(THURSDAY, 11, 20))


def booked_full(world: World) -> str:
    """Promise the only time that Anna has; Ben is away until noon, and return the booking's name."""
    booking = world.book(INSPECTION.code, at(THURSDAY, 11), 1, officer="anna").booking
    world.absent("anna", Span(at(THURSDAY, 8), at(THURSDAY, 10, 45)))
    world.absent("anna", Span(at(THURSDAY, 12, 20), at(THURSDAY, 16)))
    return booking.name


def test_a_booking_goes_to_another_officer_inside_its_promise(world: World) -> None:
    """M03: where nothing else helps; its customer is told who comes, the promise stays."""
    name = booked_full(world)
    before = world.app.bookings.get(STAFF, name)
    world.absent("ben", between(THURSDAY, 8, 12))
    world.clock.now = at(THURSDAY, 10, 45)
    found = emergency(world, latest_start=at(THURSDAY, 11, 15))
    assert found.view.officers == ("anna",)
    after = world.app.bookings.get(STAFF, name)
    assert after.officers == ("ben",)
    assert after.booking == before.booking
    assert after.planned_start is not None
    assert after.planned_start in after.booking.promise
    assert {"booking": before.booking.id, "revision": 1, "kind": "booking.reassigned"} in world.jobs()
    assert [row.kind for row in world.rows(tables.booking_event)] == ["booking.created", "booking.reassigned"]


def test_a_promise_is_not_broken_unless_an_administrator_says_so(world: World) -> None:
    name = booked_full(world)
    world.absent("ben", between(THURSDAY, 8, 16))
    world.clock.now = at(THURSDAY, 10, 45)
    day = world.day("anna", THURSDAY)
    with pytest.raises(SlotTaken):
        emergency(world, latest_start=at(THURSDAY, 11, 15))
    assert world.day("anna", THURSDAY) == day
    found = emergency(world, latest_start=at(THURSDAY, 11, 15), allow_broken_promises=True)
    (repair,) = found.repairs
    (displaced,) = found.displaced
    booking = world.app.bookings.get(STAFF, name)
    assert displaced.broken
    assert repair.booking == booking.booking.id
    assert booking.officers == ("anna",), "a live booking always has its full time, if only beside the route"
    assert {"booking": booking.booking.id, "revision": 1, "kind": "booking.displaced"} in world.jobs()
    assert "promise.broken" in {row.action for row in world.rows(tables.audit)}
    world.app.bookings.cancel(world.request(), name, "EMERGENCY", "")
    assert world.day("anna", THURSDAY).beside == ()


@pytest.mark.parametrize("field", ["allow_broken_promises", "over_limit"])
def test_only_administrators_break_promises_and_limits(world: World, field: str) -> None:
    new = NewEmergency(ADVICE.code, world.premises[1].id, **{field: True})  # type: ignore[arg-type]
    with pytest.raises(RoleNotAllowed, match=field):
        world.app.emergencies.create(world.request(STAFF), new)


def test_what_cannot_be_is_refused_and_leaves_nothing(world: World) -> None:
    world.clock.now = TEN_PAST
    with pytest.raises(PremisesNeeded):
        emergency(world, premises=0)
    with pytest.raises(InvalidField, match="latest_start_time"):
        emergency(world, latest_start=TEN_PAST)
    with pytest.raises(InvalidField, match="CreateVisit"):
        emergency(world, latest_start=TEN_PAST + timedelta(days=3))
    with pytest.raises(InvalidField, match="priority matrix"):
        emergency(world, rating=Rating("awful", "certain"))
    assert not world.rows(tables.visit)
    assert not world.jobs()


def limited(world: World, most: int) -> None:
    world.app.organisation.update_team(world.request(BOSS), "north", {"max_visits_per_day": most})


def test_an_officers_limit_of_visits_holds_for_emergencies_too(world: World) -> None:
    """D06: only an administrator goes over it, and that is written down."""
    world.absent("ben", between(THURSDAY, 8, 16))
    world.planned("anna", THURSDAY, 10, 5, weight=10_000)
    limited(world, 1)
    world.clock.now = TEN_PAST
    with pytest.raises(SlotTaken):
        emergency(world)
    found = emergency(world, over_limit=True)
    assert found.view.officers == ("anna",)
    line = next(row for row in world.rows(tables.audit) if row.action == "emergency.created")
    assert line.detail["over_limit"] == "True"


def test_what_is_lighter_makes_room_under_the_limit(world: World) -> None:
    """D06."""
    world.absent("ben", between(THURSDAY, 8, 16))
    world.planned("anna", THURSDAY, 14, 5, weight=10)
    limited(world, 1)
    world.clock.now = TEN_PAST
    assert [one.to_officer for one in emergency(world).displaced] == [""]


def test_what_is_left_for_soon_is_frozen(world: World) -> None:
    """Nothing that an officer leaves for within the freeze moves or gives way."""
    full(world, "anna", 1)
    world.absent("ben", between(THURSDAY, 8, 16))
    world.clock.now = at(THURSDAY, 10, 35)
    store, travel, clock = world.app.store, world.travel, world.clock
    frozen = Emergencies(store, travel, OptimizerInserter(), clock, timedelta(minutes=45))
    new = NewEmergency(ADVICE.code, world.premises[3].id, latest_start=at(THURSDAY, 11, 20))
    day = world.day("anna", THURSDAY)
    with pytest.raises(SlotTaken):
        frozen.create(world.request(BOSS), new)
    assert world.day("anna", THURSDAY) == day


def test_a_visit_that_an_officer_began_early_stays(world: World) -> None:
    """M02: begun is what the officer says, not what the clock says."""
    visit = world.planned("anna", THURSDAY, 11, 1, 20)
    with world.engine.begin() as connection:
        begun = sa.update(tables.visit).where(tables.visit.c.id == visit.id).values(state="IN_PROGRESS")
        connection.execute(begun)
    world.absent("anna", between(THURSDAY, 12, 16))
    world.absent("ben", between(THURSDAY, 8, 16))
    world.clock.now = at(THURSDAY, 10, 35)
    with pytest.raises(SlotTaken):
        emergency(world, latest_start=at(THURSDAY, 11, 30))
    world.absent("cleo", between(THURSDAY, 8, 12))
    with pytest.raises(SlotTaken):  # it would end before eleven, but she is with somebody already
        emergency(world, service=CALL.code, premises=0, latest_start=at(THURSDAY, 10, 36))
    stop = world.day("anna", THURSDAY).stop_of_visit(visit.id)
    assert stop is not None
    assert world.day("anna", THURSDAY).span.at(stop.start) == at(THURSDAY, 11)


def test_a_crew_of_two_starts_together(world: World) -> None:
    """L01: everybody under way with the skills is asked; both routes have it at the same minute."""
    with world.app.store.begin() as tx:
        tx.services.upsert(replace(ADVICE, crew=(*ADVICE.crew, *ADVICE.crew)))
    busy_thursday(world)
    world.clock.now = TEN_PAST
    found = emergency(world)
    assert found.view.officers == ("anna", "ben")
    days = [world.day(code, THURSDAY) for code in found.view.officers]
    stops = [day.stop_of_visit(found.view.visit.id) for day in days]
    starts = {day.span.at(stop.start) for day, stop in zip(days, stops, strict=True) if stop}
    assert starts == {found.view.planned_start}


def test_emergencies_and_bookings_at_once_never_meet(world: World) -> None:
    """Whoever comes second looks again; the fixture checks that no two share a minute."""
    busy_thursday(world)
    world.clock.now = TEN_PAST
    with ThreadPoolExecutor(8) as pool:
        urgent = [pool.submit(emergency, world, site, weight=500) for site in (0, 1, 3, 4)]
        booked = [pool.submit(world.book, ADVICE.code, at(THURSDAY, hour), 2) for hour in (11, 13, 14, 15)]
    answers = [*(one.exception() for one in urgent), *(one.exception() for one in booked)]
    assert all(answer is None or isinstance(answer, SlotTaken) for answer in answers), answers
    on_routes = [one.result().view.visit.id for one in urgent if one.exception() is None]
    assert on_routes
    assert all(world.visit(number).state is VisitState.PLANNED for number in on_routes)


def test_a_repeated_call_is_one_emergency(world: World) -> None:
    world.clock.now = TEN_PAST
    request, new = world.request(BOSS), NewEmergency(ADVICE.code, world.premises[3].id)
    world.app.emergencies.create(request, new)
    with pytest.raises(AlreadyAnswered):
        world.app.emergencies.create(request, new)
    assert len(world.rows(tables.visit)) == 1
