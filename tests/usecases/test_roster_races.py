"""Rules, absences, the nightly opening and bookings at once: nobody waits in a circle, and the days agree with the rules."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from server.domain.errors import StoreUnavailable
from server.domain.facts import FactKind, RecordedFact
from server.domain.opening import EVERY_DAY, Effect, OpeningRule, Recurrence, Subject, SubjectKind
from server.domain.paging import Page
from server.store import tables
from tests.makers.world import BOSS, CALL, World, at, between
from tests.usecases.test_races import DONE, no_deadlocks, together

__all__ = ["no_deadlocks"]
ANNA, NORTH = Subject(SubjectKind.OFFICER, "anna"), Subject(SubjectKind.TEAM, "north")
FIRST = date(2026, 4, 13)
DAYS = [FIRST + number * timedelta(days=1) for number in range(5)]
HARMLESS = {DONE, "SLOT_TAKEN", "STALE_ETAG", "STORE_UNAVAILABLE", "NOT_FOUND"}


def weekly(subject: Subject, start: int, end: int, effect: Effect = Effect.OPEN) -> OpeningRule:
    return OpeningRule(subject, effect, Recurrence.WEEKLY, time(start), time(end), EVERY_DAY)


def create(world: World, rule: OpeningRule) -> Callable[[], object]:
    """Return what creates a rule as the client does: again while the store asks for that."""

    def deed() -> object:
        request = world.request(BOSS)
        for _ in range(4):
            with suppress(StoreUnavailable):
                return world.app.opening.create(request, rule)
        raise StoreUnavailable("many times")

    return deed


def days_of_rules(world: World) -> list[tuple[object, ...]]:
    return [(row.day, row.resource_id, row.span, row.seq) for row in world.rows(tables.resource_day)]


@pytest.fixture
def opened_up(world: World) -> Iterator[World]:
    """The authority with a team that is open every day."""
    world.app.opening.create(world.request(BOSS), weekly(NORTH, 8, 16))
    yield world
    before = days_of_rules(world)
    world.app.rosters.open()
    assert days_of_rules(world) == before, "everything was in line already"


def test_rules_and_the_night_at_once_leave_one_truth(opened_up: World) -> None:
    world = opened_up
    deeds = [create(world, weekly(ANNA, hour, hour + 2)) for hour in (8, 11, 14)]
    deeds += [create(world, weekly(NORTH, 12, 13, Effect.CLOSED))]
    deeds += [world.app.rosters.open] * 2
    assert set(together(deeds)) <= {DONE}
    assert len(world.app.opening.list(BOSS, Page(), ANNA).items) == 3
    day = world.day("anna", FIRST)
    assert day.span == between(FIRST, 8, 16)
    closed = sorted((fact.start // 3_600, fact.end // 3_600) for fact in day.facts)
    assert closed == [(2, 3), (4, 6)], "8 to 10, 11 to 12 and 14 to 16 are open"


def test_bookings_while_their_opening_goes_are_kept_or_refused(opened_up: World) -> None:
    world = opened_up
    (rule,) = world.app.opening.list(BOSS, Page(), None).items

    def booking(day: date, hour: int) -> Callable[[], object]:
        return lambda: world.book(CALL.code, at(day, hour), officer="anna")

    def shorter() -> object:
        return world.app.opening.update(world.request(BOSS), rule.name, "", lambda known: replace(known, end=time(10)))

    deeds = [booking(day, hour) for day in DAYS for hour in (9, 11, 13)]
    answers = together([*deeds, shorter, lambda: world.absent("anna", between(DAYS[1], 9, 10)), world.app.rosters.open])
    assert set(answers) <= HARMLESS
    assert answers[-3] == answers[-2] == DONE
    world.app.rosters.open()
    late = [row for row in world.rows(tables.occupancy) if row.booking_id and row.busy.lower >= at(row.day, 10)]
    repaired = {row.booking_id for row in world.rows(tables.repair)}
    assert {row.booking_id for row in late} <= repaired, "who is promised what is closed is told"


def test_the_same_event_of_a_calendar_from_many_sides_is_one_fact(opened_up: World) -> None:
    world = opened_up

    def told(hour: int) -> Callable[[], object]:
        new = RecordedFact(0, ANNA, FactKind.EXTERNAL_BUSY, between(FIRST, hour, hour + 1), "", "exchange", "event-1")
        return lambda: world.app.facts.upsert(world.request(BOSS), new)

    answers = together([told(hour) for hour in range(8, 16)])
    assert DONE in answers
    assert set(answers) <= {DONE, "STALE_ETAG"}
    assert len(world.rows(tables.fact)) == len(world.rows(tables.overlay)) == 1
