"""Absences against promises and plans: always recorded, never silently in the way."""

from datetime import timedelta

import pytest

from server.domain.caller import Caller, Role
from server.domain.commands import RunPlan
from server.domain.errors import IllegalTransition, InvalidField, NotFound, NotYours, SlotTaken
from server.domain.facts import Repair, RepairState
from server.domain.ids import encode
from server.domain.paging import Page
from server.domain.resource_day import StopKind
from server.domain.spans import Span
from server.domain.visit import VisitState
from server.store import tables
from tests.makers.world import ADVICE, BOSS, CALL, FRIDAY, NOW, SATURDAY, THURSDAY, World, at, between

ANNA = Caller("anna@city", Role.OFFICER, "anna")
TODAY_EVENING = Span(at(NOW.date(), 17), at(NOW.date(), 18))


def repairs(world: World, resolved: bool = True) -> list[Repair]:
    return list(world.app.availability.list_repairs(BOSS, Page(), resolved).items)


def blocked(world: World, officer: str = "anna") -> list[tuple[int, int]]:
    stops = world.day(officer, THURSDAY).stops
    return [(s.start // 60, (s.start + s.work) // 60) for s in stops if s.kind is StopKind.BLOCKED]


def test_an_absence_blocks_the_idle_time_and_opens_a_repair_for_each_promise(world: World) -> None:
    """C12."""
    view = world.book(ADVICE.code, at(THURSDAY, 10), officer="anna")
    visit = world.planned("anna", THURSDAY, 13, 2)
    outcome = world.absent("anna", between(THURSDAY, 8, 16))
    assert [(r.booking, r.state, r.officer) for r in outcome.repairs] == [(view.booking.id, RepairState.OPEN, "anna")]
    assert outcome.reopened_visits == (visit.id,)
    assert world.visit(visit.id).state is VisitState.OPEN
    day = world.day("anna", THURSDAY)
    booked = next(stop for stop in day.stops if stop.booking)
    low, high = booked.busy[0] // 60, day.span.seconds // 60
    assert blocked(world)[0] == (0, low)
    assert blocked(world)[-1][1] == high
    with pytest.raises(SlotTaken):
        world.book(ADVICE.code, at(THURSDAY, 13), officer="anna")
    assert world.app.bookings.get(BOSS, view.booking.name).planned_start == at(THURSDAY, 10), "the promise keeps its time"


def test_somebody_has_four_hours_and_less_when_the_promise_is_near(world: World) -> None:
    world.book(ADVICE.code, at(THURSDAY, 9), officer="anna")
    world.book(ADVICE.code, at(FRIDAY, 9), officer="anna")
    world.clock.now = at(THURSDAY, 8)
    outcome = world.absent("anna", Span(at(THURSDAY, 8), at(FRIDAY, 16)))
    assert sorted(repair.deadline for repair in outcome.repairs) == [at(THURSDAY, 9), at(THURSDAY, 12)]
    assert [repair.deadline for repair in repairs(world)] == [at(THURSDAY, 9), at(THURSDAY, 12)]


def test_an_absence_taken_back_frees_the_time_and_settles_its_repairs(world: World) -> None:
    empty = world.day("anna", THURSDAY)
    view = world.book(ADVICE.code, at(THURSDAY, 10), officer="anna")
    outcome = world.absent("anna", between(THURSDAY, 8, 16))
    world.app.availability.delete_absence(world.request(BOSS), outcome.absence.name)
    assert [(r.state, r.resolution) for r in repairs(world)] == [(RepairState.RESOLVED, "the absence was taken back")]
    assert repairs(world, resolved=False) == []
    assert blocked(world) == []
    assert world.rows(tables.overlay) == []
    world.cancel(view.booking)
    day = world.day("anna", THURSDAY)
    assert (day.stops, day.facts, day.home_travel) == (empty.stops, (), 0)
    with pytest.raises(NotFound):
        world.app.availability.delete_absence(world.request(BOSS), outcome.absence.name)


def test_a_promise_that_two_absences_take_stays_in_repair_until_the_second_goes(world: World) -> None:
    world.book(ADVICE.code, at(THURSDAY, 10), officer="anna")
    first = world.absent("anna", between(THURSDAY, 8, 12))
    second = world.absent("anna", between(THURSDAY, 10, 16))
    world.app.availability.delete_absence(world.request(BOSS), first.absence.name)
    assert {repair.state for repair in repairs(world)} == {RepairState.OPEN}
    world.app.availability.delete_absence(world.request(BOSS), second.absence.name)
    assert {repair.state for repair in repairs(world)} == {RepairState.RESOLVED}


def test_a_cancelled_promise_gives_its_time_to_the_absence_and_settles_the_repair(world: World) -> None:
    view = world.book(ADVICE.code, at(THURSDAY, 10), officer="anna")
    world.absent("anna", between(THURSDAY, 8, 16))
    world.cancel(view.booking)
    assert blocked(world) == [(0, 480)]
    assert [(r.state, r.resolution) for r in repairs(world)] == [(RepairState.RESOLVED, "booking.cancelled")]


def test_a_moved_promise_settles_the_repair(world: World) -> None:
    view = world.book(ADVICE.code, at(THURSDAY, 10), officer="anna")
    world.absent("anna", between(THURSDAY, 8, 16))
    assert world.reschedule(view.booking, at(THURSDAY, 10)).officers == ("ben",)
    assert [r.state for r in repairs(world)] == [RepairState.RESOLVED]
    assert blocked(world) == [(0, 480)]


def test_a_hold_is_kept_through_an_absence_and_can_be_booked(world: World) -> None:
    held = world.hold(ADVICE.code, at(THURSDAY, 10), officer="anna")
    world.absent("anna", between(THURSDAY, 8, 16))
    assert world.book_hold(held).planned_start == at(THURSDAY, 10)


@pytest.mark.parametrize(("start", "end"), [(12, 16), (8, 12), (11, 13)])
def test_half_a_day_away_leaves_the_other_half(world: World, start: int, end: int) -> None:
    """C08: also the half before an absence that lasts until the end of the shift."""
    world.absent("anna", between(THURSDAY, start, end))
    offers = world.search(ADVICE.code, between(THURSDAY, 8, 16), 3, officer="anna")
    hours = {(offer.promise.start - at(THURSDAY, 8)).seconds // 3600 + 8 for offer in offers}
    assert hours, "the rest of the day is offered"
    for offer in offers:
        view = world.book(ADVICE.code, offer.promise.start, 3, officer="anna")
        day = world.day("anna", THURSDAY)
        low, high = day.span.offset(at(THURSDAY, start)), day.span.offset(at(THURSDAY, end))
        for row in day.occupancies():
            if row.kind != "overlay":
                busy = day.span.offset(row.busy.start), day.span.offset(row.busy.end)
                assert busy[1] <= low or high <= busy[0], f"{row.kind} lies in the absence"
        world.cancel(view.booking)


def test_a_second_booking_fits_before_an_afternoon_away(world: World) -> None:
    world.absent("anna", between(THURSDAY, 13, 16))
    world.book(ADVICE.code, at(THURSDAY, 9), 3, officer="anna")
    assert world.book(ADVICE.code, at(THURSDAY, 11), 1, officer="anna").officers == ("anna",)
    assert world.book(CALL.code, at(THURSDAY, 12), officer="anna").officers == ("anna",)


def test_a_long_absence_reaches_every_shift_in_it(world: World) -> None:
    world.absent("cleo", Span(at(THURSDAY, 10), at(SATURDAY, 23)))
    assert blocked(world, "cleo") == [(120, 240)]
    night = world.day("cleo", SATURDAY)
    assert [(stop.start, stop.work) for stop in night.stops] == [(0, 3_600)]


def test_an_absence_where_nobody_works_is_recorded(world: World) -> None:
    outcome = world.absent("anna", TODAY_EVENING)
    assert (outcome.repairs, outcome.reopened_visits) == ((), ())
    assert len(world.rows(tables.overlay)) == 1


def test_an_officer_is_away_only_for_the_own_person(world: World) -> None:
    assert world.absent("anna", TODAY_EVENING, caller=ANNA).absence.officer == "anna"
    with pytest.raises(NotYours):
        world.absent("ben", TODAY_EVENING, caller=ANNA)
    bens = world.absent("ben", TODAY_EVENING)
    with pytest.raises(NotYours):
        world.app.availability.delete_absence(world.request(ANNA), bens.absence.name)
    with pytest.raises(NotFound):
        world.absent("nobody", TODAY_EVENING)
    with pytest.raises(InvalidField, match="366 days"):
        world.absent("anna", Span(NOW, NOW + timedelta(days=367)))


def test_a_repair_is_settled_by_hand_once(world: World) -> None:
    world.book(ADVICE.code, at(THURSDAY, 10), officer="anna")
    repair = world.absent("anna", between(THURSDAY, 8, 16)).repairs[0]
    settled = world.app.availability.resolve(world.request(BOSS), repair.name, "rang them")
    assert (settled.state, settled.resolution) == (RepairState.RESOLVED, "rang them")
    with pytest.raises(IllegalTransition, match="rang them"):
        world.app.availability.resolve(world.request(BOSS), repair.name, "again")


def test_the_same_absence_twice_calls_for_one_repair(world: World) -> None:
    world.book(ADVICE.code, at(THURSDAY, 10), officer="anna")
    assert len(world.absent("anna", between(THURSDAY, 8, 16)).repairs) == 1
    assert world.absent("anna", between(THURSDAY, 9, 12)).repairs == ()
    assert len(repairs(world)) == 1


def test_a_plan_that_moves_the_promise_to_somebody_else_settles_the_repair(world: World) -> None:
    world.book(ADVICE.code, at(THURSDAY, 10), site=1, officer="anna")  # nearer to Ben: the plan gives it to him
    world.absent("anna", between(THURSDAY, 8, 16))
    operation = world.app.planning.run(world.request(BOSS), RunPlan("north", THURSDAY, 1))
    world.app.planning.execute(operation.id)
    plan = world.app.operations.get(BOSS, operation.name).plan
    world.app.planning.publish(world.request(BOSS), f"plans/{encode(plan)}", "")
    assert [stop.booking for stop in world.day("anna", THURSDAY).stops if stop.booking] == []
    assert [repair.state for repair in repairs(world)] == [RepairState.RESOLVED]


def test_an_officers_absences_are_listed_to_the_officer_and_the_administrator(world: World) -> None:
    first = world.absent("anna", between(THURSDAY, 8, 10)).absence
    second = world.absent("anna", between(FRIDAY, 8, 10)).absence
    assert world.app.availability.list_absences(BOSS, "anna", Page()).items == (second, first)
    assert world.app.availability.list_absences(ANNA, "anna", Page(1)).items == (second,)
    with pytest.raises(NotYours):
        world.app.availability.list_absences(ANNA, "ben", Page())


def test_an_afternoon_away_over_the_break_leaves_the_morning(world: World) -> None:
    world.absent("ben", between(THURSDAY, 10, 16))
    offers = {slot.promise.start for slot in world.search(ADVICE.code, between(THURSDAY, 8, 16), officer="ben")}
    assert at(THURSDAY, 8, 30) in offers
    assert max(offers) < at(THURSDAY, 10)
    view = world.book(ADVICE.code, at(THURSDAY, 8, 30), officer="ben")
    assert view.officers == ("ben",)
    assert world.flaws() == []
