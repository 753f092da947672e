"""Rosters: whatever opens, closes and stands, days stay apart, promises keep their time, and once is enough."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import count, pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.facts import FactKind, Overlay, RecordedFact
from server.domain.geography import Position
from server.domain.opening import AUTHORITY, EVERY_DAY, Effect, OpeningRule, Recurrence, Subject, SubjectKind, Timetable
from server.domain.organisation import TravelMode
from server.domain.realignment import Realigned, Recorded, realigned
from server.domain.resource_day import ResourceDay, Stop, StopKind
from server.domain.roster import Origin, Rostered, Standing
from server.domain.spans import Span
from tests.domain.test_opening import rules_around

ZONE = ZoneInfo("Europe/Helsinki")
TURN = date(2024, 3, 31)
ONE_DAY = timedelta(days=1)
NOW = datetime(2024, 3, 29, 22, tzinfo=UTC)
"""Midnight in Helsinki: nothing of the dates has begun."""
DATES = [TURN + number * ONE_DAY for number in range(-1, 4)]
WHO = Rostered(7, Subject(SubjectKind.OFFICER, "anna"), "north", ZONE.key, Position(0, 0), TravelMode.CAR)
HOUR = 3_600


def stop(number: int, start: int) -> Stop:
    """Return an hour that somebody was promised, without a place."""
    return Stop(number, StopKind.REMOTE, None, HOUR, start, start + 1, start, booking=number, visit=number)


@st.composite
def standing_days(draw: st.DrawFn) -> dict[date, Standing]:
    """Days that do not overlap, some with promises, as older rules and shifts may have left them."""
    found, free = dict[date, Standing](), NOW
    for index, on in enumerate(DATES):
        start = max(free, NOW + index * ONE_DAY) + timedelta(hours=draw(st.integers(0, 20)))
        span = Span(start, start + timedelta(hours=draw(st.integers(2, 14))))
        free = span.end
        if draw(st.booleans()):
            hours = draw(st.lists(st.integers(0, span.seconds // HOUR - 1), max_size=2, unique=True))
            stops = tuple(stop(100 * index + hour + 1, hour * HOUR) for hour in sorted(hours))
            day = replace(WHO.new_day(on, span), stops=stops)
            found[on] = Standing(day, draw(st.sampled_from((Origin.RULE, Origin.RULE, Origin.SHIFT))))
    return found


@st.composite
def facts(draw: st.DrawFn) -> list[RecordedFact]:
    found = []
    for number in range(draw(st.integers(0, 2))):
        start = NOW + timedelta(hours=draw(st.integers(-5, 100)))
        span = Span(start, start + timedelta(hours=draw(st.integers(1, 60))))
        subject = draw(st.sampled_from((AUTHORITY, WHO.subject)))
        found.append(RecordedFact(number + 1, subject, FactKind.CLOSURE, span))
    return found


def align(recorded: Recorded) -> Realigned:
    numbers = count(1_000)
    return realigned(recorded, DATES, NOW, lambda: next(numbers))


def afterwards(recorded: Recorded, target: Realigned) -> Recorded:
    """Return what is recorded once the target is written."""
    origins = {on: one.origin for on, one in recorded.standing.items()}
    days = {**target.days, **{day.day: day for day in target.new}}
    gone = {*target.dropped, *(overlay.id for overlay in target.moved)}
    overlays = [overlay for overlay in recorded.overlays if overlay.id not in gone]
    return replace(
        recorded,
        standing={on: Standing(day, origins.get(on, Origin.RULE)) for on, day in days.items()},
        overlays=[*overlays, *target.moved, *target.added],
    )


def promises(days: dict[date, ResourceDay]) -> set[tuple[int, datetime]]:
    return {(one.booking, day.span.at(one.start)) for day in days.values() for one in day.stops}


@settings(max_examples=150, deadline=None)
@given(standing_days(), st.lists(rules_around(TURN), max_size=5), facts())
def test_days_follow_their_rules_and_keep_their_promises(
    standing: dict[date, Standing], rules: list[OpeningRule], recorded_facts: list[RecordedFact]
) -> None:
    timetable = Timetable(WHO.governing(rules), frozenset({TURN}), ZONE)
    recorded = Recorded(WHO, standing, timetable, recorded_facts, [])
    target = align(recorded)
    days = {**target.days, **{day.day: day for day in target.new}}
    in_order = [days[on] for on in sorted(days)]
    assert all(one.span.end <= following.span.start for one, following in pairwise(in_order)), "days stay apart"
    assert promises(dict(target.days)) == promises({on: one.day for on, one in standing.items()}), "promises stay"
    for on, one in standing.items():
        assert on in target.days or (one.origin is Origin.RULE and not one.day.stops)
        if one.origin is Origin.SHIFT:
            assert target.days[on].span == one.day.span
    for day in in_order:
        assert all(piece.busy[0] >= 0 and piece.busy[1] <= day.span.seconds for piece in day.stops)
        assert all(0 <= fact.start < fact.end <= day.span.seconds for fact in day.facts)
    for day in in_order:
        if day.day in standing and standing[day.day].origin is Origin.SHIFT:
            continue
        closed = [Span(day.span.at(fact.start), day.span.at(fact.end)) for fact in day.facts]
        opening = timetable.opening(day.day)
        for hour in range(0, day.span.seconds, HOUR // 4):
            moment = day.span.at(hour)
            is_open = opening is not None and any(moment in span for span in opening.spans)
            if not any(moment in span for span in closed):
                assert is_open, "what is not open is closed"
    again = align(afterwards(recorded, target))
    assert (again.new, again.gone, again.added, again.moved, again.dropped) == ((), (), (), (), ())
    assert all(day is target.days.get(on, day) or day == target.days[on] for on, day in again.days.items())


def test_a_closed_day_with_a_promise_shrinks_to_it() -> None:
    span = Span(NOW + timedelta(hours=8), NOW + timedelta(hours=16))
    day = replace(WHO.new_day(DATES[0], span), stops=(stop(1, 2 * HOUR),))
    timetable = Timetable((), frozenset(), ZONE)
    target = align(Recorded(WHO, {DATES[0]: Standing(day, Origin.RULE)}, timetable, [], []))
    (after,) = target.days.values()
    assert after.span == Span(NOW + timedelta(hours=10), NOW + timedelta(hours=11))
    assert [(fact.start, fact.end) for fact in after.facts] == [(0, HOUR)]
    assert after.stops[0].start == 0


def test_an_overlay_of_what_stays_closed_keeps_its_id() -> None:
    rules = (
        OpeningRule(WHO.subject, Effect.OPEN, Recurrence.WEEKLY, time(8), time(16), EVERY_DAY),
        OpeningRule(WHO.subject, Effect.CLOSED, Recurrence.WEEKLY, time(11), time(12), EVERY_DAY),
    )
    recorded = Recorded(WHO, {}, Timetable(rules, frozenset(), ZONE), [], [])
    after = afterwards(recorded, align(recorded))
    longer = replace(rules[0], end=time(17))
    target = align(replace(after, timetable=Timetable((longer, rules[1]), frozenset(), ZONE)))
    assert (target.added, target.moved, target.dropped) == ((), (), ())
    assert {day.span.seconds for day in target.days.values()} == {9 * HOUR, 9 * HOUR}
    assert all(isinstance(overlay, Overlay) and overlay.span.seconds == HOUR for overlay in after.overlays)
