"""Shifts: officer, date, start, end, and one break: break_minutes, break_earliest, break_latest.

Times are local, HH:MM, in the zone of the officer's team. An end at or before the start is on the next day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from server.domain.spans import Span
from server.imports.cells import BadCell, Cells
from server.imports.clock_time import instant
from server.imports.known import Known
from server.imports.table import Columns, Reading, Refusal, read_table

COLUMNS = Columns(("officer", "date", "start", "end"), ("break_minutes", "break_earliest", "break_latest"))


@dataclass(frozen=True, slots=True)
class ShiftRow:
    """A shift to add, or to replace that officer's of that date. A break lies wholly inside `break_within`."""

    line: int
    officer: str
    day: date
    span: Span
    break_seconds: int = 0
    break_within: Span | None = None


def read_shifts(path: Path, known: Known) -> Reading[ShiftRow]:
    """Return the shifts of a file with `COLUMNS`; one that overlaps another of the officer is refused."""

    def row(cells: Cells) -> ShiftRow:
        return shift_of(cells, known, cells.day("date"))

    return without_overlaps(read_table(path, COLUMNS, row, lambda row: (row.officer, row.day), "officer, date"))


def shift_of(cells: Cells, known: Known, day: date) -> ShiftRow:
    """Return the shift of a local date that a row's officer, start, end and break make."""
    officer = cells.one_of("officer", known.officers, "import the officer first (fieldwork import officers)")
    zone = known.officers[officer]
    span = _span(cells, day, zone)
    seconds = 60 * cells.whole("break_minutes", 0, 240, 0)
    within = _break(cells, day, span, zone, seconds)
    return ShiftRow(cells.line, officer, day, span, seconds, within)


def _span(cells: Cells, day: date, zone: ZoneInfo) -> Span:
    start, end = cells.clock("start"), cells.clock("end")
    after = day if end > start else day + timedelta(days=1)
    return Span(instant("start", day, start, zone), instant("end", after, end, zone))


def _break(cells: Cells, day: date, shift: Span, zone: ZoneInfo, seconds: int) -> Span | None:
    if not seconds:
        _refuse_bounds(cells)
        return None
    earliest = _inside("break_earliest", cells.clock("break_earliest"), day, shift, zone)
    latest = _inside("break_latest", cells.clock("break_latest"), day, shift, zone)
    if (latest - earliest).total_seconds() < seconds:
        why = f"leaves less than {seconds // 60} minutes after break_earliest; write a later time"
        raise BadCell("break_latest", cells.text("break_latest"), why)
    return Span(earliest, latest)


def _inside(column: str, clock: time, day: date, shift: Span, zone: ZoneInfo) -> datetime:
    """Return the instant of a local time within the shift, whose night may reach into the next date."""
    for date_of_break in (day, day + timedelta(days=1)):
        moment = instant(column, date_of_break, clock, zone)
        if shift.start <= moment <= shift.end:
            return moment
    raise BadCell(column, clock.strftime("%H:%M"), "lies outside the shift; write a time between its start and end")


def _refuse_bounds(cells: Cells) -> None:
    for column in ("break_earliest", "break_latest"):
        value = cells.text(column, needed=False)
        if value:
            raise BadCell(column, value, "stands there without break_minutes; give its length, or leave it empty")


def without_overlaps(reading: Reading[ShiftRow]) -> Reading[ShiftRow]:
    """Return the reading without the shifts that begin while the officer is at work already."""
    kept: list[ShiftRow] = []
    refused = list(reading.refusals)
    by_officer: dict[str, list[ShiftRow]] = {}
    for row in sorted(reading.rows, key=lambda row: (row.officer, row.span.start)):
        before = by_officer.setdefault(row.officer, [])
        if before and before[-1].span.overlaps(row.span):
            why = f"overlaps the shift of line {before[-1].line}; end one before the other begins"
            refused.append(Refusal(row.line, "start", f"{row.day} {row.officer}", why))
        else:
            before.append(row)
            kept.append(row)
    by_line = tuple(sorted(refused, key=lambda refusal: refusal.line))
    return Reading(reading.file, tuple(sorted(kept, key=lambda row: row.line)), by_line)
