"""Whatever a day looks like, an emergency moves nothing that has begun and keeps every promise."""

from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.domain.emergency import Emergency, NewEmergency
from server.domain.errors import DomainError, NoOfficer, PlanStale, SlotTaken
from server.domain.resource_day import Stop
from server.domain.visit import VisitState
from server.store import tables
from tests.makers.world import ADVICE, BOSS, CALL, INSPECTION, NIGHT, THURSDAY, World, at, settle

OFFICERS = st.sampled_from(["anna", "ben"])
SITES = st.integers(0, 5)
PLANNED = st.tuples(OFFICERS, st.integers(8, 14), SITES, st.sampled_from([10, 50, 300, 9999]))
BOOKED = st.tuples(OFFICERS, st.integers(8, 14), SITES, st.sampled_from([ADVICE.code, INSPECTION.code, CALL.code]))
URGENT = st.tuples(
    st.sampled_from([ADVICE.code, INSPECTION.code, CALL.code, NIGHT.code]),
    SITES,
    st.sampled_from([100, 5000, 10_000]),
    st.integers(10, 180),
)
DAY = st.fixed_dictionaries(
    {
        "planned": st.lists(PLANNED, min_size=1, max_size=7),
        "booked": st.lists(BOOKED, max_size=5),
        "minute": st.integers(7 * 60, 15 * 60),
        "urgent": st.lists(URGENT, min_size=1, max_size=3),
        "breaks": st.booleans(),
    }
)


def lay_out(world: World, day: dict[str, list[tuple[str, int, int, int | str]]]) -> None:
    for officer, hour, site, service in day["booked"]:
        try:
            world.book(str(service), at(THURSDAY, hour), site, officer=officer)
        except DomainError:
            continue
    for officer, hour, site, weight in day["planned"]:
        try:
            world.planned(officer, THURSDAY, hour, site, weight=int(weight))
        except PlanStale:
            continue


def begun(world: World, now: datetime) -> dict[str, list[Stop]]:
    found = {}
    for code in ("anna", "ben", "cleo"):
        day = world.day(code, THURSDAY)
        found[code] = [stop for stop in day.everything() if stop.leave < day.span.offset(now)]
    return found


def promised(world: World) -> dict[int, tuple[object, object]]:
    return {row.id: (row.promise, row.state) for row in world.rows(tables.booking)}


def must_hold(world: World, found: Emergency, may_break: bool) -> None:
    """Check that what gave way is where the answer says it is."""
    assert world.visit(found.view.visit.id).state is VisitState.PLANNED
    for one in found.displaced:
        visit = world.visit(one.visit)
        if one.broken:
            assert may_break
            assert one.booking
        elif not one.to_officer:
            assert not one.booking, "a promise never loses its route"
            assert (visit.state, visit.displaced_by) == (VisitState.OPEN, found.view.visit.id)
        else:
            assert visit.state is VisitState.PLANNED
            assert world.day(one.to_officer, THURSDAY).stop_of_visit(one.visit) is not None


def run(world: World, day: dict[str, object]) -> None:
    settle(world)
    lay_out(world, day)  # type: ignore[arg-type]
    world.clock.now = at(THURSDAY, 0) + timedelta(minutes=int(day["minute"]))  # type: ignore[call-overload]
    for service, site, weight, within in day["urgent"]:  # type: ignore[attr-defined]
        now = world.clock()
        before, promises = begun(world, now), promised(world)
        premises = 0 if service == CALL.code else world.premises[site].id
        latest = now + timedelta(minutes=within)
        new = NewEmergency(service, premises, weight, None, latest, None, bool(day["breaks"]))
        try:
            found = world.app.emergencies.create(world.request(BOSS), new)
        except (SlotTaken, NoOfficer):
            continue
        assert found.view.planned_start is not None
        assert now <= found.view.planned_start <= latest
        for code, stops in before.items():
            after = {stop.occupancy: stop for stop in world.day(code, THURSDAY).everything()}
            assert [after.get(stop.occupancy) for stop in stops] == stops
        assert promised(world) == promises
        must_hold(world, found, bool(day["breaks"]))
        assert world.flaws() == []
        world.clock.forward(minutes=11)


QUIET = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large]


def test_what_has_begun_stays_and_promises_hold(opened: World) -> None:
    """M02, M03."""

    @settings(max_examples=15, deadline=None, suppress_health_check=QUIET, derandomize=True)
    @given(DAY)
    def check(day: dict[str, object]) -> None:
        run(opened, day)

    check()


@pytest.mark.long
def test_what_has_begun_stays_and_promises_hold_on_many_days(opened: World) -> None:
    """M02, M03."""

    @settings(max_examples=300, deadline=None, suppress_health_check=QUIET)
    @given(DAY)
    def check(day: dict[str, object]) -> None:
        run(opened, day)

    check()
