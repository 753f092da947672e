"""Opening rules end to end: what is opened can be booked at once, what is closed cannot, and promises outlive both."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from server.domain.errors import NotFound, SlotTaken, StaleEtag
from server.domain.facts import Repair
from server.domain.opening import AUTHORITY, EVERY_DAY, Effect, OpeningRule, Recurrence, Subject, SubjectKind
from server.domain.paging import Page
from server.domain.spans import Span
from server.store import tables
from server.usecases.ports import AlreadyAnswered
from tests.makers.world import ADVICE, BOSS, CALL, FRIDAY, HELSINKI, SATURDAY, THURSDAY, World, at, between

ANNA, BEN = (Subject(SubjectKind.OFFICER, code) for code in ("anna", "ben"))
NORTH = Subject(SubjectKind.TEAM, "north")
EASTER_MONDAY, SUNDAY = date(2026, 4, 6), date(2026, 3, 29)
NEXT_TUESDAY, APRIL = date(2026, 3, 31), date(2026, 4, 1)
ONE_DAY = timedelta(days=1)
WORKWEEK = frozenset({1, 2, 3, 4, 5})


def weekly(
    subject: Subject, start: int, end: int, weekdays: frozenset[int] = WORKWEEK, effect: Effect = Effect.OPEN
) -> OpeningRule:
    return OpeningRule(subject, effect, Recurrence.WEEKLY, time(start), time(end % 24), weekdays)


def on(subject: Subject, effect: Effect, day: date, start: int = 0, end: int = 24) -> OpeningRule:
    return OpeningRule(subject, effect, Recurrence.DATE, time(start), time(end % 24), first=day, after_last=day + ONE_DAY)


def rule(world: World, new: OpeningRule) -> OpeningRule:
    return world.app.opening.create(world.request(BOSS), new)


def update(world: World, known: OpeningRule, etag: str = "", **changes: object) -> OpeningRule:
    return world.app.opening.update(
        world.request(BOSS),
        known.name,
        etag,
        lambda old: replace(old, **changes),  # type: ignore[arg-type]
    )


def starts(world: World, officer: str, first: date, after_last: date, service: str = CALL.code) -> list[datetime]:
    """Return the local starts that are offered with an officer."""
    span = Span(at(first, 0), at(after_last, 0))
    return sorted(slot.promise.start.astimezone(HELSINKI) for slot in world.search(service, span, officer=officer))


def repairs(world: World) -> list[Repair]:
    return list(world.app.availability.list_repairs(BOSS, Page(), show_resolved=False).items)


def test_a_weekly_rule_offers_its_hours_for_eight_weeks_and_no_others(world: World) -> None:
    """C01."""
    rule(world, weekly(ANNA, 9, 12, frozenset({1})))
    offered = starts(world, "anna", APRIL, date(2026, 5, 24))
    assert {(start.hour, start.minute) for start in offered} == {(h, m) for h in (9, 10, 11) for m in (0, 15, 30, 45)}
    assert sorted({start.date() for start in offered}) == [
        date(2026, 4, 13) + number * 7 * ONE_DAY for number in range(6)
    ], "every Monday but that of Easter"
    assert world.book(CALL.code, offered[0].astimezone(UTC), officer="anna").officers == ("anna",)


def test_an_authority_is_open_eight_mondays_when_none_is_a_holiday(world: World) -> None:
    """C01."""
    world.clock.now = datetime(2026, 8, 25, 6, tzinfo=UTC)
    rule(world, weekly(AUTHORITY, 9, 12, frozenset({1})))
    for officer in ("anna", "ben", "cleo"):
        days = {start.date() for start in starts(world, officer, date(2026, 8, 31), date(2026, 10, 24))}
        assert sorted(days) == [date(2026, 8, 31) + number * 7 * ONE_DAY for number in range(8)]


def test_a_date_closes_and_another_opens(world: World) -> None:
    """C02."""
    rule(world, weekly(NORTH, 8, 16))
    assert len(starts(world, "anna", NEXT_TUESDAY, NEXT_TUESDAY + ONE_DAY)) == 32
    rule(world, on(AUTHORITY, Effect.CLOSED, NEXT_TUESDAY))
    assert starts(world, "anna", NEXT_TUESDAY, NEXT_TUESDAY + ONE_DAY) == []
    saturday = SATURDAY + 7 * ONE_DAY
    assert starts(world, "anna", saturday, saturday + ONE_DAY) == []
    rule(world, on(AUTHORITY, Effect.OPEN, saturday, 10, 12))
    assert [start.hour for start in starts(world, "anna", saturday, saturday + ONE_DAY)] == [10] * 4 + [11] * 4


def test_a_holiday_is_closed_unless_its_date_is_opened(world: World) -> None:
    rule(world, weekly(NORTH, 8, 16))
    assert starts(world, "ben", EASTER_MONDAY, EASTER_MONDAY + ONE_DAY) == []
    rule(world, on(NORTH, Effect.OPEN, EASTER_MONDAY, 9, 10))
    assert len(starts(world, "ben", EASTER_MONDAY, EASTER_MONDAY + ONE_DAY)) == 4
    assert world.app.opening.holidays(BOSS, 2026)[EASTER_MONDAY]


def test_officers_have_hours_of_their_own(world: World) -> None:
    """C03."""
    rule(world, weekly(NORTH, 8, 16))
    rule(world, weekly(ANNA, 9, 11))
    day = NEXT_TUESDAY, NEXT_TUESDAY + ONE_DAY
    assert {start.hour for start in starts(world, "anna", *day)} == {9, 10}
    assert {start.hour for start in starts(world, "ben", *day)} == set(range(8, 16))


def test_a_planned_shift_stays_as_it_is_but_for_what_closes_its_date(world: World) -> None:
    before = world.day("anna", THURSDAY)
    rule(world, weekly(ANNA, 9, 11))
    rule(world, weekly(ANNA, 10, 11, effect=Effect.CLOSED))
    assert world.day("anna", THURSDAY) == before
    rule(world, on(AUTHORITY, Effect.CLOSED, THURSDAY, 12, 16))
    assert world.day("anna", THURSDAY).span == before.span
    assert max(start.hour for start in starts(world, "anna", THURSDAY, FRIDAY)) == 11


def test_a_night_and_a_lunch_break_are_offered_as_they_are_open(world: World) -> None:
    rule(world, weekly(BEN, 20, 26, frozenset({2})))
    rule(world, weekly(BEN, 23, 24, EVERY_DAY, Effect.CLOSED))
    offered = starts(world, "ben", NEXT_TUESDAY, NEXT_TUESDAY + 2 * ONE_DAY)
    assert {start.hour for start in offered} == {20, 21, 22, 0, 1}
    day = world.day("ben", NEXT_TUESDAY)
    assert day.span == between(NEXT_TUESDAY, 20, 26)


def test_a_rule_is_read_changed_and_taken_back(world: World) -> None:
    """C05."""
    first = rule(world, weekly(ANNA, 9, 12))
    second = rule(world, weekly(NORTH, 8, 16))
    assert world.app.opening.get(BOSS, first.name) == first
    assert set(world.app.opening.list(BOSS, Page(), None).items) == {first, second}
    assert world.app.opening.list(BOSS, Page(), ANNA).items == (first,)
    changed = update(world, first, first.etag, end=time(10))
    assert (changed.end, changed.start, changed.version) == (time(10), time(9), 2)
    assert {start.hour for start in starts(world, "anna", NEXT_TUESDAY, APRIL)} == {9}
    with pytest.raises(StaleEtag):
        update(world, first, first.etag, end=time(11))
    with pytest.raises(StaleEtag):
        world.app.opening.delete(world.request(BOSS), first.name, first.etag)
    world.app.opening.delete(world.request(BOSS), first.name, changed.etag)
    assert {start.hour for start in starts(world, "anna", NEXT_TUESDAY, APRIL)} == set(range(8, 16)), "the team's again"
    world.app.opening.delete(world.request(BOSS), second.name, "")
    assert starts(world, "anna", NEXT_TUESDAY, APRIL) == []
    assert world.app.opening.list(BOSS, Page(), None).items == ()
    with pytest.raises(NotFound):
        world.app.opening.get(BOSS, first.name)
    actions = [row.action.removeprefix("availability_rule.") for row in world.rows(tables.audit)]
    assert actions == ["create", "create", "update", "delete", "delete"]
    assert {row.origin for row in world.rows(tables.resource_day)} == {"SHIFT"}


def test_a_rule_of_nobody_is_refused(world: World) -> None:
    for subject in (
        Subject(SubjectKind.OFFICER, "nobody"),
        Subject(SubjectKind.TEAM, "no"),
        Subject(SubjectKind.RESOURCE, "x"),
    ):
        with pytest.raises(NotFound, match=subject.code):
            rule(world, weekly(subject, 8, 16))
    assert world.rows(tables.opening_rule) == []


def test_a_promise_outlives_its_opening_and_calls_for_a_repair(world: World) -> None:
    opened = rule(world, weekly(ANNA, 8, 16))
    view = world.book(ADVICE.code, at(NEXT_TUESDAY, 14), officer="anna")
    update(world, opened, end=time(12))
    assert [(repair.booking, repair.officer, repair.cause) for repair in repairs(world)] == [
        (view.booking.id, "anna", "closed by the opening rules")
    ]
    assert max(start.hour for start in starts(world, "anna", NEXT_TUESDAY, APRIL)) == 11
    with pytest.raises(SlotTaken):
        world.book(CALL.code, at(NEXT_TUESDAY, 13), officer="anna")
    assert world.app.bookings.get(BOSS, view.booking.name).planned_start == at(NEXT_TUESDAY, 14)
    update(world, world.app.opening.get(BOSS, opened.name), end=time(16))
    assert repairs(world) == []
    assert world.day("anna", NEXT_TUESDAY).span == between(NEXT_TUESDAY, 8, 16)


def test_a_day_that_is_closed_altogether_keeps_what_was_promised(world: World) -> None:
    opened = rule(world, weekly(ANNA, 8, 16))
    view = world.book(ADVICE.code, at(NEXT_TUESDAY, 14), officer="anna")
    world.app.opening.delete(world.request(BOSS), opened.name, "")
    day = world.day("anna", NEXT_TUESDAY)
    assert [stop.booking for stop in day.stops if stop.booking] == [view.booking.id]
    assert len(repairs(world)) == 1
    assert starts(world, "anna", NEXT_TUESDAY, APRIL) == []
    world.cancel(view.booking)
    world.app.rosters.open()
    assert {row.day for row in world.rows(tables.resource_day) if row.origin == "RULE"} == set()
    assert repairs(world) == []


def test_an_opening_that_moves_keeps_the_promises_inside_it(world: World) -> None:
    opened = rule(world, weekly(ANNA, 8, 16))
    view = world.book(ADVICE.code, at(NEXT_TUESDAY, 14), site=2, officer="anna")
    call = world.book(CALL.code, at(NEXT_TUESDAY, 11), officer="anna")
    update(world, opened, start=time(10), end=time(18))
    assert repairs(world) == []
    assert world.day("anna", NEXT_TUESDAY).span == between(NEXT_TUESDAY, 10, 18)
    for one, hour in ((view, 14), (call, 11)):
        assert world.app.bookings.get(BOSS, one.booking.name).planned_start == at(NEXT_TUESDAY, hour)
    assert world.book(CALL.code, at(NEXT_TUESDAY, 17), officer="anna").officers == ("anna",)


def test_the_horizon_moves_on_night_by_night(world: World) -> None:
    rule(world, weekly(NORTH, 8, 16))
    days = {row.day for row in world.rows(tables.resource_day) if row.resource_id == world.officers["anna"].id}
    assert max(days) == date(2026, 5, 25)
    before = len(world.rows(tables.resource_day))
    world.app.rosters.open()
    assert len(world.rows(tables.resource_day)) == before, "nothing twice"
    world.clock.forward(days=2)
    world.app.rosters.open()
    days = {row.day for row in world.rows(tables.resource_day) if row.resource_id == world.officers["anna"].id}
    assert max(days) == date(2026, 5, 27)


def test_one_request_makes_one_rule(world: World) -> None:
    request = world.request(BOSS)
    made = world.app.opening.create(request, weekly(NORTH, 8, 16))
    with pytest.raises(AlreadyAnswered) as known:
        world.app.opening.create(request, weekly(NORTH, 8, 16))
    assert known.value.answer == repr(made).encode()
    assert len(world.rows(tables.opening_rule)) == 1
    assert [job["kind"] for job in world.jobs() if "kind" in job] == ["TEAM"]
