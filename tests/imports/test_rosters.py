"""Rosters: weekly shifts, expanded into dates."""

from datetime import UTC, date, datetime

import pytest

from server.domain.spans import Span
from server.imports.known import Known
from server.imports.rosters import read_rosters
from tests.imports.conftest import WriteCsv

HEADER = "officer,weekdays,start,end,valid_from,valid_until,break_minutes,break_earliest,break_latest"


def test_a_roster_becomes_a_shift_per_date_up_to_the_date_it_ends_on(write_csv: WriteCsv, known: Known) -> None:
    reading = read_rosters(write_csv(HEADER, "anna,Mo-Fr,08:00,16:00,2026-11-19,2026-11-24,30,11:00,13:00"), known)
    assert reading.refusals == ()
    assert [row.day for row in reading.rows] == [date(2026, 11, day) for day in (19, 20, 23)]
    last = reading.rows[-1]
    assert last.span == Span(datetime(2026, 11, 23, 6, tzinfo=UTC), datetime(2026, 11, 23, 14, tzinfo=UTC))
    assert (last.line, last.officer, last.break_seconds) == (2, "anna", 1800)
    assert last.break_within == Span(datetime(2026, 11, 23, 9, tzinfo=UTC), datetime(2026, 11, 23, 11, tzinfo=UTC))


@pytest.mark.parametrize(
    ("weekdays", "days"),
    [
        ('"Mo,We,Fr"', [23, 25, 27]),
        ("Sa", [28]),
        ("Fr-Mo", [23, 27, 28, 29]),
        ('"Mo-Tu, Su"', [23, 24, 29]),
        ("Mo-Su", [23, 24, 25, 26, 27, 28, 29]),
    ],
)
def test_weekdays_are_lists_and_ranges(write_csv: WriteCsv, known: Known, weekdays: str, days: list[int]) -> None:
    reading = read_rosters(write_csv(HEADER, f"anna,{weekdays},08:00,16:00,2026-11-23,2026-11-30,,,"), known)
    assert [row.day.day for row in reading.rows] == days


def test_a_night_ends_on_the_next_day_and_has_its_real_length(write_csv: WriteCsv, known: Known) -> None:
    rows = read_rosters(write_csv(HEADER, "anna,Fr-Sa,22:00,06:00,2027-03-26,2027-03-29,,,"), known).rows
    assert [row.span.seconds // 3600 for row in rows] == [8, 7]


def test_a_date_whose_start_the_clocks_skip_is_refused_and_the_others_stay(write_csv: WriteCsv, known: Known) -> None:
    reading = read_rosters(write_csv(HEADER, "anna,Su,03:30,11:00,2027-03-21,2027-04-05,,,"), known)
    assert [row.day.isoformat() for row in reading.rows] == ["2027-03-21", "2027-04-04"]
    assert [refusal.line for refusal in reading.refusals] == [2]
    assert "start '03:30': does not exist on 2027-03-28 in Europe/Helsinki" in str(reading.refusals[0])


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("carl,Mo,08:00,16:00,2026-11-23,2026-12-23,,,", "officer 'carl': is not known; import the officer first"),
        ("anna,Mon,08:00,16:00,2026-11-23,2026-12-23,,,", "weekdays 'Mon': must be weekdays such as Mo-Fr or Mo,We,Fr"),
        ("anna,,08:00,16:00,2026-11-23,2026-12-23,,,", "weekdays '': is empty"),
        ("anna,Mo-,08:00,16:00,2026-11-23,2026-12-23,,,", "weekdays 'Mo-': must be weekdays"),
        ("anna,Mo,We,08:00,16:00,2026-11-23,2026-12-23,,,", "quote cells that hold commas"),
        ("anna,Sa,08:00,16:00,2026-11-23,2026-11-28,,,", "weekdays 'Sa': is no date from 2026-11-23 up to"),
        ("anna,Mo,08:00,16:00,2026-11-23,2026-11-23,,,", "valid_until '2026-11-23': is not after valid_from"),
        ("anna,Mo,08:00,16:00,2026-11-23,2027-12-29,,,", "is more than 400 days after valid_from"),
        ("anna,Mo,8:00,16:00,2026-11-23,2026-12-23,,,", "start '8:00': is no time of day"),
        ("anna,Mo,08:00,16:00,2026-11-23,2026-12-08,30,17:00,18:00", "lies outside the shift; write a time between its"),
    ],
)
def test_a_roster_that_cannot_be_is_refused_once(write_csv: WriteCsv, known: Known, row: str, says: str) -> None:
    reading = read_rosters(write_csv(HEADER, row), known)
    assert reading.rows == ()
    assert len(reading.refusals) == 1
    assert says in str(reading.refusals[0])
    assert reading.refusals[0].line == 2


def test_400_days_are_not_too_many(write_csv: WriteCsv, known: Known) -> None:
    assert len(read_rosters(write_csv(HEADER, "anna,Mo-Su,08:00,16:00,2026-11-23,2027-12-28,,,"), known).rows) == 400


def test_rosters_that_meet_are_refused_once_a_line(write_csv: WriteCsv, known: Known) -> None:
    reading = read_rosters(
        write_csv(
            HEADER,
            "anna,Mo-Fr,08:00,12:00,2026-11-23,2026-11-28,,,",
            "anna,Mo-Tu,13:00,16:00,2026-11-23,2026-11-28,,,",
            "anna,Su,22:00,09:00,2026-11-22,2026-11-23,,,",
            "ben,Mo,08:00,12:00,2026-11-23,2026-11-28,,,",
        ),
        known,
    )
    assert [str(refusal) for refusal in reading.refusals] == [
        "line 2, start '2026-11-23 anna': overlaps the shift of line 4; end one before the other begins",
        "line 3, weekdays '2026-11-23 anna': has a shift of line 2 then; an officer has one shift a date (2 dates)",
    ]
    assert [row.line for row in reading.rows] == [2, 2, 2, 2, 4, 5]
