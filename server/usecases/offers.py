"""Offers: what would this promise cost each officer's day? The search and the final check share this code."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from server.domain import local_time
from server.domain.catalogue import Service, lacking
from server.domain.geography import Position
from server.domain.officer_day import Legs, OfficerDay, Stop, StopKind
from server.domain.organisation import Officer, Premises, TravelMode
from server.domain.spans import Span
from server.usecases.ports import Candidate, Fit, Inserter, LegTable, Reach, Travel


@dataclass(frozen=True, slots=True)
class Offer:
    """A way to keep a promise: work may start from `earliest` to `latest` (included) of the day, at `fit`."""

    promise: Span
    day: OfficerDay
    fit: Fit
    earliest: int
    latest: int

    @property
    def cost(self) -> tuple[int, int]:
        """What it costs the plan: weight that is pushed out first, then travel."""
        return self.fit.displaced_weight, self.fit.extra


def candidate(service: Service, premises: Premises | None, weight: int | None = None) -> Candidate:
    """Return the stop that a visit of this service at these premises makes; time to walk in is a buffer before work."""
    return Candidate(
        place=None if service.remote or premises is None else premises.position,
        work=service.work_s,
        before=service.before_s + (premises.approach_s if premises and not service.remote else 0),
        after=service.after_s,
        weight=service.weight if weight is None else weight,
    )


def able(officers: Iterable[Officer], service: Service) -> list[Officer]:
    """Return the officers who could lead a visit of that service."""
    return [officer for officer in officers if not lacking(officer.skills, service.crew[0])]


class Offers:
    """Evaluates promises against officer-days."""

    def __init__(self, inserter: Inserter, travel: Travel) -> None:
        self._inserter = inserter
        self._travel = travel

    def reach(self, place: Position | None, days: Iterable[OfficerDay]) -> dict[TravelMode, Reach]:
        """Return the legs between a place and every place of the days, per mode."""
        by_mode: dict[TravelMode, set[Position]] = {}
        for day in days:
            by_mode.setdefault(day.mode, set()).update(day.places())
        if place is None:
            return {mode: Reach({}, {}) for mode in by_mode}
        return {mode: self._travel.reach(mode, place, known) for mode, known in by_mode.items()}

    def fits(self, day: OfficerDay, wanted: Candidate, bounds: tuple[int, int], reach: Reach, legs: Legs) -> list[Fit]:
        """Return every place in a day for the candidate, with nobody displaced, or with one lighter visit displaced."""
        found = self._inserter.fits(day, wanted, bounds, reach)
        for stop in day.stops:
            if displaceable(stop, wanted.weight):
                without = day.without([stop.occupancy], legs)
                found += [
                    replace(
                        fit,
                        displaced=(stop.occupancy,),
                        displaced_weight=stop.weight,
                        extra=fit.extra + without.travel_seconds() - day.travel_seconds(),
                    )
                    for fit in self._inserter.fits(without, wanted, bounds, reach)
                ]
        return found

    def on_day(
        self, day: OfficerDay, wanted: Candidate, promises: Iterable[Span], reach: Reach, legs: Legs
    ) -> Iterator[Offer]:
        """Yield, for each promise inside the shift that this day could keep, the cheapest way."""
        asked = [promise for promise in promises if day.span.start <= promise.start and promise.end <= day.span.end]
        if not asked:
            return
        low, high = day.span.offset(min(p.start for p in asked)), day.span.offset(max(p.end for p in asked))
        fits = self.fits(day, wanted, (max(0, low), min(high, day.span.seconds)), reach, legs)
        for promise in asked:
            if best := _cheapest(day, promise, fits):
                yield best

    def place(self, offer: Offer, stop: Stop, wanted: Candidate, reach: Reach, legs: Legs) -> OfficerDay:
        """Return the day with the stop put where the offer says, starting as early as the promise allows."""
        without = offer.day.without(offer.fit.displaced, legs)
        starts = self._inserter.starts(without, wanted, offer.fit, offer.earliest, reach)
        return without.with_stop(stop, offer.fit.position, starts, legs)


def _cheapest(day: OfficerDay, promise: Span, fits: Iterable[Fit]) -> Offer | None:
    low, high = day.span.offset(promise.start), day.span.offset(promise.end) - 1
    best: Offer | None = None
    for fit in fits:
        earliest, latest = max(low, fit.earliest), min(high, fit.latest)
        if earliest <= latest:
            offer = Offer(promise, day, fit, earliest, latest)
            if best is None or offer.cost < best.cost:
                best = offer
    return best


def displaceable(stop: Stop, weight: int) -> bool:
    """Tell whether a promise of that weight may push the stop back to OPEN: planned, not promised, not fixed, lighter."""
    return bool(stop.visit) and not stop.is_promise and not stop.fixed and stop.weight < weight


def new_stop(service: Service, wanted: Candidate, promise: Span, day: OfficerDay, occupancy: int) -> Stop:
    """Return the stop of a booking with that promise, not yet at its minute and without its leg."""
    return Stop(
        occupancy=occupancy,
        kind=StopKind.REMOTE if service.remote else StopKind.STOP,
        place=wanted.place,
        work=wanted.work,
        earliest=max(0, day.span.offset(promise.start)),
        latest=day.span.offset(promise.end),
        start=max(0, day.span.offset(promise.start)),
        before=wanted.before,
        after=wanted.after,
        weight=wanted.weight,
    )


def promises_in(service: Service, zone_name: str, span: Span, now: datetime) -> list[Span]:
    """Return the promises of a service, in that zone, that begin inside `span` and inside the booking period."""
    zone = local_time.zone(zone_name)
    both = span.intersection(service.open_span(now))
    if both is None:
        return []
    day, last = local_time.local_date(both.start, zone), local_time.local_date(both.end, zone)
    found: list[Span] = []
    while day <= last:
        found += [promise for promise in service.promises(day, zone) if promise.start in both]
        day = day.fromordinal(day.toordinal() + 1)
    return found


def table_of(legs: LegTable, wanted: Candidate, day: OfficerDay) -> Reach:
    """Return the legs between the candidate's place and the day's places out of a table."""
    place = wanted.place
    if place is None:
        return Reach({}, {})
    known = set(day.places())
    return Reach({p: legs(p, place) for p in known}, {p: legs(place, p) for p in known})
