"""Rosters: which resource-days the opening rules make, and what becomes of days on which something stands already.

Days that were planned by hand (shifts) keep their span; of the rules only those that close a date reach them. A day of the
rules with nothing on it goes where its opening goes; one with stops keeps the time that they need.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import Enum

from server.domain.geography import Position
from server.domain.opening import (
    AROUND_THE_CLOCK,
    AUTHORITY,
    OpeningRule,
    Recurrence,
    Subject,
    SubjectKind,
    Timetable,
    without,
)
from server.domain.organisation import TravelMode
from server.domain.resource_day import Fact, ResourceDay, Stop, StopKind
from server.domain.spans import Span


class Origin(Enum):
    """What made a resource-day."""

    SHIFT = "SHIFT"
    RULE = "RULE"
    SESSION = "SESSION"


@dataclass(frozen=True, slots=True)
class Rostered:
    """Whoever or whatever has a roster: an officer of a team; a room or a piece of equipment, without `team` and `mode`."""

    id: int
    subject: Subject
    team: str
    zone: str
    base: Position
    mode: TravelMode | None
    seats: int = 1

    @property
    def codes(self) -> tuple[str, str]:
        """Return the officer's code and the resource's, one of them empty."""
        return (self.subject.code, "") if self.subject.kind is SubjectKind.OFFICER else ("", self.subject.code)

    @property
    def subjects(self) -> tuple[Subject, ...]:
        """Return the subjects whose rules and facts apply."""
        teams = (Subject(SubjectKind.TEAM, self.team),) if self.team else ()
        return (AUTHORITY, *teams, self.subject)

    def governing(self, rules: Iterable[OpeningRule]) -> tuple[OpeningRule, ...]:
        """Return those of the rules that apply; what is no officer is open around the clock where none opens it."""
        own = tuple(rule for rule in rules if rule.subject in self.subjects)
        return own if self.subject.kind is SubjectKind.OFFICER else (AROUND_THE_CLOCK, *own)

    def new_day(self, day: date, span: Span) -> ResourceDay:
        """Return an empty day."""
        return ResourceDay(day, self.id, span, 0, self.base, self.mode, seats=self.seats)


@dataclass(frozen=True, slots=True)
class Standing:
    """A day as it is, and what made it."""

    day: ResourceDay
    origin: Origin


@dataclass(frozen=True, slots=True)
class Frame:
    """The span that a day shall have, and what is closed inside it."""

    span: Span
    closed: tuple[Span, ...]


def is_occupied(day: ResourceDay) -> bool:
    """Tell whether anything stands on a day but what is closed."""
    return any(stop.kind is not StopKind.BLOCKED for stop in day.everything())


def frames(
    standing: Mapping[date, Standing], timetable: Timetable, dates: Iterable[date], now: datetime
) -> dict[date, Frame]:
    """Return the frame of every day of `standing` or `dates` that shall be: a date without one has no day.

    Days that are over stay as they are and are left out. The dates of rules are those of `dates` and of the rules' days.
    """
    kept = {on: span for on, day in standing.items() if (span := _kept(day, now))}
    by_rule = {on for on, day in standing.items() if day.origin is Origin.RULE and day.day.span.end > now}
    found: dict[date, Frame] = {}
    for on in sorted({*by_rule, *(day for day in dates if day not in standing)}):
        opening = timetable.opening(on)
        low = max((span.end for other, span in kept.items() if other < on), default=None)
        high = min((span.start for other, span in kept.items() if other > on), default=None)
        frame = _frame(_clipped(opening.spans if opening else (), low, high), kept.get(on))
        if frame and frame.span.end > now:
            found[on] = frame
    for on, day in standing.items():
        if day.origin is Origin.SHIFT and day.day.span.end > now:
            found[on] = Frame(day.day.span, tuple(_inside(day.day.span, timetable.closed(on, [Recurrence.DATE]))))
    return found


def _kept(day: Standing, now: datetime) -> Span | None:
    """Return the time that a day does not give up."""
    if day.origin is not Origin.RULE or day.day.span.end <= now:
        return day.day.span
    rows = [row.busy for row in day.day.occupancies() if row.kind != StopKind.BLOCKED.value]
    return Span(min(busy.start for busy in rows), max(busy.end for busy in rows)) if rows else None


def _clipped(spans: Iterable[Span], low: datetime | None, high: datetime | None) -> list[Span]:
    found = []
    for span in spans:
        start, end = max(span.start, low or span.start), min(span.end, high or span.end)
        if start < end:
            found.append(Span(start, end))
    return found


def _frame(opening: list[Span], kept: Span | None) -> Frame | None:
    every = [*opening, kept] if kept else opening
    if not every:
        return None
    span = Span(min(one.start for one in every), max(one.end for one in every))
    return Frame(span, tuple(without([span], opening)))


def _inside(span: Span, others: Iterable[Span]) -> list[Span]:
    return [both for other in others if (both := span.intersection(other))]


def reframed(day: ResourceDay, who: Rostered, span: Span, facts: Iterable[tuple[int, Span]]) -> ResourceDay:
    """Return the day with that span and those facts (overlay ids and when); its stops stay at their instants."""
    shift = span.offset(day.span.start)
    return replace(
        day,
        span=span,
        stops=tuple(_later(stop, shift) for stop in day.stops),
        beside=tuple(_later(stop, shift) for stop in day.beside),
        facts=tuple(
            Fact(overlay, span.offset(both.start), span.offset(both.end))
            for overlay, when in facts
            if (both := span.intersection(when))
        ),
        seats=who.seats,
    )


def _later(stop: Stop, shift: int) -> Stop:
    if not shift:
        return stop
    return replace(
        stop,
        earliest=stop.earliest + shift,
        latest=stop.latest + shift,
        start=stop.start + shift,
        expires=stop.expires + shift if stop.kind is StopKind.HOLD else 0,
    )
