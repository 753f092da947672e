"""Facts about teams, rooms and everybody, from people and from other systems; and repairs that somebody has to act on."""

from dataclasses import replace
from datetime import time, timedelta

import pytest

from server.domain.booking import BookingState, Slot
from server.domain.caller import Caller, Role
from server.domain.commands import NewShift
from server.domain.errors import InvalidField, NotFound, NotYours, SlotTaken, StaleEtag
from server.domain.facts import FactKind, FactOutcome, RecordedFact, Repair, RepairState
from server.domain.opening import AUTHORITY, EVERY_DAY, Effect, OpeningRule, Recurrence, Subject, SubjectKind
from server.domain.paging import Page
from server.domain.spans import Span
from server.store import tables
from tests.makers.world import ADVICE, BOSS, CALL, FRIDAY, NOW, PARTNER, SATURDAY, THURSDAY, World, at, between

ANNA = Caller("anna@city", Role.OFFICER, "anna")
CALENDAR = Caller("sync@calendar", Role.PARTNER, system="calendar")
OF_ANNA, OF_BEN = (Subject(SubjectKind.OFFICER, code) for code in ("anna", "ben"))
NORTH = Subject(SubjectKind.TEAM, "north")
SUNDAY = SATURDAY + timedelta(days=15)


def fact(
    world: World,
    subject: Subject,
    kind: FactKind,
    span: Span,
    external_id: str = "",
    caller: Caller = BOSS,
    label: str = "",
) -> FactOutcome:
    source = "calendar" if external_id else ""
    return world.app.facts.upsert(world.request(caller), RecordedFact(0, subject, kind, span, label, source, external_id))


def repairs(world: World) -> list[Repair]:
    return list(world.app.availability.list_repairs(BOSS, Page(), show_resolved=True).items)


def hours(world: World, officer: str = "anna") -> set[int]:
    offered = world.search(CALL.code, between(THURSDAY, 8, 16), officer=officer)
    return {int((slot.promise.start - at(THURSDAY, 0)) / timedelta(hours=1)) for slot in offered}


def test_a_closure_of_a_team_takes_everybodys_time_and_keeps_every_promise(world: World) -> None:
    views = [world.book(ADVICE.code, at(THURSDAY, 10), officer=officer) for officer in ("anna", "ben")]
    made = fact(world, NORTH, FactKind.CLOSURE, between(THURSDAY, 9, 16), label="stocktaking")
    assert hours(world) == hours(world, "ben") == {8}
    assert hours(world, "cleo") == {8}
    assert {(repair.booking, repair.officer, repair.cause) for repair in repairs(world)} == {
        (view.booking.id, officer, "closure: stocktaking") for view, officer in zip(views, ("anna", "ben"), strict=True)
    }
    world.app.facts.delete(world.request(BOSS), made.fact.name, "")
    assert {repair.state for repair in repairs(world)} == {RepairState.RESOLVED}
    assert hours(world, "cleo") == {8, 9, 10, 11}
    assert world.rows(tables.overlay) == world.rows(tables.fact) == []


def test_the_whole_authority_can_be_closed(world: World) -> None:
    fact(world, AUTHORITY, FactKind.CLOSURE, between(THURSDAY, 0, 24))
    assert world.search(CALL.code, between(THURSDAY, 0, 24)) == []
    assert world.search(CALL.code, between(FRIDAY, 8, 16))


def test_busy_time_of_another_calendar_takes_the_slot_and_moves_with_it(world: World) -> None:
    """F04: the second of three calendars blocks the slot; what that system writes again replaces its own."""
    for calendar, hour in enumerate((9, 11, 13)):
        fact(world, OF_ANNA, FactKind.EXTERNAL_BUSY, between(THURSDAY, hour, hour + 1), f"c{calendar}/e1", CALENDAR)
    assert hours(world) == {8, 10, 12, 14, 15}
    with pytest.raises(SlotTaken):
        world.book(CALL.code, at(THURSDAY, 11, 15), officer="anna")
    moved = fact(world, OF_ANNA, FactKind.EXTERNAL_BUSY, between(THURSDAY, 14, 15), "c1/e1", CALENDAR)
    assert moved.fact.version == 2
    assert hours(world) == {8, 10, 11, 12, 15}
    assert len(world.rows(tables.fact)) == len(world.rows(tables.overlay)) == 3


def test_a_fact_that_comes_to_be_about_somebody_else_leaves_the_first(world: World) -> None:
    view = world.book(CALL.code, at(THURSDAY, 9), officer="anna")
    fact(world, OF_ANNA, FactKind.EXTERNAL_BUSY, between(THURSDAY, 9, 12), "meeting", CALENDAR)
    assert [repair.booking for repair in repairs(world)] == [view.booking.id]
    fact(world, OF_BEN, FactKind.EXTERNAL_BUSY, between(THURSDAY, 9, 12), "meeting", CALENDAR)
    assert hours(world) == set(range(8, 16))
    assert hours(world, "ben") & {9, 10, 11} == set()
    assert [repair.state for repair in repairs(world)] == [RepairState.RESOLVED]


def test_a_fact_over_a_planned_visit_returns_it_to_open(world: World) -> None:
    visit = world.planned("anna", THURSDAY, 13, 2)
    assert fact(world, OF_ANNA, FactKind.EXTERNAL_BUSY, between(THURSDAY, 13, 14)).reopened_visits == (visit.id,)


def test_whoever_joins_a_closed_day_later_is_closed_too(world: World) -> None:
    fact(world, NORTH, FactKind.CLOSURE, between(SUNDAY, 0, 12))
    assert world.rows(tables.overlay) == [], "nobody works that day"
    shift = NewShift("anna", SUNDAY, between(SUNDAY, 8, 14))
    assert world.app.importing.shifts([shift]).written == 1
    assert {at(SUNDAY, hour) <= slot.promise.start for hour in (12,) for slot in on_sunday(world)} == {True}
    newcomer = replace(world.officers["anna"], code="dora", id=0)
    world.app.importing.officers([newcomer])
    world.app.importing.shifts([replace(shift, officer="dora")])
    assert len(world.rows(tables.overlay)) == 2


def on_sunday(world: World) -> list[Slot]:
    offered = world.search(CALL.code, between(SUNDAY, 0, 24), officer="anna")
    assert len(offered) == 8
    return offered


def test_a_planned_shift_takes_the_place_of_a_day_of_the_rules(world: World) -> None:
    rule = OpeningRule(NORTH, Effect.OPEN, Recurrence.WEEKLY, time(8), time(16), EVERY_DAY)
    world.app.opening.create(world.request(BOSS), rule)
    lunch = OpeningRule(NORTH, Effect.CLOSED, Recurrence.WEEKLY, time(11), time(12), EVERY_DAY)
    world.app.opening.create(world.request(BOSS), lunch)
    view = world.book(CALL.code, at(SUNDAY, 9), officer="ben")
    shifts = [NewShift(officer, SUNDAY, between(SUNDAY, 10, 20)) for officer in ("anna", "ben")]
    imported = world.app.importing.shifts(shifts)
    assert (imported.written, [index for index, _ in imported.left_out]) == (1, [1]), "somebody is promised Ben's"
    assert world.day("anna", SUNDAY).span == between(SUNDAY, 10, 20)
    assert world.day("anna", SUNDAY).stops == ()
    assert world.day("ben", SUNDAY).span == between(SUNDAY, 8, 16)
    assert world.booking(view.booking).state is BookingState.CONFIRMED


def test_a_fact_weeks_ahead_leaves_the_days_before_it_alone(world: World) -> None:
    rule = OpeningRule(NORTH, Effect.OPEN, Recurrence.WEEKLY, time(8), time(16), EVERY_DAY)
    world.app.opening.create(world.request(BOSS), rule)
    before = [row for row in world.rows(tables.resource_day) if row.day < SUNDAY]
    fact(world, AUTHORITY, FactKind.CLOSURE, between(SUNDAY, 0, 24))
    assert [row for row in world.rows(tables.resource_day) if row.day < SUNDAY] == before
    assert world.search(CALL.code, between(SUNDAY, 0, 24)) == []


def test_facts_are_read_by_subject_and_kind(world: World) -> None:
    first = fact(world, OF_ANNA, FactKind.EXTERNAL_BUSY, between(THURSDAY, 9, 10)).fact
    second = fact(world, NORTH, FactKind.CLOSURE, between(FRIDAY, 9, 10)).fact
    away = world.absent("anna", between(FRIDAY, 12, 13)).absence
    everything = world.app.facts.list(BOSS, Page(), None, None).items
    assert [one.id for one in everything] == [away.id, second.id, first.id], "absences are facts"
    assert world.app.facts.list(BOSS, Page(), OF_ANNA, FactKind.EXTERNAL_BUSY).items == (first,)
    assert world.app.facts.get(BOSS, second.name) == second
    assert world.app.facts.get(ANNA, first.name) == first
    with pytest.raises(NotYours):
        world.app.facts.get(ANNA, second.name)
    with pytest.raises(NotYours):
        world.app.facts.list(ANNA, Page(), None, None)
    with pytest.raises(NotYours):
        fact(world, NORTH, FactKind.CLOSURE, between(FRIDAY, 9, 10), caller=ANNA)
    with pytest.raises(NotYours, match="administrator"):
        fact(world, AUTHORITY, FactKind.CLOSURE, between(FRIDAY, 9, 10), "all", caller=PARTNER)
    with pytest.raises(NotYours):
        fact(world, OF_BEN, FactKind.EXTERNAL_BUSY, between(FRIDAY, 9, 10), caller=ANNA)


def test_a_fact_that_can_never_be_is_refused(world: World) -> None:
    with pytest.raises(InvalidField, match="366 days"):
        fact(world, NORTH, FactKind.CLOSURE, Span(NOW, NOW + timedelta(days=367)))
    with pytest.raises(InvalidField, match="subject"):
        fact(world, NORTH, FactKind.ABSENCE, between(FRIDAY, 9, 10))
    with pytest.raises(InvalidField, match="external_id"):
        world.app.facts.upsert(
            world.request(BOSS), RecordedFact(0, NORTH, FactKind.CLOSURE, between(FRIDAY, 9, 10), source="calendar")
        )
    with pytest.raises(NotFound):
        fact(world, Subject(SubjectKind.RESOURCE, "room-1"), FactKind.CLOSURE, between(FRIDAY, 9, 10))
    made = fact(world, NORTH, FactKind.CLOSURE, between(FRIDAY, 9, 10)).fact
    with pytest.raises(StaleEtag):
        world.app.facts.delete(world.request(BOSS), made.name, "v7")
    assert len(world.rows(tables.fact)) == 1


def test_a_repair_offers_other_times_that_can_be_booked(world: World) -> None:
    """C12, F05."""
    view = world.book(ADVICE.code, at(THURSDAY, 10), officer="anna")
    repair = world.absent("anna", between(THURSDAY, 8, 16)).repairs[0]
    read = world.app.repairs.get(BOSS, repair.name)
    assert read.repair == repair
    assert len(read.alternatives) >= 3
    for promise in read.alternatives:
        moved = world.reschedule(world.booking(view.booking), promise.start)
        assert moved.booking.promise == promise
        view = moved
    assert world.app.repairs.get(BOSS, repair.name).alternatives == (), "settled: nothing is left to do"


def test_a_repair_that_nobody_settles_in_time_is_a_managers(world: World) -> None:
    """F05, AE04."""
    kept = world.book(ADVICE.code, at(THURSDAY, 10), officer="anna")
    done = world.book(ADVICE.code, at(THURSDAY, 13), officer="anna")
    outcome = world.absent("anna", between(THURSDAY, 8, 16))
    by_booking = {repair.booking: repair for repair in outcome.repairs}
    world.app.availability.resolve(world.request(BOSS), by_booking[done.booking.id].name, "rang them")
    assert world.app.repairs.escalate() == 0, "there is time left"
    world.clock.forward(hours=4)
    assert world.app.repairs.escalate() == 1
    assert world.app.repairs.escalate() == 0, "once"
    late = world.app.repairs.get(BOSS, by_booking[kept.booking.id].name).repair
    assert (late.owner, late.escalated, late.state) == ("MANAGER", world.clock(), RepairState.OPEN)
    events = world.app.bookings.events(BOSS, kept.booking.name, Page()).items
    assert [(one.kind, one.actor) for one in events][-1] == ("repair.escalated", "repairs.escalate")
    assert [row.subject for row in world.rows(tables.audit) if row.action == "repair.escalated"] == [late.name]
    world.cancel(kept.booking)
    assert world.app.repairs.get(BOSS, late.name).repair.state is RepairState.RESOLVED
