"""What every step of a block works with."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from server.domain import local_time
from server.domain.allotting import kept_for
from server.domain.audit import Audit
from server.domain.caller import Request
from server.domain.catalogue import Service
from server.domain.places_left import places_left
from server.domain.resource_day import ResourceDay
from server.domain.session import Session
from server.usecases.changing import LockedDays
from server.usecases.claims import Claims
from server.usecases.ports import Clock, Store, Travel


class Desk:
    """The tools, and what the steps share."""

    def __init__(self, store: Store, travel: Travel, claims: Claims, clock: Clock, region: str) -> None:
        self._store = store
        self._travel = travel
        self._claims = claims
        self._clock = clock
        self._region = region

    def _audit(self, actor: str, action: str, subject: str, detail: Mapping[str, object]) -> Audit:
        facts = tuple((name, str(value)) for name, value in detail.items())
        return Audit(self._clock(), actor, action, subject, facts)


def actor_of(request: Request) -> str:
    """Return who asks."""
    return request.caller.principal


def without_sessions(day: ResourceDay, sessions: Collection[int], locked: LockedDays) -> ResourceDay:
    """Return the day without what stands there for these sessions; the day of one of them without anything."""
    if day.resource in sessions:
        return replace(day, beside=())
    gone = [stop.occupancy for stop in day.everything() if stop.session in sessions]
    return day.without(gone, locked.legs_of(day)) if gone else day


def holds_in(locked: LockedDays, sessions: Collection[int]) -> set[int]:
    """Return the holds of seats in these sessions."""
    days = (day for day in locked.now.values() if day.resource in sessions)
    return {stop.hold for day in days for stop in day.beside if stop.hold}


def left_in(session: Session, service: Service, day: ResourceDay, zone_name: str, now: datetime) -> int:
    """Return how many more bookings of the service's own duration fit into a session from `now` on, by a zone's clocks."""
    zone = local_time.zone(zone_name)
    first, last = (local_time.local_date(moment, zone) for moment in (session.span.start, session.span.end))
    dates = (first + timedelta(days=number) for number in range((last - first).days + 1))
    promises = (one for on in dates for one in service.promises(on, zone) if one.start in session.span and one.start > now)
    live = tuple(stop for stop in day.beside if not stop.hold or day.span.at(stop.expires) > now)
    return places_left(replace(day, beside=live), session.span, [kept_for(service, one) for one in promises])
