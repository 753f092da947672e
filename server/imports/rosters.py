"""Rosters, shifts that repeat by the week: officer, weekdays, start, end, valid_from, valid_until, and a shift's break.

weekdays are `Mo-Fr` or `Mo,We,Fr`. A roster holds on the dates valid_from <= date < valid_until. Times are those of shifts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from server.imports.cells import BadCell, Cells
from server.imports.known import Known
from server.imports.shifts import ShiftRow, shift_of, without_overlaps
from server.imports.table import Columns, Reading, Refusal, read_table

COLUMNS = Columns(
    ("officer", "weekdays", "start", "end", "valid_from", "valid_until"),
    ("break_minutes", "break_earliest", "break_latest"),
)
MOST_DAYS = 400
WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")


@dataclass(frozen=True, slots=True)
class _Roster:
    """A row, and the dates of its shifts."""

    cells: Cells
    days: tuple[date, ...]


def read_rosters(path: Path, known: Known) -> Reading[ShiftRow]:
    """Return the shifts that the rosters of a file with `COLUMNS` make; each bears the line of its roster.

    A shift that cannot be is refused and named by its date; the others of its roster stay.
    """
    rosters = read_table(path, COLUMNS, lambda cells: _Roster(cells, _days(cells)), lambda row: row.cells.line, "line")
    shifts: dict[tuple[str, date], ShiftRow] = {}
    refusals = list(rosters.refusals)
    for roster in rosters.rows:
        for day in roster.days:
            try:
                shift = shift_of(roster.cells, known, day)
                first = shifts.setdefault((shift.officer, day), shift)
                if first is not shift:
                    why = f"has a shift of line {first.line} then; an officer has one shift a date"
                    raise BadCell("weekdays", f"{day} {shift.officer}", why)
            except BadCell as bad:
                refusals.append(Refusal(roster.cells.line, bad.column, bad.value, bad.why))
    reading = without_overlaps(Reading(path, tuple(shifts.values()), tuple(refusals)))
    return replace(reading, refusals=_once_a_line(reading.refusals))


def _days(cells: Cells) -> tuple[date, ...]:
    weekdays, first, end = _weekdays(cells), cells.day("valid_from"), cells.day("valid_until")
    until = cells.text("valid_until")
    if end <= first:
        raise BadCell("valid_until", until, "is not after valid_from; write the date after the last one")
    if (end - first).days > MOST_DAYS:
        raise BadCell("valid_until", until, f"is more than {MOST_DAYS} days after valid_from; write an earlier date")
    dates = (first + timedelta(days=number) for number in range((end - first).days))
    days = tuple(day for day in dates if day.weekday() in weekdays)
    if not days:
        raise BadCell("weekdays", cells.text("weekdays"), f"is no date from {first} up to, but not including, {end}")
    return days


def _weekdays(cells: Cells) -> frozenset[int]:
    """Return the weekdays, Monday 0; a range may pass the end of the week (`Fr-Mo`)."""
    text = cells.text("weekdays")
    found: set[int] = set()
    for part in text.split(","):
        first, dash, last = (piece.strip() for piece in part.partition("-"))
        if first not in WEEKDAYS or (dash and last not in WEEKDAYS):
            raise BadCell("weekdays", text, "must be weekdays such as Mo-Fr or Mo,We,Fr of " + ", ".join(WEEKDAYS))
        start = WEEKDAYS.index(first)
        length = (WEEKDAYS.index(last) - start) % 7 if dash else 0
        found.update((start + more) % 7 for more in range(length + 1))
    return frozenset(found)


def _once_a_line(refusals: tuple[Refusal, ...]) -> tuple[Refusal, ...]:
    """Return refusals with those of one line that say the same told once, and of how many dates."""
    groups: dict[tuple[int, str, str], list[Refusal]] = {}
    for refusal in refusals:
        groups.setdefault((refusal.line, refusal.column, refusal.why), []).append(refusal)
    return tuple(
        group[0] if len(group) == 1 else replace(group[0], why=f"{group[0].why} ({len(group)} dates)")
        for group in groups.values()
    )
