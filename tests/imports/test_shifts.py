"""Shifts: local times in the team's zone, nights, breaks, clock changes."""

from datetime import UTC, datetime

import pytest

from server.domain.spans import Span
from server.imports.known import Known
from server.imports.shifts import read_shifts
from tests.imports.conftest import WriteCsv

HEADER = "officer,date,start,end,break_minutes,break_earliest,break_latest"


def _utc(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def test_a_shift_is_read_in_the_zone_of_the_team(write_csv: WriteCsv, known: Known) -> None:
    row = read_shifts(write_csv(HEADER, "anna,2026-11-23,08:00,16:00,30,11:00,13:00"), known).rows[0]
    assert row.span == Span(_utc(23, 6), _utc(23, 14))
    assert (row.break_seconds, row.break_within) == (1800, Span(_utc(23, 9), _utc(23, 11)))


def test_an_end_before_the_start_is_on_the_next_day_and_so_may_be_the_break(write_csv: WriteCsv, known: Known) -> None:
    row = read_shifts(write_csv(HEADER, "anna,2026-11-23,22:00,06:00,30,01:00,03:00"), known).rows[0]
    assert row.span == Span(_utc(23, 20), _utc(24, 4))
    assert row.break_within == Span(_utc(23, 23), _utc(24, 1))


def test_the_night_of_a_clock_change_has_its_real_length(write_csv: WriteCsv, known: Known) -> None:
    rows = read_shifts(write_csv(HEADER, "anna,2027-03-27,22:00,06:00,,,", "anna,2026-10-24,22:00,06:00,,,"), known).rows
    assert [row.span.seconds // 3600 for row in rows] == [7, 9]


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("anna,2027-03-28,03:30,11:00,,,", "start '03:30': does not exist on 2027-03-28 in Europe/Helsinki"),
        ("carl,2026-11-23,08:00,16:00,,,", "officer 'carl': is not known; import the officer first"),
        ("anna,2026-02-30,08:00,16:00,,,", "date '2026-02-30': is no date; write YYYY-MM-DD"),
        ("anna,20261123,08:00,16:00,,,", "is no date"),
        ("anna,2026-11-23,8:00,16:00,,,", "start '8:00': is no time of day"),
        ("anna,2026-11-23,08:00,24:00,,,", "end '24:00': is no time of day"),
        ("anna,2026-11-23,08:00,16:00,30,17:00,18:00", "break_earliest '17:00': lies outside the shift"),
        ("anna,2026-11-23,08:00,16:00,30,11:00,11:20", "leaves less than 30 minutes"),
        ("anna,2026-11-23,08:00,16:00,30,13:00,11:00", "leaves less than 30 minutes"),
        ("anna,2026-11-23,08:00,16:00,,11:00,12:00", "stands there without break_minutes"),
        ("anna,2026-11-23,08:00,16:00,-5,,", "break_minutes '-5': must be a whole number from 0 to 240"),
    ],
)
def test_a_shift_that_cannot_be_is_refused(write_csv: WriteCsv, known: Known, row: str, says: str) -> None:
    reading = read_shifts(write_csv(HEADER, row), known)
    assert reading.rows == ()
    assert says in str(reading.refusals[0])


def test_one_officer_cannot_work_two_shifts_at_once(write_csv: WriteCsv, known: Known) -> None:
    reading = read_shifts(
        write_csv(
            HEADER,
            "anna,2026-11-24,05:00,10:00,,,",
            "anna,2026-11-23,22:00,06:00,,,",
            "ben,2026-11-24,05:00,10:00,,,",
            "ben,2026-11-24,12:00,14:00,,,",
        ),
        known,
    )
    assert [row.line for row in reading.rows] == [3, 4]
    assert [str(refusal) for refusal in reading.refusals] == [
        "line 2, start '2026-11-24 anna': overlaps the shift of line 3; end one before the other begins",
        "line 5, officer, date 'ben, 2026-11-24': stands in line 4 already; give each once",
    ]
