"""Which rule keeps one officer from keeping one promise: rules are taken away until it fits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from server.domain.explanation import Obstacle, Rule
from server.domain.organisation import Officer
from server.domain.resource_day import ResourceDay, Stop, StopKind
from server.domain.spans import Span
from server.usecases.offers import Offers, Roads
from server.usecases.ports import Candidate

CLOSED = "closed"
_WITH = {
    StopKind.BREAK: "a break",
    StopKind.SESSION: "a session",
    StopKind.HOLD: "a slot that somebody holds",
    StopKind.BLOCKED: "time away",
}


@dataclass(frozen=True, slots=True)
class DayReasons:
    """Asks one officer's days about one promise."""

    offers: Offers
    roads: Roads
    asked: Candidate
    promise: Span
    now: datetime

    def of(
        self, officer: Officer, days: Sequence[ResourceDay], kinds: Mapping[int, str], grid: Sequence[Span]
    ) -> tuple[list[Obstacle], bool]:
        """Return what stands in the way, nothing if the promise can be kept; and whether a planned visit must give way.

        `kinds` says what the facts are, `grid` has the promises around, for what fits instead.
        """
        day = next((one for one in days if _covers(one.span, self.promise)), None)
        if day is None:
            return [_no_day(days, self.promise)], False
        seconds = self.asked.before + self.asked.work + self.asked.after
        if officer.limits.is_spent(day, seconds):
            kept = officer.limits.promised_percent
            return [Obstacle(Rule.SHARE, f"{kept} percent of the day, as much as may be, is promised", needs=kept)], False
        full = officer.limits.is_full(day)
        if not full and self._fits(day, self.asked):
            return [], False
        if not officer.limits.is_full(day, gone=1) and self._fits(day, self.asked, displacing=True):
            return [], True
        if full:
            most = officer.limits.visits
            return [Obstacle(Rule.VISIT_LIMIT, f"has {most} visits that day, as many as may be", needs=most)], False
        return [replace(self._why(day, kinds), nearest=self._nearest(day, grid))], False

    def _fits(self, day: ResourceDay, asked: Candidate, displacing: bool = False, promise: Span | None = None) -> bool:
        ways = self.offers.ways(day, asked, [promise or self.promise], self.roads, self.now, displacing=displacing)
        return next(iter(ways), None) is not None

    def _why(self, day: ResourceDay, kinds: Mapping[int, str]) -> Obstacle:
        missing = self._missing(day)
        if not self._fits(replace(day, stops=(), facts=(), home_travel=0), self.asked):
            text = f"the way there and back does not fit into the shift: {missing} s are missing"
            return Obstacle(Rule.TRAVEL, text, busy=day.span, missing_s=missing)
        away = replace(day, stops=(), home_travel=0).recut(int)
        for fact in day.facts:
            if not self._fits(away, self.asked) and fact.start < self._end(day) and self._start(day) < fact.end:
                return _fact(day, fact.start, fact.end, kinds.get(fact.overlay, ""), missing)
        stop = next(self._in_the_way(day), None)
        if stop is None:
            return Obstacle(Rule.TRAVEL, f"the way between the visits before and after takes {missing} s too long",
                            missing_s=missing)  # fmt: skip
        busy = Span(day.span.at(stop.busy[0]), day.span.at(stop.busy[1]))
        return Obstacle(Rule.BUSY, f"is busy with {_what(stop)} then: {missing} s are missing", _kind(stop), busy=busy,
                        missing_s=missing)  # fmt: skip

    def _in_the_way(self, day: ResourceDay) -> Iterator[Stop]:
        """Yield stops that would overlap the work even if nobody had to travel."""
        if self._fits(_without_travel(day), replace(self.asked, place=None)):
            return
        for stop in day.stops:
            if stop.start < self._end(day) and self._start(day) < stop.busy[1]:
                yield stop

    def _start(self, day: ResourceDay) -> int:
        return day.span.offset(self.promise.start) - self.asked.before

    def _end(self, day: ResourceDay) -> int:
        return day.span.offset(self.promise.end) - 1 + self.asked.work + self.asked.after

    def _missing(self, day: ResourceDay) -> int:
        """Return by how many seconds the work would have to be shorter to fit; 0 when even none does."""
        if not self._fits(day, replace(self.asked, work=0)):
            return 0
        low, high = 0, self.asked.work
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if self._fits(day, replace(self.asked, work=middle)) else (low, middle - 1)
        return self.asked.work - low

    def _nearest(self, day: ResourceDay, grid: Sequence[Span]) -> datetime | None:
        """Return the nearest promise of the day that fits, with nobody displaced."""
        inside = [one for one in grid if _covers(day.span, one)]
        for one in sorted(inside, key=lambda one: (abs(one.start - self.promise.start), one)):
            if self._fits(day, self.asked, promise=one):
                return one.start
        return None


def _covers(span: Span, promise: Span) -> bool:
    return span.start <= promise.start and promise.end <= span.end


def _no_day(days: Sequence[ResourceDay], promise: Span) -> Obstacle:
    """Return that nobody works then: not that day, or only before and after."""
    near = [day for day in days if abs(day.span.start - promise.start).days < 1 or day.span.overlaps(promise)]
    day = min(near, key=lambda one: abs(one.span.start - promise.start), default=None)
    if day is None:
        return Obstacle(Rule.NO_SHIFT, "does not work that day")
    return Obstacle(Rule.OUTSIDE_SHIFT, "does not work at that time", busy=day.span)


def _fact(day: ResourceDay, start: int, end: int, kind: str, missing: int) -> Obstacle:
    rule = Rule.CLOSED if kind == CLOSED else Rule.ABSENT
    text = "it is closed then" if rule is Rule.CLOSED else "is away then"
    return Obstacle(rule, text, busy=Span(day.span.at(start), day.span.at(end)), missing_s=missing)


def _what(stop: Stop) -> str:
    return "a booking" if stop.booking else _WITH.get(stop.kind, "a planned visit")


def _kind(stop: Stop) -> str:
    return "booking" if stop.booking else "visit" if stop.visit else stop.kind.value


def _without_travel(day: ResourceDay) -> ResourceDay:
    return replace(day, stops=tuple(replace(stop, travel=0) for stop in day.stops), home_travel=0)
