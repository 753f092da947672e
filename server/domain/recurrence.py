"""Occurrences: a recurrence rule with its exceptions, read in the local time of a zone.

A rule names local dates and a time of day. Where the clocks skip that time on a date, the occurrence is later by what they
skip (RFC 5545, 3.3.5), so no date is lost; where they show it twice, the first counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from server.domain import local_time
from server.domain.errors import InvalidField
from server.domain.recurrence_rule import RecurrenceRule
from server.domain.recurrence_text import MOST_OCCURRENCES, parse

LONGEST = timedelta(days=2 * 366)


@dataclass(frozen=True, slots=True)
class Pattern:
    """RRULE with RDATE and EXDATE as a client writes them. `start`, `more` and `less` are local times without a zone.

    `rule` is the value of an RRULE, empty for `start` and `more` alone. `less` takes out occurrences by their local time.
    """

    start: datetime
    zone: str
    rule: str = ""
    more: tuple[datetime, ...] = ()
    less: tuple[datetime, ...] = ()

    def occurrences(self, most: int = MOST_OCCURRENCES) -> list[datetime]:
        """Return the instants in order, or refuse a pattern without any, with more than `most`, or beyond two years."""
        zone = local_time.zone(self.zone)
        locals_ = sorted({*self._ruled(zone, most), *self.more} - set(self.less))
        if not locals_:
            raise InvalidField.of("rrule", "names no date at all from the start on: correct rrule, rdates or exdates")
        if len(locals_) > most:
            raise InvalidField.of("rrule", f"makes more than {most} occurrences: lower COUNT or UNTIL")
        self._must_be_near(locals_)
        return sorted({moment_of(local, zone) for local in locals_})

    def _ruled(self, zone: ZoneInfo, most: int) -> list[datetime]:
        if not self.rule:
            return [self.start]
        rule = parse(self.rule, zone)
        found: list[datetime] = []
        for day in rule.dates(self.start.date(), self._last(rule)):
            local = datetime.combine(day, self.start.time())
            if (rule.until is not None and local > rule.until) or len(found) > most:
                break
            found.append(local)
        if rule.count and len(found) < min(rule.count, most):
            raise InvalidField.of("rrule", f"COUNT={rule.count} is not reached within two years: it comes to {len(found)}")
        return found

    def _last(self, rule: RecurrenceRule) -> date:
        end = (self.start + LONGEST).date()
        if rule.until is not None and rule.until.date() > end:
            raise InvalidField.of("rrule", f"UNTIL={rule.until.date()} is over two years after the start: end it sooner")
        return end

    def _must_be_near(self, found: list[datetime]) -> None:
        for local in (found[0], found[-1]):
            if not self.start <= local <= self.start + LONGEST:
                raise InvalidField.of("rdates", f"{local:%Y%m%dT%H%M%S} is before the start or more than two years after it")


def moment_of(local: datetime, zone: ZoneInfo) -> datetime:
    """Return the instant of an occurrence's local time."""
    return local_time.first_instant_from(local.date(), local.time(), zone)
