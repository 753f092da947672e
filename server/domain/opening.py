"""When somebody or something is to be had: weekly rules, rules for dates, public holidays.

Which rule wins: the OPEN weekly rules of the most specific subject replace those of all others; OPEN rules for dates add to
them, on holidays too; CLOSED rules of any subject always close. A rule belongs to the local date on which it opens.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

from server.domain import local_time
from server.domain.errors import InvalidField
from server.domain.ids import encode
from server.domain.spans import Span
from server.domain.versioned import Versioned

EVERY_DAY = frozenset(range(1, 8))
ONE_DAY = timedelta(days=1)


class SubjectKind(Enum):
    """Whose opening it is; NOBODY's holds where nobody has said anything."""

    NOBODY = "NOBODY"
    AUTHORITY = "AUTHORITY"
    TEAM = "TEAM"
    OFFICER = "OFFICER"
    RESOURCE = "RESOURCE"


_RANK = {
    SubjectKind.NOBODY: -1,
    SubjectKind.AUTHORITY: 0,
    SubjectKind.TEAM: 1,
    SubjectKind.OFFICER: 2,
    SubjectKind.RESOURCE: 2,
}


@dataclass(frozen=True, slots=True)
class Subject:
    """The whole authority (no code), a team with all its officers, an officer, or a room or piece of equipment."""

    kind: SubjectKind
    code: str = ""

    @property
    def rank(self) -> int:
        """How specific it is."""
        return _RANK[self.kind]

    def __str__(self) -> str:
        return f"{self.kind.value.lower()}s/{self.code}" if self.code else self.kind.value.lower()


AUTHORITY = Subject(SubjectKind.AUTHORITY)


class Effect(Enum):
    """What a rule does."""

    OPEN = "OPEN"
    CLOSED = "CLOSED"


class Recurrence(Enum):
    """WEEKLY: on its weekdays. DATE: on every date of its range."""

    WEEKLY = "WEEKLY"
    DATE = "DATE"


@dataclass(frozen=True, slots=True)
class OpeningRule(Versioned):
    """From `start` until `end` of local time; an `end` that is not after `start` is on the next date.

    It holds on the dates from `first` up to, but not including, `after_last`; a WEEKLY one on its `weekdays` (ISO: Monday is
    1) and, unless `on_holidays`, not on public holidays.
    """

    subject: Subject
    effect: Effect
    recurrence: Recurrence
    start: time
    end: time
    weekdays: frozenset[int] = frozenset()
    first: date = date.min
    after_last: date = date.max
    on_holidays: bool = False
    note: str = ""
    id: int = 0
    version: int = 1

    def __post_init__(self) -> None:
        if not self.first < self.after_last:
            raise InvalidField.of(
                "rule.end_date", f"{self.after_last} is not after start_date {self.first}; it is the date after the last"
            )
        weekly = self.recurrence is Recurrence.WEEKLY
        if weekly != bool(self.weekdays) or not self.weekdays <= EVERY_DAY:
            raise InvalidField.of(
                "rule.weekdays", f"{sorted(self.weekdays)}: a WEEKLY rule needs at least one of 1 to 7, a DATE rule none"
            )

    @property
    def name(self) -> str:
        """The resource name."""
        return f"availabilityRules/{encode(self.id)}"

    def begins_on(self, day: date) -> bool:
        """Tell whether it opens or closes something that begins on that local date."""
        on = self.recurrence is Recurrence.DATE or day.isoweekday() in self.weekdays
        return on and self.first <= day < self.after_last

    def span(self, day: date, zone: ZoneInfo) -> Span | None:
        """Return the instants of that local date's occurrence; None where there is none, or the clocks skip it."""
        return local_time.clock_span(day, self.start, self.end, zone) if self.begins_on(day) else None


TURN = time(4)
"""When the day of something that is open around the clock gives way to the next: the hour in which least goes on."""
AROUND_THE_CLOCK = OpeningRule(
    Subject(SubjectKind.NOBODY), Effect.OPEN, Recurrence.WEEKLY, TURN, TURN, EVERY_DAY, on_holidays=True
)
"""The opening of a room or of equipment that nobody has given any."""


@dataclass(frozen=True, slots=True)
class Opening:
    """When something is open on a local date: disjoint spans in order, at least one."""

    day: date
    spans: tuple[Span, ...]

    @property
    def hull(self) -> Span:
        """From the first opening until the last closing."""
        return Span(self.spans[0].start, self.spans[-1].end)

    @property
    def closed(self) -> tuple[Span, ...]:
        """Return what is closed inside the hull."""
        pairs = zip(self.spans, self.spans[1:], strict=False)
        return tuple(Span(one.end, following.start) for one, following in pairs)


@dataclass(frozen=True, slots=True)
class Timetable:
    """The rules that apply to one officer or resource, in its zone, and the holidays among the dates asked about."""

    rules: tuple[OpeningRule, ...]
    holidays: frozenset[date]
    zone: ZoneInfo
    _known: dict[date, list[Span]] = field(default_factory=dict, repr=False, compare=False)

    def opening(self, day: date) -> Opening | None:
        """Return when it is open on a local date, None when not at all.

        What the date before opens for its night is that date's; openings of two dates never overlap, nor do their hulls.
        """
        opened = without(self._opened(day), [*self._opened(day - ONE_DAY), *self.closed(day)])
        return Opening(day, tuple(opened)) if opened else None

    def openings(self, first: date, after_last: date) -> list[Opening]:
        """Return when it is open on the dates from `first` up to, but not including, `after_last`."""
        days = (first + timedelta(days=number) for number in range((after_last - first).days))
        return [opening for day in days if (opening := self.opening(day))]

    def closed(self, day: date, recurrences: Collection[Recurrence] = tuple(Recurrence)) -> list[Span]:
        """Return what rules of these sorts close of a local date and of the night after it."""
        closing = [rule for rule in self.rules if rule.effect is Effect.CLOSED and rule.recurrence in recurrences]
        return merged(
            span for on in (day - ONE_DAY, day, day + ONE_DAY) for rule in closing if (span := rule.span(on, self.zone))
        )

    def _opened(self, day: date) -> list[Span]:
        if day not in self._known:
            self._known[day] = self._computed(day)
        return self._known[day]

    def _computed(self, day: date) -> list[Span]:
        opening = [rule for rule in self.rules if rule.effect is Effect.OPEN]
        dated = [rule for rule in opening if rule.recurrence is Recurrence.DATE]
        weekly = _most_specific([rule for rule in opening if rule.recurrence is Recurrence.WEEKLY], day)
        working = [rule for rule in weekly if rule.on_holidays or day not in self.holidays]
        return merged(span for rule in (*dated, *working) if (span := rule.span(day, self.zone)))


def _most_specific(weekly: Sequence[OpeningRule], day: date) -> list[OpeningRule]:
    """Return the rules of the most specific subject that has one in force on `day`, whatever its weekday."""
    valid = [rule for rule in weekly if rule.first <= day < rule.after_last]
    rank = max((rule.subject.rank for rule in valid), default=0)
    return [rule for rule in valid if rule.subject.rank == rank]


def merged(spans: Iterable[Span]) -> list[Span]:
    """Return the instants of all spans as disjoint spans that do not touch, in order."""
    found: list[Span] = []
    for span in sorted(spans):
        if found and span.start <= found[-1].end:
            found[-1] = Span(found[-1].start, max(found[-1].end, span.end))
        else:
            found.append(span)
    return found


def without(spans: Iterable[Span], holes: Iterable[Span]) -> list[Span]:
    """Return the instants of disjoint spans in order that are in no hole."""
    cuts, found = merged(holes), list[Span]()
    for span in spans:
        start = span.start
        for hole in cuts:
            if hole.overlaps(Span(start, span.end)):
                found += _between(start, hole.start)
                start = hole.end
            if start >= span.end:
                break
        found += _between(start, span.end)
    return found


def _between(start: datetime, end: datetime) -> list[Span]:
    return [Span(start, end)] if start < end else []
