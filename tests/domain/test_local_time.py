"""Local times in twelve zones, on both turns of the clocks."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from server.domain import local_time
from server.domain.errors import InvalidField

# Of a year gone by: what it says of these days no later edition of the zones changes, nor which edition is installed.
TURNS = {
    "Europe/Helsinki": ("2024-03-31", "2024-10-27"),
    "Europe/London": ("2024-03-31", "2024-10-27"),
    "Europe/Dublin": ("2024-03-31", "2024-10-27"),
    "Atlantic/Azores": ("2024-03-31", "2024-10-27"),
    "America/New_York": ("2024-03-10", "2024-11-03"),
    "America/St_Johns": ("2024-03-10", "2024-11-03"),
    "America/Santiago": ("2024-09-08", "2024-04-06"),
    "America/Havana": ("2024-03-10", "2024-11-03"),
    "Australia/Lord_Howe": ("2024-10-06", "2024-04-07"),
    "Pacific/Chatham": ("2024-09-29", "2024-04-07"),
    "Africa/Cairo": ("2024-04-26", "2024-10-31"),
    "Asia/Beirut": ("2024-03-31", "2024-10-26"),
}
DAYS = [(zone, date.fromisoformat(day)) for zone, days in TURNS.items() for day in days]
STEPS = (5, 7, 15, 30, 60)


def brute_force(day: date, step_minutes: int, zone: ZoneInfo) -> list[datetime]:
    """Walk the UTC minutes around the date and keep the first instant of each local time on the grid."""
    start = datetime.combine(day, time(0), UTC) - timedelta(hours=26)
    found: dict[time, datetime] = {}
    for minutes in range(76 * 60):
        moment = start + timedelta(minutes=minutes)
        local = moment.astimezone(zone)
        if local.date() == day and (local.hour * 60 + local.minute) % step_minutes == 0:
            found.setdefault(local.time(), moment)
    return [found[clock] for clock in sorted(found)]


@pytest.mark.parametrize(("name", "day"), DAYS)
def test_the_grid_has_each_local_time_once_and_none_that_the_clocks_skip(name: str, day: date) -> None:
    zone = ZoneInfo(name)
    for step in STEPS:
        found = list(local_time.grid(day, step, zone))
        assert found == brute_force(day, step, zone)
        assert all(local_time.on_grid(moment, step, zone) for moment in found)


@pytest.mark.parametrize(("name", "day"), DAYS)
def test_the_clocks_really_turn_on_that_day(name: str, day: date) -> None:
    hours = local_time.midnight_span(day, ZoneInfo(name)).seconds / 3600
    assert hours in {23, 23.5, 24.5, 25}


@pytest.mark.parametrize(("name", "day"), DAYS)
def test_days_join_without_gap_or_overlap(name: str, day: date) -> None:
    zone = ZoneInfo(name)
    one, next_one = local_time.midnight_span(day, zone), local_time.midnight_span(day + timedelta(days=1), zone)
    assert one.end == next_one.start
    assert local_time.local_date(one.start, zone) == day
    assert local_time.local_date(one.end - timedelta(seconds=1), zone) == day


@pytest.mark.parametrize(("name", "day"), DAYS)
def test_the_second_of_two_equal_local_times_is_not_on_the_grid(name: str, day: date) -> None:
    zone = ZoneInfo(name)
    span = local_time.midnight_span(day, zone)
    grid = set(local_time.grid(day, 5, zone))
    every = [span.at(s) for s in range(0, span.seconds, 60)]
    on_grid = {moment for moment in every if local_time.on_grid(moment, 5, zone)}
    assert on_grid == grid


def test_a_skipped_time_is_no_instant_and_begins_after_the_gap() -> None:
    helsinki, day = ZoneInfo("Europe/Helsinki"), date(2026, 3, 29)
    assert local_time.instant(day, time(3, 30), helsinki) is None
    assert local_time.first_instant_from(day, time(3, 30), helsinki) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert local_time.instant(day, time(4), helsinki) == datetime(2026, 3, 29, 1, tzinfo=UTC)


def test_a_repeated_time_is_its_first_instant() -> None:
    helsinki, day = ZoneInfo("Europe/Helsinki"), date(2026, 10, 25)
    assert local_time.instant(day, time(3, 30), helsinki) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize("name", ["Europe/Helsinky", "", "../etc/passwd", "EET\0"])
def test_what_is_no_zone_is_refused_by_name(name: str) -> None:
    with pytest.raises(InvalidField, match="time_zone"):
        local_time.zone(name)
