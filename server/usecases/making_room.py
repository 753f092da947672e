"""Making room for an urgent visit on days that are under way: who goes, what gives way, and where that goes instead.

Nobody's started, pinned or frozen stop moves, and a booking's minutes move inside its promise only. Planned visits that
weigh less give way first; bookings only where nothing else helps, and only to other officers inside their promises.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from server.domain.geography import Position
from server.domain.resource_day import ResourceDay, Stop, StopKind
from server.usecases.board import Board, Gives, Made, Move, Roads, Urgent
from server.usecases.ports import Candidate, DayKey, Fit, Inserter

MOST_TRIES = 40


@dataclass(frozen=True, slots=True)
class _Way:
    """One officer's way to do it: without the stops `removed`, work may start from `earliest` to `latest` (included)."""

    day: ResourceDay
    removed: tuple[Stop, ...]
    fit: Fit
    extra: int

    @property
    def earliest(self) -> datetime:
        return self.day.span.at(self.fit.earliest)

    @property
    def latest(self) -> datetime:
        return self.day.span.at(self.fit.latest)

    @property
    def cost(self) -> tuple[int, int, datetime, int, int]:
        bookings = sum(1 for stop in self.removed if stop.booking)
        weight = sum(stop.weight for stop in self.removed)
        return bookings, weight, self.earliest, self.extra, self.day.resource


_Team = tuple[_Way, ...]


class Room:
    """Looks for the way that costs the plan least: fewest bookings moved, least weight pushed out, then the earliest."""

    def __init__(
        self, inserter: Inserter, roads: Roads, board: Board, urgent: Urgent, new_id: Callable[[], int] = int
    ) -> None:
        self._inserter = inserter
        self._roads = roads
        self._board = board
        self._urgent = urgent
        self._new_id = new_id

    def made(self, new: Stop, occupancies: Sequence[int], may_break: bool) -> Made | None:
        """Return the days with the stop `new` on those of its crew, a row for each of them, or None."""
        for gives in Gives:
            if found := self._first(gives, new, occupancies, breaking=False):
                return found
        return self._first(Gives.PROMISES, new, occupancies, breaking=True) if may_break else None

    def _first(self, gives: Gives, new: Stop, occupancies: Sequence[int], *, breaking: bool) -> Made | None:
        ways = [way for day in self._board.days.values() for way in self._ways(day, gives)]
        for team in sorted(self._teams(ways), key=_rank)[:MOST_TRIES]:
            found = self._with(team, new, occupancies, breaking)
            if found is not None:
                return found
        return None

    def _teams(self, ways: Sequence[_Way]) -> Iterator[_Team]:
        ranked = sorted(ways, key=lambda way: way.cost)
        for way in ranked:
            if way.day.resource in self._urgent.crew[0]:
                team = self._joined((way,), ranked)
                if team is not None:
                    yield team

    def _joined(self, team: _Team, ranked: Sequence[_Way]) -> _Team | None:
        """Return the team with the cheapest others who can start with it, or None."""
        if len(team) == len(self._urgent.crew):
            return team
        taken = {way.day.resource for way in team}
        earliest, latest = max(way.earliest for way in team), min(way.latest for way in team)
        for way in ranked:
            together = way.earliest <= latest and earliest <= way.latest
            if together and way.day.resource in self._urgent.crew[len(team)] - taken:
                whole = self._joined((*team, way), ranked)
                if whole is not None:
                    return whole
        return None

    def _ways(self, day: ResourceDay, gives: Gives) -> Iterator[_Way]:
        """Yield the ways of a day, each with a run of stops that give way; runs that need not grow are not grown."""
        if not any(day.resource in part for part in self._urgent.crew):
            return
        loose = [stop for stop in day.stops if self._gives_way(day, stop, gives)]
        runs = [tuple(loose[i:j]) for i in range(len(loose)) for j in range(i + 1, len(loose) + 1)]
        if gives is Gives.NOTHING:
            runs = [()]
        elif gives is Gives.PROMISES:
            runs = [run for run in runs if any(stop.booking for stop in run)]
        enough: list[tuple[Stop, ...]] = []
        for run in sorted(runs, key=len):
            if any(set(shorter) <= set(run) for shorter in enough):
                continue
            found = list(self._ways_without(day, run))
            if found and len(self._urgent.crew) == 1:
                enough.append(run)
            yield from found

    def _gives_way(self, day: ResourceDay, stop: Stop, gives: Gives) -> bool:
        if not stop.visit or self._is_still(day, stop):
            return False
        if stop.booking:
            return gives is Gives.PROMISES
        return stop.weight < self._urgent.asked.weight

    def _ways_without(self, day: ResourceDay, removed: tuple[Stop, ...]) -> Iterator[_Way]:
        if self._is_full(day, 1 - len(removed)):
            return
        without = self._without(day, removed)
        bounds = day.span.offset(self._urgent.starts.start), day.span.offset(self._urgent.starts.end)
        saved = without.travel_seconds() - day.travel_seconds()
        for fit in self._fits(without, self._urgent.asked, bounds):
            yield _Way(day, removed, fit, fit.extra + saved)

    def _without(self, day: ResourceDay, removed: Sequence[Stop]) -> ResourceDay:
        """Return the day without some stops; an absence that they stood against keeps what it gets back."""
        without = day.without([stop.occupancy for stop in removed], self._roads.legs(day))
        return without.recut(self._new_id) if removed and day.facts else without

    def _fits(self, day: ResourceDay, asked: Candidate, bounds: tuple[int, int]) -> list[Fit]:
        """Return the places in a day from now on, behind everything that has begun."""
        since = max(0, day.span.offset(self._board.now))
        reach = self._roads.reach(day, asked.place)
        begun = [index for index, stop in enumerate(day.stops) if self._has_begun(day, stop)]
        found = []
        for fit in self._inserter.fits(self._held(day), asked, bounds, reach):
            if fit.position <= max(begun, default=-1):
                continue
            leg = 0 if asked.place is None else reach.to_place[_before(day, fit.position)]
            earliest = max(fit.earliest, since + leg + asked.before) if since else fit.earliest
            if earliest <= fit.latest:
                found.append(replace(fit, earliest=earliest))
        return found

    def _held(self, day: ResourceDay) -> ResourceDay:
        """Return the day as it can still change."""
        stops = (replace(stop, fixed=True) if self._is_still(day, stop) else stop for stop in day.stops)
        return replace(day, stops=tuple(stops)).under_way(day.span.offset(self._board.now))

    def _has_begun(self, day: ResourceDay, stop: Stop) -> bool:
        return stop.leave < day.span.offset(self._board.now) or stop.visit in self._board.begun

    def _is_still(self, day: ResourceDay, stop: Stop) -> bool:
        frozen = stop.leave < day.span.offset(self._board.frozen_until)
        return stop.fixed or frozen or self._has_begun(day, stop)

    def _is_full(self, day: ResourceDay, more: int) -> bool:
        most = self._board.most.get(day.resource, 0)
        return bool(most) and sum(1 for stop in day.everything() if stop.visit or stop.hold) + more > most

    def _with(self, team: _Team, new: Stop, occupancies: Sequence[int], breaking: bool) -> Made | None:
        """Return the days with the urgent stop, and with what gave way where it can go; None if that is not allowed."""
        start = max(way.earliest for way in team)
        days = dict(self._board.days)
        for way, occupancy in zip(team, occupancies, strict=True):
            without = self._without(way.day, way.removed)
            stop = self._bounded(replace(new, occupancy=occupancy), without)
            days[way.day.key] = self._put(without, stop, way.fit, without.span.offset(start))
        loose = sorted(((way.day, stop) for way in team for stop in way.removed), key=_dearest_first)
        moves = [self._moved(days, origin, stop) for origin, stop in loose]
        if not breaking and any(move.stop.booking and move.broken for move in moves):
            return None
        changed = {key: day for key, day in days.items() if day is not self._board.days[key]}
        if any(day.defects() or self._disturbs(self._board.days[key], day) for key, day in changed.items()):
            return None
        return Made(changed, start, tuple(way.day.key for way in team), tuple(moves))

    def _bounded(self, stop: Stop, day: ResourceDay) -> Stop:
        starts = self._urgent.starts
        return replace(stop, earliest=day.span.offset(starts.start), latest=day.span.offset(starts.end))

    def _put(self, day: ResourceDay, stop: Stop, fit: Fit, start: int) -> ResourceDay:
        asked = _asked(stop)
        starts = self._inserter.starts(self._held(day), asked, fit, start, self._roads.reach(day, stop.place))
        return day.with_stop(stop, fit.position, starts, self._roads.legs(day))

    def _moved(self, days: dict[DayKey, ResourceDay], origin: ResourceDay, stop: Stop) -> Move:
        """Put a stop that gave way where it costs least; a booking that fits nowhere stays beside its route."""
        best: tuple[tuple[int, int, int], ResourceDay, Stop, Fit] | None = None
        for day in days.values():
            there = _on(origin, day, stop)
            if there is None or day.resource not in self._board.able.get(stop.visit, frozenset()) or self._is_full(day, 1):
                continue
            for fit in self._fits(day, _asked(there), (there.earliest, there.latest)):
                rank = fit.extra, fit.earliest, day.resource
                if best is None or rank < best[0]:
                    best = rank, day, there, fit
        if best is not None:
            _, day, there, fit = best
            days[day.key] = self._put(day, there, fit, fit.earliest)
            return Move(stop, origin, days[day.key], day.span.at(fit.earliest))
        if not stop.booking:
            return Move(stop, origin)
        days[origin.key] = _beside(days[origin.key], stop)
        return Move(stop, origin, start=origin.span.at(stop.start), broken=True)

    def _disturbs(self, before: ResourceDay, after: ResourceDay) -> bool:
        """Tell whether anything that stands still has moved."""
        starts = {stop.occupancy: (stop.start, stop.seat) for stop in after.everything()}
        still = (stop for stop in before.stops if stop.kind is not StopKind.BLOCKED and self._is_still(before, stop))
        return any(starts.get(stop.occupancy) != (stop.start, stop.seat) for stop in still)


def _rank(team: _Team) -> tuple[int, int, datetime, int, int]:
    """Return what a crew costs: bookings moved, weight pushed out, the start, travel; officers settle ties."""
    costs = [way.cost for way in team]
    start = max(way.earliest for way in team)
    return sum(c[0] for c in costs), sum(c[1] for c in costs), start, sum(c[3] for c in costs), costs[0][4]


def _dearest_first(loose: tuple[ResourceDay, Stop]) -> tuple[bool, int, int]:
    stop = loose[1]
    return not stop.booking, -stop.weight, stop.occupancy


def _asked(stop: Stop) -> Candidate:
    return Candidate(stop.place, stop.work, stop.before, stop.after, stop.weight)


def _before(day: ResourceDay, position: int) -> Position:
    return next((stop.place for stop in reversed(day.stops[:position]) if stop.place is not None), day.base)


def _on(origin: ResourceDay, day: ResourceDay, stop: Stop) -> Stop | None:
    """Return a stop of the day `origin` as it would be on another day of that date; None where its time is not."""
    if day.day != origin.day:
        return None
    bounds = day.span.offset(origin.span.at(stop.earliest)), day.span.offset(origin.span.at(stop.latest))
    if not stop.booking and (stop.earliest, stop.latest) == (0, origin.span.seconds):
        bounds = 0, day.span.seconds  # it had the whole of that shift, so it has the whole of any
    earliest, latest = max(0, bounds[0]), min(day.span.seconds, bounds[1])
    return replace(stop, earliest=earliest, latest=latest, travel=0) if earliest < latest else None


def _beside(day: ResourceDay, stop: Stop) -> ResourceDay:
    """Return the day with a stop that lost its time in the first seat beside the route that is free then."""
    low, high = stop.busy
    taken = {other.seat for other in day.beside if other.busy[0] < high and low < other.busy[1]}
    seat = next(seat for seat in range(1, len(taken) + 2) if seat not in taken)
    return replace(day, beside=(*day.beside, replace(stop, seat=seat, fixed=True)))
