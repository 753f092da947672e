"""The one place that turns local dates and times into instants, and so the one place that decides about clock changes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from server.domain.errors import InvalidField
from server.domain.spans import Span


def zone(name: str) -> ZoneInfo:
    """Return the IANA zone of that name; an unknown one is refused."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise InvalidField.of("time_zone", f"{name!r} is not an IANA time zone such as Europe/Helsinki") from error


def instant(day: date, clock: time, zone: ZoneInfo) -> datetime | None:
    """Return the instant of a local time: the first of two when clocks go back, None when they skip it."""
    local = datetime.combine(day, clock.replace(fold=0), zone)
    there = local.astimezone(UTC)
    return there if there.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None) else None


def first_instant_from(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """Return the instant of a local time, or the first one after the gap that skips it."""
    return datetime.combine(day, clock.replace(fold=0), zone).astimezone(UTC)


def reached(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """Return when the clocks first show a local time; where they skip it, the instant at which they jump over it."""
    local = datetime.combine(day, clock.replace(fold=0), zone)
    late = local.astimezone(UTC)
    if late.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return late
    early = local.replace(fold=1).astimezone(UTC)  # before the jump: read with the offset that only holds after it
    before = early.astimezone(zone).utcoffset()
    while late - early > timedelta(seconds=1):
        between = early + (late - early) // 2
        if between.astimezone(zone).utcoffset() == before:
            early = between
        else:
            late = between
    return late.replace(microsecond=0)


def clock_span(day: date, start: time, end: time, zone: ZoneInfo) -> Span | None:
    """Return the instants from a local time of a date until another, of the next date when `end` is not after `start`.

    Both are taken where the clocks first show them. None when the clocks skip all of it.
    """
    last = day if start < end else day + timedelta(days=1)
    low, high = reached(day, start, zone), reached(last, end, zone)
    return Span(low, high) if low < high else None


def local_date(moment: datetime, zone: ZoneInfo) -> date:
    """Return the local date of an instant."""
    return moment.astimezone(zone).date()


def midnight_span(day: date, zone: ZoneInfo) -> Span:
    """Return the instants of a local date, which may be 23 or 25 hours."""
    return Span(first_instant_from(day, time(0), zone), first_instant_from(day + timedelta(days=1), time(0), zone))


def grid(day: date, step_minutes: int, zone: ZoneInfo) -> Iterator[datetime]:
    """Yield the instants of the local times 00:00, 00:00 + step, ... of a date; skipped local times are left out."""
    for minutes in range(0, 24 * 60, step_minutes):
        moment = instant(day, time(minutes // 60, minutes % 60), zone)
        if moment is not None:
            yield moment


def on_grid(moment: datetime, step_minutes: int, zone: ZoneInfo) -> bool:
    """Tell whether `grid` of the instant's local date yields the instant."""
    local = moment.astimezone(zone)
    if (local.hour * 60 + local.minute) % step_minutes or local.second or local.microsecond:
        return False
    return instant(local.date(), local.time(), zone) == moment
