"""Recurrence rules: the part of RFC 5545's RRULE that names dates. Pure calendar, no zone and no time of day.

Written out here because every walk must be short: libraries go on to the year 9999 for a rule that never comes true.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from itertools import islice


class Frequency(Enum):
    """How long the periods are that a rule repeats."""

    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"
    YEARLY = "YEARLY"


@dataclass(frozen=True, slots=True)
class NthWeekday:
    """A weekday (0: Monday); the `nth` of its month or year, from the end if negative, every one if 0."""

    weekday: int
    nth: int = 0


@dataclass(frozen=True, slots=True)
class RecurrenceRule:
    """Dates that come again. Of `until` (local, included) and `count` one is set; numbers from the end are negative."""

    frequency: Frequency
    interval: int = 1
    count: int = 0
    until: datetime | None = None
    weekdays: tuple[NthWeekday, ...] = ()
    month_days: tuple[int, ...] = ()
    months: tuple[int, ...] = ()
    positions: tuple[int, ...] = ()
    week_start: int = 0

    def dates(self, first: date, last: date) -> Iterator[date]:
        """Yield the dates from `first` to `last` (included) in order, `count` at most; `until` is the caller's."""
        found = (day for period in self._periods(first, last) for day in self._chosen(period, first) if first <= day <= last)
        return islice(found, self.count) if self.count else found

    def _periods(self, first: date, last: date) -> Iterator[date]:
        """Yield the first date of every period that counts, up to `last`."""
        match self.frequency:
            case Frequency.DAILY:
                yield from _stepped(first, last, self.interval)
            case Frequency.WEEKLY:
                week = first - timedelta(days=(first.weekday() - self.week_start) % 7)
                yield from _stepped(week, last, 7 * self.interval)
            case Frequency.MONTHLY:
                months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month, self.interval)
                yield from (date(month // 12, month % 12 + 1, 1) for month in months)
            case Frequency.YEARLY:
                yield from (date(year, 1, 1) for year in range(first.year, last.year + 1, self.interval))

    def _chosen(self, period: date, first: date) -> list[date]:
        days = sorted(set(self._in_period(period, first)))
        if not self.positions:
            return days
        picked = {position - 1 if position > 0 else len(days) + position for position in self.positions}
        return [day for place, day in enumerate(days) if place in picked]

    def _in_period(self, period: date, first: date) -> Iterable[date]:
        match self.frequency:
            case Frequency.DAILY:
                return [period] if self._allows(period) else []
            case Frequency.WEEKLY:
                wanted = {one.weekday for one in self.weekdays} or {first.weekday()}
                week = (period + timedelta(days=number) for number in range(7))
                return [day for day in week if day.weekday() in wanted and (not self.months or day.month in self.months)]
            case Frequency.MONTHLY:
                return self._in_month(period, first) if not self.months or period.month in self.months else []
            case Frequency.YEARLY:
                return self._in_year(period.year, first)

    def _allows(self, day: date) -> bool:
        """Tell whether a single date meets every BY part."""
        return (
            (not self.months or day.month in self.months)
            and (not self.month_days or day in _month_days(day.replace(day=1), self.month_days))
            and (not self.weekdays or day.weekday() in {one.weekday for one in self.weekdays})
        )

    def _in_month(self, month: date, first: date) -> list[date]:
        if self.month_days:
            days = _month_days(month, self.month_days)
            return [day for day in days if not self.weekdays or day in _weekdays(_month(month), self.weekdays)]
        if self.weekdays:
            return _weekdays(_month(month), self.weekdays)
        return _month_days(month, (first.day,))

    def _in_year(self, year: int, first: date) -> Iterable[date]:
        months = [date(year, month, 1) for month in range(1, 13)]
        if self.months or self.month_days:
            wanted = [month for month in months if not self.months or month.month in self.months]
            return (day for month in wanted for day in self._in_month(month, first))
        if self.weekdays:
            return _weekdays([day for month in months for day in _month(month)], self.weekdays)
        return _month_days(months[first.month - 1], (first.day,))


def _stepped(first: date, last: date, days: int) -> Iterator[date]:
    return (date.fromordinal(number) for number in range(first.toordinal(), last.toordinal() + 1, days))


def _month(month: date) -> list[date]:
    return [month.replace(day=number + 1) for number in range(monthrange(month.year, month.month)[1])]


def _month_days(month: date, numbers: Iterable[int]) -> list[date]:
    """Return those days of a month that it has: the 31st of June is no date."""
    days = _month(month)
    places = (number - 1 if number > 0 else len(days) + number for number in numbers)
    return [days[place] for place in places if 0 <= place < len(days)]


def _weekdays(days: list[date], wanted: Iterable[NthWeekday]) -> list[date]:
    """Return those weekdays among the days of a month or year."""
    found: list[date] = []
    for one in wanted:
        those = [day for day in days if day.weekday() == one.weekday]
        place = one.nth - 1 if one.nth > 0 else len(those) + one.nth
        found += those if one.nth == 0 else those[place : place + 1] if place >= 0 else []
    return found
