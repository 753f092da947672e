"""Offers: what would this promise cost each officer's day? The search and the final check share this code."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from types import MappingProxyType

from server.domain import local_time
from server.domain.catalogue import Place, Service, lacking
from server.domain.geography import Position
from server.domain.limits import UNLIMITED, Limits
from server.domain.organisation import Officer, Premises, TravelMode
from server.domain.resource import Location
from server.domain.resource_day import Legs, ResourceDay, Stop, StopKind
from server.domain.spans import Span
from server.usecases.crews import teams, total
from server.usecases.ports import Candidate, DayKey, Fit, Inserter, LegTable, Reach, Travel
from server.usecases.venues import where

ONE_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Way:
    """One officer's way to keep a promise: work may start from `earliest` to `latest` (included), at `fit` of the day."""

    day: ResourceDay
    fit: Fit
    earliest: datetime
    latest: datetime

    @property
    def key(self) -> DayKey:
        """The officer's day."""
        return self.day.key

    @property
    def cost(self) -> tuple[int, int]:
        """What it costs the plan: weight that is pushed out first, then travel."""
        return self.fit.displaced_weight, self.fit.extra


@dataclass(frozen=True, slots=True)
class Offer:
    """A promise that could be kept: a way per member of the crew, the lead first; together they can start at `start`."""

    promise: Span
    ways: tuple[Way, ...]
    start: datetime

    @property
    def cost(self) -> tuple[int, int]:
        """What it costs the plan."""
        return total(self.ways)

    @property
    def lead(self) -> int:
        """The officer who leads."""
        return self.ways[0].day.resource

    @property
    def rank(self) -> tuple[tuple[int, int], int]:
        """Cheapest first; officers settle ties, so that everybody ranks alike."""
        return self.cost, self.lead


def candidate(
    service: Service, premises: Premises | None, weight: int | None = None, location: Location | None = None
) -> Candidate:
    """Return the stop that a visit of this service at that place makes; time to walk in is a buffer before work."""
    on_site = premises is not None and service.place is Place.ON_SITE
    return Candidate(
        place=where(service, premises, location),
        work=service.work_s,
        before=service.before_s + (premises.approach_s if premises and on_site else 0),
        after=service.after_s,
        weight=service.weight if weight is None else weight,
    )


def crew_of(officers: Iterable[Officer], service: Service) -> tuple[frozenset[int], ...]:
    """Return, for each member of the crew, the officers (resource ids) who have the skills for that part."""
    people = list(officers)
    return tuple(frozenset(o.id for o in people if not lacking(o.skills, needs)) for needs in service.crew)


@dataclass(frozen=True, slots=True)
class Roads:
    """How to get about, day by day: the legs of the officer's mode, and those between the day's places and the new one."""

    legs: Callable[[ResourceDay], Legs]
    reach: Callable[[ResourceDay], Reach]


class Offers:
    """Evaluates promises against officer-days."""

    def __init__(self, inserter: Inserter, travel: Travel) -> None:
        self._inserter = inserter
        self._travel = travel

    def reach(self, place: Position | None, days: Iterable[ResourceDay]) -> dict[TravelMode | None, Reach]:
        """Return the legs between a place and every place of the days, per mode; none where nobody travels."""
        by_mode: dict[TravelMode | None, set[Position]] = {}
        for day in days:
            by_mode.setdefault(day.mode, set()).update(day.places())
        nowhere = Reach({}, {})
        return {
            mode: nowhere if place is None or mode is None else self._travel.reach(mode, place, known)
            for mode, known in by_mode.items()
        }

    def _pushed_out(
        self, day: ResourceDay, wanted: Candidate, bounds: tuple[int, int], reach: Reach, legs: Legs, since: int
    ) -> list[Fit]:
        """Return every place in a day for the candidate when one lighter visit, not begun by `since`, is displaced."""
        found: list[Fit] = []
        for stop in day.stops:
            if displaceable(stop, wanted.weight) and stop.leave >= since:
                without = day.without([stop.occupancy], legs)
                found += [
                    replace(
                        fit,
                        displaced=(stop.occupancy,),
                        displaced_weight=stop.weight,
                        extra=fit.extra + without.travel_seconds() - day.travel_seconds(),
                    )
                    for fit in self._fits_since(without, wanted, bounds, reach, since)
                ]
        return found

    def _fits_since(
        self, day: ResourceDay, wanted: Candidate, bounds: tuple[int, int], reach: Reach, since: int
    ) -> list[Fit]:
        """Return every place in a day for the candidate, nobody displaced.

        The day is over up to `since`: nobody leaves before, and what was left for by then stays as it is.
        """
        found = self._inserter.fits(day.under_way(since), wanted, bounds, reach)
        first = [_first_start(day, wanted, fit.position, reach, since) for fit in found]
        later = [replace(fit, earliest=max(fit.earliest, start)) for fit, start in zip(found, first, strict=True)]
        return [fit for fit in later if fit.earliest <= fit.latest]

    def find(
        self,
        days: Collection[ResourceDay],
        asked: Candidate,
        crew: Callable[[date], Sequence[frozenset[int]]],
        promises: Callable[[ResourceDay], Sequence[Span]],
        roads: Roads,
        now: datetime,
        limits: Mapping[int, Limits] = MappingProxyType({}),
    ) -> dict[Span, list[Offer]]:
        """Return, for each promise that could be kept from `now` on, the cheapest offer of each lead's day.

        `crew` says who has the skills on a local date, `limits` what officers' days may hold. Nobody is displaced for a
        promise that somebody can keep without: weight counts before travel, so that is cheaper anyhow. Then those who could
        keep it only with somebody displaced are not among the offers.
        """
        inside = {day.key: [p for p in promises(day) if _covers(day.span, p)] for day in days}
        search = _Search(self, asked, roads, now, limits)
        plain = _offers(search.ways(days, inside, displacing=False), crew)
        left = {key: [p for p in some if p not in plain] for key, some in inside.items()}
        displacing = _offers(search.ways(days, left, displacing=True), crew)
        return {**plain, **displacing}

    def ways(
        self, day: ResourceDay, asked: Candidate, promises: Sequence[Span], roads: Roads, now: datetime, displacing: bool
    ) -> Iterator[tuple[Span, Way]]:
        """Yield a day's ways to keep promises inside it, without displacing anybody or with one displaced."""
        if not promises:
            return
        low, high = min(p.start for p in promises), max(p.end for p in promises)
        bounds = day.span.offset(low), day.span.offset(high)
        since = day.span.offset(now) if now <= low else 0  # only an import takes over promises of the past
        if displacing:
            fits = self._pushed_out(day, asked, bounds, roads.reach(day), roads.legs(day), since)
        else:
            fits = self._fits_since(day, asked, bounds, roads.reach(day), since)
        for promise in promises:
            for fit in fits:
                earliest = max(promise.start, day.span.at(fit.earliest))
                latest = min(promise.end - ONE_SECOND, day.span.at(fit.latest))
                if earliest <= latest:
                    yield promise, Way(day, fit, earliest, latest)

    def place(self, way: Way, start: datetime, stop: Stop, asked: Candidate, roads: Roads) -> ResourceDay:
        """Return the day of a way with the stop put there, its work starting at `start`."""
        legs = roads.legs(way.day)
        without = way.day.without(way.fit.displaced, legs)
        starts = self._inserter.starts(without, asked, way.fit, way.day.span.offset(start), roads.reach(way.day))
        return without.with_stop(stop, way.fit.position, starts, legs)


def _first_start(day: ResourceDay, wanted: Candidate, position: int, reach: Reach, since: int) -> int:
    """Return when work can start at a position for whoever leaves at `since`."""
    if wanted.place is None:
        return since
    here = next((stop.place for stop in reversed(day.stops[:position]) if stop.place is not None), day.base)
    return since + reach.to_place[here] + wanted.before


@dataclass(frozen=True, slots=True)
class _Search:
    """What stays the same from day to day."""

    offers: Offers
    asked: Candidate
    roads: Roads
    now: datetime
    limits: Mapping[int, Limits]

    def ways(
        self, days: Iterable[ResourceDay], promises: Mapping[DayKey, Sequence[Span]], displacing: bool
    ) -> dict[Span, list[Way]]:
        """Return the ways to keep each promise; with `displacing`, those without a displacement are among them."""
        found: dict[Span, list[Way]] = {}
        for day in days:
            limits = self.limits.get(day.resource, UNLIMITED)
            seconds = self.asked.before + self.asked.work + self.asked.after
            for pushing in (False, True) if displacing else (False,):
                if limits.is_spent(day, seconds) or (limits.is_full(day, gone=1) if pushing else limits.is_full(day)):
                    continue
                for promise, way in self.offers.ways(
                    day, self.asked, promises[day.key], self.roads, self.now, displacing=pushing
                ):
                    found.setdefault(promise, []).append(way)
        return found


def _covers(span: Span, promise: Span) -> bool:
    return span.start <= promise.start and promise.end <= span.end


def _offers(ways: Mapping[Span, Sequence[Way]], crew: Callable[[date], Sequence[frozenset[int]]]) -> dict[Span, list[Offer]]:
    """Return the cheapest offer of each day whose officer can lead, for the promises that have any."""
    found: dict[Span, list[Offer]] = {}
    for promise, some in ways.items():
        members = len(crew(some[0].day.day))
        for team in teams(some, members, lambda way, member: way.day.resource in crew(way.day.day)[member]):
            offer = Offer(promise, team, max(one.earliest for one in team))
            found.setdefault(promise, []).append(offer)
    return found


def displaceable(stop: Stop, weight: int) -> bool:
    """Tell whether a promise of that weight may push the stop back to OPEN: planned, not promised, not fixed, lighter."""
    return bool(stop.visit) and not stop.is_promise and not stop.fixed and stop.weight < weight


def new_stop(service: Service, asked: Candidate, promise: Span, day: ResourceDay, occupancy: int) -> Stop:
    """Return the stop of a booking with that promise, not yet at its minute and without its leg.

    Stops of several officers stay where they are put: they must go on starting together.
    """
    return Stop(
        occupancy=occupancy,
        kind=StopKind.REMOTE if service.remote else StopKind.STOP,
        place=asked.place,
        work=asked.work,
        earliest=day.span.offset(promise.start),
        latest=day.span.offset(promise.end),
        start=day.span.offset(promise.start),
        before=asked.before,
        after=asked.after,
        weight=asked.weight,
        fixed=len(service.crew) > 1,
    )


def promises_in(service: Service, zone_name: str, span: Span, now: datetime) -> list[Span]:
    """Return the promises of a service, in that zone, that begin inside `span` and inside the booking period."""
    zone = local_time.zone(zone_name)
    both = span.intersection(service.open_span(now))
    if both is None:
        return []
    first, last = local_time.local_date(both.start, zone).toordinal(), local_time.local_date(both.end, zone).toordinal()
    length = service.promise(both.start).end - both.start
    found = [one for day in range(first, last + 1) for one in _promises(day, service.step_minutes, length, zone_name)]
    return found[bisect_left(found, both.start, key=_start) : bisect_left(found, both.end, key=_start)]


@lru_cache(maxsize=4096)
def _promises(day: int, step_minutes: int, length: timedelta, zone: str) -> tuple[Span, ...]:
    """Return every promise of a local date, in order; most searches ask for the same dates."""
    starts = local_time.grid(date.fromordinal(day), step_minutes, local_time.zone(zone))
    return tuple(Span(start, start + length) for start in starts)


def _start(promise: Span) -> datetime:
    return promise.start


def table_of(legs: LegTable, wanted: Candidate, day: ResourceDay) -> Reach:
    """Return the legs between the candidate's place and the day's places out of a table."""
    place = wanted.place
    if place is None:
        return Reach({}, {})
    known = set(day.places())
    return Reach({p: legs(p, place) for p in known}, {p: legs(place, p) for p in known})
