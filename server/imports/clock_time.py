"""Local dates and times in files, as instants."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from server.domain import local_time
from server.imports.cells import YEARS, BadCell, Cells


def instant(column: str, day: date, clock: time, zone: ZoneInfo) -> datetime:
    """Return the instant of a local time, the first of two when clocks go back; one that clocks skip is refused."""
    moment = local_time.instant(day, clock, zone)
    if moment is None:
        why = f"does not exist on {day} in {zone.key}: clocks skip it; write a time that exists"
        raise BadCell(column, clock.strftime("%H:%M"), why)
    return moment


def moment(cells: Cells, column: str, zone: ZoneInfo) -> datetime:
    """Return an instant written as RFC 3339 with its offset, or as local date and time in `zone`."""
    text = cells.text(column, 40)
    try:
        given = datetime.fromisoformat(text)
        if len(text) < len("2026-11-23 10:00"):
            raise ValueError
    except ValueError as wrong:
        raise BadCell(column, text, "is no time; write 2026-11-23 10:00 or 2026-11-23T10:00:00+02:00") from wrong
    if given.year not in YEARS:
        raise BadCell(column, text, f"is not in the years {YEARS[0]} to {YEARS[-1]}")
    if given.tzinfo is not None:
        return given.astimezone(UTC)
    return instant(column, given.date(), given.time(), zone)
