"""Local dates and times in words of the customer's language."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from server.domain.spans import Span

_EN_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_EN_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_FI_DAYS = ("ma", "ti", "ke", "to", "pe", "la", "su")


def _en_date(moment: datetime) -> str:
    return f"{_EN_DAYS[moment.weekday()]} {moment.day} {_EN_MONTHS[moment.month - 1]} {moment.year},"


def _fi_date(moment: datetime) -> str:
    return f"{_FI_DAYS[moment.weekday()]} {moment.day}.{moment.month}.{moment.year} klo"


_DATES: dict[str, Callable[[datetime], str]] = {"en": _en_date, "fi": _fi_date}
_CLOCKS = {"en": "%H:%M", "fi": "%H.%M"}

LANGUAGES = frozenset(_DATES)
FALLBACK = "en"


def language_for(*wishes: str) -> str:
    """Return the first wish (BCP 47) that we have words for, else English."""
    known = (wish.partition("-")[0].lower() for wish in wishes)
    return next((wish for wish in known if wish in LANGUAGES), FALLBACK)


def moment_in_words(moment: datetime, zone: ZoneInfo, language: str) -> str:
    """Return e.g. "Mon 23 Nov 2026, 10:00 EET"."""
    local = moment.astimezone(zone)
    return f"{_DATES[language](local)} {_clock(local, language)} {_zone(local)}"


def span_in_words(span: Span, zone: ZoneInfo, language: str) -> str:
    """Return e.g. "Mon 23 Nov 2026, 10:00-12:00 EET"; both ends in full where date or zone differ between them."""
    start, end = span.start.astimezone(zone), span.end.astimezone(zone)
    if (start.date(), _zone(start)) != (end.date(), _zone(end)):
        return f"{moment_in_words(start, zone, language)} - {moment_in_words(end, zone, language)}"
    return f"{_DATES[language](start)} {_clock(start, language)}-{_clock(end, language)} {_zone(start)}"


def _clock(local: datetime, language: str) -> str:
    return local.strftime(_CLOCKS[language])


def _zone(local: datetime) -> str:
    """Return the zone's abbreviation; many zones have none but their offset."""
    name = local.tzname() or "UTC"
    return f"UTC{name}" if name[0] in "+-" else name
