"""Recurrence rules against another implementation of RFC 5545, in twelve zones and over both turns of the clocks."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.errors import InvalidField
from server.domain.recurrence import Pattern
from server.domain.recurrence_rule import Frequency
from server.domain.recurrence_text import WEEKDAYS, local_of, parse
from tests.domain.test_local_time import TURNS

HELSINKI = ZoneInfo("Europe/Helsinki")
TWO_YEARS = timedelta(days=731)


def local(text: str) -> datetime:
    """Return a local time."""
    return local_of(text, "start")


def texts(draw: st.DrawFn) -> str:
    """Return a rule without an end, of those that the other implementation reads alike and that come true now and then."""
    frequency = draw(st.sampled_from(list(Frequency)))
    interval = draw(st.integers(1, 5))
    numbered = frequency in (Frequency.MONTHLY, Frequency.YEARLY) and draw(st.booleans())
    months = draw(st.lists(st.integers(1, 12), max_size=4, unique=True))
    if frequency is Frequency.MONTHLY and interval > 1:
        months = []
    month_days = [] if frequency is Frequency.WEEKLY else draw(st.lists(st.sampled_from((1, 13, 28, -1, -2)), max_size=2))
    days = draw(st.lists(st.sampled_from(WEEKDAYS), max_size=3, unique=True))
    if numbered and not month_days:
        days = [f"{draw(st.sampled_from((1, 3, -1, 5)))}{day}" for day in days]
    parts = [f"FREQ={frequency.value}", f"INTERVAL={interval}"]
    for name, values in (("BYMONTH", months), ("BYMONTHDAY", month_days), ("BYDAY", days)):
        if values:
            parts.append(f"{name}={','.join(map(str, values))}")
    if len(parts) > 2 and frequency is not Frequency.WEEKLY and draw(st.booleans()):
        parts.append(f"BYSETPOS={draw(st.sampled_from((1, -1)))}")
    return ";".join([*parts, f"WKST={draw(st.sampled_from(WEEKDAYS))}"])


@given(text=st.composite(texts)(), first=st.dates(date(2023, 1, 1), date(2025, 12, 31)))
@settings(max_examples=300, deadline=None)
def test_every_rule_names_the_dates_that_another_implementation_names(text: str, first: date) -> None:
    """J01, J02"""
    start, last = datetime.combine(first, time(9)), first + TWO_YEARS
    until = f"UNTIL={last:%Y%m%d}T090000"
    expected = [local.date() for local in rrulestr(f"RRULE:{text};{until}", dtstart=start)]
    assert list(parse(f"{text};{until}", HELSINKI).dates(first, last)) == expected


@pytest.mark.parametrize("zone_name", TURNS)
@pytest.mark.parametrize("kind", ["DAILY", "WEEKLY", "MONTHLY", "YEARLY"])
@pytest.mark.parametrize("clock", [time(2, 30), time(9), time(0, 15)])
def test_patterns_keep_their_local_dates_and_times_over_two_years(zone_name: str, kind: str, clock: time) -> None:
    """J01: both turns of the clocks, in twelve zones; a skipped local time is later by what the clocks skip."""
    zone, start = ZoneInfo(zone_name), datetime.combine(date(2023, 3, 20), clock)
    pattern = Pattern(start, zone_name, f"FREQ={kind};UNTIL=20250320")
    locals_ = [moment.astimezone(zone) for moment in pattern.occurrences(most=800)]
    assert [local.date() for local in locals_] == list(parse(pattern.rule, zone).dates(start.date(), date(2025, 3, 20)))
    odd = [local for local in locals_ if local.time() != clock]
    assert len(odd) <= 2
    for local in odd:
        before = datetime.combine(local.date(), clock, UTC)
        assert timedelta(0) < local.replace(tzinfo=UTC) - before <= timedelta(hours=1)


def test_a_time_that_the_clocks_show_twice_counts_once_and_first() -> None:
    pattern = Pattern(local("20261024T033000"), "Europe/Helsinki", "FREQ=DAILY;COUNT=3")
    assert [moment.hour for moment in pattern.occurrences()] == [0, 0, 1]
    assert len({moment.astimezone(HELSINKI).time() for moment in pattern.occurrences()}) == 1


def test_every_third_tuesday_until_a_date() -> None:
    """J02"""
    found = Pattern(local("20261201T100000"), "Europe/Helsinki", "FREQ=MONTHLY;BYDAY=3TU;UNTIL=20271231").occurrences()
    assert len(found) == 13
    assert all(moment.weekday() == 1 and 15 <= moment.day <= 21 for moment in found)
    assert {moment.astimezone(HELSINKI).hour for moment in found} == {10}


def test_single_dates_come_on_top_and_go() -> None:
    """J02: RDATE and EXDATE"""
    pattern = Pattern(
        local("20261104T090000"),
        "Europe/Helsinki",
        "FREQ=WEEKLY;COUNT=4",
        more=(local("20261120T130000"), local("20261111T090000")),
        less=(local("20261118T090000"),),
    )
    assert [(m.day, m.hour) for m in pattern.occurrences()] == [(4, 7), (11, 7), (20, 11), (25, 7)]


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ("", "FREQ|part"),
        ("FREQ=HOURLY;COUNT=2", "FREQ is 'HOURLY'"),
        ("FREQ=DAILY;COUNT=2;COUNT=3", "twice"),
        ("FREQ=DAILY;BYHOUR=9;COUNT=2", "'BYHOUR=9'"),
        ("FREQ=DAILY;COUNT=x", "not a whole number"),
        ("FREQ=DAILY;COUNT=401", "from 1 to 400"),
        ("FREQ=DAILY;INTERVAL=0;COUNT=2", "INTERVAL is 0"),
        ("FREQ=DAILY", "needs an end"),
        ("FREQ=DAILY;COUNT=2;UNTIL=20261231", "needs an end"),
        ("FREQ=DAILY;UNTIL=2026W101", "UNTIL"),
        ("FREQ=DAILY;UNTIL=20261301", "UNTIL"),
        ("FREQ=DAILY;UNTIL=99991231T235959Z", "UNTIL"),
        ("FREQ=DAILY;UNTIL=20301231", "over two years"),
        ("FREQ=DAILY;UNTIL=20271231", "more than 400"),
        ("FREQ=YEARLY;COUNT=5", "COUNT=5 is not reached"),
        ("FREQ=WEEKLY;BYDAY=2MO;COUNT=2", "MONTHLY"),
        ("FREQ=MONTHLY;BYDAY=6MO;COUNT=2", "MONTHLY"),
        ("FREQ=WEEKLY;BYDAY=XX;COUNT=2", "no weekday"),
        ("FREQ=WEEKLY;BYMONTHDAY=1;COUNT=2", "BYMONTHDAY"),
        ("FREQ=MONTHLY;BYMONTHDAY=32;COUNT=2", "from 1 to 31"),
        ("FREQ=MONTHLY;BYMONTH=-1;COUNT=2", "from 1 to 12"),
        ("FREQ=DAILY;BYSETPOS=1;COUNT=2", "BYSETPOS"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;UNTIL=20271231", "no date"),
        ("FREQ=DAILY;INTERVAL=7;BYDAY=TU;UNTIL=20271231", "no date"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_with_what_is_wrong(rule: str, why: str) -> None:
    with pytest.raises(InvalidField, match=why) as refusal:
        Pattern(local("20261104T090000"), "Europe/Helsinki", rule).occurrences() if rule else parse(rule, HELSINKI)
    assert refusal.value.violations[0].field == "rrule"


def test_a_single_date_far_away_or_before_the_start_is_refused() -> None:
    for far in (local("20261103T090000"), local("20290101T090000")):
        with pytest.raises(InvalidField, match="rdates"):
            Pattern(local("20261104T090000"), "Europe/Helsinki", more=(far,)).occurrences()


@pytest.mark.parametrize("text", ["", "2026-11-04T09:00:00", "20261104T0900", "20261104T090030", "20261104T090000Z"])
def test_what_is_no_local_time_is_refused_by_field(text: str) -> None:
    with pytest.raises(InvalidField, match="start"):
        local_of(text, "start")
