"""Plans: made by the optimizer, checked, and put on the routes without breaking what came meanwhile."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from server.domain.booking import BookingState
from server.domain.commands import RunPlan
from server.domain.errors import NoShift, PlanStale, PlanState, SlotTaken, StaleEtag
from server.domain.ids import encode
from server.domain.plan import Plan, State
from server.domain.resource_day import StopKind
from server.domain.spans import Span
from server.domain.visit import Visit, VisitState
from server.store import tables
from tests.makers.world import (
    ADVICE,
    BOSS,
    CALL,
    INSPECTION,
    SATURDAY,
    STAFF,
    SURPRISE,
    THURSDAY,
    World,
    at,
    between,
)


def run(world: World, seconds: int = 1) -> Plan:
    """Let the optimizer plan the team's Thursday."""
    operation = world.app.planning.run(world.request(BOSS), RunPlan("north", THURSDAY, seconds))
    world.app.planning.execute(operation.id)
    with world.app.store.begin() as tx:
        done = tx.plans.operation(operation.name)
        assert done.error is None, done.error
        return tx.plans.get(f"plans/{encode(done.plan)}")


def state(world: World, plan: Plan) -> State:
    with world.app.store.begin() as tx:
        return tx.plans.get(plan.name).state


def moved(world: World, plan: Plan, visit: Visit) -> Plan:
    """Return the plan with a visit off ben's route, which `world.plan` took over as it was."""
    anna, ben = plan.routes
    bens = replace(ben, stops=tuple(stop for stop in ben.stops if stop.visit != visit.id))
    plan = replace(plan, routes=(anna, bens))
    with world.app.store.begin() as tx:
        tx.plans.save(plan)
    return plan


def room_for_one(world: World) -> None:
    """Leave anna an hour and a quarter on Thursday morning."""
    world.absent("anna", Span(at(THURSDAY, 8), at(THURSDAY, 8, 45)))
    world.absent("anna", between(THURSDAY, 10, 16))


def test_a_plan_of_the_optimizer_becomes_the_routes(world: World) -> None:
    """N02, N04: promises stay inside what was promised, due visits get officers who have the skill."""
    booking = world.book(INSPECTION.code, at(THURSDAY, 9), 3).booking
    call = world.book(CALL.code, at(THURSDAY, 10), officer="ben").booking
    held = world.hold(ADVICE.code, at(THURSDAY, 14), 4, officer="anna")
    due = world.due(0, 1, 2, 3, 4, 5)
    plan = run(world)
    assert plan.state is State.CHECKED
    assert plan.figures.served_visits == len(due) + 2
    published = world.publish(plan)
    assert published.plan.state is State.PUBLISHED
    assert (published.reconciled, published.unchanged) == ((), ())
    assert set(published.published) == {"anna", "ben", "cleo"}
    assert {world.visit(one.id).state for one in due} == {VisitState.PLANNED}
    for one in (booking, call):
        view = world.app.bookings.get(STAFF, one.name)
        assert view.planned_start in one.promise  # type: ignore[operator]
    assert world.book_hold(held).planned_start == at(THURSDAY, 14)
    assert world.day("cleo", THURSDAY).stops == (), "nobody who lacks the skill is sent"
    assert [one.kind for one in world.day("ben", THURSDAY).stops].count(StopKind.BREAK) == 1


def test_a_plan_tells_nobody_anything_new(world: World) -> None:
    """A plan that moves minutes inside a promise raises no revision and sends no message."""
    booking = world.book(INSPECTION.code, at(THURSDAY, 9), 3).booking
    world.due(0, 1)
    jobs = [job for job in world.jobs() if "booking" in job]
    world.publish(run(world))
    assert world.booking(booking).revision == booking.revision
    assert [job for job in world.jobs() if "booking" in job] == jobs


def test_running_twice_makes_one_plan(world: World) -> None:
    world.due(0)
    operation = world.app.planning.run(world.request(BOSS), RunPlan("north", THURSDAY, 1))
    for _ in range(2):
        world.app.planning.execute(operation.id)
    assert len(world.rows(tables.plan)) == 1
    assert world.jobs() == [{"operation": operation.id}]


def test_a_place_that_is_closed_all_day_is_left_out_with_its_reason(world: World) -> None:
    with world.engine.begin() as connection:
        shut = sa.update(tables.premises).where(tables.premises.c.id == world.premises[0].id)
        connection.execute(shut.values(opening_hours="Mo 10:00-12:00"))
    closed, opened = world.due(0, 1)
    plan = run(world)
    assert [left.visit for left in plan.unassigned] == [closed.id]
    world.publish(plan)
    assert world.visit(closed.id).state is VisitState.OPEN
    assert world.visit(opened.id).state is VisitState.PLANNED


def test_a_plan_around_an_afternoon_away_uses_the_morning(world: World) -> None:
    world.absent("anna", between(THURSDAY, 12, 16))
    world.absent("ben", between(THURSDAY, 8, 16))
    due = world.due(0, 1)
    plan = run(world)
    assert plan.figures.served_visits == 2
    world.publish(plan)
    day = world.day("anna", THURSDAY)
    assert {stop.visit for stop in day.stops if stop.visit} == {one.id for one in due}
    real = [row for row in day.occupancies() if row.kind != "overlay"]
    assert max(row.busy.end for row in real) <= at(THURSDAY, 12)


def test_a_day_without_shifts_is_not_planned(world: World) -> None:
    with pytest.raises(NoShift):
        world.app.planning.run(world.request(BOSS), RunPlan("north", SATURDAY + timedelta(days=1)))


def test_what_was_booked_meanwhile_is_kept_and_the_rest_published(world: World) -> None:
    visit = world.due(1)[0]
    plan = world.plan(THURSDAY, {"anna": [(visit, at(THURSDAY, 9))], "ben": []})
    booking = world.book(ADVICE.code, at(THURSDAY, 13), 2, officer="anna").booking
    published = world.publish(plan)
    assert (published.published, published.reconciled, published.unchanged) == (("ben",), ("anna",), ())
    assert {stop.visit for stop in world.day("anna", THURSDAY).stops} == {visit.id, booking.visit}
    assert world.visit(visit.id).state is VisitState.PLANNED


def test_a_group_into_which_what_came_does_not_fit_stays_as_it_was(world: World) -> None:
    room_for_one(world)
    visits = world.due(1, 2)
    plan = world.plan(THURSDAY, {"anna": [(visits[0], at(THURSDAY, 9))], "ben": [(visits[1], at(THURSDAY, 9))]})
    world.book(ADVICE.code, at(THURSDAY, 9), 3, officer="anna")
    before = world.day("anna", THURSDAY)
    published = world.publish(plan)
    assert (published.published, published.unchanged) == (("ben",), ("anna",))
    assert world.day("anna", THURSDAY).stops == before.stops
    assert world.visit(visits[0].id).state is VisitState.OPEN
    assert world.visit(visits[1].id).state is VisitState.PLANNED


def test_officers_who_trade_a_visit_are_published_together_or_not_at_all(world: World) -> None:
    visit = world.planned("ben", THURSDAY, 9, 1)
    other = world.due(2)[0]
    room_for_one(world)
    plan = moved(
        world, world.plan(THURSDAY, {"anna": [(visit, at(THURSDAY, 9))], "ben": [(other, at(THURSDAY, 10))]}), visit
    )
    world.book(ADVICE.code, at(THURSDAY, 9), 3, officer="anna")
    published = world.publish(plan)
    assert published.unchanged == ("anna", "ben")
    assert world.day("ben", THURSDAY).stop_of_visit(visit.id)
    assert world.visit(other.id).state is VisitState.OPEN


def test_a_traded_visit_keeps_its_row(world: World) -> None:
    visit = world.planned("ben", THURSDAY, 9, 1)
    row = world.day("ben", THURSDAY).stop_of_visit(visit.id)
    world.publish(moved(world, world.plan(THURSDAY, {"anna": [(visit, at(THURSDAY, 9))], "ben": []}), visit))
    now = world.day("anna", THURSDAY).stop_of_visit(visit.id)
    assert now is not None
    assert row is not None
    assert now.occupancy == row.occupancy
    assert world.day("ben", THURSDAY).stop_of_visit(visit.id) is None


def test_visits_that_vanished_meanwhile_are_left_out(world: World) -> None:
    gone, kept, booked_elsewhere = world.due(1, 2, 3)
    routes = {
        "anna": [(gone, at(THURSDAY, 9)), (kept, at(THURSDAY, 11))],
        "ben": [(booked_elsewhere, at(THURSDAY, 9))],
    }
    plan = world.plan(THURSDAY, routes)
    world.app.visits.withdraw(world.request(BOSS), gone.name, "")
    published = world.publish(plan)
    assert published.unchanged == ()
    assert [stop.visit for stop in world.day("anna", THURSDAY).stops] == [kept.id]
    assert world.visit(gone.id).state is VisitState.WITHDRAWN


def test_a_visit_that_is_on_another_day_by_now_is_not_put_on_two(world: World) -> None:
    visit = world.due(1)[0]
    plan = world.plan(THURSDAY, {"anna": [(visit, at(THURSDAY, 9))]})
    friday = THURSDAY + timedelta(days=1)
    world.publish(world.plan(friday, {"ben": [(visit, at(friday, 9))]}))
    world.publish(plan)
    assert world.day("anna", THURSDAY).stop_of_visit(visit.id) is None
    assert world.day("ben", friday).stop_of_visit(visit.id) is not None


def test_a_booking_that_was_cancelled_meanwhile_does_not_come_back(world: World) -> None:
    booking = world.book(ADVICE.code, at(THURSDAY, 9), 1, officer="anna").booking
    plan = world.plan(THURSDAY, {"anna": []})
    world.cancel(booking)
    world.publish(plan)
    assert world.day("anna", THURSDAY).stops == ()
    assert world.booking(booking).state is BookingState.CANCELLED


def test_a_visit_is_not_planned_into_an_absence_that_came_meanwhile(world: World) -> None:
    early, late = world.due(1, 2)
    plan = world.plan(THURSDAY, {"anna": [(early, at(THURSDAY, 9)), (late, at(THURSDAY, 14))]})
    world.absent("anna", between(THURSDAY, 8, 12))
    world.publish(plan)
    assert [s.visit for s in world.day("anna", THURSDAY).stops if s.visit] == [late.id]
    assert world.visit(early.id).state is VisitState.OPEN
    with pytest.raises(SlotTaken):
        world.book(ADVICE.code, at(THURSDAY, 9), officer="anna")


def test_a_hold_that_was_taken_meanwhile_is_kept_and_one_that_ran_out_is_not(world: World) -> None:
    plan = world.plan(THURSDAY, {"anna": [], "ben": []})
    world.hold(CALL.code, at(THURSDAY, 9), officer="anna", ttl_s=60)
    kept = world.hold(CALL.code, at(THURSDAY, 9), officer="ben", ttl_s=600)
    world.clock.forward(seconds=60)
    world.publish(plan)
    assert [row.id for row in world.rows(tables.hold)] == [kept.id]
    assert world.day("anna", THURSDAY).stops == ()


def test_a_plan_that_fits_nowhere_although_nothing_changed_is_stale(world: World) -> None:
    visit = world.due(1)[0]
    plan = world.plan(THURSDAY, {"anna": [(visit, at(THURSDAY, 8))]})
    with pytest.raises(PlanStale, match="run a new plan"):
        world.publish(plan)
    assert state(world, plan) is State.CHECKED
    assert world.visit(visit.id).state is VisitState.OPEN


def test_a_plan_is_published_once_and_superseded_by_the_next(world: World) -> None:
    first, second = (world.plan(THURSDAY, {"anna": []}) for _ in range(2))
    world.publish(first)
    with pytest.raises(PlanState):
        world.publish(first)
    world.publish(second)
    assert (state(world, first), state(world, second)) == (State.SUPERSEDED, State.PUBLISHED)


def test_a_discarded_plan_stays_discarded(world: World) -> None:
    plan = world.plan(THURSDAY, {"anna": []})
    with pytest.raises(StaleEtag):
        world.app.planning.publish(world.request(BOSS), plan.name, "v9")
    assert world.app.planning.discard(world.request(BOSS), plan.name).state is State.DISCARDED
    for deed in (world.publish, lambda one: world.app.planning.discard(world.request(BOSS), one.name)):
        with pytest.raises(PlanState):
            deed(plan)


def test_an_unannounced_visit_is_shown_as_such_on_the_officer_s_route_only(world: World) -> None:
    visit = world.planned("anna", THURSDAY, 9, 1)
    stop = world.app.routes.get(BOSS, "anna", THURSDAY, False).stops[0]
    assert (stop.visit, stop.unannounced, stop.service) == (visit.id, True, SURPRISE.code)


def test_a_day_that_has_begun_is_neither_planned_nor_published(world: World) -> None:
    plan = world.plan(THURSDAY, {"anna": [(world.due(0)[0], at(THURSDAY, 10))]})
    world.clock.now = at(THURSDAY, 8)
    with pytest.raises(PlanState):
        world.publish(plan)
    with pytest.raises(PlanState):
        world.app.planning.run(world.request(BOSS), RunPlan("north", THURSDAY))
    assert [stop for stop in world.day("anna", THURSDAY).stops if stop.visit] == []


def test_a_plan_keeps_to_the_teams_visits_a_day(world: World) -> None:
    """D06: never a visit more than an officer may have, whatever waits."""
    due = world.due(0, 1, 2, 3, 4, 5)
    team = world.officers["anna"].team
    world.app.organisation.update_team(world.request(BOSS), team, {"max_visits_per_day": 2})
    plan = run(world)
    assert plan.state is State.CHECKED
    visits = sorted(sum(1 for stop in route.stops if stop.visit) for route in plan.routes)
    assert visits == [0, 2, 2]  # cleo has no such skill
    assert len(due) > 4


def test_a_plan_leaves_the_share_that_is_kept_for_bookings(world: World) -> None:
    """A share of each team's capacity can be kept for bookings: visits without one take no more than the rest."""
    world.due(0, 1, 2, 3, 4, 5)
    team = world.officers["anna"].team
    world.app.organisation.update_team(world.request(BOSS), team, {"keep_for_bookings_percent": 85})
    plan = run(world)
    span = world.day("anna", THURSDAY).span.seconds
    works = [sum(s.end - s.start for s in route.stops if s.visit) for route in plan.routes]
    assert plan.state is State.CHECKED
    assert all(work <= span * 15 // 100 for work in works)
    assert any(works)
