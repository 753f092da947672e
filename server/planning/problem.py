"""From the domain to the optimizer's problem: officer-days become shifts, demand becomes visits, promises become pins.

Seconds count from the earliest start of any of the days. Policy is resolved here; the optimizer sees primitives only.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from optimizer import model
from server.domain.geography import Position
from server.domain.ids import encode
from server.domain.organisation import Officer, Team, TravelMode
from server.domain.resource_day import ResourceDay, Stop, StopKind
from server.usecases.offers import candidate
from server.usecases.ports import Candidate, PlannableVisit, PlanningInput, Travel

HOLD = "hold-"
VISITS, UNPROMISED = "visits", "seconds without a promise"
"""What a shift's capacity limits: the team's visits a day, and the share of it that bookings are kept."""


@dataclass(frozen=True, slots=True)
class Framed:
    """A problem, and how to read its plan: the epoch, and for each officer code the day."""

    problem: model.Problem
    epoch: datetime
    days: dict[str, ResourceDay]


def frame(given: PlanningInput, travel: Travel) -> Framed:
    """Return the optimizer's problem for a team's day."""
    epoch = min(day.span.start for day in given.days)
    by_id = {day.resource: day for day in given.days}
    on_shift = [officer for officer in given.officers if officer.id in by_id]
    days = {officer.code: by_id[officer.id] for officer in on_shift}
    places = _Places(given)
    shared = _shared(given)
    placed = {stop.visit: stop for day in given.days for stop in day.stops if stop.visit}
    visits = [_visit(v, placed.get(v.visit.id), places, epoch) for v in given.visits if v.visit.id not in shared]
    pins, holds = [], []
    for code, day in days.items():
        for stop in day.stops:
            if stop.kind in (StopKind.HOLD, StopKind.SESSION) or stop.visit in shared:
                holds.append(_hold(stop, day, places, epoch))
                pins.append(_pin(holds[-1].id, code, stop, day, epoch))
            elif stop.fixed and stop.visit and stop.kind is not StopKind.BLOCKED:
                pins.append(_pin(encode(stop.visit), code, stop, day, epoch))
    problem = model.Problem(
        name=f"{given.team.code} {given.day.isoformat()}",
        officers=tuple(_officer(officer, days[officer.code], places, epoch, given.team) for officer in on_shift),
        visits=(*visits, *holds),
        travel=_matrices(on_shift, places, travel),
        places=tuple(model.Place(place.latitude, place.longitude) for place in places.order),
        pins=_joined(pins),
    )
    return Framed(problem, epoch, days)


def _shared(given: PlanningInput) -> set[int]:
    """Return the visits that officers of other teams or days do, too: here they stay where they are, as holds do."""
    here = Counter(stop.visit for day in given.days for stop in day.stops if stop.fixed and stop.visit)
    return {visit.visit.id for visit in given.visits if 0 < here[visit.visit.id] < len(visit.service.crew)}


class _Places:
    """Every place of the problem, numbered."""

    def __init__(self, given: PlanningInput) -> None:
        found = [place for day in given.days for place in day.places()]
        found += [visit.premises.position for visit in given.visits if visit.premises and not visit.service.remote]
        self.order = list(dict.fromkeys(found))
        self._number = {place: number for number, place in enumerate(self.order)}

    def __getitem__(self, place: Position) -> int:
        return self._number[place]


def _officer(officer: Officer, day: ResourceDay, places: _Places, epoch: datetime, team: Team) -> model.Officer:
    start = _from_epoch(day, 0, epoch)
    base = places[day.base]
    breaks = [stop for stop in day.stops if stop.kind in (StopKind.BREAK, StopKind.BLOCKED)]
    end = day.span.seconds
    while breaks and day.rests_away(breaks[-1]) and breaks[-1].busy[1] >= end and breaks[-1].start > 0:
        end = breaks.pop().start  # who is away until the shift ends is home before that
    shift = model.Shift(
        id=f"{officer.code}/{day.day.isoformat()}",
        start=start,
        end=start + end,
        origin=base,
        destination=base,
        breaks=tuple(model.Break(start + stop.earliest, start + stop.latest - 1 + stop.work, stop.work) for stop in breaks),
        capacity=_capacity(day, team),
    )
    return model.Officer(officer.code, officer.mode.value, (shift,), officer.skills)


def _capacity(day: ResourceDay, team: Team) -> dict[str, int]:
    """Return what the team's limits leave of a day; promises that go beyond them already stay."""
    limits = {}
    if team.max_visits_per_day:
        limits[VISITS] = max(team.max_visits_per_day, sum(1 for stop in day.everything() if stop.is_promise))
    if team.keep_for_bookings_percent:
        limits[UNPROMISED] = day.span.seconds * (100 - team.keep_for_bookings_percent) // 100
    return limits


def _visit(visit: PlannableVisit, stop: Stop | None, places: _Places, epoch: datetime) -> model.Visit:
    """Return a visit as the optimizer sees it; one that has a `stop` keeps that, whatever its service became since."""
    asked = candidate(visit.service, visit.premises, visit.visit.weight)
    if stop is not None:
        asked = Candidate(stop.place, stop.work, stop.before, stop.after, visit.visit.weight)
    windows = tuple(
        model.Window(int((w.start - epoch).total_seconds()), int((w.end - epoch).total_seconds())) for w in visit.windows
    )
    return model.Visit(
        id=encode(visit.visit.id),
        seconds=asked.work,
        place=None if asked.place is None else places[asked.place],
        windows=windows,
        crew=tuple(dict(member) for member in visit.service.crew),
        weight=visit.visit.weight,
        mandatory=visit.promised,
        buffer_before=asked.before,
        buffer_after=asked.after,
        remote=asked.place is None,
        load={VISITS: 1} if visit.promised else {VISITS: 1, UNPROMISED: asked.before + asked.work + asked.after},
    )


def _hold(stop: Stop, day: ResourceDay, places: _Places, epoch: datetime) -> model.Visit:
    start = _from_epoch(day, stop.start, epoch)
    return model.Visit(
        id=f"{HOLD}{stop.occupancy}",
        seconds=stop.work,
        place=None if stop.place is None else places[stop.place],
        windows=(model.Window(start, start + 1),),
        weight=stop.weight or 1,
        mandatory=True,
        buffer_before=stop.before,
        buffer_after=stop.after,
        remote=stop.place is None,
    )


def _pin(visit: str, code: str, stop: Stop, day: ResourceDay, epoch: datetime) -> model.Pin:
    return model.Pin(visit, (code,), _from_epoch(day, stop.start, epoch))


def _joined(pins: list[model.Pin]) -> tuple[model.Pin, ...]:
    """Return one pin per visit: a crew's officers together."""
    crews: dict[str, model.Pin] = {}
    for pin in pins:
        known = crews.get(pin.visit)
        officers = (*(known.officers or () if known else ()), *(pin.officers or ()))
        crews[pin.visit] = model.Pin(pin.visit, officers, pin.start)
    return tuple(crews.values())


def _matrices(officers: list[Officer], places: _Places, travel: Travel) -> dict[str, model.Travel]:
    found = {}
    for mode in sorted({officer.mode for officer in officers}, key=lambda mode: mode.value):
        found[mode.value] = model.Travel(_seconds(mode, places, travel), _metres(mode, places, travel))
    return found


def _seconds(mode: TravelMode, places: _Places, travel: Travel) -> model.Int32:
    legs = travel.table(mode, places.order)
    rows = [[legs(start, end) for end in places.order] for start in places.order]
    return np.array(rows, dtype=np.int32).reshape(len(rows), len(rows))


def _metres(mode: TravelMode, places: _Places, travel: Travel) -> model.Int32:
    return np.array(travel.metres(mode, places.order), dtype=np.int32)


def _from_epoch(day: ResourceDay, seconds: int, epoch: datetime) -> int:
    return int((day.span.start - epoch).total_seconds()) + seconds
