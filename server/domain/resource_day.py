"""The day of a resource: what is locked, searched and changed as one, and the time that it occupies.

An officer's day is a route. The day of a room, of equipment or of a session has none: its stops stand `beside` it, each in a
seat of its own, as does the visit that an officer was overbooked with.

Seconds count from the start of the day's span (elapsed time, so clock changes need no care). The busy range of a stop is
inbound leg + buffer before + work + buffer after; idle time is before the leg, so an officer leaves as late as possible.
A stop without a place (break, telephone visit, blocked time) happens where the officer is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import Enum

from server.domain.geography import Position
from server.domain.organisation import TravelMode
from server.domain.spans import Span, cut

Legs = Callable[[Position, Position], int]
"""Seconds from one position to another for this officer's mode; raises KeyError for a pair that was not measured."""


class StopKind(Enum):
    """What a stop is; the value is the `kind` of its occupancy."""

    STOP = "stop"
    REMOTE = "remote"
    BREAK = "break"
    HOLD = "hold"
    SESSION = "session"
    BLOCKED = "overlay"


@dataclass(frozen=True, slots=True)
class Stop:
    """A stop of a route, or beside it. `earliest` .. `latest` (half-open) bound the start of work; ids are 0 for none.

    `fixed`: neither minute nor order may change online (frozen, pinned, several officers). `expires` (holds only) and all
    other times are seconds from the start of the day's span. `seat` counts from 0, which is the route's.
    """

    occupancy: int
    kind: StopKind
    place: Position | None
    work: int
    earliest: int
    latest: int
    start: int
    before: int = 0
    after: int = 0
    travel: int = 0
    weight: int = 0
    visit: int = 0
    booking: int = 0
    hold: int = 0
    overlay: int = 0
    fixed: bool = False
    expires: int = 0
    session: int = 0
    seat: int = 0

    @property
    def busy(self) -> tuple[int, int]:
        """The half-open range it occupies: inbound leg, buffers and work."""
        return self.start - self.before - self.travel, self.start + self.work + self.after

    @property
    def leave(self) -> int:
        """When the officer has to set out for it."""
        return self.busy[0]

    @property
    def is_promise(self) -> bool:
        """Whether somebody was promised this time."""
        return bool(self.booking or self.hold)


@dataclass(frozen=True, slots=True)
class Fact:
    """A recorded absence or closure as far as it touches this day: half-open seconds from the start of the span."""

    overlay: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Occupancy:
    """A row of the truth: busy time of seats of one resource on one day. `lead_s` after its start, work begins.

    `seats` is half-open; None: all there will ever be.
    """

    id: int
    day: date
    resource: int
    busy: Span
    lead_s: int
    kind: str
    visit: int = 0
    booking: int = 0
    hold: int = 0
    overlay: int = 0
    expires: datetime | None = None
    session: int = 0
    seats: tuple[int, int | None] = (0, 1)


@dataclass(frozen=True, slots=True)
class ResourceDay:
    """The day of one resource. `stops` are in order of time, blocked pieces among them; `home_travel` is the way back.

    What is not an officer has no route but its blocked pieces, and no `mode`: it stands at `base`.
    """

    day: date
    resource: int
    span: Span
    seq: int
    base: Position
    mode: TravelMode | None
    stops: tuple[Stop, ...] = ()
    facts: tuple[Fact, ...] = ()
    home: int = 0
    home_travel: int = 0
    seats: int = 1
    beside: tuple[Stop, ...] = ()

    @property
    def key(self) -> tuple[date, int]:
        """What it is locked by."""
        return self.day, self.resource

    def places(self) -> Iterator[Position]:
        """Yield base and every stop's place."""
        yield self.base
        for stop in self.stops:
            if stop.place is not None:
                yield stop.place

    def everything(self) -> tuple[Stop, ...]:
        """Return the stops of the route and those beside it."""
        return (*self.stops, *self.beside) if self.beside else self.stops

    def each(self, change: Callable[[Stop], Stop]) -> ResourceDay:
        """Return the day with every stop changed, on the route and beside it."""
        return replace(self, stops=tuple(map(change, self.stops)), beside=tuple(map(change, self.beside)))

    def stop_of_visit(self, visit: int) -> Stop | None:
        """Return the stop of that visit, if it is on this route."""
        return next((stop for stop in self.everything() if stop.visit == visit), None)

    def without(self, occupancies: Iterable[int], legs: Legs) -> ResourceDay:
        """Return the day without those stops. Never fails: a merged leg is at most as long as the old ones together."""
        gone = set(occupancies)
        if any(stop.occupancy in gone for stop in self.beside):
            beside = tuple(stop for stop in self.beside if stop.occupancy not in gone)
            return replace(self, beside=beside).without(gone, legs)
        if all(stop.occupancy not in gone for stop in self.stops):
            return self
        kept: list[Stop] = []
        run: list[Stop] = []  # since the last place that is kept: one journey, in pieces where breaks lie on it
        here, old, merged = self.base, 0, False
        for stop in self.stops:
            old += stop.travel
            if stop.occupancy in gone:
                merged = True
                continue
            run.append(stop)
            if stop.place is not None:
                kept += _journey(run, 0, _way(here, stop.place, old, legs))[0] if merged else run
                run, here, old, merged = [], stop.place, 0, False
        home = self.home_travel
        if merged:
            run, home = _journey(run, self.span.seconds, _way(here, self.base, old + home, legs))
        return replace(self, stops=(*kept, *run), home_travel=home)

    def with_stop(self, stop: Stop, position: int, starts: Iterable[int], legs: Legs) -> ResourceDay:
        """Return the day with `stop` put at `position` (0: first) and every stop, the new one too, at its new start.

        Raises KeyError when `legs` does not know a leg that the change needs.
        """
        order = [*self.stops[:position], stop, *self.stops[position:]]
        moved = [replace(old, start=start) for old, start in zip(order, starts, strict=True)]
        return replace(self, stops=tuple(moved)).relinked(legs, fresh={stop.occupancy})

    def relinked(self, legs: Legs, fresh: set[int]) -> ResourceDay:
        """Return the day with the inbound legs of `fresh` stops, and of those that now follow one, measured anew."""
        stops: list[Stop] = []
        before, after_fresh = self.base, False
        for stop in self.stops:
            if stop.place is None:
                stops.append(stop)
                continue
            new = stop.occupancy in fresh
            stops.append(replace(stop, travel=legs(before, stop.place)) if new or after_fresh else stop)
            before, after_fresh = stop.place, new
        home = legs(before, self.base) if after_fresh else self.home_travel
        return replace(self, stops=tuple(stops), home_travel=home)

    def under_way(self, since: int) -> ResourceDay:
        """Return the day as it can still change at `since`: what was left for stays, for the rest nobody leaves before."""
        if since <= 0:
            return self
        stops = (
            replace(stop, fixed=True)
            if stop.leave < since
            else replace(stop, earliest=max(stop.earliest, since + stop.travel + stop.before))
            for stop in self.stops
        )
        return replace(self, stops=tuple(stops))

    def without_expired(self, now: datetime, legs: Legs, keep: int = 0) -> ResourceDay:
        """Return the day without the holds whose time has run out by `now`; the hold `keep` stays all the same."""
        moment = self.span.offset(now)
        holds = [stop for stop in self.everything() if stop.kind is StopKind.HOLD and stop.hold != keep]
        return self.without([stop.occupancy for stop in holds if stop.expires <= moment], legs)

    def recut(self, new_id: Callable[[], int]) -> ResourceDay:
        """Return the day with blocked pieces wherever a fact does not collide with a stop; ids are kept if possible."""
        old: dict[int, list[Stop]] = {}
        for stop in self.stops:
            if stop.kind is StopKind.BLOCKED:
                old.setdefault(stop.overlay, []).append(stop)
        stops = [stop for stop in self.stops if stop.kind is not StopKind.BLOCKED]
        holes = [stop.busy for stop in stops]
        home = self._home_busy(stops)
        if home:
            holes.append(home)
        holes += [stop.busy for stop in self.beside]  # what is blocked is blocked in every seat
        for fact in self.facts:
            for low, high in cut((fact.start, fact.end), holes):
                known = old.get(fact.overlay)
                identity = known.pop(0).occupancy if known else new_id()
                stops.append(_blocked(identity, fact.overlay, low, high))
                holes.append((low, high))
        return replace(self, stops=tuple(sorted(stops, key=lambda stop: (stop.start, stop.busy))))

    def _home_busy(self, stops: Iterable[Stop]) -> tuple[int, int] | None:
        if not self.home_travel:
            return None
        there = [stop for stop in stops if stop.kind is not StopKind.BLOCKED]
        end = max((stop.busy[1] for stop in there if not self.rests_away(stop)), default=0)
        if any(end < stop.busy[1] and stop.busy[0] < end + self.home_travel for stop in there):
            end = max(stop.busy[1] for stop in there)  # no time to go home before the break
        return end, end + self.home_travel

    def rests_away(self, stop: Stop) -> bool:
        """Tell whether a stop is time away, before which the officer may be home: blocked, or a break inside a fact."""
        if stop.kind is StopKind.BREAK:
            return any(fact.start <= stop.busy[0] and stop.busy[1] <= fact.end for fact in self.facts)
        return stop.kind is StopKind.BLOCKED

    def collisions(self) -> list[Stop]:
        """Return the promised stops whose busy time a fact takes."""
        return [stop for stop in self.everything() if stop.is_promise and self._is_away(stop)]

    def overtaken(self) -> list[Stop]:
        """Return the stops of planned visits, promised to nobody, whose busy time a fact takes."""
        return [stop for stop in self.stops if stop.visit and not stop.is_promise and self._is_away(stop)]

    def _is_away(self, stop: Stop) -> bool:
        return any(fact.start < stop.busy[1] and stop.busy[0] < fact.end for fact in self.facts)

    def occupancies(self, known: ResourceDay | None = None) -> list[Occupancy]:
        """Return the rows that this day must have: one per stop, and one for the way home unless it is empty.

        Without those that `known`, the same day at another time, has for the very same stops.
        """
        same = {id(stop) for stop in known.everything()} if known is not None and known.span == self.span else set()
        rows = [self._row(stop) for stop in self.everything() if id(stop) not in same]
        rows += [Occupancy(self.home, self.day, self.resource, self._span(home), 0, "home") for home in self.homewards()]
        return rows

    def homewards(self) -> tuple[tuple[int, int], ...]:
        """Return when the officer is on the way home: one half-open range, or none."""
        home = self._home_busy(self.stops)
        return (home,) if home else ()

    def _row(self, stop: Stop) -> Occupancy:
        return Occupancy(
            stop.occupancy,
            self.day,
            self.resource,
            self._span(stop.busy),
            stop.travel + stop.before,
            stop.kind.value,
            stop.visit,
            stop.booking,
            stop.hold,
            stop.overlay,
            self.span.at(stop.expires) if stop.kind is StopKind.HOLD else None,
            stop.session,
            (0, None) if stop.kind is StopKind.BLOCKED else (stop.seat, stop.seat + 1),
        )

    def _span(self, busy: tuple[int, int]) -> Span:
        return Span(self.span.at(busy[0]), self.span.at(busy[1]))

    def defects(self) -> list[str]:
        """Return what is wrong with this day as a route; a day that is stored has none."""
        found, free, before = [], 0, False
        for stop in self.stops:
            low, high = stop.busy
            if low < free:
                found.append(f"stop {stop.occupancy} starts {free - low} s before the one before it has ended")
            if not stop.earliest <= stop.start < stop.latest:
                found.append(f"stop {stop.occupancy} starts at {stop.start}, outside {stop.earliest} .. {stop.latest}")
            free, before = high, before or stop.place is not None
        found += self._seat_defects()
        if self._end() > self.span.seconds:
            found.append(f"the day ends {self._end() - self.span.seconds} s after the shift")
        if self.home_travel and not before:
            found.append("a way home without a stop")
        return found

    def _seat_defects(self) -> Iterator[str]:
        free: dict[int, int] = {}
        for stop in sorted(self.beside, key=lambda stop: (stop.seat, stop.busy)):
            low, high = stop.busy
            if low < free.get(stop.seat, 0):
                yield f"stop {stop.occupancy} starts before seat {stop.seat} is free"
            if high > self.span.seconds:
                yield f"stop {stop.occupancy} ends {high - self.span.seconds} s after the day"
            free[stop.seat] = high

    def _end(self) -> int:
        home = self._home_busy(self.stops)
        return max(home[1] if home else 0, max((stop.busy[1] for stop in self.stops), default=0))

    def travel_seconds(self) -> int:
        """Seconds on the way, home included."""
        return sum(stop.travel for stop in self.stops) + self.home_travel


def _way(start: Position, end: Position, old: int, legs: Legs) -> int:
    """Return the direct way, or the `old` one where that is shorter, or the direct one unknown or impossible."""
    if start == end:
        return 0
    try:
        direct = legs(start, end)
    except KeyError:
        return old
    return direct if 0 <= direct < old else old


def _journey(run: list[Stop], home_by: int, way: int) -> tuple[list[Stop], int]:
    """Return a journey's stops with `way` seconds of travel shared out among them, and what is left for the way home.

    Each takes what fits between it and the stop before it, the last one first: a break lies on a leg only where it must.
    Facts give way. `home_by` is when the officer must be home, 0 for a journey that ends at the last stop.
    """
    moving = [stop for stop in run if stop.kind is not StopKind.BLOCKED]
    ends = [stop.busy[1] for stop in moving]
    rooms = [stop.start - stop.before - end for end, stop in zip(ends, moving[1:], strict=False)]
    home = min(way, home_by - ends[-1]) if home_by and ends else way if home_by else 0
    left, travel = way - home, dict[int, int]()
    for stop, room in zip(reversed(moving[1:]), reversed(rooms), strict=True):
        travel[stop.occupancy] = min(left, room)
        left -= travel[stop.occupancy]
    if moving:
        travel[moving[0].occupancy] = left
    return [_reached(stop, travel.get(stop.occupancy, 0)) for stop in run], home


def _reached(stop: Stop, travel: int) -> Stop:
    """Return the stop with that leg into it; itself where nothing changes: a search takes out stops by the thousand."""
    return stop if stop.travel == travel else replace(stop, travel=travel)


def _blocked(identity: int, overlay: int, low: int, high: int) -> Stop:
    return Stop(identity, StopKind.BLOCKED, None, high - low, low, low + 1, low, overlay=overlay, fixed=True, weight=0)
