"""The bridge to gis for opening hours: weekly local times become the instants of one date."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from gis.opening_hours import DAY_MINUTES, weekly_spans
from server.domain import local_time
from server.domain.spans import Span


class GisOpeningHours:
    """Reads OpenStreetMap's opening_hours."""

    def windows(self, text: str, day: date, zone: str) -> tuple[Span, ...] | None:
        """Return when a place is open on a local date; None when the text says nothing that we understand."""
        week = weekly_spans(text)
        if week is None:
            return None
        found = [_span(day, span.start, span.end, zone) for span in week if span.weekday == day.weekday()]
        return tuple(span for span in found if span is not None)


def _span(day: date, start: int, end: int, zone: str) -> Span | None:
    low, high = _instant(day, start, zone), _instant(day, end, zone)
    return Span(low, high) if low < high else None


def _instant(day: date, minutes: int, zone: str) -> datetime:
    days, rest = divmod(minutes, DAY_MINUTES)
    return local_time.first_instant_from(day + timedelta(days=days), time(rest // 60, rest % 60), local_time.zone(zone))
