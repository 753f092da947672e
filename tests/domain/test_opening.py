"""Opening: which rule wins, and what is open of a local date in twelve zones, on both turns of the clocks."""

import itertools
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain import local_time
from server.domain.errors import InvalidField
from server.domain.opening import (
    AROUND_THE_CLOCK,
    AUTHORITY,
    EVERY_DAY,
    Effect,
    Opening,
    OpeningRule,
    Recurrence,
    Subject,
    SubjectKind,
    Timetable,
)
from server.domain.spans import Span
from tests.domain.test_local_time import DAYS

HELSINKI = ZoneInfo("Europe/Helsinki")
TEAM, ANNA = Subject(SubjectKind.TEAM, "north"), Subject(SubjectKind.OFFICER, "anna")
WORKWEEK = frozenset({1, 2, 3, 4, 5})
MONDAY, FRIDAY, SATURDAY = date(2026, 3, 23), date(2026, 3, 27), date(2026, 3, 28)
CHRISTMAS = date(2026, 12, 25)
ONE_DAY = timedelta(days=1)
QUARTER = timedelta(minutes=15)


def weekly(start: int, end: int, subject: Subject = TEAM, weekdays: frozenset[int] = WORKWEEK, **how: object) -> OpeningRule:
    return OpeningRule(subject, Effect.OPEN, Recurrence.WEEKLY, time(start), time(end % 24), weekdays, **how)  # type: ignore[arg-type]


def dated(effect: Effect, day: date, start: int, end: int, subject: Subject = AUTHORITY, days: int = 1) -> OpeningRule:
    after_last = day + days * ONE_DAY
    return OpeningRule(subject, effect, Recurrence.DATE, time(start), time(end % 24), first=day, after_last=after_last)


def closed_weekly(start: int, end: int, subject: Subject, weekdays: frozenset[int]) -> OpeningRule:
    return OpeningRule(subject, Effect.CLOSED, Recurrence.WEEKLY, time(start), time(end % 24), weekdays)


def table(*rules: OpeningRule, holidays: frozenset[date] = frozenset(), zone: ZoneInfo = HELSINKI) -> Timetable:
    return Timetable(rules, holidays, zone)


def hours(day: date, *rules: OpeningRule, holidays: frozenset[date] = frozenset()) -> list[tuple[float, float]]:
    """Return the opening of a date in hours since its midnight in Helsinki."""
    opening = table(*rules, holidays=holidays).opening(day)
    midnight = local_time.reached(day, time(0), HELSINKI)
    spans = opening.spans if opening else ()
    return [((s.start - midnight) / timedelta(hours=1), (s.end - midnight) / timedelta(hours=1)) for s in spans]


def test_the_weekly_rules_of_the_most_specific_subject_replace_all_others() -> None:
    """C03."""
    rules = (weekly(7, 19, AUTHORITY), weekly(8, 16), weekly(9, 12, ANNA, frozenset({1})))
    assert hours(MONDAY, *rules) == [(9, 12)]
    assert hours(FRIDAY, *rules) == [], "Anna has rules of her own, and none for a Friday"
    assert hours(FRIDAY, *rules[:2]) == [(8, 16)]
    assert hours(FRIDAY, rules[0]) == [(7, 19)]
    assert hours(FRIDAY, rules[0], AROUND_THE_CLOCK) == [(7, 19)]


def test_a_specific_rule_that_is_not_in_force_yet_replaces_nothing() -> None:
    later = weekly(9, 12, ANNA, first=SATURDAY)
    assert hours(FRIDAY, weekly(8, 16), later) == [(8, 16)]


def test_several_rules_of_one_subject_open_together() -> None:
    assert hours(MONDAY, weekly(8, 12), weekly(13, 17), weekly(12, 13, weekdays=frozenset({5}))) == [(8, 12), (13, 17)]
    assert hours(FRIDAY, weekly(8, 12), weekly(13, 17), weekly(12, 13, weekdays=frozenset({5}))) == [(8, 17)]


def test_what_is_closed_by_anybody_is_closed() -> None:
    """C02."""
    lunch = closed_weekly(11, 12, AUTHORITY, EVERY_DAY)
    away = dated(Effect.CLOSED, MONDAY, 14, 24, TEAM)
    opening = table(weekly(8, 16, ANNA), lunch, away).opening(MONDAY)
    assert hours(MONDAY, weekly(8, 16, ANNA), lunch, away) == [(8, 11), (12, 14)]
    assert opening
    assert [span.seconds for span in opening.closed] == [3_600]
    assert opening.hull.seconds == 6 * 3_600
    assert hours(MONDAY, weekly(8, 16, ANNA), dated(Effect.CLOSED, MONDAY, 0, 24)) == []


def test_an_extra_opening_adds_to_the_week_on_every_level() -> None:
    """C02."""
    extra = dated(Effect.OPEN, SATURDAY, 10, 14)
    assert hours(SATURDAY, weekly(8, 16, ANNA), extra) == [(10, 14)]
    assert hours(MONDAY, weekly(8, 16, ANNA), dated(Effect.OPEN, MONDAY, 16, 18)) == [(8, 18)]


def test_a_holiday_closes_the_week_but_not_what_opens_for_its_date() -> None:
    holidays = frozenset({CHRISTMAS})
    assert hours(CHRISTMAS, weekly(8, 16), holidays=holidays) == []
    assert hours(CHRISTMAS, weekly(8, 16), dated(Effect.OPEN, CHRISTMAS, 9, 11), holidays=holidays) == [(9, 11)]
    assert hours(CHRISTMAS, weekly(8, 16, on_holidays=True), holidays=holidays) == [(8, 16)]
    assert hours(CHRISTMAS, AROUND_THE_CLOCK, holidays=holidays) == [(4, 28)]


def test_a_night_belongs_to_the_date_on_which_it_begins() -> None:
    night = weekly(22, 6, weekdays=frozenset({5}))
    assert hours(FRIDAY, night) == [(22, 30)]
    assert hours(SATURDAY, night) == []
    assert hours(FRIDAY, night, dated(Effect.CLOSED, SATURDAY, 0, 24)) == [(22, 24)], "what closes the next date closes it"
    assert hours(SATURDAY, night, dated(Effect.OPEN, SATURDAY, 5, 9)) == [(6, 9)], "nobody opens twice"


def test_the_night_in_which_the_clocks_turn_is_an_hour_shorter_or_longer() -> None:
    night = weekly(22, 6, weekdays=frozenset({6}))
    spring, autumn = SATURDAY, date(2026, 10, 24)
    assert [span.seconds for day in (spring, autumn) for span in table(night).openings(day, day + ONE_DAY)[0].spans] == [
        7 * 3_600,
        9 * 3_600,
    ]


def test_opening_inside_the_hour_that_is_skipped_is_none() -> None:
    skipped = OpeningRule(TEAM, Effect.OPEN, Recurrence.WEEKLY, time(3, 15), time(3, 45), EVERY_DAY)
    assert hours(SATURDAY + ONE_DAY, skipped) == []
    assert hours(SATURDAY + 2 * ONE_DAY, skipped) == [(3.25, 3.75)]


def test_a_date_that_a_zone_skipped_opens_nothing_of_its_own() -> None:
    """Samoa had no 30 December 2011."""
    apia, gone = ZoneInfo("Pacific/Apia"), date(2011, 12, 30)
    around = gone - ONE_DAY, gone + 2 * ONE_DAY
    by_day = table(weekly(8, 16, weekdays=EVERY_DAY), zone=apia).openings(*around)
    assert [opening.day for opening in by_day] == [gone - ONE_DAY, gone + ONE_DAY]
    always = table(AROUND_THE_CLOCK, zone=apia).openings(*around)
    assert [span.seconds for opening in always for span in opening.spans] == [20 * 3_600, 4 * 3_600, 24 * 3_600]
    assert [one.hull.end == following.hull.start for one, following in itertools.pairwise(always)] == [True] * 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"weekdays": frozenset()},
        {"weekdays": frozenset({0})},
        {"weekdays": frozenset({8})},
        {"recurrence": Recurrence.DATE},
        {"first": MONDAY, "after_last": MONDAY},
    ],
)
def test_a_rule_that_can_never_hold_is_refused(wrong: dict[str, object]) -> None:
    values: dict[str, object] = {"recurrence": Recurrence.WEEKLY, "weekdays": WORKWEEK, **wrong}
    with pytest.raises(InvalidField, match="rule"):
        OpeningRule(TEAM, Effect.OPEN, start=time(8), end=time(16), **values)  # type: ignore[arg-type]


TIMES = st.builds(time, st.integers(0, 23), st.sampled_from((0, 15, 30, 45)))


@st.composite
def rules_around(draw: st.DrawFn, day: date) -> OpeningRule:
    """A rule in force on some of the days around a date."""
    recurrence = draw(st.sampled_from(Recurrence))
    first = day + draw(st.integers(-4, 2)) * ONE_DAY
    return OpeningRule(
        draw(st.sampled_from((AUTHORITY, TEAM, ANNA))),
        draw(st.sampled_from((Effect.OPEN, Effect.OPEN, Effect.CLOSED))),
        recurrence,
        draw(TIMES),
        draw(TIMES),
        draw(st.frozensets(st.integers(1, 7), min_size=4)) if recurrence is Recurrence.WEEKLY else frozenset(),
        first,
        first + draw(st.integers(1, 6)) * ONE_DAY,
        draw(st.booleans()),
    )


class Walk:
    """Every quarter of an hour around a date, and the plain meaning of the rules for each of them."""

    def __init__(self, day: date, zone: ZoneInfo, rules: list[OpeningRule], holidays: frozenset[date]) -> None:
        begin = datetime.combine(day, time(0), UTC) - timedelta(days=4)
        self.moments = [begin + number * QUARTER for number in range(4 * 24 * 9)]
        self.local = [moment.astimezone(zone).replace(tzinfo=None) for moment in self.moments]
        self.rules, self.holidays = rules, holidays

    def reached(self, day: date, clock: time) -> datetime:
        """Return the first quarter at which the clocks show that time or a later one."""
        wall = datetime.combine(day, clock)
        return next(moment for moment, local in zip(self.moments, self.local, strict=True) if local >= wall)

    def of(self, rule: OpeningRule, day: date) -> set[datetime]:
        if not (rule.first <= day < rule.after_last and (not rule.weekdays or day.isoweekday() in rule.weekdays)):
            return set()
        low = self.reached(day, rule.start)
        high = self.reached(day if rule.end > rule.start else day + ONE_DAY, rule.end)
        return {moment for moment in self.moments if low <= moment < high}

    def opened(self, day: date) -> set[datetime]:
        found = set[datetime]()
        in_force = [rule for rule in self.rules if rule.first <= day < rule.after_last and rule.effect is Effect.OPEN]
        ranks = {rule.subject.rank for rule in in_force if rule.weekdays}
        for rule in in_force:
            outranked = rule.weekdays and rule.subject.rank < max(ranks)
            rests = rule.weekdays and day in self.holidays and not rule.on_holidays
            if not outranked and not rests:
                found |= self.of(rule, day)
        return found

    def open(self, day: date) -> set[datetime]:
        closing = [rule for rule in self.rules if rule.effect is Effect.CLOSED]
        closed = [self.of(rule, day + shift * ONE_DAY) for shift in (-1, 0, 1) for rule in closing]
        return self.opened(day) - self.opened(day - ONE_DAY) - set[datetime]().union(*closed)


ZONES = [*DAYS, ("Pacific/Apia", date(2011, 12, 30)), ("America/St_Johns", date(2010, 11, 7))]


@pytest.mark.parametrize(("name", "turn"), ZONES)
@settings(max_examples=8, deadline=None)
@given(data=st.data())
def test_what_is_open_is_what_the_rules_say_quarter_by_quarter(name: str, turn: date, data: st.DataObject) -> None:
    zone = ZoneInfo(name)
    rules = data.draw(st.lists(rules_around(turn), min_size=1, max_size=6))
    holidays = data.draw(st.frozensets(st.sampled_from([turn - ONE_DAY, turn, turn + ONE_DAY])))
    timetable, walk = Timetable(tuple(rules), holidays, zone), Walk(turn, zone, rules, holidays)
    last: Opening | None = None
    for day in (turn - ONE_DAY, turn, turn + ONE_DAY):
        opening = timetable.opening(day)
        spans = opening.spans if opening else ()
        assert {moment for moment in walk.moments if any(moment in span for span in spans)} == walk.open(day)
        assert sum(span.seconds for span in spans) == len(walk.open(day)) * 900, "elapsed time, not the clocks'"
        assert all(one.end < following.start for one, following in itertools.pairwise(spans))
        if opening:
            assert walk.reached(day, time(0)) <= opening.hull.start
            assert opening.hull.end <= walk.reached(day + 2 * ONE_DAY, time(0))
            assert last is None or last.hull.end <= opening.hull.start
            assert sorted([*opening.spans, *opening.closed]) == _chain(opening)
        last = opening or last


def _chain(opening: Opening) -> list[Span]:
    """Return the spans and what is closed between them, end to end over the hull."""
    chain, at = list[Span](), opening.hull.start
    by_start = {span.start: span for span in (*opening.spans, *opening.closed)}
    while at < opening.hull.end:
        chain.append(by_start[at])
        at = chain[-1].end
    return chain
