"""Weekly opening times out of the common part of OpenStreetMap's `opening_hours` grammar.

Understood: weekdays and ranges ("Mo-Fr,Su"), several spans a day, past midnight, "24/7", "off" and "closed", rules
split by ";" of which a later one replaces the days it names, and additional rules after ",". Public and school
holidays are passed over. All else (months, sunrise, open ends, comments) is not understood: None, never a guess.
Grammar: https://wiki.openstreetmap.org/wiki/Key:opening_hours/specification.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

DAY_MINUTES = 1440
_DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_HOLIDAYS = frozenset({"PH", "SH"})
_CLOSED = frozenset({"off", "closed"})
_RULE = re.compile(r"^(?P<days>(?:(?:Mo|Tu|We|Th|Fr|Sa|Su|PH|SH)[-, ]*)*):?\s*(?P<times>.*)$")
_SPAN = re.compile(r"^(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})$")


@dataclass(frozen=True, slots=True, order=True)
class WeeklySpan:
    """Open from minute `start` to minute `end` (not included) of local time, counted from midnight of `weekday`.

    Monday is 0. `end` goes beyond 1440 where the span runs past midnight.
    """

    weekday: int
    start: int
    end: int

    def __post_init__(self) -> None:
        if not (0 <= self.weekday < 7 and 0 <= self.start < DAY_MINUTES and self.start < self.end <= 2 * DAY_MINUTES):
            raise ValueError(f"{self}: no span of a week; weekday 0..6, start < end, both in minutes")


@dataclass(frozen=True, slots=True)
class HoursReport:
    """How many texts were understood, empty, and not understood (by text)."""

    understood: int
    empty: int
    unknown: dict[str, int]


def weekly_spans(text: str) -> tuple[WeeklySpan, ...] | None:
    """The spans in order, none overlapping another of its day; an empty tuple is "never open".

    None for text that is empty or not understood.
    """
    week: dict[int, list[tuple[int, int]]] = {}
    for rule in text.split(";"):
        if rule.strip() and not _apply(rule.strip(), week):
            return None
    if not week:
        return None
    return tuple(WeeklySpan(day, start, end) for day in sorted(week) for start, end in _merged(week[day]))


def report_hours(texts: Iterable[str]) -> HoursReport:
    """How well a source's opening hours are understood."""
    understood = empty = 0
    unknown: Counter[str] = Counter()
    for text in texts:
        if not text.strip():
            empty += 1
        elif weekly_spans(text) is None:
            unknown[text] += 1
        else:
            understood += 1
    return HoursReport(understood, empty, dict(unknown))


def _merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """In order, with those that overlap or touch made one."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _apply(rule: str, week: dict[int, list[tuple[int, int]]]) -> bool:
    """Enter one rule; False when it is not understood. Its first part replaces the days that it names."""
    for number, part in enumerate(_parts(rule)):
        found = _RULE.match(part)
        days = _days(found["days"]) if found else None
        spans = _spans(found["times"].strip()) if found else None
        if days is None or spans is None:
            return False
        for day in days:
            week[day] = spans if number == 0 else [*week.get(day, []), *spans]
    return True


def _parts(rule: str) -> list[str]:
    """Split at commas that stand between times and days ("Mo-Fr 09:00-17:00, Sa 10:00-14:00")."""
    return [part.strip() for part in re.split(r"(?<=[0-9f])\s*,\s*(?=[A-Z])", rule)]


def _days(text: str) -> list[int] | None:
    """The weekdays named; all of them when none is; none when only holidays are."""
    if not text.strip(" ,:"):
        return list(range(7))
    days: list[int] = []
    for item in re.split(r"[,\s]+", re.sub(r"\s*-\s*", "-", text.strip(" ,:"))):
        first, dash, last = item.partition("-")
        if item in _HOLIDAYS:
            continue
        if first not in _DAYS or (dash and last not in _DAYS):
            return None
        start = _DAYS.index(first)
        length = (_DAYS.index(last) - start) % 7 if dash else 0
        days.extend((start + step) % 7 for step in range(length + 1))
    return days


def _spans(times: str) -> list[tuple[int, int]] | None:
    if times in _CLOSED:
        return []
    if times == "24/7":
        return [(0, DAY_MINUTES)]
    spans = [_span(item.strip()) for item in times.removesuffix(" open").split(",")]
    known = [span for span in spans if span is not None]
    return known if len(known) == len(spans) else None


def _span(text: str) -> tuple[int, int] | None:
    found = _SPAN.match(text.replace("–", "-"))
    if not found:
        return None
    start_hour, start_minute, end_hour, end_minute = map(int, found.groups())
    start, end = start_hour * 60 + start_minute, end_hour * 60 + end_minute
    if start_minute > 59 or end_minute > 59 or start >= DAY_MINUTES or end > 2 * DAY_MINUTES or start == end:
        return None
    return (start, end) if end > start else (start, end + DAY_MINUTES)
