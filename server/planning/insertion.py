"""The bridge to the insertion evaluator: officer-days become its arrays, its insertions become fits."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from optimizer import insertion
from optimizer.model import UNREACHABLE, Int32
from server.domain.geography import Position
from server.domain.resource_day import ResourceDay
from server.domain.spans import Span
from server.usecases.ports import Candidate, Fit, Reach


class OptimizerInserter:
    """optimizer.insertion behind the use cases' port."""

    def fits(self, day: ResourceDay, candidate: Candidate, bounds: tuple[int, int], reach: Reach) -> list[Fit]:
        """Return every feasible place with a start of work inside the half-open `bounds`.

        The way home follows the last stop, so what is last must be home before the blocked time that comes after it.
        """
        if bounds[0] >= bounds[1]:
            return []
        places = _places(day)
        to_new, from_new = _vectors(candidate, places, reach)
        arrays = replace(_arrays(day, places), working=_working(day))
        return [
            Fit(found.position, found.earliest_start, found.latest_start, found.extra_travel)
            for found in insertion.insertions(arrays, _asked(candidate, bounds), to_new, from_new)
        ]

    def starts(self, day: ResourceDay, candidate: Candidate, fit: Fit, start: int, reach: Reach) -> tuple[int, ...]:
        """Return the start of every stop, the new one too; the others move as little as possible."""
        end = max(_working(day), fit.position)
        rest = tuple(stop.start for stop in day.stops[end:])
        day = _before(day, end) or day
        places = _places(day)
        to_new, from_new = _vectors(candidate, places, reach)
        found = insertion.Insertion(fit.position, fit.earliest, fit.latest, fit.extra)
        asked = _asked(candidate, (fit.earliest, fit.latest + 1))
        return (*insertion.placed(_arrays(day, places), asked, found, start, to_new, from_new), *rest)


def _working(day: ResourceDay) -> int:
    """Return how many stops there are up to the last one that is not time away."""
    return next((i for i in range(len(day.stops), 0, -1) if not day.rests_away(day.stops[i - 1])), 0)


def _before(day: ResourceDay, end: int) -> ResourceDay | None:
    """Return the day up to its stop number `end`: time away, before which the officer is home. None if nothing is left."""
    if end == len(day.stops):
        return day
    away = day.stops[end].start
    return replace(day, stops=day.stops[:end], span=Span(day.span.start, day.span.at(away))) if away > 0 else None


def _asked(candidate: Candidate, bounds: tuple[int, int]) -> insertion.Candidate:
    remote = candidate.place is None
    return insertion.Candidate(candidate.work, candidate.before, candidate.after, remote, (bounds,))


def _places(day: ResourceDay) -> dict[Position, int]:
    return {place: index for index, place in enumerate(dict.fromkeys(day.places()))}


def _vectors(candidate: Candidate, places: dict[Position, int], reach: Reach) -> tuple[Int32, Int32]:
    if candidate.place is None:
        nothing = np.zeros(len(places), dtype=np.int32)
        return nothing, nothing
    to_new = [reach.to_place.get(place, UNREACHABLE) for place in places]
    from_new = [reach.from_place.get(place, UNREACHABLE) for place in places]
    return np.array(to_new, dtype=np.int32), np.array(from_new, dtype=np.int32)


def _arrays(day: ResourceDay, places: dict[Position, int]) -> insertion.Day:
    def column(values: list[int]) -> Int32:
        return np.array(values, dtype=np.int32)

    stops = day.stops
    return insertion.Day(
        span=day.span.seconds,
        start_place=places[day.base],
        end_place=places[day.base],
        place=column([insertion.NOWHERE if stop.place is None else places[stop.place] for stop in stops]),
        earliest=column([stop.start if stop.fixed else stop.earliest for stop in stops]),
        latest=column([stop.start if stop.fixed else stop.latest - 1 for stop in stops]),
        # What was travelled before a break that interrupts a leg counts as part of the break.
        before=column([stop.before + (stop.travel if stop.place is None else 0) for stop in stops]),
        work=column([stop.work for stop in stops]),
        after=column([stop.after for stop in stops]),
        start=column([stop.start for stop in stops]),
        travel=column([0 if stop.place is None else stop.travel for stop in stops]),
        home_travel=day.home_travel,
    )
